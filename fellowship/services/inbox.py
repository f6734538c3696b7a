"""Deliveries that were worked in, so that Slack's repeats change nothing."""

import datetime as dt

from sqlalchemy import delete
from sqlalchemy.orm import Session

from models.direct import Direct, Prepared
from models.operational import Inbox
from models.session import insert, insert_for

KEPT_DAYS = 2
"""Slack redelivers for minutes, and with delayed events for a day (https://docs.slack.dev/apis/events-api)."""


def take_in(session: Session, workspace_id: str, dedupe_key: str, now: dt.datetime) -> bool:
    """Record a delivery; False when it was recorded before. It is gone again if the transaction is rolled back."""
    statement = (
        insert(session, Inbox)
        .values(workspace_id=workspace_id, dedupe_key=dedupe_key, received_at=now)
        .on_conflict_do_nothing()
        .returning(Inbox.dedupe_key)
    )
    return session.scalar(statement) is not None


_TAKE_IN = Prepared(
    lambda sqlite: insert_for(sqlite)(Inbox.__table__).on_conflict_do_nothing(),
    values=("workspace_id", "dedupe_key", "received_at"),
)


def take_in_directly(direct: Direct, workspace_id: str, dedupe_key: str, now: dt.datetime) -> bool:
    """As ``take_in``, on the path of a click."""
    return direct.run(_TAKE_IN, {"workspace_id": workspace_id, "dedupe_key": dedupe_key, "received_at": now}) == 1


def forget(session: Session, workspace_id: str, now: dt.datetime) -> None:
    """Delete what was received too long ago to be delivered again."""
    horizon = now - dt.timedelta(days=KEPT_DAYS)
    session.execute(delete(Inbox).where(Inbox.workspace_id == workspace_id, Inbox.received_at < horizon))
