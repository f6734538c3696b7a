"""Members type hostile strings wherever the bot listens: what it sends is inert and whole, and no log tells of it."""

import contextlib
import datetime as dt
import io
import logging
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
import structlog
from sqlalchemy import create_engine

from bot.app import create_app
from bot.logs import configure
from bot.manifest import manifest
from fellowship.rules.words import plain, seen
from models.evaluation import Base as Evaluation
from sandbox.driver import Person, Workspace
from sandbox.server import Sandbox
from tests.conftest import Urls
from tests.conversations.conftest import CAST, MONDAY, House, settings_for
from tests.conversations.inert import everything_sent_is_inert, told_by
from tests.hostile import BAIT, HOSTILE
from tests.views.walk import disturbs

# Half a character cannot be sent as UTF-8, so it reaches nobody: the tests of the views know it.
TYPED = [typed for typed in HOSTILE.values() if "\ud83d" not in typed]
LINE, WORDS = 150, 3_000
"""Characters that the bot's inputs of one line, and of several, take."""
ROOMS = len(TYPED)
HARSH = "*zbold* <!channel> \u202ezcode `zcode`"
# Slack's directory holds no null, and 80 characters of a name.
NAMED = [typed[:80] for typed in TYPED if "\0" not in typed]
LINES = ("registration_employer", "registration_host", "registration_project")
DAYS = {"registration_profession": "Podiatrist", "registration_weekdays": ["Monday"]}
SIX = ("Amara", "Ben", "Chloe", "Dilys", "Ewan", "Farah")


@contextlib.contextmanager
def _house(urls: Urls, folder: Path) -> Iterator[House]:
    """A house where each hostile name is somebody's, and with an evaluation channel for each of many cohorts."""
    people = [
        {"id": f"UHOSTILE{number:03}", "name": name, "handle": f"h{number}", "email": f"h{number}@trust.example"}
        for number, name in enumerate(NAMED)
    ]
    rooms = [
        {"name": f"results-{number}", "members": ["Ruth Adeyemi", "Nia Walsh", "Amara Okafor"]}
        for number in range(ROOMS)
    ]
    members, channels = [*CAST["members"], *people], [*CAST["channels"], *rooms]
    with Sandbox(manifest=manifest(), members=members, channels=channels, now=MONDAY) as sandbox:
        slack = Workspace(sandbox.url)
        bot = create_app(settings_for(sandbox, slack, urls, folder))
        bot.start()
        try:
            yield House(sandbox, slack, bot)
        finally:
            bot.stop()


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    written = io.StringIO()
    configure("INFO", written)
    yield written
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.fixture
def house(logged: io.StringIO, fresh_sqlite: Urls, tmp_path: Path) -> Iterator[House]:
    with _house(fresh_sqlite, tmp_path) as running:
        yield running
    assert told_by(logged.getvalue()) == []


@pytest.fixture
def house_on_postgres(logged: io.StringIO, fresh_postgres: Urls, tmp_path: Path) -> Iterator[House]:
    with _house(fresh_postgres, tmp_path) as running:
        yield running
    assert told_by(logged.getvalue()) == []


def _packed(limit: int, between: str = " ") -> list[str]:
    """The strings that fit into ``limit`` characters, in as few pieces of that length as hold them all."""
    pieces = [""]
    for each in TYPED:
        if len(each) > limit or not each.strip():
            continue
        if len(pieces[-1]) + len(between) + len(each) > limit:
            pieces.append("")
        pieces[-1] = f"{pieces[-1]}{between}{each}" if pieces[-1] else each
    return pieces


def _kept(typed: str) -> str:
    """All of what was typed but what no database holds."""
    return typed.replace("\0", "").encode("utf-8", "ignore").decode()


# What members do


def _set_up(house: House, room: int, name: str, programme: str) -> None:
    house.ruth.types("/fellowship cohort")
    outcome = house.ruth.submits(
        {
            "cohort_name": name,
            "cohort_programme": programme,
            "cohort_start": "2026-03-02",
            "cohort_end": "2027-02-26",
            "cohort_nation": "England",
            "cohort_channel": "ahp-fellows-2026",
            "cohort_evaluation_channel": f"results-{room}",
            "cohort_evaluators": ["Nia Walsh"],
        }
    )
    assert not outcome.errors, outcome.errors


def _invite(house: House, lines: Sequence[str]) -> list[str]:
    """The reports that came of a list pasted for the first cohort."""
    before = len(_reports(house))
    (cohort_id,) = house.rows("SELECT cohort_id FROM cohort ORDER BY created_at LIMIT 1")[0]
    house.ruth.types("/fellowship invite")
    outcome = house.ruth.submits({"invite_cohort": cohort_id, "invite_lines": "\n".join(lines)})
    assert not outcome.errors, outcome.errors
    house.ruth.sees("Invitations:")
    for _ in range(200):
        if len(_reports(house)) > before:
            break
        house.settles()
    return _reports(house)[before:]


def _reports(house: House) -> list[str]:
    return [message.text for message in house.ruth.messages() if message.text.startswith("Invitations:")]


