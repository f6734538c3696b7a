"""What a deed is given, and what it says of itself."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Session

from fellowship.ports import Clock, Directory, Policies
from fellowship.services.due import Due
from models.session import Database


class Outcome(StrEnum):
    """How a due item ends."""

    DONE = "done"
    EXPIRED = "expired"
    """It was due, but by now there is no use in it; said in the log and counted."""

    @classmethod
    def of(cls, *, happened: bool) -> "Outcome":
        """Done if what was due still had a use, else expired."""
        return cls.DONE if happened else cls.EXPIRED


@dataclass(frozen=True)
class Deps:
    """What every deed may need; made once by the composition root."""

    operational: Database
    evaluation: Database
    clock: Clock
    directory: Directory
    policies: Policies
    workspace_id: str


Prepare = Callable[[Due, Deps], Any]
Do = Callable[[Session, Due, Any, dt.datetime, Deps], Outcome]
GiveUp = Callable[[Session, Due, dt.datetime], None]


def nothing_to_prepare(_due: Due, _deps: Deps) -> None:
    """The deed needs only its transaction."""


def nobody_to_tell(_session: Session, _due: Due, _now: dt.datetime) -> None:
    """The log is enough."""


@dataclass(frozen=True)
class Deed:
    """Something done when it is due.

    ``prepare`` runs first, outside any transaction, for what must not hold one open: asking Slack, or writing to the
    evaluation database. It may run more than once and must not mind. ``do`` runs once, in the transaction that closes
    the due item; ``due.due_at`` tells when it was due, ``now`` when it is done. ``give_up`` runs in the transaction
    that sets the item aside after its last attempt, for whoever waits for it.
    """

    words: str
    """What it is, for whoever looks at what comes: of no person, and of no cohort by name."""
    do: Do
    prepare: Prepare = nothing_to_prepare
    give_up: GiveUp = nobody_to_tell
    private: bool = False
    """It is about one fellow's pulse. It is not logged: who knows people's days could read there who is silent."""
