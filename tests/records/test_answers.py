"""Answers are kept once, the latest stands, and only the one who was asked can give them. On both engines."""

import datetime as dt
import itertools
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from fellowship.errors import NotAllowedError, UnknownSubjectError, WaveClosedError, WaveFrozenError
from fellowship.ports import Actor
from fellowship.services import answers, asking, click, waves
from fellowship.services.answers import Place, Sheet
from fellowship.services.click import Click
from models.operational import Answer, Outbox, Wave
from models.session import Database
from tests.records.seed import OPENED, POLICIES, WORKSPACE, Seeded, cohort_of, open_wave

PLACE = Place("D000000001", "1772444000.000001")
NEXT_DAY = OPENED + dt.timedelta(days=1)


@pytest.fixture
def cohort(operational: Database) -> Seeded:
    return cohort_of(operational, 6)


@pytest.fixture
def wave_id(operational: Database, cohort: Seeded) -> str:
    return open_wave(operational, cohort)


def _click(
    database: Database, actor: Actor, wave_id: str, option: int, *, given_us: int = 1, now: dt.datetime = NEXT_DAY
) -> None:
    with database.write_directly() as direct:
        click.answer_first_item(direct, actor, Click(wave_id, "p1", option, given_us, PLACE), POLICIES, now)


def _submit(
    database: Database,
    actor: Actor,
    wave_id: str,
    options: dict[str, int],
    words: str = "",
    now: dt.datetime = NEXT_DAY,
) -> None:
    with database.write() as session:
        answers.submit(session, actor, Sheet(wave_id, options, {"p8": words}, PLACE), POLICIES, now)


def _kept(database: Database) -> list[tuple[Any, ...]]:
    with database.read() as session:
        return [
            tuple(row)
            for row in session.execute(
                select(Answer.item_id, Answer.value, Answer.missing, Answer.words, Answer.late).order_by(Answer.item_id)
            )
        ]


def test_a_click_is_kept_and_the_message_will_say_saved_once(
    operational: Database, cohort: Seeded, wave_id: str
) -> None:
    for given_us in (1, 2):
        _click(operational, cohort.fellows[0], wave_id, 4, given_us=given_us)
    assert _kept(operational) == [("p1", 4, None, None, False)]
    with operational.read() as session:
        edits = session.scalars(select(Outbox).where(Outbox.edits_ts == PLACE.ts)).all()
    assert len(edits) == 1
    assert "Agree" not in str(edits[0].payload["text"])


@pytest.mark.parametrize(("option", "value", "missing"), [(5, 5, None), (-4, None, -4), (-5, None, -5)])
def test_a_missing_option_is_kept_as_its_code(
    operational: Database, cohort: Seeded, wave_id: str, option: int, value: int | None, missing: int | None
) -> None:
    _click(operational, cohort.fellows[0], wave_id, option)
    assert _kept(operational) == [("p1", value, missing, None, False)]


def test_an_option_that_the_question_does_not_have_is_refused(
    operational: Database, cohort: Seeded, wave_id: str
) -> None:
    for option in (0, 6, -3, -6):
        with pytest.raises(UnknownSubjectError):
            _click(operational, cohort.fellows[0], wave_id, option)
    with pytest.raises(UnknownSubjectError):
        _submit(operational, cohort.fellows[0], wave_id, {"p4": 11})
    assert _kept(operational) == []


def test_of_clicks_in_any_order_the_latest_stands(operational: Database, cohort: Seeded, wave_id: str) -> None:
    clicks = [(1, 2), (2, 5), (3, 3)]
    for order in itertools.permutations(clicks):
        for given_us, option in order:
            _click(operational, cohort.fellows[0], wave_id, option, given_us=given_us)
        assert _kept(operational) == [("p1", 3, None, None, False)]
        with operational.write() as session:
            session.execute(delete(Answer))


