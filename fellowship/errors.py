"""Refusals: what was asked cannot be done, said in a sentence, with who can help."""


class RefusedError(Exception):
    """Nothing was changed. ``sentence`` says why, ``who_can_help`` says who or what would."""

    def __init__(self, sentence: str, who_can_help: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.who_can_help = who_can_help


class NotAllowedError(RefusedError):
    """The person does not hold the role that this needs, or it is not theirs."""


class UnknownSubjectError(RefusedError):
    """What the id names is not there, or not in this workspace."""


class CohortClosedError(RefusedError):
    """The cohort's last day is over."""


class WaveClosedError(RefusedError):
    """The pulse has closed: what was answered stands, and only what is still missing can be added, as late."""


class WaveFrozenError(RefusedError):
    """The pulse is over: its figures are computed, or about to be, and no answer can enter them."""


class WaveOpenError(RefusedError):
    """The cohort's last pulse is still open."""


class NobodyToAskError(RefusedError):
    """No fellow of the cohort is in post and has agreed to the evaluation."""


class InvalidFieldsError(Exception):
    """Some fields cannot be as they are; ``problems`` maps the field's name to a sentence. Nothing was changed."""

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__(", ".join(sorted(problems)))
        self.problems = problems
