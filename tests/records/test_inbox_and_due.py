"""What was taken in is taken in once; what is planned is planned and done once. On both engines."""

import datetime as dt
import threading

import pytest
from sqlalchemy import func, select

from fellowship.services import due, inbox
from models.operational import DueItem, Inbox
from models.session import Database

WORKSPACE = "T000000001"
NOON = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)


def test_the_same_delivery_is_taken_in_once(operational: Database) -> None:
    with operational.write() as session:
        assert inbox.take_in(session, WORKSPACE, "event:1", NOON)
    with operational.write() as session:
        assert not inbox.take_in(session, WORKSPACE, "event:1", NOON)
        assert inbox.take_in(session, "T000000002", "event:1", NOON)


def test_a_delivery_whose_work_failed_can_come_again(operational: Database) -> None:
    def work_and_fail() -> None:
        with operational.write() as session:
            inbox.take_in(session, WORKSPACE, "event:1", NOON)
            raise ConnectionError

    with pytest.raises(ConnectionError):
        work_and_fail()
    with operational.write() as session:
        assert inbox.take_in(session, WORKSPACE, "event:1", NOON)


def test_old_deliveries_are_forgotten_and_recent_ones_are_not(operational: Database) -> None:
    with operational.write() as session:
        inbox.take_in(session, WORKSPACE, "old", NOON - dt.timedelta(days=3))
        inbox.take_in(session, WORKSPACE, "recent", NOON - dt.timedelta(hours=3))
        inbox.forget(session, WORKSPACE, NOON)
    with operational.read() as session:
        assert session.scalars(select(Inbox.dedupe_key)).all() == ["recent"]


def test_planning_the_same_occurrence_twice_plans_it_once(operational: Database) -> None:
    with operational.write() as session:
        due.plan(session, WORKSPACE, "wave.close", "w1", NOON)
        due.plan(session, WORKSPACE, "wave.close", "w1", NOON + dt.timedelta(days=1))
        due.plan(session, WORKSPACE, "wave.count", "w1", NOON, "2026-03-02")
        due.plan(session, WORKSPACE, "wave.count", "w1", NOON, "2026-03-03")
    with operational.read() as session:
        assert session.scalar(select(func.count()).select_from(DueItem)) == 3
        first = due.next_due(session, WORKSPACE, NOON)
    assert first is not None
    assert first.due_at == NOON


def test_nothing_is_due_before_its_time_or_in_another_workspace(operational: Database) -> None:
    with operational.write() as session:
        due.plan(session, WORKSPACE, "wave.close", "w1", NOON)
    with operational.read() as session:
        assert due.next_due(session, WORKSPACE, NOON - dt.timedelta(microseconds=1)) is None
        assert due.next_due(session, "T000000002", NOON) is None
        assert due.next_due(session, WORKSPACE, NOON) is not None


def test_a_due_item_claimed_by_many_is_done_by_one(operational: Database) -> None:
    with operational.write() as session:
        due.plan(session, WORKSPACE, "wave.close", "w1", NOON)
    with operational.read() as session:
        item = due.next_due(session, WORKSPACE, NOON)
    assert item is not None
    claims: list[bool] = []

    def claim() -> None:
        with operational.write() as session:
            claims.append(due.claim(session, item))

    threads = [threading.Thread(target=claim) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(claims) == [False] * 5 + [True]


def test_a_claim_that_is_rolled_back_leaves_the_item_due(operational: Database) -> None:
    with operational.write() as session:
        due.plan(session, WORKSPACE, "wave.close", "w1", NOON)

    def claim_and_fail() -> None:
        with operational.write() as session:
            item = due.next_due(session, WORKSPACE, NOON)
            assert item is not None
            assert due.claim(session, item)
            raise ConnectionError

    with pytest.raises(ConnectionError):
        claim_and_fail()
    with operational.read() as session:
        assert due.next_due(session, WORKSPACE, NOON) is not None


def test_a_failing_item_is_put_off_and_in_the_end_set_aside(operational: Database) -> None:
    now = NOON
    with operational.write() as session:
        due.plan(session, WORKSPACE, "wave.close", "w1", NOON)
    states = []
    for _ in range(due.MOST_ATTEMPTS):
        with operational.write() as session:
            item = due.next_due(session, WORKSPACE, now)
            assert item is not None
            states.append(due.note_failure(session, item, now))
            assert due.next_due(session, WORKSPACE, now) is None
        now += dt.timedelta(hours=2)
    assert states == ["due"] * 4 + ["dead"]
    with operational.read() as session:
        assert due.next_due(session, WORKSPACE, now + dt.timedelta(days=30)) is None


def test_what_comes_next_is_told_soonest_first(operational: Database) -> None:
    with operational.write() as session:
        due.plan(session, WORKSPACE, "wave.freeze", "w1", NOON + dt.timedelta(days=2))
        due.plan(session, WORKSPACE, "wave.close", "w1", NOON + dt.timedelta(days=1))
    with operational.read() as session:
        assert due.upcoming(session, WORKSPACE) == [
            (NOON + dt.timedelta(days=1), "wave.close"),
            (NOON + dt.timedelta(days=2), "wave.freeze"),
        ]
