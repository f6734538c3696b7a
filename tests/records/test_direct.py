"""A write straight to the driver keeps what a write keeps: all or nothing, in turn, and sayable when it fails."""

import datetime as dt

import pytest
from sqlalchemy import bindparam, create_engine, select, text
from sqlalchemy.pool import NullPool

from fellowship.services import inbox
from models.direct import Prepared
from models.operational import Inbox
from models.session import Database, DatabaseBusyError
from tests.conftest import Urls

WORKSPACE = "T000000001"
NOON = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)
RECEIVED = Prepared(
    lambda _: select(Inbox.received_at, Inbox.dedupe_key.label("key")).where(Inbox.dedupe_key == bindparam("key"))
)


def _keys(database: Database) -> list[str]:
    with database.read() as session:
        return list(session.scalars(select(Inbox.dedupe_key)))


def _take_in_and_fail(database: Database) -> None:
    with database.write_directly() as direct:
        inbox.take_in_directly(direct, WORKSPACE, "event:1", NOON)
        raise KeyError


def _lose_connection_half_way(database: Database) -> None:
    killer = create_engine(database.url, poolclass=NullPool)
    others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> "
    with database.write_directly() as direct:
        inbox.take_in_directly(direct, WORKSPACE, "event:1", NOON)
        with killer.connect() as connection:
            connection.execute(text(f"{others} pg_backend_pid()"))
        inbox.take_in_directly(direct, WORKSPACE, "event:2", NOON)


def test_a_delivery_is_taken_in_once_whichever_way_it_is_written(operational: Database) -> None:
    with operational.write_directly() as direct:
        assert inbox.take_in_directly(direct, WORKSPACE, "event:1", NOON)
        assert not inbox.take_in_directly(direct, WORKSPACE, "event:1", NOON)
    with operational.write() as session:
        assert not inbox.take_in(session, WORKSPACE, "event:1", NOON)
    assert _keys(operational) == ["event:1"]


def test_instants_come_back_as_they_went_in(operational: Database) -> None:
    with operational.write_directly() as direct:
        inbox.take_in_directly(direct, WORKSPACE, "event:1", NOON)
        row = direct.one(RECEIVED, {"key": "event:1"})
        assert (row.received_at, row.key) == (NOON, "event:1")
        assert row.received_at.tzinfo is not None
        assert direct.one(RECEIVED, {"key": "event:2"}) is None


def test_a_naive_instant_is_refused(operational: Database) -> None:
    with pytest.raises(ValueError, match="time zone"), operational.write_directly() as direct:
        inbox.take_in_directly(direct, WORKSPACE, "event:1", NOON.replace(tzinfo=None))


def test_nothing_is_kept_of_a_block_that_raises(operational: Database) -> None:
    with pytest.raises(KeyError):
        _take_in_and_fail(operational)
    assert _keys(operational) == []
    with operational.write_directly() as direct:
        assert inbox.take_in_directly(direct, WORKSPACE, "event:1", NOON)
    assert _keys(operational) == ["event:1"]


def test_a_write_that_waits_too_long_for_another_process_says_so(fresh_sqlite: Urls) -> None:
    url = fresh_sqlite.operational
    database, other = Database(url), Database(url)
    with (
        other.write_directly() as direct,
        pytest.raises(DatabaseBusyError),
        database.write_directly(),
    ):
        inbox.take_in_directly(direct, WORKSPACE, "event:1", NOON)
    with database.write_directly() as direct:
        assert inbox.take_in_directly(direct, WORKSPACE, "event:1", NOON)
    database.close()
    other.close()


def test_a_connection_that_was_lost_fails_one_write_and_not_the_next(fresh_postgres: Urls) -> None:
    database = Database(fresh_postgres.operational)
    with pytest.raises(DatabaseBusyError):
        _lose_connection_half_way(database)
    with database.write_directly() as direct:
        assert inbox.take_in_directly(direct, WORKSPACE, "event:3", NOON)
    assert _keys(database) == ["event:3"]
    database.close()
