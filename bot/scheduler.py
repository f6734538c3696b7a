"""Wakes what time brings: APScheduler ticks the sweep, a commit wakes the sender at once."""

import datetime as dt
import threading
from collections.abc import Callable

import structlog
from apscheduler.schedulers.background import BackgroundScheduler

from bot.sender import Sender
from fellowship.clock import machine_now
from fellowship.services import delivery, due
from jobs import DEEDS, SCHEDULE, Deps
from jobs.sweep import sweep

log = structlog.get_logger()

LONGEST_WAIT_SECONDS = 15
"""How long a served moment may wait for Slack's Retry-After or for a message to settle."""


class Worker:
    """Runs the code-defined jobs and the sender of one process."""

    def __init__(self, deps: Deps, sender: Sender, tick_seconds: float) -> None:
        self._deps = deps
        self._sender = sender
        self._tick_seconds = tick_seconds
        self._woken = threading.Event()
        self._stopping = threading.Event()
        self._working = threading.Lock()
        self._thread = threading.Thread(target=self._work_when_woken, name="worker", daemon=True)
        # A memory store, one instance at a time, and no misfire limit: what is due is a row, and a late tick finds it.
        self._scheduler = BackgroundScheduler(
            timezone=dt.UTC, job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        )

    def start(self) -> None:
        """Tick and send from now on, beginning with what fell due while no process ran."""
        for job in SCHEDULE:
            run = self.wake if job.run is sweep else self._guarded(job.run)
            self._scheduler.add_job(run, job.trigger(self._tick_seconds), id=job.name)
        self._scheduler.start()
        self._thread.start()
        self.wake()

    def wake(self) -> None:
        """Something may be due now: look at once."""
        self._woken.set()

    def _guarded(self, run: Callable[[Deps], object]) -> Callable[[], None]:
        def guarded() -> None:
            try:
                run(self._deps)
            except Exception as failure:  # noqa: BLE001 - the database may be away; its next time comes
                _report("job_failed", failure)

        return guarded

    def _work_when_woken(self) -> None:
        while not self._stopping.is_set():
            self._woken.wait()
            self._woken.clear()
            self.do_due()

    def do_due(self) -> None:
        """Sweep and send, until neither finds anything; one at a time in this process."""
        try:
            with self._working:
                while not self._stopping.is_set():
                    if sweep(self._deps) + self._sender.send_all(self._stopping) == 0:
                        return
        except Exception as failure:  # noqa: BLE001 - as above: the next tick tries again
            _report("sweep_failed", failure)

    def live(self) -> None:
        """Everything due at this moment of the programme is done and sent, as far as Slack lets it."""
        until = machine_now() + dt.timedelta(seconds=LONGEST_WAIT_SECONDS)
        while not self._stopping.is_set():
            self.do_due()
            if machine_now() > until or not self._waits(until):
                return
            self._stopping.wait(0.05)

    def _waits(self, until: dt.datetime) -> bool:
        with self._deps.operational.read() as session:
            return delivery.waits_for_machine_time(session, self._deps.workspace_id, self._deps.clock.now(), until)

    def coming(self) -> list[tuple[dt.datetime, str]]:
        """What comes next in the programme, in words, soonest first."""
        with self._deps.operational.read() as session:
            planned = due.upcoming(session, self._deps.workspace_id)
            next_send = delivery.next_send(session, self._deps.workspace_id, machine_now())
        coming = [(at, DEEDS[kind].words) for at, kind in planned]
        return sorted([*coming, (next_send, "A message is sent")] if next_send else coming)

    def finish(self) -> None:
        """Begin nothing new; the message under way is finished."""
        self._stopping.set()
        self._woken.set()
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    def wait(self, seconds: float) -> None:
        """Wait until what is under way is finished, at most so long; what is left is due at the next start."""
        if self._thread.ident is not None:
            self._thread.join(timeout=max(0.0, seconds))


def _report(event: str, failure: Exception) -> None:
    # The error's own words may hold what somebody typed.
    log.error(event, error=type(failure).__name__)
