"""What the how-to pages tell people to run, runs, and does what they say."""

import datetime as dt
import json
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, make_url, select
from sqlalchemy.exc import OperationalError, ProgrammingError

from fellowship import catalogue
from fellowship.rules import disclosure
from fellowship.services import delivery, evaluation, outbox, people
from fellowship.views.refusal import cannot_read
from models import evaluation as tables
from models import migrate
from models.operational import Cohort, DueItem, Figure, Outbox, Wave
from models.session import Database
from sandbox.driver import Person, Workspace
from tests.conftest import Urls, drop_on, on_postgres
from tests.docs.pages import blocks, read, statements

READ = "docs/how-to/read-the-evaluation-database.md"
OPERATE = "docs/how-to/operate.md"
TUTORIAL = "docs/tutorial/first-cohort.md"
POSTGRES = "docs/how-to/run-on-postgresql.md"
NOW = dt.datetime(2026, 4, 13, 17, 30, tzinfo=dt.UTC)


def _run(database: Database, statement: str) -> list[tuple[Any, ...]]:
    with database.engine.execution_options(no_parameters=True).begin() as connection:
        result = connection.exec_driver_sql(statement)
        return [tuple(row) for row in result] if result.returns_rows else []


def _release(key: str, answers: list[int]) -> evaluation.Release:
    """A frozen wave of a cohort, with the figures that the disclosure engine makes of these answers to every item."""
    instrument = catalogue.instrument("pulse-1")
    made = disclosure.release_wave(
        instrument,
        {item.item_id: answers for item in instrument.items if item.scale},
        n_eligible=len(answers) + 1,
        n_answered=len(answers),
        thresholds=disclosure.Thresholds(),
    )
    cohort = Cohort(
        cohort_key=f"C-{key}",
        name=f"Cohort {key}",
        programme="AHP Leadership Fellowship",
        start_on=dt.date(2026, 3, 2),
        end_on=dt.date(2027, 2, 26),
        zone="Europe/London",
        declared_status="service evaluation",
    )
    wave = Wave(
        wave_key=f"W-{key}",
        instrument=instrument.key,
        opened_at=NOW - dt.timedelta(days=20),
        closes_at=NOW - dt.timedelta(days=4),
        frozen_at=NOW,
        n_eligible=made.n_eligible,
        n_answered=made.n_answered,
        k_median=5,
        k_distribution=8,
    )
    figures = tuple(
        Figure(
            figure_id=f"F-{key}-{number}",
            item_id=each.item_id,
            statistic=each.statistic,
            band=each.band,
            label=each.label,
            value=each.value,
            n_item=each.n_item,
            n_item_at_least=each.n_item_at_least,
            suppressed=each.suppressed,
            reason=each.reason,
        )
        for number, each in enumerate(made.figures)
    )
    return evaluation.Release(cohort, wave, figures)


@pytest.fixture
def released(evaluation: Database) -> Database:
    """An evaluation database with a cohort that has figures, one too small for them, and a question asked."""
    _fill(evaluation)
    return evaluation


def _fill(database: Database) -> None:
    with database.write() as session:
        evaluation.write(session, _release("large", [1, 2, 2, 3, 4, 4, 4, 5, 5]))
        evaluation.write(session, _release("small", [1, 4, 5]))
        session.add(
            tables.QueryLog(asked_at=NOW, role="evaluator", parsed_query="latest pulse", figures="", outcome="answered")
        )


@pytest.mark.parametrize("number", range(len(statements(READ))))
def test_a_query_for_evaluators_runs_and_finds_something(released: Database, number: int) -> None:
    assert _run(released, statements(READ)[number])


def test_what_is_not_shown_comes_without_a_value(released: Database) -> None:
    not_shown = next(each for each in statements(READ) if each.endswith("s.item_id") and "s.reason" in each)
    assert {row[0] for row in _run(released, not_shown)} == {"Cohort small"}


def _python(block: str, folder: Path) -> str:
    return subprocess.run([sys.executable, "-c", block], cwd=folder, capture_output=True, check=True, text=True).stdout


