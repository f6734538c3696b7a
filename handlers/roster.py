"""Inviting fellows from a pasted list."""

from fellowship.services import cohorts, roster
from fellowship.views.ids import BlockId
from fellowship.views.roster import invite_modal
from handlers.payload import Kind, Payload
from handlers.show import Context, Done, Open, Show

FIELDS = {"lines": BlockId.INVITE_LINES}


def open_invitation_form(payload: Payload, context: Context) -> Show:
    """The form for a pasted list; the cohort of the button that was pressed is chosen already."""
    known = cohorts.directed_by(context.session, context.actor)
    wanted = payload.value if payload.kind is Kind.ACTION else ""
    return Open(invite_modal(known, wanted if wanted in dict(known) else None))


def invite_fellows(payload: Payload, context: Context) -> Show:
    """The list, as pasted."""
    fields = payload.fields
    roster.ask_import(
        context.session,
        context.actor,
        fields.option(BlockId.INVITE_COHORT),
        fields.text(BlockId.INVITE_LINES),
        context.now,
    )
    return Done()
