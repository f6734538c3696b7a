"""The reference pages name what there is, all of it, and nothing else."""

import ast
import re

import pytest

from bot.cli import cli
from bot.manifest import EVENTS, SCOPES
from bot.settings import Settings
from fellowship import catalogue, errors
from fellowship.views.ids import CommandName
from handlers import evaluate, start
from jobs import DEEDS, SCHEDULE
from models.evaluation import Base
from models.types import UtcDateTime
from tests.docs.pages import PRODUCT, names, nodes, read, rows, said, section

COMMANDS = "docs/reference/commands.md"
SETTINGS = "docs/reference/settings.md"
PERMISSIONS = "docs/reference/permissions.md"
JOBS = "docs/reference/jobs.md"
ERRORS = "docs/reference/errors.md"
DATABASE = "docs/reference/evaluation-database.md"
INSTRUMENTS = "docs/reference/instruments.md"
OPERATE = "docs/how-to/operate.md"


def default_of(name: str) -> str:
    """A setting's default as it is written in an environment file."""
    default = Settings.model_fields[name].default
    return ",".join(default) if isinstance(default, tuple) else str(default)


def test_every_slash_command_has_its_row_and_no_other_has() -> None:
    assert names(section(COMMANDS, "In Slack")) == [str(each) for each in CommandName]


def test_every_word_after_a_slash_command_is_named() -> None:
    words = {row[0].strip("`"): row[1] for row in rows(section(COMMANDS, "In Slack"))}
    assert set(re.findall(r"`([^`]+)`", words[CommandName.FELLOWSHIP])) == set(start.WORDS)
    assert set(re.findall(r"`([^`]+)`", words[CommandName.EVALUATE])) == evaluate.WORDS - {""}
    assert re.findall(r"`([^`]+)`", words[CommandName.PULSE]) == []


def test_every_command_of_the_machine_has_its_row_and_no_other_has() -> None:
    there = [each.name or getattr(each.callback, "__name__", "") for each in cli.registered_commands]
    assert names(section(COMMANDS, "On the machine that runs the bot")) == [f"fellowship-bot {each}" for each in there]


def test_every_setting_has_its_row_with_its_default_and_its_description() -> None:
    expected = [
        (
            f"`{name.upper()}`",
            "required" if field.is_required() else (f"`{default_of(name)}`" if default_of(name) else "empty"),
            str(field.description),
        )
        for name, field in Settings.model_fields.items()
    ]
    assert rows(section(SETTINGS, "")) == expected


def test_every_scope_has_its_row_with_its_reason() -> None:
    assert rows(section(PERMISSIONS, "Bot token")) == [(f"`{scope}`", reason) for scope, reason in SCOPES.items()]


def test_every_event_has_its_row() -> None:
    assert names(section(PERMISSIONS, "Events")) == list(EVENTS.values())


def test_every_job_has_its_row_and_no_other_has() -> None:
    assert names(section(JOBS, "Jobs")) == [job.name for job in SCHEDULE]


def test_every_deed_has_its_row_and_no_other_has() -> None:
    assert names(section(JOBS, "Deeds")) == list(DEEDS)


def test_every_job_and_deed_says_when_what_and_who_hears() -> None:
    assert all(len(row) == 4 and all(row) for row in rows(read(JOBS)))


def _own_errors() -> set[str]:
    return {
        node.name
        for node in nodes(*PRODUCT)
        if isinstance(node, ast.ClassDef)
        and any(ast.unparse(base).endswith(("Error", "Exception")) for base in node.bases)
    }


def test_every_error_has_its_row_and_no_other_has() -> None:
    assert set(names(read(ERRORS))) == _own_errors()


def _quoted(cell: str) -> list[str]:
    return re.findall(r"“([^”]+)”", cell)


def test_every_sentence_on_the_page_of_errors_is_one_that_the_code_says() -> None:
    spoken = [sentence for node in nodes(*PRODUCT) if (sentence := said(node))]
    unsaid = [each for each in _quoted(read(ERRORS)) if not any(each in sentence for sentence in spoken)]
    assert unsaid == []


def _refusals() -> list[tuple[str, str]]:
    """Every refusal that the code makes, as (class, sentence)."""
    kinds = {
        name for name, each in vars(errors).items() if isinstance(each, type) and issubclass(each, errors.RefusedError)
    }
    return [
        (node.func.id, sentence)
        for node in nodes(*PRODUCT)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in kinds and node.args
        if (sentence := said(node.args[0]))
    ]


