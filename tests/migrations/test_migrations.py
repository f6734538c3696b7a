from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import inspect

from models import migrate
from models.migrate import TREES, Tree
from models.session import Database
from tests.conftest import ENGINES, create_on, drop_on


@pytest.fixture(params=ENGINES)
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    if request.param == "sqlite":
        database = Database(f"sqlite:///{tmp_path / 'empty.db'}")
        yield database
        database.close()
        return
    server = request.getfixturevalue("postgres_server")
    database = Database(create_on(server, "empty"))
    yield database
    database.close()
    drop_on(server, "empty")


def _tables(database: Database) -> set[str]:
    return {name for name in inspect(database.engine).get_table_names() if not name.startswith("alembic")}


@pytest.mark.parametrize("tree", TREES)
def test_a_database_goes_up_down_and_up_again(empty: Database, tree: Tree) -> None:
    migrate.upgrade(empty, tree)
    migrated = _tables(empty)
    assert migrated
    migrate.downgrade(empty, tree)
    assert _tables(empty) == set()
    migrate.upgrade(empty, tree)
    assert _tables(empty) == migrated


@pytest.mark.parametrize("tree", TREES)
def test_a_migrated_database_is_what_the_code_says(empty: Database, tree: Tree) -> None:
    migrate.upgrade(empty, tree)
    assert migrate.drift(empty, tree) == []


def test_drift_is_seen(empty: Database) -> None:
    migrate.upgrade(empty, "evaluation")
    assert migrate.drift(empty, "operational")


def test_upgrading_twice_changes_nothing(empty: Database) -> None:
    migrate.upgrade(empty, "operational")
    first = migrate.current(empty, "operational")
    migrate.upgrade(empty, "operational")
    assert migrate.current(empty, "operational") == first is not None


def test_an_evaluation_table_names_no_person(empty: Database) -> None:
    migrate.upgrade(empty, "evaluation")
    columns = {column["name"] for table in _tables(empty) for column in inspect(empty.engine).get_columns(table)}
    assert not columns & {"slack_user_id", "person_id", "fellow_id", "respondent_ref", "email", "profession"}
