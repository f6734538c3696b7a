"""A pasted list is looked up in Slack's directory, and the people found are invited."""

import datetime as dt

from sqlalchemy.orm import Session

from fellowship.ports import Member
from fellowship.services import roster
from fellowship.services.due import Due
from jobs.deed import Deed, Deps, Outcome


def _look_up(due: Due, deps: Deps) -> dict[str, Member | None]:
    with deps.operational.read() as session:
        pasted = roster.read_import(session, due.workspace_id, due.subject_id)
    return {row.email: deps.directory.by_email(row.email) for row in pasted.rows}


def _invite(session: Session, due: Due, found: dict[str, Member | None], now: dt.datetime, _deps: Deps) -> Outcome:
    roster.finish_import(session, due.workspace_id, due.subject_id, found, now)
    return Outcome.DONE


def _give_up(session: Session, due: Due, now: dt.datetime) -> None:
    roster.give_up_import(session, due.workspace_id, due.subject_id, now)


invite_fellows = Deed(words="A pasted list is read and answered", prepare=_look_up, do=_invite, give_up=_give_up)