def test_every_refusal_is_quoted_in_the_row_of_its_error() -> None:
    quoted = {row[0].strip("`"): _quoted(row[2]) for row in rows(section(ERRORS, "Refusals"))}
    missing = [(kind, sentence) for kind, sentence in _refusals() if sentence not in quoted.get(kind, [])]
    assert missing == []


def test_every_table_of_the_evaluation_database_has_its_section_with_every_column_in_order() -> None:
    titles = re.findall(r"^## `(\w+)`$", read(DATABASE), re.MULTILINE)
    assert set(titles) == {*Base.metadata.tables, "alembic_version_evaluation"}
    for table in Base.metadata.tables.values():
        assert names(section(DATABASE, f"`{table.name}`")) == [column.name for column in table.columns], table.name


def test_every_column_of_the_evaluation_database_is_of_the_type_that_its_row_says() -> None:
    words = {"str": "text", "int": "whole number", "bool": "true or false", "date": "date"}
    for table in Base.metadata.tables.values():
        for column, row in zip(table.columns, rows(section(DATABASE, f"`{table.name}`")), strict=True):
            said_type = "instant" if isinstance(column.type, UtcDateTime) else words[column.type.python_type.__name__]
            assert row[1] == said_type, f"{table.name}.{column.name}"


def test_the_pulse_is_described_item_by_item() -> None:
    assert len(catalogue.INSTRUMENT_KEYS) == 1, "give each further instrument a section and a test of its own"
    instrument = catalogue.instrument("pulse-1")
    text = section(INSTRUMENTS, "The pulse")
    assert f"`{instrument.key}`, *{instrument.title}*, {instrument.licence}. Released by {instrument.release}." in text
    assert rows(text) == [
        (f"`{item.item_id}`", item.construct_id, item.scale.scale_id if item.scale else "open", item.wording)
        for item in instrument.items
    ]


def test_every_scale_of_the_pulse_is_described() -> None:
    scales = {item.scale.scale_id: item.scale for item in catalogue.instrument("pulse-1").items if item.scale}
    assert rows(section(INSTRUMENTS, "Scales")) == [
        (
            f"`{scale_id}`",
            scale.anchors,
            "; ".join(f"{band.band_id} {band.label}" for band in scale.bands),
            "; ".join(code.label for code in scale.missing),
        )
        for scale_id, scale in scales.items()
    ]


def test_every_statistic_missing_code_and_construct_is_described() -> None:
    assert names(section(INSTRUMENTS, "Statistics")) == list(catalogue.STATISTICS)
    assert [(row[0], row[1]) for row in rows(section(INSTRUMENTS, "Missing codes"))] == [
        (f"`{int(code)}`", code.name.lower().replace("_", " ")) for code in catalogue.MissingCode
    ]
    assert rows(section(INSTRUMENTS, "Constructs")) == [
        (f"`{each.construct_id}`", each.name, each.level) for each in catalogue.constructs()
    ]


def _logged() -> set[str]:
    """The names of every event that the product logs."""
    events: set[str] = set()
    for node in nodes(*PRODUCT):
        if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            called = ast.unparse(node.func)
            if called == "_report" or re.fullmatch(r"log\.(debug|info|warning|error|critical|exception)", called):
                events.add(str(node.args[0].value))
        if isinstance(node, ast.Dict) and isinstance(node.keys[0] if node.keys else None, ast.Constant):
            entries = dict(zip((said(key) for key in node.keys if key), node.values, strict=False))
            if "event" in entries and "logger" in entries and (event := said(entries["event"])):
                events.add(event)
    return events


def test_every_event_of_the_log_has_its_row_and_no_other_has() -> None:
    assert set(names(section(OPERATE, "Logs"))) == _logged()


@pytest.mark.parametrize(
    "word",
    [
        *("due item", "deed", "outbox", "inbox", "parcel", "lease", "settle", "edge", "route", "sweep", "view"),
        *("wave", "figure", "release", "summary", "suppression", "response", "missing code", "item", "instrument"),
        *("construct", "fellow", "cohort", "programme", "host organisation", "employer", "sponsor", "facilitator"),
        *("project supervisor", "line manager", "action-learning set", "meeting", "presenter", "airtime", "quorum"),
        *("action", "check-in", "opportunity", "confidential", "programme time", "machine time"),
    ],
)
def test_the_glossary_has_the_word(word: str) -> None:
    assert word in [row[0] for row in rows(read("docs/glossary.md"))]


@pytest.mark.parametrize("heading", ["The programme", "The code"])
def test_the_glossary_is_in_order_and_has_each_word_once(heading: str) -> None:
    words = [row[0] for row in rows(section("docs/glossary.md", heading))]
    assert words == sorted(set(words), key=str.casefold)
