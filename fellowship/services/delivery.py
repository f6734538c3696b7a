"""The outbox from the sender's side: claim, then send, then settle. Each step is one short transaction of its own.

A claim is committed before the first byte is sent. A claim whose outcome is unknown stays until its lease runs out;
then it is settled from the channel's history and never sent again blind.
"""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select, text, update
from sqlalchemy.orm import Session

from fellowship.services import outbox
from fellowship.views.cohort import cannot_post
from models.operational import Outbox


@dataclass(frozen=True)
class Parcel:
    """A claimed message. ``unsettled``: an earlier attempt may have arrived, so history is asked first."""

    outbox_id: int
    workspace_id: str
    post_ref: str
    channel_id: str
    edits_ts: str
    payload: dict[str, Any]
    attempt: int
    first_attempt_at: dt.datetime
    unsettled: bool


KINDS = ("post", "edit")
"""Slack limits posting and editing each by itself."""

# Literal, so that SQLite knows the partial index for what it is.
_UNSETTLED = text("outbox.state IN ('due', 'sending')")


def kind_of(parcel: Parcel) -> str:
    """Which of ``KINDS`` the parcel is."""
    return "edit" if parcel.edits_ts else "post"


def claim(
    session: Session,
    workspace_id: str,
    owner: str,
    *,
    now: dt.datetime,
    machine_now: dt.datetime,
    lease: dt.timedelta,
    takes: Collection[str] = KINDS,
) -> Parcel | None:
    """Claim the next message to send or to settle, of a kind that Slack takes; None when there is none now."""
    ripe = or_(
        and_(
            Outbox.state == "due",
            Outbox.due_at <= now,
            or_(Outbox.retry_at.is_(None), Outbox.retry_at <= machine_now),
        ),
        and_(Outbox.state == "sending", Outbox.lease_until <= machine_now),
    )
    row = session.execute(
        select(Outbox)
        .where(Outbox.workspace_id == workspace_id, _UNSETTLED, ripe, *_of_kinds(takes))
        .order_by(Outbox.due_at, Outbox.outbox_id)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).scalar_one_or_none()
    if row is None:
        return None
    unsettled = row.state == "sending" and not row.edits_ts
    if row.edits_ts and _newer_edit(session, row):
        row.state = "superseded"
        return claim(session, workspace_id, owner, now=now, machine_now=machine_now, lease=lease, takes=takes)
    row.state = "sending"
    row.owner = owner
    row.lease_until = machine_now + lease
    if not unsettled:
        row.attempt += 1
        row.first_attempt_at = row.first_attempt_at or now
    session.flush()
    return Parcel(
        row.outbox_id,
        row.workspace_id,
        row.post_ref,
        row.channel_id,
        row.edits_ts,
        row.payload,
        row.attempt,
        row.first_attempt_at or now,
        unsettled,
    )


def _of_kinds(takes: Collection[str]) -> list[ColumnElement[bool]]:
    if "edit" not in takes:
        return [Outbox.edits_ts == ""]
    # To settle a post Slack's history is asked, which has a limit of its own.
    return [] if "post" in takes else [or_(Outbox.edits_ts != "", Outbox.state == "sending")]


def _newer_edit(session: Session, row: Outbox) -> bool:
    newer = select(Outbox.outbox_id).where(
        Outbox.workspace_id == row.workspace_id,
        Outbox.edits_ts == row.edits_ts,
        Outbox.channel_id == row.channel_id,
        Outbox.outbox_id > row.outbox_id,
        Outbox.state.in_(["due", "sending", "sent"]),
    )
    return session.scalar(newer.limit(1)) is not None


def _settle(session: Session, parcel: Parcel, owner: str, **values: object) -> bool:
    statement = (
        update(Outbox)
        .where(Outbox.outbox_id == parcel.outbox_id, Outbox.state == "sending", Outbox.owner == owner)
        .values(lease_until=None, **values)
        .returning(Outbox.outbox_id)
    )
    return session.scalar(statement) is not None


def note_sent(session: Session, parcel: Parcel, owner: str, channel_id: str, ts: str) -> None:
    """Slack has it, at (channel, ts)."""
    _settle(session, parcel, owner, state="sent", sent_channel_id=channel_id, sent_ts=ts, failure=None)


def note_not_sent(session: Session, parcel: Parcel, owner: str, retry_at: dt.datetime | None, failure: str) -> None:
    """Slack certainly does not have it: it is due again, at ``retry_at`` machine time."""
    _settle(session, parcel, owner, state="due", retry_at=retry_at, failure=failure)


def note_refused(session: Session, parcel: Parcel, owner: str, failure: str, now: dt.datetime) -> None:
    """Slack will never take it: it is set aside, and whoever was named hears of it once."""
    if not _settle(session, parcel, owner, state="dead", failure=failure):
        return
    tell = session.scalar(select(Outbox.tell_slack_user_id).where(Outbox.outbox_id == parcel.outbox_id))
    if tell:
        outbox.say(
            session,
            parcel.workspace_id,
            key=f"refused:{parcel.post_ref}",
            to=tell,
            message=cannot_post(parcel.channel_id),
            at=now,
        )


def note_parked(session: Session, parcel: Parcel, owner: str, failure: str) -> None:
    """Nobody can tell whether Slack has it: it waits for a person, and is never sent again blind."""
    _settle(session, parcel, owner, state="parked", failure=failure)


def next_send(session: Session, workspace_id: str, machine_now: dt.datetime) -> dt.datetime | None:
    """Programme time at which the next message is to go out, but for those that Slack put off; None when none waits."""
    return session.scalar(
        select(func.min(Outbox.due_at)).where(
            Outbox.workspace_id == workspace_id, _UNSETTLED, Outbox.state == "due", _not_put_off(machine_now)
        )
    )


def _not_put_off(machine_time: dt.datetime) -> ColumnElement[bool]:
    return or_(Outbox.retry_at.is_(None), Outbox.retry_at <= machine_time)


def waits_for_machine_time(session: Session, workspace_id: str, now: dt.datetime, until: dt.datetime) -> bool:
    """Whether something due at ``now`` waits for a lease, or for a Retry-After that ends by ``until`` machine time."""
    waiting = select(Outbox.outbox_id).where(
        Outbox.workspace_id == workspace_id,
        _UNSETTLED,
        or_(Outbox.state == "sending", and_(Outbox.state == "due", Outbox.due_at <= now, _not_put_off(until))),
    )
    return session.scalar(waiting.limit(1)) is not None
