"""What ``/fellowship`` opens: a door for everything that this person can do now."""

from dataclasses import dataclass

from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from fellowship.views.ids import ActionId, ViewId
from fellowship.views.layout import button, modal, section


@dataclass(frozen=True)
class Doors:
    """What this person can do now. ``register``: the id of their own invitation or registration, if any."""

    new_cohort: bool
    invite: bool
    pulse: bool
    register: str | None


def start_modal(doors: Doors) -> View:
    """A button for each open door; with none open, who can help."""
    blocks: list[Block] = []
    if doors.register:
        blocks.append(
            section(
                "*Your registration*\nRegister for your fellowship, carry on where you stopped, or change details.",
                button("My registration", ActionId.REGISTER, doors.register),
            )
        )
    for is_open, says, text, action in (
        (
            doors.new_cohort,
            "*A new cohort*\nName it, give its dates, and choose its two channels.",
            "Set up a cohort",
            ActionId.NEW_COHORT,
        ),
        (
            doors.invite,
            "*Invite fellows*\nPaste a list of names and e-mail addresses. Nobody is invited twice.",
            "Invite fellows",
            ActionId.INVITE_FELLOWS,
        ),
        (
            doors.pulse,
            "*A pulse*\nA few short questions to a cohort. Send a test to yourself first if you like.",
            "Prepare a pulse",
            ActionId.PREPARE_PULSE,
        ),
    ):
        if is_open:
            blocks.append(section(says, button(text, action)))
    return modal(ViewId.START, "Fellowship", blocks or [_nothing_here()])


def _nothing_here() -> Block:
    return section(
        "There is nothing for you to do here yet.\n\n"
        "*If you expected an invitation* to a fellowship, ask its associate director: they can invite you.\n\n"
        "*If you run a fellowship* and want to set up a cohort, ask the person who looks after this app in your "
        "organisation to give you the role of associate director."
    )
