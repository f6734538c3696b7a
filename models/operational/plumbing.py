"""What is due, what is to be sent, and what has already been taken in."""

import datetime as dt
from typing import Any

from sqlalchemy import Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.operational.base import Base
from models.types import Sequence64, new_id

_DUE = text("state = 'due'")
_UNSETTLED = text("state IN ('due', 'sending')")


class DueItem(Base):
    """Something that the programme must do at an instant, once.

    The unique key is the business fact, so planning twice plans once; the partial index makes what is done free.
    """

    __tablename__ = "due_item"
    __table_args__ = (
        UniqueConstraint("workspace_id", "kind", "subject_id", "occurrence"),
        Index("ix_due_item_due", "workspace_id", "due_at", "due_id", sqlite_where=_DUE, postgresql_where=_DUE),
    )

    workspace_id: Mapped[str] = mapped_column(primary_key=True)
    due_id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[str]
    """Which deed: a key of ``jobs.DEEDS``."""
    subject_id: Mapped[str]
    """What it is about: a wave, a fellow, an import."""
    occurrence: Mapped[str] = mapped_column(default="")
    due_at: Mapped[dt.datetime]
    state: Mapped[str] = mapped_column(default="due")
    """``due``, ``done``, ``expired`` (it came too late to be of use) or ``dead`` (it failed too often)."""
    attempts: Mapped[int] = mapped_column(default=0)
    retry_at: Mapped[dt.datetime | None]


class Outbox(Base):
    """A message to be sent, recorded in the transaction of the change that causes it.

    ``due`` → ``sending`` (claimed, committed before the first byte) → ``sent``; or ``dead`` (Slack said a definite no),
    ``parked`` (nobody can tell whether it was sent, or what Slack meant: for a person to decide), ``superseded`` (a
    newer edit stands).
    """

    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("workspace_id", "dedupe_key"),
        Index(
            "ix_outbox_unsettled",
            "workspace_id",
            "due_at",
            "outbox_id",
            sqlite_where=_UNSETTLED,
            postgresql_where=_UNSETTLED,
        ),
        Index("ix_outbox_edits", "workspace_id", "edits_ts", "channel_id"),
    )

    outbox_id: Mapped[int] = mapped_column(Sequence64, primary_key=True, autoincrement=True)
    """The one key that the workspace does not lead: the order in which messages were caused."""
    workspace_id: Mapped[str]
    dedupe_key: Mapped[str]
    """The business fact, such as ``wave:<id>:summary``: caused twice, sent once."""
    post_ref: Mapped[str] = mapped_column(default=new_id)
    """Random, sent as message metadata: how history tells whether a post arrived. It means nothing elsewhere."""
    channel_id: Mapped[str]
    """A channel, or a member's Slack id for a direct message."""
    edits_ts: Mapped[str] = mapped_column(default="")
    """Where this edits a message: that message's ts."""
    payload: Mapped[dict[str, Any]]
    tell_slack_user_id: Mapped[str | None]
    """Who hears of it when Slack refuses the message for good; nobody for anything about a pulse."""
    due_at: Mapped[dt.datetime]
    """Programme time."""
    state: Mapped[str] = mapped_column(default="due")
    owner: Mapped[str | None]
    lease_until: Mapped[dt.datetime | None]
    """Machine time: until then the claim is its owner's alone; after that it is settled from history."""
    retry_at: Mapped[dt.datetime | None]
    """Machine time: not before then."""
    attempt: Mapped[int] = mapped_column(default=0)
    first_attempt_at: Mapped[dt.datetime | None]
    """Programme time, which is Slack's time: history is read from here."""
    sent_channel_id: Mapped[str | None]
    sent_ts: Mapped[str | None]
    failure: Mapped[str | None]
    """Slack's error code, never its text."""


class Inbox(Base):
    """A delivery from Slack that has been worked in: the same one again changes nothing."""

    __tablename__ = "inbox"
    __table_args__ = (Index("ix_inbox_received", "workspace_id", "received_at"),)

    workspace_id: Mapped[str] = mapped_column(primary_key=True)
    dedupe_key: Mapped[str] = mapped_column(primary_key=True)
    received_at: Mapped[dt.datetime]
