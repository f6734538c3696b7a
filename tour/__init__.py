"""One true story, played through the local workspace by its members: the demo, and a check of the whole."""
