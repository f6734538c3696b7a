"""A wave opens once, plans everything, freezes once, and releases by repeatable writes. On both engines."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fellowship.errors import NobodyToAskError, NotAllowedError, UnknownSubjectError, WaveOpenError
from fellowship.ports import Actor, Policies
from fellowship.services import answers, asking, waves
from fellowship.services import evaluation as releases
from fellowship.services.answers import Sheet
from models import evaluation as tables
from models.operational import Agreement, DueItem, Fellow, Figure, Outbox, Person, Wave, WaveMember
from models.session import Database
from tests.records.seed import DIRECTOR, OPENED, POLICIES, WORKSPACE, Seeded, cohort_of, open_wave

Prompt = Callable[[Session, str, str, Policies, dt.datetime], bool]
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


def test_whoever_is_asked_stays_in_the_denominator_whatever_happens_later(operational: Database) -> None:
    seeded = cohort_of(operational, 7)
    wave_id = open_wave(operational, seeded)
    _answer_all(operational, seeded, wave_id, 5)
    with operational.write() as session:
        for fellow in session.scalars(select(Fellow)):
            fellow.end_on = dt.date(2026, 3, 3)
    with operational.write() as session:
        waves.freeze(session, WORKSPACE, wave_id, FROZEN)
    with operational.read() as session:
        wave = session.scalars(select(Wave)).one()
    assert (wave.n_eligible, wave.n_answered) == (7, 5)


def test_who_will_not_have_three_own_days_is_not_asked(operational: Database) -> None:
    seeded = cohort_of(operational, 3)
    with operational.write() as session:
        leaver = session.scalars(select(Fellow)).all()[0]
        leaver.end_on = OPENED.date() + dt.timedelta(days=8)
    wave_id = open_wave(operational, seeded)
    with operational.read() as session:
        asked = session.scalars(select(WaveMember.fellow_id).where(WaveMember.wave_id == wave_id)).all()
    assert len(asked) == 2
    assert leaver.fellow_id not in asked


def test_one_fellow_alone_is_not_asked(operational: Database) -> None:
    with pytest.raises(NobodyToAskError):
        open_wave(operational, cohort_of(operational, 1))


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
        assert releases.latest_pulse(session, desk, "first", FROZEN) is None
    _freeze_and_release(operational, evaluation, wave_id)
    with evaluation.write() as session:
        releases.latest_pulse(session, desk, "second", FROZEN)
        found = releases.latest_pulse(session, desk, "second", FROZEN)
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


def _subjects(database: Database, wave_id: str) -> list[str]:
    with database.read() as session:
        return [f"{wave_id}/{fellow_id}" for fellow_id in session.scalars(select(Fellow.fellow_id))]


def _invite(database: Database, subject: str) -> None:
    with database.write() as session:
        assert asking.invite(session, WORKSPACE, subject, POLICIES, OPENED)


def test_nobody_is_reminded_before_the_invitation_or_on_its_day(operational: Database) -> None:
    wave_id = open_wave(operational, cohort_of(operational, 2))
    [subject, _] = _subjects(operational, wave_id)
    next_monday = OPENED + dt.timedelta(days=7)
    with operational.write() as session:
        assert not asking.remind(session, WORKSPACE, subject, POLICIES, next_monday)
        assert asking.invite(session, WORKSPACE, subject, POLICIES, next_monday)
        assert not asking.remind(session, WORKSPACE, subject, POLICIES, next_monday + dt.timedelta(hours=1))


def test_somebody_who_is_not_asked_does_not_hold_the_wave_open(operational: Database) -> None:
    seeded = cohort_of(operational, 3)
    with operational.write() as session:
        leaver = session.scalars(select(Fellow)).all()[0]
        leaver.weekdays, leaver.end_on = 16, OPENED.date() + dt.timedelta(days=8)
    open_wave(operational, seeded)
    with operational.read() as session:
        assert session.scalars(select(Wave.closes_at)).one() == dt.datetime(2026, 3, 16, 17, 30, tzinfo=dt.UTC)


@pytest.mark.parametrize("prompt", [asking.invite, asking.remind])
def test_a_prompt_that_comes_late_waits_for_the_next_own_day_and_hour(operational: Database, prompt: Prompt) -> None:
    wave_id = open_wave(operational, cohort_of(operational, 2))
    [subject, _] = _subjects(operational, wave_id)
    if prompt is asking.remind:
        _invite(operational, subject)
    kind = asking.INVITE if prompt is asking.invite else asking.REMIND
    said = select(Outbox.due_at).where(Outbox.dedupe_key.like(f"%:{kind}:{subject[-32:]}"))
    with operational.write() as session:
        assert prompt(session, WORKSPACE, subject, POLICIES, dt.datetime(2026, 3, 7, 2, tzinfo=dt.UTC))
        assert session.scalars(said).all() == []
        planned = session.scalars(select(DueItem.due_at).where(DueItem.occurrence.like("2026-03-09%"))).all()
    assert planned == [dt.datetime(2026, 3, 9, 9, tzinfo=dt.UTC)]
    with operational.write() as session:
        assert prompt(session, WORKSPACE, subject, POLICIES, planned[0])
        assert session.scalars(said).all() == planned


def test_a_prompt_that_could_come_only_after_the_close_is_dropped(operational: Database) -> None:
    wave_id = open_wave(operational, cohort_of(operational, 2))
    [subject, _] = _subjects(operational, wave_id)
    last_evening = dt.datetime(2026, 3, 15, 22, tzinfo=dt.UTC)
    _invite(operational, subject)
    with operational.write() as session:
        assert asking.remind(session, WORKSPACE, subject, POLICIES, last_evening)
        assert not asking.remind(session, WORKSPACE, subject, POLICIES, dt.datetime(2026, 3, 16, 17, 31, tzinfo=dt.UTC))


def test_a_fellow_whose_post_has_ended_is_neither_counted_nor_asked_nor_reminded(operational: Database) -> None:
    seeded = cohort_of(operational, 3)
    with operational.write() as session:
        [first, second, third] = session.scalars(select(Fellow)).all()
        first.end_on = OPENED.date() - dt.timedelta(days=1)
    wave_id = open_wave(operational, seeded)
    with operational.read() as session:
        assert set(session.scalars(select(WaveMember.fellow_id))) == {second.fellow_id, third.fellow_id}
    with operational.write() as session:
        session.get_one(Fellow, (WORKSPACE, second.fellow_id)).end_on = OPENED.date() + dt.timedelta(days=3)
    with operational.write() as session:
        subject = f"{wave_id}/{second.fellow_id}"
        assert not asking.remind(session, WORKSPACE, subject, POLICIES, OPENED + dt.timedelta(days=7))


def test_a_fellow_who_takes_the_agreement_back_is_not_prompted_cannot_answer_and_is_in_no_figure(
    operational: Database,
) -> None:
    seeded = cohort_of(operational, 5)
    wave_id = open_wave(operational, seeded)
    _answer_all(operational, seeded, wave_id, 5)
    with operational.write() as session:
        mine = select(Fellow.fellow_id).join(Person, Person.person_id == Fellow.person_id)
        fellow_id = session.scalars(mine.where(Person.slack_user_id == seeded.fellows[0].slack_user_id)).one()
        session.get_one(Agreement, (WORKSPACE, fellow_id, asking.EVALUATION)).agreed = False
    with operational.write() as session:
        assert not asking.invite(session, WORKSPACE, f"{wave_id}/{fellow_id}", POLICIES, OPENED)
    with operational.read() as session, pytest.raises(NotAllowedError):
        answers.form(session, seeded.fellows[0], wave_id, POLICIES, OPENED)
    with operational.write() as session:
        waves.freeze(session, WORKSPACE, wave_id, FROZEN)
    with operational.read() as session:
        wave = session.scalars(select(Wave)).one()
        assert (wave.n_eligible, wave.n_answered) == (5, 4)
        assert all(session.scalars(select(Figure.suppressed)))


def test_thresholds_are_those_of_the_opening_whatever_is_set_later(operational: Database) -> None:
    seeded = cohort_of(operational, 6)
    strict = Policies(k_median=6, k_distribution=9)
    with operational.write() as session:
        wave_id = waves.open_wave(session, DIRECTOR, seeded.cohort_id, "pulse-1", strict, OPENED)
    _answer_all(operational, seeded, wave_id, 5)
    with operational.write() as session:
        waves.freeze(session, WORKSPACE, wave_id, FROZEN)
        assert all(session.scalars(select(Figure.suppressed)))


def test_the_associate_directors_last_count_is_that_of_the_release(operational: Database, evaluation: Database) -> None:
    seeded = cohort_of(operational, 2)
    wave_id = open_wave(operational, seeded)
    with operational.write() as session:
        waves.close(session, WORKSPACE, wave_id, OPENED + dt.timedelta(days=14))
    _answer_all(operational, seeded, wave_id, 2)
    _freeze_and_release(operational, evaluation, wave_id)
    with operational.read() as session:
        said = session.scalars(select(Outbox).where(Outbox.dedupe_key == f"wave:{wave_id}:status")).one()
    assert "2 of 2 answered" in said.payload["text"]


def test_a_status_that_has_not_been_sent_yet_says_the_newest(operational: Database) -> None:
    wave_id = open_wave(operational, cohort_of(operational, 2))
    with operational.write() as session:
        waves.close(session, WORKSPACE, wave_id, OPENED + dt.timedelta(days=14))
    with operational.read() as session:
        said = session.scalars(select(Outbox).where(Outbox.dedupe_key.like("%:status%"))).all()
    assert len(said) == 1
    assert "Closed on" in said[0].payload["text"]
