"""Sends what the outbox holds: claim, commit, post, settle (docs/adr/0003)."""

import datetime as dt
import secrets
import threading
from collections.abc import Callable

import structlog

from bot.slack import Messenger, NotSent, Outcome, Puzzling, Refused, Sent, Unknown
from fellowship.ports import Clock
from fellowship.services import delivery
from fellowship.services.delivery import KINDS, Parcel
from models.session import Database

log = structlog.get_logger()


class Sender:
    """One message at a time, in the order in which they were caused; one thread of a process calls it at a time."""

    def __init__(
        self,
        database: Database,
        messenger: Messenger,
        clock: Clock,
        machine_now: Callable[[], dt.datetime],
        *,
        workspace_id: str,
        settle: dt.timedelta,
    ) -> None:
        self._database = database
        self._messenger = messenger
        self._clock = clock
        self._machine_now = machine_now
        self._workspace_id = workspace_id
        self._settle = settle
        self._owner = secrets.token_hex(8)
        self._paused: dict[str, dt.datetime] = {}
        """Machine time until which Slack takes no more posts, or no more edits."""

    def send_all(self, stopping: threading.Event | None = None) -> int:
        """Everything that can be sent at this moment is sent or settled; returns how many parcels were handled.

        Ends early, between two messages, when ``stopping`` is set.
        """
        handled = 0
        while not (stopping and stopping.is_set()):
            parcel = self._claim()
            if parcel is None:
                break
            outcome = self._messenger.find(parcel) if parcel.unsettled else self._messenger.send(parcel)
            self._settle_parcel(parcel, outcome)
            handled += 1
        return handled

    def _claim(self) -> Parcel | None:
        machine_now = self._machine_now()
        takes = {kind for kind in KINDS if self._paused.get(kind, machine_now) <= machine_now}
        if not takes:
            return None
        with self._database.write() as session:
            return delivery.claim(
                session,
                self._workspace_id,
                self._owner,
                now=self._clock.now(),
                machine_now=machine_now,
                lease=self._settle,
                takes=takes,
            )

    def _settle_parcel(self, parcel: Parcel, outcome: Outcome) -> None:
        match outcome:
            case Unknown(failure):
                # Nothing is written: the lease runs out, and whoever claims it then asks history first.
                log.warning("message_uncertain", outbox_id=parcel.outbox_id, failure=failure, attempt=parcel.attempt)
                return
            case Sent(channel_id, ts):
                with self._database.write() as session:
                    delivery.note_sent(session, parcel, self._owner, channel_id, ts)
            case NotSent(failure, wait_seconds, everything):
                retry_at = self._machine_now() + dt.timedelta(seconds=wait_seconds)
                if wait_seconds:
                    paused = KINDS if everything else (delivery.kind_of(parcel),)
                    self._paused.update(dict.fromkeys(paused, retry_at))
                with self._database.write() as session:
                    delivery.note_not_sent(session, parcel, self._owner, retry_at, failure)
                log.warning("message_delayed", outbox_id=parcel.outbox_id, failure=failure, wait_seconds=wait_seconds)
                if everything:
                    log.error("sending_stopped", failure=failure, wait_seconds=wait_seconds)
            case Puzzling(failure):
                self._park(parcel, failure)
            case Refused(failure) if parcel.unsettled:
                self._park(parcel, failure)
            case Refused(failure):
                with self._database.write() as session:
                    delivery.note_refused(session, parcel, self._owner, failure, self._clock.now())
                log.error("message_refused", outbox_id=parcel.outbox_id, failure=failure)

    def _park(self, parcel: Parcel, failure: str) -> None:
        with self._database.write() as session:
            delivery.note_parked(session, parcel, self._owner, failure)
        log.error("message_parked", outbox_id=parcel.outbox_id, failure=failure)
