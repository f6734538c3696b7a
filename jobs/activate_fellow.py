"""A fellow's post begins."""

import datetime as dt

from sqlalchemy.orm import Session

from fellowship.services import registration
from fellowship.services.due import Due
from jobs.deed import Deed, Deps, Outcome


def _activate(session: Session, due: Due, _: None, now: dt.datetime, _deps: Deps) -> Outcome:
    return Outcome.of(happened=registration.activate(session, due.workspace_id, due.subject_id, now))


activate_fellow = Deed(words="A fellow's post begins", do=_activate)
