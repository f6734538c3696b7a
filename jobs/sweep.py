"""The sweep: what is due and unclaimed?"""

import datetime as dt

import structlog
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from fellowship.services import due as plans
from fellowship.services import inbox
from fellowship.services.due import Due
from jobs.activate_fellow import activate_fellow
from jobs.deed import Deed, Deps, Outcome
from jobs.invite_fellows import invite_fellows
from jobs.release_wave import release_wave
from jobs.run_cohorts import close_cohort, start_cohort
from jobs.run_waves import close_wave, count_wave, freeze_wave, invite_to_wave, remind_of_wave
from models.session import DatabaseBusyError

log = structlog.get_logger()

DEEDS: dict[str, Deed] = {
    "cohort.start": start_cohort,
    "cohort.close": close_cohort,
    "roster.import": invite_fellows,
    "fellow.activate": activate_fellow,
    "wave.invite": invite_to_wave,
    "wave.remind": remind_of_wave,
    "wave.count": count_wave,
    "wave.close": close_wave,
    "wave.freeze": freeze_wave,
    "wave.release": release_wave,
}
"""What each kind of due item means. Kinds are contracts with rows already planned."""


AWAY = (DatabaseBusyError, OperationalError, PoolTimeoutError)
"""A database that is away comes back: waiting for it is no attempt."""


def sweep(deps: Deps) -> int:
    """Everything that is due now is done, oldest first; returns how many items were closed.

    An item whose deed fails is put off by a growing while and set aside after five attempts; the others go on. While a
    database is away nothing counts as an attempt.
    """
    closed = 0
    while True:
        now = deps.clock.now()
        with deps.operational.read() as session:
            due = plans.next_due(session, deps.workspace_id, now)
        if due is None:
            return closed
        try:
            closed += _do(due, now, deps)
        except Exception as failure:  # noqa: BLE001 - whatever it is, one bad row must not stop the programme
            _put_off(due, now, deps, failure)


def _do(due: Due, now: dt.datetime, deps: Deps) -> bool:
    deed = DEEDS[due.kind]
    prepared = deed.prepare(due, deps)
    with deps.operational.write() as session:
        if not plans.claim(session, due):
            return False
        outcome = deed.do(session, due, prepared, now, deps)
        if outcome is Outcome.EXPIRED:
            plans.note_expired(session, due)
    if not deed.private:
        log.info("deed_done", kind=due.kind, outcome=outcome, late_seconds=int((now - due.due_at).total_seconds()))
    return True


def _put_off(due: Due, now: dt.datetime, deps: Deps, failure: Exception) -> None:
    with deps.operational.write() as session:
        if isinstance(failure, AWAY):
            state = plans.note_away(session, due, now)
        else:
            state = plans.note_failure(session, due, now)
    log.error("deed_failed", kind=due.kind, due_id=due.due_id, error=type(failure).__name__, state=state)
    if state == "dead" and due.kind in DEEDS:
        with deps.operational.write() as session:
            DEEDS[due.kind].give_up(session, due, now)


def forget_deliveries(deps: Deps) -> None:
    """Deliveries that cannot come again are forgotten."""
    with deps.operational.write() as session:
        inbox.forget(session, deps.workspace_id, deps.clock.now())