@pytest.mark.parametrize(("page", "place"), [(READ, "var/evaluation.db"), (TUTORIAL, "var/tour/evaluation.db")])
def test_a_reader_in_python_reads(fresh_sqlite: Urls, tmp_path: Path, page: str, place: str) -> None:
    database = Database(fresh_sqlite.evaluation)
    _fill(database)
    database.close()
    (tmp_path / place).parent.mkdir(parents=True)
    shutil.copy(str(make_url(fresh_sqlite.evaluation).database), tmp_path / place)
    [block] = [each for each in blocks(page, "python") if "sqlite3" in each]
    assert _python(block, tmp_path).strip()


def test_what_the_tutorial_does_in_the_workspace_is_what_its_members_can_do() -> None:
    [block] = [each for each in blocks(TUTORIAL, "python") if "sandbox" in each]
    things: dict[str, type] = {"slack": Workspace, "ruth": Person, "amara": Person}
    used = re.findall(r"(slack|ruth|amara)\.(\w+)", block)
    assert used
    assert [(name, what) for name, what in used if not hasattr(things[name], what)] == []
    assert {each["name"] for each in json.loads(read("tour/cast.json"))["members"]} >= set(
        re.findall(r'member\("([^"]+)"\)', block)
    )
    [port] = re.findall(r"tour --stay --port (\d+)", read("Makefile"))
    assert f'"http://127.0.0.1:{port}"' in block


def test_the_backup_has_everything_that_was_committed(fresh_sqlite: Urls, tmp_path: Path) -> None:
    (tmp_path / "var").mkdir()
    for url in (fresh_sqlite.operational, fresh_sqlite.evaluation):
        shutil.move(str(make_url(url).database), tmp_path / "var")
    database = Database(f"sqlite:///{tmp_path}/var/operational.db")
    with database.write() as session:
        people.welcome_workspace(session, "T1", "U0BOT", NOW)
    [block] = blocks(OPERATE, "python")
    _python(block, tmp_path)  # while the database is open, its last write still in the log
    database.close()
    copy = sqlite3.connect(tmp_path / "backup" / "operational.db")
    assert copy.execute("SELECT workspace_id FROM workspace").fetchall() == [("T1",)]
    copy.close()
    assert (tmp_path / "backup" / "evaluation.db").is_file()


def _statement(beginning: str, holding: str = "") -> str:
    """The one statement of the operator's page that begins so and holds that."""
    [found] = [each for each in statements(OPERATE) if each.startswith(beginning) and holding in each]
    return found


@pytest.mark.parametrize("number", range(len(statements(OPERATE))))
def test_a_statement_for_operators_runs(operational: Database, number: int) -> None:
    _run(operational, statements(OPERATE)[number])


@pytest.fixture
def set_aside(operational: Database) -> Database:
    """Messages of every kind, all parked: about a cohort, about one fellow's pulse, and edits."""
    keys = [
        "cohort:1:hello",
        "wave:1:summary",
        "wave:1:status",
        "wave:1:wave.invite:a-fellow",
        "wave:1:wave.remind:a-fellow",
        "saved:D1:1.2",
        "edit:1.2:random",
    ]
    with operational.write() as session:
        for key in keys:
            outbox.say(session, "T1", key=key, to=key, message=cannot_read(), at=NOW)
    _run(operational, "UPDATE outbox SET state = 'parked', failure = 'missing_scope'")
    return operational


def test_operators_count_every_message_that_is_set_aside(set_aside: Database) -> None:
    assert _run(set_aside, _statement("SELECT state, failure, count")) == [("parked", "missing_scope", 7)]


def test_operators_are_not_shown_which_fellow_a_pulse_message_was_for(set_aside: Database) -> None:
    shown = [row[2] for row in _run(set_aside, _statement("SELECT outbox_id, state, channel_id"))]
    assert shown == ["cohort:1:hello", "wave:1:summary", "wave:1:status"]