def _fills_in(member: Person, pieces: Sequence[str]) -> None:
    """Typed, closed, and opened again: the form holds what was typed, as it was typed; then it is sent."""
    member.clicks("registration.open")
    values = dict(zip(LINES, pieces, strict=True))
    member.fills(values)
    member.closes()
    member.clicks("registration.open")
    assert _in_form(member) == {each: _kept(typed) for each, typed in values.items()}
    assert not member.submits(DAYS).errors


def _in_form(member: Person) -> dict[str, str]:
    elements = {block["block_id"]: block.get("element", {}) for block in (member.modal or {})["blocks"]}
    return {each: str(elements[each].get("initial_value", "")) for each in LINES}


def _changes(member: Person, pieces: Sequence[str]) -> None:
    member.clicks("registration.open")
    assert not member.submits(dict(zip(LINES, pieces, strict=True))).errors


# What comes of it


def test_words_after_commands_and_messages_to_the_bot_are_never_repeated(house: House) -> None:
    _set_up(house, 0, HARSH, HARSH)
    replies = set()
    for typed in TYPED:
        replies.add(house.ben.types(f"/fellowship {typed}").reply)
        replies.add(house.amara.types(f"/evaluate {typed}", in_="#results-0").reply)
        house.ben.types(typed)
        if house.ben.modal:  # nothing was left of the words
            house.ben.closes()
    for typed in TYPED[::10]:
        house.ruth.types(f"/pulse {typed}")
        house.ruth.closes()
    assert len(replies - {None}) == 2, replies  # an unknown word, and somebody who is no evaluator
    everything_sent_is_inert(house, at_least=200)
    assert sum(message.from_app and not message.ephemeral for message in house.ben.messages()) == 1


def _names_and_details(house: House, pieces: Sequence[str]) -> None:
    """Each piece is a cohort's name and a programme, and an employer, a host and a project."""
    _set_up(house, ROOMS - 1, HARSH, HARSH)
    for number, name in enumerate(pieces):
        _set_up(house, number, name, pieces[number - 1])
        assert "Only evaluators" in (house.amara.types("/evaluate", in_=f"#results-{number}").reply or "")
    expected = {(_kept(name).strip(), _kept(pieces[number - 1]).strip()) for number, name in enumerate(pieces)}
    assert expected <= set(house.rows("SELECT name, programme FROM cohort"))
    _invite(house, ["amara.okafor@trust.example"])
    house.amara.sees("invited")
    for number, piece in enumerate(pieces):
        act = _changes if number else _fills_in
        act(house.amara, (piece, pieces[number - 1], pieces[number - 2]))
    everything_sent_is_inert(house, at_least=7 * len(pieces))
    receipts = [message.text for message in house.amara.messages() if "This is what I saved" in message.text]
    assert len(receipts) == len(pieces)
    assert all("*You agreed to:* nothing for now" in receipt for receipt in receipts)


def test_names_of_cohorts_and_details_of_fellows_are_inert_wherever_they_stand(house: House) -> None:
    _names_and_details(house, _packed(LINE))


@pytest.mark.long
def test_each_hostile_string_by_itself_is_inert_as_a_name_and_as_a_detail(house: House) -> None:
    _names_and_details(house, [typed for typed in TYPED if len(typed) <= LINE and seen(typed)])


@pytest.mark.long
def test_names_and_details_are_inert_on_postgresql(house_on_postgres: House) -> None:
    _names_and_details(house_on_postgres, _packed(LINE))


def test_a_pasted_list_and_the_names_in_the_directory_are_inert_and_every_line_is_accounted_for(house: House) -> None:
    _set_up(house, 0, HARSH, HARSH)
    lines = [" ".join(typed.split()) for typed in TYPED if len(typed) < WORDS]
    for start in range(0, len(lines), 20):
        batch = lines[start : start + 20]
        [report] = _invite(house, batch)
        named = report.count("\u2022 Line ") + sum(map(int, re.findall(r"And (\d+) more line", report)))
        assert named == sum(bool(plain(each).strip()) for each in batch)
    for start in range(0, len(NAMED), 40):
        addresses = [f"h{number}@trust.example" for number in range(len(NAMED))][start : start + 40]
        [report] = _invite(house, addresses)
        assert f"*Invited, {len(addresses)} people:*" in report
        [report] = _invite(house, addresses)
        assert "Nobody new was invited" in report
        assert "Every line could be used" in report
    everything_sent_is_inert(house, at_least=len(NAMED))


