"""A frozen wave's figures go into the evaluation database, then its summary to the evaluation channel."""

import datetime as dt

from sqlalchemy.orm import Session

from fellowship.services import evaluation
from fellowship.services.due import Due
from jobs.deed import Deed, Deps, Outcome
from jobs.run_waves import tell_stuck


def _write(due: Due, deps: Deps) -> None:
    with deps.operational.read() as session:
        release = evaluation.frozen_wave(session, due.workspace_id, due.subject_id)
    with deps.evaluation.write() as session:
        evaluation.write(session, release)


def _post(session: Session, due: Due, _: None, now: dt.datetime, _deps: Deps) -> Outcome:
    evaluation.post_summary(session, due.workspace_id, due.subject_id, now)
    return Outcome.DONE


release_wave = Deed(words="A pulse is released", prepare=_write, do=_post, give_up=tell_stuck)