def test_a_form_keeps_every_item_and_what_was_left_empty_as_skipped(
    operational: Database, cohort: Seeded, wave_id: str
) -> None:
    _submit(operational, cohort.fellows[0], wave_id, {"p1": 4, "p4": 0, "p7": -5}, "Protected Thursdays helped.")
    assert _kept(operational) == [
        ("p1", 4, None, None, False),
        ("p2", None, -3, None, False),
        ("p3", None, -3, None, False),
        ("p4", 0, None, None, False),
        ("p5", None, -3, None, False),
        ("p6", None, -3, None, False),
        ("p7", None, -5, None, False),
        ("p8", None, None, "Protected Thursdays helped.", False),
    ]


def test_a_form_sent_again_replaces_what_was_sent(operational: Database, cohort: Seeded, wave_id: str) -> None:
    _submit(operational, cohort.fellows[0], wave_id, {"p1": 4, "p2": 2}, "First.")
    _submit(operational, cohort.fellows[0], wave_id, {"p1": 5}, "")
    kept = {row[0]: row[1:] for row in _kept(operational)}
    assert kept["p1"][0] == 5
    assert kept["p2"] == (None, -3, None, False)
    assert kept["p8"] == (None, -3, None, False)


def test_a_click_that_arrives_after_the_form_it_came_before_changes_nothing(
    operational: Database, cohort: Seeded, wave_id: str
) -> None:
    before = int((NEXT_DAY - dt.timedelta(minutes=5)).timestamp() * 1_000_000)
    _submit(operational, cohort.fellows[0], wave_id, {"p1": 5})
    _click(operational, cohort.fellows[0], wave_id, 2, given_us=before)
    assert _kept(operational)[0][1] == 5


def test_a_form_stands_even_where_slacks_clock_is_ahead_of_ours(
    operational: Database, cohort: Seeded, wave_id: str
) -> None:
    ahead = int((NEXT_DAY + dt.timedelta(seconds=2)).timestamp() * 1_000_000)
    _click(operational, cohort.fellows[0], wave_id, 2, given_us=ahead)
    _submit(operational, cohort.fellows[0], wave_id, {"p1": 5})
    assert _kept(operational)[0][1] == 5


def test_the_form_opens_with_what_was_answered_and_only_that(
    operational: Database, cohort: Seeded, wave_id: str
) -> None:
    _click(operational, cohort.fellows[0], wave_id, 4)
    _click(operational, cohort.fellows[1], wave_id, 1)
    with operational.read() as session:
        form = answers.form(session, cohort.fellows[0], wave_id, POLICIES, NEXT_DAY)
    assert {item: answer.value for item, answer in form.given.items()} == {"p1": 4}


def test_nobody_else_can_answer_or_look(operational: Database, cohort: Seeded, wave_id: str) -> None:
    _click(operational, cohort.fellows[0], wave_id, 4)
    outsiders = (
        Actor(WORKSPACE, "U00000RUTH"),
        Actor(WORKSPACE, "U0NOBODY00"),
        Actor("T000000002", cohort.fellows[0].slack_user_id),
    )
    for outsider in outsiders:
        with pytest.raises(NotAllowedError):
            _click(operational, outsider, wave_id, 1)
        with pytest.raises(NotAllowedError):
            _submit(operational, outsider, wave_id, {"p1": 1})
        with operational.read() as session, pytest.raises(NotAllowedError):
            answers.form(session, outsider, wave_id, POLICIES, NEXT_DAY)
    assert _kept(operational) == [("p1", 4, None, None, False)]


def test_after_closing_an_answer_is_late_and_after_the_late_window_it_is_refused(
    operational: Database, cohort: Seeded, wave_id: str
) -> None:
    with operational.read() as session:
        wave = session.scalars(select(Wave)).one()
    _click(operational, cohort.fellows[0], wave_id, 4, now=wave.closes_at)
    assert _kept(operational) == [("p1", 4, None, None, True)]
    for moment in (wave.freezes_at, wave.freezes_at + dt.timedelta(days=30)):
        with pytest.raises(WaveFrozenError) as refused:
            _click(operational, cohort.fellows[1], wave_id, 4, now=moment)
        assert "<@U00000RUTH>" in refused.value.who_can_help
    assert len(_kept(operational)) == 1


