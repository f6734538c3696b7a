from hypothesis import settings

# A property takes as long as the machine is busy: a slow example is no failure.
settings.register_profile("rules", deadline=None)
settings.load_profile("rules")