def test_a_parked_message_goes_out_when_an_operator_says_so(set_aside: Database) -> None:
    with set_aside.read() as session:
        outbox_id = session.scalar(select(Outbox.outbox_id).where(Outbox.dedupe_key == "wave:1:summary"))
    _run(set_aside, _statement("UPDATE outbox", "'dead'").replace("outbox_id = 0", f"outbox_id = {outbox_id}"))
    lease = dt.timedelta(minutes=1)
    with set_aside.write() as session:
        parcel = delivery.claim(session, "T1", "me", now=NOW, machine_now=NOW, lease=lease)
        assert parcel is not None
        assert (parcel.outbox_id, parcel.unsettled) == (outbox_id, False)
        assert delivery.claim(session, "T1", "me", now=NOW, machine_now=NOW, lease=lease) is None


def test_after_a_restore_history_is_asked_before_a_waiting_message_is_sent(operational: Database) -> None:
    with operational.write() as session:
        outbox.say(session, "T1", key="k", to="C1", message=cannot_read(), at=NOW)
    _run(operational, _statement("UPDATE outbox", "'restored'"))
    later = dt.datetime.now(dt.UTC)
    with operational.write() as session:
        parcel = delivery.claim(session, "T1", "me", now=later, machine_now=later, lease=dt.timedelta(minutes=1))
    assert parcel is not None
    assert (parcel.unsettled, parcel.first_attempt_at) == (True, NOW)


@pytest.mark.parametrize(
    ("kind", "before", "holding"), [("wave.close", "dead", "'dead'"), ("wave.release", "done", "wave.release")]
)
def test_an_operator_can_have_a_due_item_done_again(
    operational: Database, kind: str, before: str, holding: str
) -> None:
    with operational.write() as session:
        session.add(
            DueItem(workspace_id="T1", kind=kind, subject_id="1", due_at=NOW, state=before, attempts=5, retry_at=NOW)
        )
    _run(operational, _statement("UPDATE due_item", holding))
    with operational.read() as session:
        assert session.scalars(select(DueItem.state)).one() == "due"


@pytest.fixture
def as_told(postgres_server: str) -> Iterator[str]:
    """A PostgreSQL on which an administrator has followed our page; gives its address."""
    first, second = blocks(POSTGRES, "sql")
    engine = create_engine(postgres_server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in filter(str.strip, first.split(";")):
            connection.exec_driver_sql(statement)
    for tree in migrate.TREES:
        database = Database(_as(postgres_server, "fellowship_bot", f"fellowship_{tree}"))
        migrate.upgrade(database, tree)
        if tree == "evaluation":
            for statement in filter(str.strip, second.split(";")):
                _run(database, statement)
        database.close()
    yield postgres_server
    for tree in migrate.TREES:
        drop_on(postgres_server, f"fellowship_{tree}")
    with engine.connect() as connection:
        for role in ("fellowship_bot", "fellowship_evaluator"):
            connection.exec_driver_sql(f"DROP ROLE {role}")
    engine.dispose()


def _as(server: str, role: str, database: str) -> str:
    url = make_url(on_postgres(server, database)).set(username=role)
    return url.render_as_string(hide_password=False)


def test_on_postgresql_evaluators_can_read_the_evaluation_database_and_no_more(as_told: str) -> None:
    desk = Database(_as(as_told, "fellowship_evaluator", "fellowship_evaluation"))
    assert _run(desk, "SELECT count(*) FROM summary") == [(0,)]
    with pytest.raises(ProgrammingError, match="permission denied"):
        _run(desk, "DELETE FROM summary")
    desk.close()
    kept = Database(_as(as_told, "fellowship_evaluator", "fellowship_operational"))
    with pytest.raises(OperationalError, match="permission denied for database"):
        _run(kept, "SELECT 1")
    kept.close()


def test_the_addresses_on_the_page_about_postgresql_are_ones_that_the_settings_take() -> None:
    written = re.findall(r"^(?:EVALUATION_)?DATABASE_URL=(.+)$", read(POSTGRES), re.MULTILINE)
    assert [make_url(each).get_backend_name() for each in written] == ["postgresql", "postgresql"]
    assert len(set(written)) == 2