def test_after_closing_what_was_answered_stands_and_what_was_left_out_can_be_added(
    operational: Database, cohort: Seeded, wave_id: str
) -> None:
    with operational.read() as session:
        closed = session.scalars(select(Wave)).one().closes_at
    _submit(operational, cohort.fellows[0], wave_id, {"p1": 4, "p2": -5})
    with pytest.raises(WaveClosedError):
        _click(operational, cohort.fellows[0], wave_id, 5, now=closed)
    with pytest.raises(WaveClosedError):
        _submit(operational, cohort.fellows[0], wave_id, {"p1": 5, "p2": -5, "p3": 3}, now=closed)
    _submit(operational, cohort.fellows[0], wave_id, {"p1": 4, "p2": -5, "p3": 3}, "Late words.", now=closed)
    kept = {row[0]: row[1:] for row in _kept(operational)}
    assert kept["p1"] == (4, None, None, False)
    assert kept["p2"] == (None, -5, None, False)
    assert kept["p3"] == (3, None, None, True)
    assert kept["p8"] == (None, None, "Late words.", True)
    rest = {"p1": 4, "p2": -5, "p3": 3, **{f"p{number}": 3 for number in range(4, 8)}}
    _submit(operational, cohort.fellows[0], wave_id, rest, "Late words.", now=closed)
    with pytest.raises(WaveClosedError):
        _submit(operational, cohort.fellows[0], wave_id, rest, "Late words.", now=closed)


def test_a_frozen_wave_refuses_whatever_the_clock_says(operational: Database, cohort: Seeded, wave_id: str) -> None:
    with operational.write() as session:
        assert waves.freeze(session, WORKSPACE, wave_id, NEXT_DAY)
    with pytest.raises(WaveFrozenError):
        _click(operational, cohort.fellows[0], wave_id, 4)


def test_muting_keeps_the_answer_open_and_stops_the_reminder(
    operational: Database, cohort: Seeded, wave_id: str
) -> None:
    with operational.write() as session:
        answers.mute(session, cohort.fellows[0], wave_id, PLACE, POLICIES, NEXT_DAY)
    with operational.write() as session:
        for fellow_id in _fellow_ids(operational):
            asking.invite(session, WORKSPACE, f"{wave_id}/{fellow_id}", POLICIES, OPENED)
    with operational.write() as session:
        reminded = [
            asking.remind(session, WORKSPACE, f"{wave_id}/{fellow_id}", POLICIES, NEXT_DAY)
            for fellow_id in _fellow_ids(operational)
        ]
    assert sorted(reminded) == [False] + [True] * 5


def _fellow_ids(database: Database) -> list[str]:
    with database.engine.connect() as connection:
        return [row[0] for row in connection.exec_driver_sql("SELECT fellow_id FROM fellow")]


def test_a_test_keeps_nothing(operational: Database, cohort: Seeded) -> None:
    director = Actor(WORKSPACE, "U00000RUTH")
    _click(operational, director, "test:pulse-1", 4)
    _submit(operational, director, "test:pulse-1", {"p2": 4}, "Words.")
    assert _kept(operational) == []
    assert cohort.fellows


DELIVERIES = st.lists(
    st.tuples(st.integers(0, 2), st.integers(1, 5), st.integers(1, 40)),
    min_size=1,
    max_size=12,
    unique_by=lambda d: d[2],
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(deliveries=DELIVERIES, seed=st.randoms(use_true_random=False))
def test_clicks_shuffled_and_repeated_end_as_they_would_in_order(
    operational: Database,
    cohort: Seeded,
    wave_id: str,
    deliveries: list[tuple[int, int, int]],
    seed: Any,  # noqa: ANN401 - hypothesis' own Random
) -> None:
    with operational.write() as session:
        session.execute(delete(Answer))
    shuffled = deliveries * 2
    seed.shuffle(shuffled)
    for who, option, given_us in shuffled:
        _click(operational, cohort.fellows[who], wave_id, option, given_us=given_us)
    last = {who: option for who, option, given_us in sorted(deliveries, key=lambda each: each[2])}
    assert sorted(row[1] for row in _kept(operational)) == sorted(last.values())
