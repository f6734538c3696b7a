"""A wave asks, reminds, is counted, closes and freezes, each when it is due."""

import datetime as dt

from sqlalchemy.orm import Session

from fellowship.services import asking, waves
from fellowship.services.due import Due
from jobs.deed import Deed, Deps, Outcome


def _invite(session: Session, due: Due, _: None, now: dt.datetime, deps: Deps) -> Outcome:
    return Outcome.of(happened=asking.invite(session, due.workspace_id, due.subject_id, deps.policies, now))


def _remind(session: Session, due: Due, _: None, now: dt.datetime, deps: Deps) -> Outcome:
    return Outcome.of(happened=asking.remind(session, due.workspace_id, due.subject_id, deps.policies, now))


def _count(session: Session, due: Due, _: None, now: dt.datetime, _deps: Deps) -> Outcome:
    return Outcome.of(happened=waves.count(session, due.workspace_id, due.subject_id, now))


def _close(session: Session, due: Due, _: None, now: dt.datetime, _deps: Deps) -> Outcome:
    return Outcome.of(happened=waves.close(session, due.workspace_id, due.subject_id, now))


def _freeze(session: Session, due: Due, _: None, now: dt.datetime, _deps: Deps) -> Outcome:
    return Outcome.of(happened=waves.freeze(session, due.workspace_id, due.subject_id, now))


def tell_stuck(session: Session, due: Due, now: dt.datetime) -> None:
    """Who opened the wave hears that it cannot go on."""
    waves.tell_stuck(session, due.workspace_id, due.subject_id, now)


invite_to_wave = Deed(words="A fellow is asked for a pulse", do=_invite, private=True)
remind_of_wave = Deed(words="A fellow who has not answered is reminded of a pulse", do=_remind, private=True)
count_wave = Deed(words="The answers to a pulse are counted", do=_count)
close_wave = Deed(words="A pulse closes", do=_close, give_up=tell_stuck)
freeze_wave = Deed(words="A pulse is frozen", do=_freeze, give_up=tell_stuck)