def test_what_does_not_fit_is_refused_beside_its_field_and_comes_back_cut_with_a_sentence(house: House) -> None:
    _set_up(house, 0, HARSH, HARSH)
    _invite(house, ["amara.okafor@trust.example"])
    house.amara.sees("invited")
    for typed in (each for each in TYPED if len(each) > LINE):
        house.amara.clicks("registration.open")
        values = dict.fromkeys(LINES, typed)
        assert set(house.amara.submits({**DAYS, **values}, press_enter=True).errors) == set(LINES)
        house.amara.closes()
        house.amara.sees("Carry on")
        house.amara.clicks("registration.open")
        assert house.amara.modal_text.count("longer than the 150 characters") == len(LINES)
        assert _in_form(house.amara) == dict.fromkeys(LINES, typed[:LINE])
        house.amara.closes()
        house.ruth.types("/fellowship cohort")
        refused = house.ruth.submits({"cohort_name": typed, "cohort_programme": typed})
        assert {"cohort_name", "cohort_programme"} <= set(refused.errors)
        house.ruth.closes()
    for typed in (each for each in TYPED if len(each) > WORDS):
        house.ruth.types("/fellowship invite")
        assert set(house.ruth.submits({"invite_lines": typed}).errors) == {"invite_lines"}
        house.ruth.closes()
    assert house.rows("SELECT count(*) FROM cohort") == [(1,)]
    everything_sent_is_inert(house, at_least=20)


def test_words_in_a_pulse_come_back_as_typed_and_go_nowhere_else(house: House, fresh_sqlite: Urls) -> None:
    _set_up(house, 0, HARSH, "> zquote")
    addresses = {each["name"].split()[0]: each["email"] for each in CAST["members"]}
    _invite(house, [addresses[name] for name in SIX])
    house.has_registered(*SIX)
    house.ruth.types("/pulse")
    assert not house.ruth.submits({}).errors
    for name in SIX:
        member = house.slack.member(name)
        member.sees("confidential")
        for words in _packed(WORDS, "\n") if name == "Amara" else [HARSH]:
            member.clicks("pulse.form")
            member.submits({"pulse_item_p1": "Agree", "pulse_item_p8": words})
            member.sees("You can change your answers")
            member.clicks("pulse.form")
            element = next(
                each["element"] for each in (member.modal or {})["blocks"] if each["block_id"].endswith("p8")
            )
            assert element["initial_value"] == _kept(words).strip()
            member.closes()
    house.slack.advance(by=dt.timedelta(days=35))
    assert "6 of 6" in house.ruth.sees("6 of 6", in_="#results-0").plain
    assert house.nia.types("/evaluate", in_="#results-0").ok
    everything_sent_is_inert(house, at_least=40)
    assert _in_evaluation(fresh_sqlite) & {*BAIT, *TYPED} == set()


def test_what_nobody_can_see_is_nothing_and_is_refused_beside_its_field(house: House) -> None:
    _set_up(house, 0, HARSH, HARSH)
    _invite(house, ["amara.okafor@trust.example"])
    house.amara.sees("invited")
    for typed in (each for each in TYPED if len(each) <= LINE and not seen(each)):
        house.ruth.types("/fellowship cohort")
        fields = {"cohort_name": typed, "cohort_programme": typed}
        days = {"cohort_start": "2026-03-02", "cohort_end": "2027-02-26", "cohort_nation": "England"}
        rooms = {"cohort_channel": "ahp-fellows-2026", "cohort_evaluation_channel": "results-1"}
        assert set(house.ruth.submits({**fields, **days, **rooms}).errors) == set(fields)
        house.ruth.closes()
        house.ruth.types("/fellowship invite")
        assert set(house.ruth.submits({"invite_lines": typed}).errors) == {"invite_lines"}
        house.ruth.closes()
        house.amara.clicks("registration.open")
        assert set(house.amara.submits({**DAYS, **dict.fromkeys(LINES, typed)}).errors) == set(LINES)
        house.amara.closes()


def test_a_name_in_a_sentence_beside_a_field_disturbs_nothing(house: House) -> None:
    harmless = [typed for typed in TYPED if len(typed) <= LINE and seen(typed)]
    names = [HARSH, HOSTILE["Hebrew"], *harmless[::4]]
    for number, name in enumerate(names):
        _set_up(house, number, name, name)
        house.ruth.types("/fellowship cohort")
        taken = {"cohort_name": "Another", "cohort_programme": "Another", "cohort_nation": "Wales"}
        days = {"cohort_start": "2026-03-02", "cohort_end": "2027-02-26"}
        rooms = {"cohort_channel": "ahp-fellows-2026", "cohort_evaluation_channel": f"results-{number}"}
        [sentence] = house.ruth.submits({**taken, **days, **rooms}).errors.values()
        assert sentence.endswith(" uses that channel. Choose one for this cohort's results alone.")
        assert not disturbs(sentence)
        house.ruth.closes()


def _in_evaluation(urls: Urls) -> set[str]:
    """Every text and every word in the evaluation database, but the cohort's name and programme, which belong there."""
    engine = create_engine(urls.evaluation)
    with engine.connect() as connection:
        rows = [row for table in Evaluation.metadata.sorted_tables for row in connection.execute(table.select())]
    engine.dispose()
    assert sum("figure_id" in row._fields for row in rows) > 7
    texts = {str(value) for row in rows for name, value in row._asdict().items() if name not in {"name", "programme"}}
    return texts | {word for each in texts for word in re.findall(r"\w+", each)}
