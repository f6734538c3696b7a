"""Engines and transactions: one short write at a time on SQLite, as many as come on PostgreSQL."""

import contextlib
import datetime as dt
import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from models.direct import Direct

WAIT_SECONDS = 1.0
"""How long a write may wait for its turn: a click must be answered within Slack's 3 s, and our budget is one."""


class DatabaseBusyError(Exception):
    """The database did not take the write in time. Nothing was saved."""


def _sqlite_dates() -> None:
    # Python 3.12 deprecates its default adapters; ISO 8601 is what SQLAlchemy reads back.
    sqlite3.register_adapter(dt.datetime, lambda value: value.isoformat(sep=" "))
    sqlite3.register_adapter(dt.date, lambda value: value.isoformat())


def _sqlite_engine(url: str) -> Engine:
    _sqlite_dates()
    path = make_url(url).database
    if path:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        url,
        hide_parameters=True,  # an error must not carry what somebody answered
        connect_args={"timeout": WAIT_SECONDS, "check_same_thread": False},
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: sqlite3.Connection, _record: object) -> None:
        # The driver must not open transactions by itself, or BEGIN IMMEDIATE below comes too late.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute("PRAGMA secure_delete=ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        mode = connection.get_execution_options().get("sqlite_begin", "DEFERRED")
        connection.exec_driver_sql(f"BEGIN {mode}")

    return engine


def _postgres_engine(url: str) -> Engine:
    milliseconds = int(WAIT_SECONDS * 1000)
    return create_engine(
        url,
        hide_parameters=True,  # as above
        pool_pre_ping=True,
        pool_timeout=WAIT_SECONDS,
        pool_size=12,  # Slack's client serves ten envelopes at once; the sweep and the sender make twelve
        connect_args={
            "connect_timeout": 2,
            # A server that hangs must not hold a click beyond Slack's three seconds.
            "tcp_user_timeout": 2 * milliseconds,
            "options": f"-c lock_timeout={milliseconds} -c statement_timeout={2 * milliseconds} -c timezone=UTC",
        },
    )


class Database:
    """One database and the ways to open a transaction on it.

    On SQLite writes queue behind one lock in the process, because a queue in the process is 30 times faster than
    SQLite's own waiting (measured: p99 830 ms against 25 ms under 16 writers), and each begins IMMEDIATE, so that a
    read never has to be turned into a write half way.
    """

    def __init__(self, url: str) -> None:
        """Make an engine for ``url`` (``sqlite:///…`` or ``postgresql+psycopg://…``); nothing is connected yet."""
        self.url = url
        self.is_sqlite = make_url(url).get_backend_name() == "sqlite"
        self.engine = _sqlite_engine(url) if self.is_sqlite else _postgres_engine(url)
        self._writing = threading.Lock()
        self._write_engine = self.engine.execution_options(sqlite_begin="IMMEDIATE")

    @contextlib.contextmanager
    def write(self) -> Iterator[Session]:
        """A transaction that is committed when the block ends, and rolled back when it raises.

        Raises:
            DatabaseBusyError: the turn to write did not come within a second.
        """
        if self.is_sqlite and not self._writing.acquire(timeout=WAIT_SECONDS):
            raise DatabaseBusyError("the database is busy")
        try:
            with Session(self._write_engine, expire_on_commit=False) as session, session.begin():
                yield session
        finally:
            if self.is_sqlite:
                self._writing.release()

    @contextlib.contextmanager
    def write_directly(self) -> Iterator[Direct]:
        """As ``write``, for a few prepared statements on the driver's own cursor.

        Raises:
            DatabaseBusyError: the turn to write did not come within a second, or the database is away.
        """
        if self.is_sqlite and not self._writing.acquire(timeout=WAIT_SECONDS):
            raise DatabaseBusyError("the database is busy")
        try:
            yield from self._on_driver()
        except self.engine.dialect.loaded_dbapi.OperationalError:
            # Without the driver's words: they can hold what somebody answered.
            raise DatabaseBusyError("the database did not take the write") from None
        finally:
            if self.is_sqlite:
                self._writing.release()

    def _on_driver(self) -> Iterator[Direct]:
        dialect = self.engine.dialect
        # What comes back to the pool unfinished is rolled back there.
        with contextlib.closing(self.engine.raw_connection()) as pooled:
            cursor = pooled.cursor()
            try:
                if self.is_sqlite:
                    cursor.execute("BEGIN IMMEDIATE")
                yield Direct(dialect, cursor)
                pooled.commit()
            except dialect.loaded_dbapi.OperationalError as failure:
                if dialect.is_disconnect(failure, pooled, cursor):
                    pooled.invalidate(failure)
                raise

    @contextlib.contextmanager
    def read(self) -> Iterator[Session]:
        """A transaction for reading: one snapshot on SQLite, and nothing is committed; what was read can be kept."""
        with Session(self.engine, expire_on_commit=False) as session:
            yield session

    def close(self) -> None:
        """Close every pooled connection."""
        self.engine.dispose()


def insert_for(sqlite: bool) -> Callable[[Any], Any]:  # noqa: FBT001 - one question, yes or no
    """The dialect's INSERT construct with ``on_conflict_do_nothing`` and ``on_conflict_do_update``."""
    if sqlite:
        from sqlalchemy.dialects.sqlite import insert as sqlite_insert  # noqa: PLC0415 - one dialect is loaded

        return sqlite_insert
    from sqlalchemy.dialects.postgresql import insert as postgres_insert  # noqa: PLC0415

    return postgres_insert


def insert(session: Session, table: Any) -> Any:  # noqa: ANN401 - as Database.insert
    """The session's own engine's INSERT, which knows ON CONFLICT."""
    return insert_for(session.get_bind().dialect.name == "sqlite")(table)
