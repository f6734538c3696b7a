"""Roles are held only where they are granted, and the settings' list of associate directors is the whole list."""

from fellowship.ports import Actor
from fellowship.services import people
from fellowship.services.people import Role
from models.session import Database
from tests.records.seed import OPENED, WORKSPACE

RUTH, SEAN = Actor(WORKSPACE, "U00000RUTH"), Actor(WORKSPACE, "U00000SEAN")


def _directors(database: Database) -> set[str]:
    with database.read() as session:
        return {actor.slack_user_id for actor in (RUTH, SEAN) if people.holds(session, actor, Role.ASSOCIATE_DIRECTOR)}


def test_exactly_the_people_listed_are_associate_directors(operational: Database) -> None:
    for listed in (["U00000RUTH", "U00000SEAN"], ["U00000SEAN"], [], ["U00000RUTH"]):
        with operational.write() as session:
            people.set_directors(session, WORKSPACE, listed, OPENED)
        assert _directors(operational) == set(listed)


def test_leaving_the_list_takes_no_other_role(operational: Database) -> None:
    with operational.write() as session:
        people.set_directors(session, WORKSPACE, ["U00000RUTH"], OPENED)
        people.grant(session, WORKSPACE, Role.EVALUATOR, ["U00000RUTH"], OPENED, cohort_id="c1")
        people.set_directors(session, WORKSPACE, [], OPENED)
    with operational.read() as session:
        assert people.holds(session, RUTH, Role.EVALUATOR, "c1")
        assert not people.holds(session, RUTH, Role.ASSOCIATE_DIRECTOR)


def test_a_role_over_one_cohort_is_none_over_another_or_in_another_workspace(operational: Database) -> None:
    with operational.write() as session:
        people.grant(session, WORKSPACE, Role.EVALUATOR, ["U00000RUTH"], OPENED, cohort_id="c1")
    with operational.read() as session:
        assert people.holds(session, RUTH, Role.EVALUATOR, "c1")
        assert not people.holds(session, RUTH, Role.EVALUATOR, "c2")
        assert not people.holds(session, RUTH, Role.EVALUATOR)
        assert not people.holds(session, Actor("T000000002", RUTH.slack_user_id), Role.EVALUATOR, "c1")
