"""The database as the schedule: what is due, planned once, done once."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from models.operational import DueItem
from models.session import insert

MOST_ATTEMPTS = 5
"""After that a due item is set aside as dead, so that one bad row cannot hold up the others."""


@dataclass(frozen=True)
class Due:
    """A due item as a deed is told of it. ``due_at`` is when it was due, which may be before now."""

    workspace_id: str
    due_id: str
    kind: str
    subject_id: str
    occurrence: str
    due_at: dt.datetime
    attempts: int


def plan(
    session: Session, workspace_id: str, kind: str, subject_id: str, due_at: dt.datetime, occurrence: str = ""
) -> None:
    """Have ``kind`` done for ``subject_id`` at ``due_at``. Planning the same occurrence again changes nothing."""
    plan_all(session, workspace_id, kind, [(subject_id, occurrence, due_at)])


def plan_all(session: Session, workspace_id: str, kind: str, items: list[tuple[str, str, dt.datetime]]) -> None:
    """Plan many of one kind in one statement: (subject, occurrence, due at)."""
    if not items:
        return
    rows = [
        {"workspace_id": workspace_id, "kind": kind, "subject_id": subject, "occurrence": occurrence, "due_at": at}
        for subject, occurrence, at in items
    ]
    session.execute(insert(session, DueItem).on_conflict_do_nothing(), rows)


def next_due(session: Session, workspace_id: str, now: dt.datetime) -> Due | None:
    """The item that has been due longest; None when nothing is due at ``now``."""
    row = session.execute(
        select(DueItem)
        .where(
            DueItem.workspace_id == workspace_id,
            DueItem.state == "due",
            DueItem.due_at <= now,
            or_(DueItem.retry_at.is_(None), DueItem.retry_at <= now),
        )
        .order_by(DueItem.due_at, DueItem.due_id)
        .limit(1)
    ).scalar_one_or_none()
    return _as_due(row) if row else None


def claim(session: Session, due: Due) -> bool:
    """Close the item in the caller's transaction; False when somebody else has closed it.

    The deed's effects stand in the same transaction, so they happen exactly when the item is closed.
    """
    statement = (
        update(DueItem)
        .where(DueItem.workspace_id == due.workspace_id, DueItem.due_id == due.due_id, DueItem.state == "due")
        .values(state="done")
        .returning(DueItem.due_id)
    )
    return session.scalar(statement) is not None


def note_expired(session: Session, due: Due) -> None:
    """The item, closed in this transaction, came too late to be of use."""
    session.execute(
        update(DueItem)
        .where(DueItem.workspace_id == due.workspace_id, DueItem.due_id == due.due_id)
        .values(state="expired")
    )


def note_failure(session: Session, due: Due, now: dt.datetime) -> str:
    """Put a failed item off by a growing while, or set it aside after the last attempt.

    Returns its state; ``closed`` when somebody else has closed it meanwhile.
    """
    attempts = due.attempts + 1
    state = "dead" if attempts >= MOST_ATTEMPTS else "due"
    return _put_off(session, due, state=state, attempts=attempts, retry_at=now + dt.timedelta(minutes=2**attempts))


def note_away(session: Session, due: Due, now: dt.datetime) -> str:
    """Put an item off by a minute because a database is away, which is no attempt; returns as ``note_failure``."""
    return _put_off(session, due, state="due", attempts=due.attempts, retry_at=now + dt.timedelta(minutes=1))


def _put_off(session: Session, due: Due, **values: object) -> str:
    statement = (
        update(DueItem)
        .where(DueItem.workspace_id == due.workspace_id, DueItem.due_id == due.due_id, DueItem.state == "due")
        .values(**values)
        .returning(DueItem.state)
    )
    return session.scalar(statement) or "closed"


def upcoming(session: Session, workspace_id: str, limit: int = 20) -> list[tuple[dt.datetime, str]]:
    """The next things that will happen: when, and which kind; soonest first."""
    rows = session.execute(
        select(DueItem.due_at, DueItem.retry_at, DueItem.kind)
        .where(DueItem.workspace_id == workspace_id, DueItem.state == "due")
        .order_by(DueItem.due_at)
        .limit(limit)
    )
    return sorted((max(due_at, retry_at or due_at), kind) for due_at, retry_at, kind in rows)


def _as_due(row: DueItem) -> Due:
    return Due(row.workspace_id, row.due_id, row.kind, row.subject_id, row.occurrence, row.due_at, row.attempts)
