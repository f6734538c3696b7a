"""The ids that Slack carries between what we showed and what people do.

A value here is a contract with messages already posted: it is never renamed or used again for something else. An id
that is retired stays, and its handler says so kindly. Several elements that one handler serves, in one block, are told
apart by a suffix after ``#``, which routing ignores: ``pulse.answer#4``.
"""

from enum import StrEnum


class CommandName(StrEnum):
    """The slash commands."""

    FELLOWSHIP = "/fellowship"
    PULSE = "/pulse"
    EVALUATE = "/evaluate"


class ActionId(StrEnum):
    """Buttons, and inputs that report while they are filled in."""

    NEW_COHORT = "cohort.new"
    INVITE_FELLOWS = "roster.invite"
    READ_NOTICE = "notice.read"
    REGISTER = "registration.open"
    KEEP_REGISTRATION = "registration.keep"
    PREPARE_PULSE = "pulse.prepare"
    TEST_PULSE = "pulse.test"
    ANSWER_FIRST_ITEM = "pulse.answer"
    ANSWER_PULSE = "pulse.form"
    MUTE_PULSE = "pulse.mute"
    REFRESH_HOME = "home.refresh"


class ViewId(StrEnum):
    """Modals, by callback id."""

    START = "start"
    COHORT = "cohort.form"
    INVITE = "roster.form"
    NOTICE = "notice"
    REGISTRATION = "registration.form"
    OPEN_PULSE = "pulse.open"
    PULSE = "pulse.answers"
    REFUSAL = "refusal"


class BlockId(StrEnum):
    """Inputs, by block id: where a value is read and an error is shown."""

    COHORT_NAME = "cohort_name"
    COHORT_PROGRAMME = "cohort_programme"
    COHORT_START = "cohort_start"
    COHORT_END = "cohort_end"
    COHORT_ZONE = "cohort_zone"
    COHORT_NATION = "cohort_nation"
    COHORT_CHANNEL = "cohort_channel"
    COHORT_EVALUATION_CHANNEL = "cohort_evaluation_channel"
    COHORT_EVALUATORS = "cohort_evaluators"
    INVITE_COHORT = "invite_cohort"
    INVITE_LINES = "invite_lines"
    PROFESSION = "registration_profession"
    EMPLOYER = "registration_employer"
    HOST = "registration_host"
    PROJECT = "registration_project"
    WEEKDAYS = "registration_weekdays"
    POST_START = "registration_start"
    POST_END = "registration_end"
    PURPOSES = "registration_purposes"
    PULSE_COHORT = "pulse_cohort"
    PULSE_INSTRUMENT = "pulse_instrument"


PULSE_ITEM_BLOCK = "pulse_item_"
"""Prefix of the block id of a pulse item's input; what follows is the item id."""


def item_block(item_id: str) -> str:
    """The block id of the input for one pulse item."""
    return f"{PULSE_ITEM_BLOCK}{item_id}"


def suffixed(action: ActionId, suffix: str) -> str:
    """An action id that is unique in its block and still routes to the handler of ``action``."""
    return f"{action}#{suffix}"


def routed(action_id: str) -> str:
    """The id by which an action is routed: what stands before ``#``."""
    return action_id.partition("#")[0]
