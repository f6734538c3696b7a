"""Somebody writes to the bot in words."""

from fellowship.services import outbox
from fellowship.views.refusal import cannot_read
from handlers.payload import Payload
from handlers.show import Context, Done, Show


def answer_typed_message(payload: Payload, context: Context) -> Show:
    """Say, at most once an hour, that nobody reads what is typed here, and what to do instead."""
    if payload.is_from_a_person:
        person = context.actor.slack_user_id
        outbox.say(
            context.session,
            context.actor.workspace_id,
            key=f"cannot-read:{person}:{context.now:%Y-%m-%dT%H}",
            to=person,
            message=cannot_read(),
            at=context.now,
        )
    return Done()
