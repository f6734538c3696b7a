"""A pasted list that cannot be looked up is given up aloud. On both engines."""

import datetime as dt

from sqlalchemy import select

from fellowship.ports import Actor, DirectoryUnavailableError, Member
from fellowship.services import due, roster
from jobs import Deps
from jobs.sweep import sweep
from models.operational import Outbox, RosterImport
from models.session import Database
from tests.records.seed import DIRECTOR, OPENED, POLICIES, WORKSPACE, cohort_of


class MovedClock:
    """Programme time, moved by hand."""

    def __init__(self) -> None:
        self.at = OPENED

    def now(self) -> dt.datetime:
        return self.at


class SilentDirectory:
    """A directory that never answers."""

    def by_email(self, email: str) -> Member | None:
        raise DirectoryUnavailableError(email)


def test_after_half_an_hour_of_silence_the_associate_director_is_told_and_the_list_is_gone(
    operational: Database, evaluation: Database
) -> None:
    seeded = cohort_of(operational, 2)
    clock = MovedClock()
    deps = Deps(operational, evaluation, clock, SilentDirectory(), POLICIES, WORKSPACE)
    with operational.write() as session:
        roster.ask_import(session, Actor(WORKSPACE, DIRECTOR.slack_user_id), seeded.cohort_id, "a@b.example", OPENED)
    for _ in range(due.MOST_ATTEMPTS + 2):
        assert sweep(deps) == 0
        clock.at += dt.timedelta(hours=1)
    with operational.read() as session:
        [told] = session.scalars(select(Outbox)).all()
        assert told.channel_id == DIRECTOR.slack_user_id
        assert "Nobody was invited" in told.payload["text"]
        assert session.scalars(select(RosterImport.lines)).one() is None
