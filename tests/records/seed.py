"""A cohort with fellows in post, for tests of the records."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy.orm import Session

from fellowship import catalogue
from fellowship.ports import Actor, Policies
from fellowship.services import asking, people, waves
from fellowship.services.people import Role
from models.operational import Agreement, Cohort, Fellow, Person
from models.session import Database

WORKSPACE = "T000000001"
OPENED = dt.datetime(2026, 3, 2, 9, 30, tzinfo=dt.UTC)
DIRECTOR = Actor(WORKSPACE, "U00000RUTH")
POLICIES = Policies()


@dataclass(frozen=True)
class Seeded:
    """A cohort, and its fellows as Slack knows them."""

    cohort_id: str
    fellows: tuple[Actor, ...]


def cohort_of(database: Database, size: int, *, workspace_id: str = WORKSPACE, agreed: bool = True) -> Seeded:
    """A cohort of ``size`` active fellows, each with Monday as fellowship day."""
    fellows = [f"U{number:09d}" for number in range(size)]
    return cohort_for(database, workspace_id, director=DIRECTOR.slack_user_id, fellows=fellows, agreed=agreed)


def cohort_for(
    database: Database,
    workspace_id: str,
    *,
    director: str,
    fellows: list[str],
    channel_id: str = "C000000001",
    evaluation_channel_id: str = "C000000002",
    agreed: bool = True,
) -> Seeded:
    """A cohort of those Slack members, in post, in those channels."""
    with database.write() as session:
        people.welcome_workspace(session, workspace_id, "U00000BOT", OPENED)
        people.grant(session, workspace_id, Role.ASSOCIATE_DIRECTOR, [director], OPENED)
        cohort = Cohort(
            workspace_id=workspace_id,
            name="AHP Fellows",
            programme="AHP Leadership",
            start_on=dt.date(2026, 3, 2),
            end_on=dt.date(2027, 2, 26),
            zone="Europe/London",
            nation="england",
            channel_id=channel_id,
            evaluation_channel_id=evaluation_channel_id,
            director_slack_user_id=director,
            state="running",
            created_at=OPENED,
        )
        session.add(cohort)
        session.flush()
        for slack_user_id in fellows:
            _in_post(session, cohort, slack_user_id, agreed=agreed)
        return Seeded(cohort.cohort_id, tuple(Actor(workspace_id, each) for each in fellows))


def _in_post(session: Session, cohort: Cohort, slack_user_id: str, *, agreed: bool) -> None:
    person = Person(workspace_id=cohort.workspace_id, slack_user_id=slack_user_id, zone="Europe/London")
    session.add(person)
    session.flush()
    fellow = Fellow(
        workspace_id=cohort.workspace_id,
        cohort_id=cohort.cohort_id,
        person_id=person.person_id,
        state="active",
        invited_at=OPENED,
        registered_at=OPENED,
        profession=catalogue.professions()[0].profession_id,
        weekdays=1,
        start_on=cohort.start_on,
        end_on=cohort.end_on,
    )
    session.add(fellow)
    session.flush()
    session.add(
        Agreement(
            workspace_id=cohort.workspace_id,
            fellow_id=fellow.fellow_id,
            purpose=asking.EVALUATION,
            agreed=agreed,
            notice_version="1",
            at=OPENED,
        )
    )


def open_wave(database: Database, seeded: Seeded) -> str:
    """A pulse, opened for the cohort."""
    with database.write() as session:
        return waves.open_wave(session, DIRECTOR, seeded.cohort_id, "pulse-1", POLICIES, OPENED)
