"""A wave opens once, plans everything, freezes once, and releases by repeatable writes. On both engines."""

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import func, select, update

from fellowship.errors import NobodyToAskError, NotAllowedError, UnknownSubjectError, WaveOpenError
from fellowship.ports import Actor
from fellowship.services import answers, waves
from fellowship.services import evaluation as releases
from fellowship.services.answers import Sheet
from models import evaluation as tables
from models.operational import DueItem, Fellow, Figure, Outbox, Person, Wave
from models.session import Database
from tests.records.seed import DIRECTOR, OPENED, POLICIES, WORKSPACE, Seeded, cohort_of, open_wave

FROZEN = OPENED + dt.timedelta(days=30)


def _answer_all(database: Database, seeded: Seeded, wave_id: str, people: int) -> None:
    for number, actor in enumerate(seeded.fellows[:people]):
        options = {f"p{item}": 2 + (number + item) % 4 for item in range(1, 8)}
        with database.write() as session:
            answers.submit(
                session, actor, Sheet(wave_id, options, {"p8": "words"}, None), POLICIES, OPENED + dt.timedelta(days=1)
            )


def _freeze_and_release(operational: Database, evaluation: Database, wave_id: str) -> None:
    with operational.write() as session:
        assert waves.freeze(session, WORKSPACE, wave_id, FROZEN)
    _release(operational, evaluation, wave_id)


def _release(operational: Database, evaluation: Database, wave_id: str) -> None:
    with operational.read() as session:
        release = releases.frozen_wave(session, WORKSPACE, wave_id)
    with evaluation.write() as session:
        releases.write(session, release)
    with operational.write() as session:
        releases.post_summary(session, WORKSPACE, wave_id, FROZEN)


