"""What goes wrong is said in a sentence, with a reference that the log has, and nothing typed is in it."""

import datetime as dt
import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from bot.logs import configure
from fellowship.services import registration
from tests.conversations.conftest import House, eventually


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


def test_a_typed_message_is_answered_once_an_hour_and_once_for_each_event(house: House) -> None:
    def replies() -> int:
        return sum(message.from_app for message in house.amara.messages())

    def taken_in() -> int:
        [(events,)] = house.rows("SELECT count(*) FROM inbox WHERE dedupe_key LIKE 'event:%'")
        return int(events)

    house.slack.arm("duplicate", count=1)
    house.amara.types("Hello, can you help me?")
    house.amara.sees("/fellowship")
    house.amara.types("Anybody there?")
    assert eventually(lambda: taken_in() == 2)
    house.settles()
    assert replies() == 1
    house.slack.advance(by=dt.timedelta(hours=1))
    house.amara.types("Hello again")
    assert eventually(lambda: replies() == 2)
    assert taken_in() == 3


def test_a_busy_database_leaves_the_form_open_with_what_was_typed(house: House) -> None:
    house.has_cohort()
    house.ruth.types("/fellowship invite")
    with house.bot.operational.write():
        outcome = house.ruth.submits({"invite_lines": "amara.okafor@trust.example"})
    assert outcome.ok
    assert "Nothing was saved" in house.ruth.modal_text
    house.ruth.closes()
    assert "amara.okafor@trust.example" in house.ruth.modal_text
    house.ruth.submits({})
    house.ruth.sees("1 person")


def test_an_unexpected_error_shows_a_reference_that_the_log_has_and_nothing_typed(
    logged: io.StringIO, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.has_cohort()
    house.has_invited("Amara")

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("canary in an error's words")

    house.amara.clicks("registration.open")
    monkeypatch.setattr(registration, "register", fail)
    house.amara.submits(
        {
            "registration_profession": "Podiatrist",
            "registration_employer": "canary-employer",
            "registration_host": "Region",
            "registration_project": "Feet first",
            "registration_weekdays": ["Monday"],
        }
    )
    shown = house.amara.modal_text
    lines = logged.getvalue()
    [failure] = [json.loads(line) for line in lines.splitlines() if "delivery_failed" in line]
    assert failure["reference"] in shown
    assert failure["error"] == "RuntimeError"
    assert "canary" not in lines
    assert "canary" not in shown


def test_a_retired_button_says_so_kindly(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.has_cohort()
    house.has_invited("Amara")
    from handlers import ROUTES  # noqa: PLC0415 - the table that is changed
    from handlers.payload import Kind  # noqa: PLC0415 - as above

    without = {name: route for name, route in ROUTES[Kind.ACTION].items() if name != "registration.open"}
    monkeypatch.setitem(ROUTES, Kind.ACTION, without)
    assert house.amara.clicks("registration.open").ok
    assert "older message" in house.amara.modal_text


@pytest.mark.parametrize("fault", ["drop_before", "500_before", "hang"])
def test_a_form_that_cannot_be_opened_is_said_and_never_a_time_out(house: House, fault: str) -> None:
    house.slack.arm(fault, count=1, method="views.open", seconds=2.6)
    told = house.ruth.types("/fellowship")
    assert told.ok
    assert "type it again" in (told.reply or "")
