"""Record, then send: what is said to anybody is a row in the transaction of the change that causes it."""

import datetime as dt

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from fellowship.views.message import Message
from models.operational import Outbox
from models.session import insert


def say(
    session: Session,
    workspace_id: str,
    *,
    key: str,
    to: str,
    message: Message,
    at: dt.datetime,
    tell: str | None = None,
) -> bool:
    """Have ``message`` posted to ``to`` (a channel, or a member's Slack id) at ``at``; once for each ``key``.

    ``tell`` hears when Slack refuses it for good. Returns False when the key was there before.
    """
    return _record(
        session,
        {
            "workspace_id": workspace_id,
            "dedupe_key": key,
            "channel_id": to,
            "payload": message.payload(),
            "due_at": at,
            "tell_slack_user_id": tell,
        },
    )


def edit(
    session: Session, workspace_id: str, *, key: str, channel_id: str, ts: str, message: Message, at: dt.datetime
) -> bool:
    """Have a posted message replaced by ``message``; once for each ``key``; the newest edit of a message stands."""
    return _record(
        session,
        {
            "workspace_id": workspace_id,
            "dedupe_key": key,
            "channel_id": channel_id,
            "edits_ts": ts,
            "payload": message.payload(),
            "due_at": at,
        },
    )


def revise(session: Session, workspace_id: str, *, key: str, message: Message) -> None:
    """A message that has not been sent yet says this instead."""
    session.execute(
        update(Outbox)
        .where(Outbox.workspace_id == workspace_id, Outbox.dedupe_key == key, Outbox.state == "due")
        .values(payload=message.payload())
    )


def place_of(session: Session, workspace_id: str, key: str) -> tuple[str, str] | None:
    """Where the message recorded under ``key`` was posted, as (channel, ts); None while it has not been."""
    row = session.execute(
        select(Outbox.sent_channel_id, Outbox.sent_ts).where(
            Outbox.workspace_id == workspace_id, Outbox.dedupe_key == key, Outbox.state == "sent"
        )
    ).one_or_none()
    return (row[0], row[1]) if row and row[0] and row[1] else None


def _record(session: Session, values: dict[str, object]) -> bool:
    statement = insert(session, Outbox).values(values).on_conflict_do_nothing().returning(Outbox.outbox_id)
    return session.scalar(statement) is not None
