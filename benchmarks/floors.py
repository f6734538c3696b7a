"""What a click is measured against: a listener that does nothing, and one that runs the same statements by hand."""

import re
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from slack_bolt import Ack, App
from slack_sdk import WebClient
from sqlalchemy import event
from sqlalchemy.engine import Dialect

from models.session import Database

_ANYTHING = re.compile(".*")


@dataclass(frozen=True)
class Statement:
    """What the driver was handed: the text and the parameters."""

    text: str
    parameters: Any


class Recorder:
    """Notes every statement that a database's driver is given, whatever stands between it and the bot."""

    def __init__(self, database: Database) -> None:
        self._noted: list[Statement] = []
        # SQLAlchemy's own look whether a connection still lives is no statement of the click.
        self._ping = str(getattr(database.engine.dialect, "_dialect_specific_select_one", ""))
        event.listen(database.engine, "do_connect", self._connect)
        database.close()  # from here on it connects anew, through the listener

    def _connect(self, dialect: Dialect, _record: object, _arguments: object, options: dict[str, Any]) -> None:
        if dialect.name == "sqlite":
            options["factory"] = _noting_sqlite(self._note)
        else:
            options["cursor_factory"] = _noting_postgres(self._note)

    def _note(self, text: str, parameters: Any) -> None:  # noqa: ANN401 - the driver's
        if text != self._ping:
            self._noted.append(Statement(text, parameters))

    def take(self) -> tuple[Statement, ...]:
        """The statements since the last time this was asked."""
        noted, self._noted = tuple(self._noted), []
        return noted


Note = Callable[[str, Any], None]


def _noting_sqlite(note: Note) -> type[sqlite3.Connection]:
    class Cursor(sqlite3.Cursor):
        def execute(self, sql: str, parameters: Any = (), /) -> "Cursor":  # noqa: ANN401 - as sqlite3 types it
            note(sql, parameters)
            super().execute(sql, parameters)
            return self

    class Connection(sqlite3.Connection):
        def cursor(self, factory: Any = Cursor) -> Any:  # noqa: ANN401 - as sqlite3 types it
            return super().cursor(factory)

    return Connection


def _noting_postgres(note: Note) -> type[Any]:
    import psycopg  # noqa: PLC0415 - only where PostgreSQL is used

    class Cursor(psycopg.Cursor[Any]):
        def execute(self, query: Any, params: Any = None, **options: Any) -> "Cursor":  # noqa: ANN401 - as psycopg types it
            note(query, params)
            super().execute(query, params, **options)
            return self

    return Cursor


class Driver:
    """A driver's own connection, prepared as the bot's are and kept open, and one cursor of it."""

    def __init__(self, database: Database) -> None:
        self._pooled = database.engine.raw_connection()
        connection = self._pooled.driver_connection
        assert connection is not None
        self._connection: Any = connection
        self._cursor: Any = connection.cursor()

    def run(self, statements: Sequence[Statement]) -> None:
        """Execute them in one transaction, read what they return, and commit."""
        cursor = self._cursor
        for statement in statements:
            cursor.execute(statement.text, statement.parameters)
            if cursor.description is not None:
                cursor.fetchall()
        self._connection.commit()

    def close(self) -> None:
        """Give the connection back."""
        self._cursor.close()
        self._pooled.close()


def _bare(client: WebClient) -> App:
    # As bot.app makes it.
    return App(client=client, process_before_response=True, token_verification_enabled=False)


def bare_action(client: WebClient) -> App:
    """N: one listener for every button, which only acknowledges."""
    app = _bare(client)

    @app.action(_ANYTHING)
    def acknowledge(ack: Ack) -> None:
        ack()

    return app


def bare_event(client: WebClient) -> App:
    """One listener for every event, which only acknowledges."""
    app = _bare(client)

    @app.event(_ANYTHING)
    def acknowledge(ack: Ack) -> None:
        ack()

    return app


def by_hand(client: WebClient, driver: Driver, script: Iterator[tuple[Statement, ...]]) -> App:
    """T: as N, but each click first runs the next transaction of ``script`` straight through the driver."""
    app = _bare(client)

    @app.action(_ANYTHING)
    def write_by_hand(ack: Ack) -> None:
        driver.run(next(script))
        ack()

    return app
