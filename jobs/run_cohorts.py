"""A cohort starts and closes on its days."""

import datetime as dt

from sqlalchemy.orm import Session

from fellowship.services import cohorts
from fellowship.services.due import Due
from jobs.deed import Deed, Deps, Outcome


def _start(session: Session, due: Due, _: None, _now: dt.datetime, _deps: Deps) -> Outcome:
    return Outcome.of(happened=cohorts.start(session, due.workspace_id, due.subject_id))


def _close(session: Session, due: Due, _: None, _now: dt.datetime, _deps: Deps) -> Outcome:
    return Outcome.of(happened=cohorts.close(session, due.workspace_id, due.subject_id))


start_cohort = Deed(words="A cohort begins", do=_start)
close_cohort = Deed(words="A cohort ends", do=_close)
