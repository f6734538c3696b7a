"""Who may do what: every use case against every role, in this workspace and in another. Deny by default."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fellowship.errors import NotAllowedError, UnknownSubjectError
from fellowship.ports import Actor
from fellowship.services import answers, asking, cohorts, evaluation, people, registration, roster, waves
from fellowship.services.answers import Place, Sheet
from fellowship.services.people import Role
from fellowship.views.registration import RegistrationValues
from models.operational import Answer, Fellow, Outbox, Person
from models.session import Database
from tests.records.seed import OPENED, POLICIES, WORKSPACE, Seeded, cohort_of, open_wave

LATER = OPENED + dt.timedelta(days=1)
ELSEWHERE = "T000000002"
PLACE = Place("D000000001", "1.000001")
FILLED = RegistrationValues(
    profession="podiatrist",
    employer="Trust",
    host="Region",
    project="Feet",
    weekdays=frozenset({0}),
    start_on=dt.date(2026, 3, 2),
    end_on=dt.date(2027, 2, 26),
    purposes=frozenset(),
)


@dataclass(frozen=True)
class Stage:
    """A cohort with an open wave; the ids that a forged button could carry."""

    seeded: Seeded
    wave_id: str
    fellow_id: str


Deed = Callable[[Session, Actor, Stage], object]


def _new_cohort(session: Session, actor: Actor, _stage: Stage) -> object:
    new = cohorts.NewCohort(
        "New",
        "Programme",
        dt.date(2026, 3, 2),
        dt.date(2027, 3, 1),
        "Europe/London",
        "wales",
        "C000000008",
        "C000000009",
        (),
    )
    return cohorts.create(session, actor, new, LATER)


DIRECTOR_ONLY: dict[str, Deed] = {
    "set a cohort up": _new_cohort,
    "list cohorts": lambda session, actor, _: cohorts.directed_by(session, actor),
    "invite": lambda session, actor, stage: roster.ask_import(
        session, actor, stage.seeded.cohort_id, "a@b.example", LATER
    ),
    "send a test": lambda session, actor, _: asking.send_test(session, actor, "pulse-1", POLICIES, LATER),
    "open a pulse": lambda session, actor, stage: waves.open_wave(
        session, actor, stage.seeded.cohort_id, "pulse-1", POLICIES, LATER + dt.timedelta(days=60)
    ),
}
OWN_ONLY: dict[str, Deed] = {
    "open a registration": lambda session, actor, stage: registration.form(session, actor, stage.fellow_id),
    "keep a draft": lambda session, actor, stage: registration.keep_draft(
        session, actor, stage.fellow_id, FILLED, LATER
    ),
    "register": lambda session, actor, stage: registration.register(
        session, actor, stage.fellow_id, FILLED, "view", LATER
    ),
    "leave a registration": lambda session, actor, stage: registration.leave_unfinished(
        session, actor, stage.fellow_id, "view", LATER
    ),
    "open the form": lambda session, actor, stage: answers.form(session, actor, stage.wave_id, POLICIES, LATER),
    "answer": lambda session, actor, stage: answers.submit(
        session, actor, Sheet(stage.wave_id, {"p1": 1}, {}, PLACE), POLICIES, LATER
    ),
    "mute": lambda session, actor, stage: answers.mute(session, actor, stage.wave_id, PLACE, POLICIES, LATER),
}
EVALUATOR_ONLY: dict[str, Deed] = {
    "ask for results": lambda session, actor, _: evaluation.desk(session, actor, "C000000002"),
}

RUTH, NIA, NOBODY = (Actor(WORKSPACE, each) for each in ("U00000RUTH", "U000000NIA", "U0NOBODY00"))


@pytest.fixture
def stage(operational: Database) -> Stage:
    seeded = cohort_of(operational, 3)
    wave_id = open_wave(operational, seeded)
    with operational.write() as session:
        people.grant(session, WORKSPACE, Role.EVALUATOR, [NIA.slack_user_id], OPENED, cohort_id=seeded.cohort_id)
        people.grant(session, WORKSPACE, Role.EVALUATOR, ["U00ELSEWHR"], OPENED, cohort_id="another cohort")
        own = (
            select(Fellow.fellow_id)
            .join(Person, Person.person_id == Fellow.person_id)
            .where(Person.slack_user_id == seeded.fellows[0].slack_user_id)
        )
        fellow_id = session.scalars(own).one()
    return Stage(seeded, wave_id, fellow_id)


def _size(database: Database) -> list[int]:
    with database.read() as session:
        return [session.scalar(select(func.count()).select_from(table)) or 0 for table in (Answer, Outbox, Fellow)]


def _in_another_workspace(actor: Actor) -> Actor:
    return Actor(ELSEWHERE, actor.slack_user_id)


def _refuses(database: Database, deed: Deed, actor: Actor, stage: Stage) -> None:
    before = _size(database)
    with database.write() as session, pytest.raises((NotAllowedError, UnknownSubjectError)):
        deed(session, actor, stage)
    assert _size(database) == before


def _allowed(stage: Stage) -> dict[str, Actor]:
    mine = stage.seeded.fellows[0]
    return {
        **dict.fromkeys(DIRECTOR_ONLY, RUTH),
        **dict.fromkeys(OWN_ONLY, mine),
        **dict.fromkeys(EVALUATOR_ONLY, NIA),
    }


DEEDS = {**DIRECTOR_ONLY, **OWN_ONLY, **EVALUATOR_ONLY}


@pytest.mark.parametrize("name", DEEDS)
def test_only_the_one_who_may_does_it(operational: Database, stage: Stage, name: str) -> None:
    everybody = {RUTH, NIA, NOBODY, Actor(WORKSPACE, "U00ELSEWHR"), *stage.seeded.fellows}
    # Every fellow was asked in the wave, and the id of the wave is the same for all: each reaches only what is theirs.
    may = set(stage.seeded.fellows) if name in {"open the form", "answer", "mute"} else {_allowed(stage)[name]}
    for actor in everybody - may:
        _refuses(operational, DEEDS[name], actor, stage)
    for actor in everybody:
        _refuses(operational, DEEDS[name], _in_another_workspace(actor), stage)


@pytest.mark.parametrize("name", sorted({*DEEDS} - {"open a pulse"}))
def test_the_one_who_may_can(operational: Database, stage: Stage, name: str) -> None:
    with operational.write() as session:
        DEEDS[name](session, _allowed(stage)[name], stage)


def test_a_click_is_refused_like_a_form(operational: Database, stage: Stage) -> None:
    from fellowship.services import click  # noqa: PLC0415 - beside what it is compared with

    pressed = click.Click(stage.wave_id, "p1", 4, 1, PLACE)
    for actor in (RUTH, NIA, NOBODY, _in_another_workspace(stage.seeded.fellows[0])):
        with operational.write_directly() as direct, pytest.raises(NotAllowedError):
            click.answer_first_item(direct, actor, pressed, POLICIES, LATER)