def _everything(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    with database.read() as session:
        return {
            name: sorted(tuple(map(str, row)) for row in session.execute(select(table)))
            for name, table in tables.Base.metadata.tables.items()
        }


def test_opening_fixes_the_dates_and_the_thresholds_and_plans_everything(operational: Database) -> None:
    open_wave(operational, cohort_of(operational, 6))
    with operational.read() as session:
        wave = session.scalars(select(Wave)).one()
        counted = session.execute(select(DueItem.kind, func.count()).group_by(DueItem.kind))
        kinds = {kind: number for kind, number in counted}  # noqa: C416 - rows are no pairs to a type checker
    assert wave.closes_at == dt.datetime(2026, 3, 16, 17, 30, tzinfo=dt.UTC)
    # Two Mondays later, in summer time, and two own days: the second Monday after the close.
    assert wave.freezes_at == dt.datetime(2026, 3, 30, 16, 30, tzinfo=dt.UTC)
    assert (wave.k_median, wave.k_distribution) == (5, 8)
    assert kinds == {"wave.invite": 6, "wave.remind": 6, "wave.close": 1, "wave.freeze": 1, "wave.count": 1}


def test_a_second_wave_cannot_open_while_one_is_open(operational: Database) -> None:
    seeded = cohort_of(operational, 3)
    open_wave(operational, seeded)
    with pytest.raises(WaveOpenError):
        open_wave(operational, seeded)


def test_only_an_associate_director_of_the_workspace_opens_a_wave(operational: Database) -> None:
    seeded = cohort_of(operational, 3)
    for actor in (seeded.fellows[0], Actor("T000000002", DIRECTOR.slack_user_id)):
        with operational.write() as session, pytest.raises(NotAllowedError):
            waves.open_wave(session, actor, seeded.cohort_id, "pulse-1", POLICIES, OPENED)
    with operational.write() as session, pytest.raises(UnknownSubjectError):
        waves.open_wave(session, DIRECTOR, "no-such-cohort", "pulse-1", POLICIES, OPENED)


def test_fellows_who_have_not_agreed_are_not_asked(operational: Database) -> None:
    seeded = cohort_of(operational, 3, agreed=False)
    with pytest.raises(NobodyToAskError):
        open_wave(operational, seeded)


def test_figures_are_computed_once_and_no_later_freeze_touches_them(operational: Database) -> None:
    seeded = cohort_of(operational, 6)
    wave_id = open_wave(operational, seeded)
    _answer_all(operational, seeded, wave_id, 6)
    with operational.write() as session:
        assert waves.freeze(session, WORKSPACE, wave_id, FROZEN)
    with operational.read() as session:
        before = sorted(session.scalars(select(Figure.figure_id)))
    with operational.write() as session:
        assert not waves.freeze(session, WORKSPACE, wave_id, FROZEN + dt.timedelta(days=1))
    with operational.read() as session:
        assert sorted(session.scalars(select(Figure.figure_id))) == before
    assert len(before) == 7


def test_releasing_again_after_a_crash_anywhere_changes_nothing(operational: Database, evaluation: Database) -> None:
    seeded = cohort_of(operational, 6)
    wave_id = open_wave(operational, seeded)
    _answer_all(operational, seeded, wave_id, 6)
    with operational.write() as session:
        waves.freeze(session, WORKSPACE, wave_id, FROZEN)
    with operational.read() as session:
        release = releases.frozen_wave(session, WORKSPACE, wave_id)
    with evaluation.write() as session:
        releases.write(session, release)  # and then the process died
    once = _everything(evaluation)
    for _ in range(2):
        _release(operational, evaluation, wave_id)
    assert _everything(evaluation) == once
    with operational.read() as session:
        summaries = session.scalars(select(Outbox.dedupe_key).where(Outbox.dedupe_key.like("%:summary"))).all()
    assert summaries == [f"wave:{wave_id}:summary"]


def test_six_of_seven_are_told_with_denominators_and_thresholds(operational: Database, evaluation: Database) -> None:
    seeded = cohort_of(operational, 7)
    wave_id = open_wave(operational, seeded)
    _answer_all(operational, seeded, wave_id, 6)
    _freeze_and_release(operational, evaluation, wave_id)
    with evaluation.read() as session:
        wave = session.scalars(select(tables.Wave)).one()
        figures = session.scalars(select(tables.Summary)).all()
    assert (wave.n_eligible, wave.n_answered, wave.k_median, wave.k_distribution) == (7, 6, 5, 8)
    assert {figure.statistic for figure in figures} == {"median_band"}
    assert not any(figure.suppressed for figure in figures)


def test_below_the_threshold_no_score_leaves_the_operational_database(
    operational: Database, evaluation: Database
) -> None:
    seeded = cohort_of(operational, 3)
    wave_id = open_wave(operational, seeded)
    _answer_all(operational, seeded, wave_id, 3)
    _freeze_and_release(operational, evaluation, wave_id)
    with evaluation.read() as session:
        wave = session.scalars(select(tables.Wave)).one()
        figures = session.scalars(select(tables.Summary)).all()
    assert (wave.n_eligible, wave.n_answered) == (3, 3)
    assert figures
    for figure in figures:
        assert figure.suppressed
        assert figure.reason
        assert (figure.value, figure.n_item, figure.label) == (None, None, figure.label)
    with operational.read() as session:
        scored = session.scalars(select(Figure).where(Figure.value.is_not(None))).all()
    assert scored == []


def test_a_silent_fellow_in_post_counts_as_eligible_and_one_whose_post_ended_does_not(operational: Database) -> None:
    seeded = cohort_of(operational, 7)
    wave_id = open_wave(operational, seeded)
    _answer_all(operational, seeded, wave_id, 5)
    left = select(Person.person_id).where(Person.slack_user_id == seeded.fellows[6].slack_user_id)
    with operational.write() as session:
        session.execute(
            update(Fellow).where(Fellow.person_id.in_(left)).values(end_on=dt.date(2026, 3, 3)),
            execution_options={"synchronize_session": False},
        )
    with operational.write() as session:
        waves.freeze(session, WORKSPACE, wave_id, FROZEN)
    with operational.read() as session:
        wave = session.scalars(select(Wave)).one()
    assert (wave.n_eligible, wave.n_answered) == (6, 5)


def test_the_evaluators_question_is_answered_from_the_evaluation_database_and_logged(
    operational: Database, evaluation: Database
) -> None:
    seeded = cohort_of(operational, 6)
    wave_id = open_wave(operational, seeded)
    _answer_all(operational, seeded, wave_id, 6)
    with operational.read() as session:
        key = session.execute(select(Wave.wave_key)).scalar_one()
        cohort_key = session.connection().exec_driver_sql("SELECT cohort_key FROM cohort").scalar_one()
    desk = releases.Desk(cohort_key, "AHP Fellows", "Europe/London")
    with evaluation.write() as session:
        assert releases.latest_pulse(session, desk, FROZEN) is None
    _freeze_and_release(operational, evaluation, wave_id)
    with evaluation.write() as session:
        found = releases.latest_pulse(session, desk, FROZEN)
    assert found is not None
    assert found.wave_key == key
    assert (found.n_answered, len(found.figures)) == (6, 7)
    with evaluation.read() as session:
        log = session.execute(
            select(tables.QueryLog.outcome, tables.QueryLog.parsed_query, tables.QueryLog.role).order_by(
                tables.QueryLog.outcome
            )
        ).all()
    assert [tuple(row) for row in log] == [
        ("answered", "latest pulse", "evaluator"),
        ("nothing released yet", "latest pulse", "evaluator"),
    ]
