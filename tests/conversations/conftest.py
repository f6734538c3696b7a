"""A house for conversations: a local workspace with the named cast, and the real bot serving it."""

import contextlib
import datetime as dt
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot.app import FellowshipBot, create_app
from bot.manifest import manifest
from bot.settings import Settings
from sandbox.driver import Person, Workspace
from sandbox.server import Sandbox
from tests.conftest import Urls

CAST: dict[str, Any] = json.loads((Path(__file__).parents[2] / "tour" / "cast.json").read_text(encoding="utf-8"))
MONDAY = dt.datetime(2026, 3, 2, 9, 30, tzinfo=dt.UTC)
FELLOWS = ("Amara", "Ben", "Chloe", "Dilys", "Ewan", "Farah", "Gwen")


@dataclass
class House:
    """The workspace, the bot, and what most conversations begin with."""

    sandbox: Sandbox
    slack: Workspace
    bot: FellowshipBot

    def __getattr__(self, name: str) -> Person:
        """A member by first name: ``house.amara``."""
        if name.startswith("_"):
            raise AttributeError(name)
        return self.slack.member(name.capitalize())

    def has_cohort(self, name: str = "AHP Fellows", channel: str = "ahp-fellows-2026") -> None:
        """Ruth has set a cohort up; Nia evaluates it."""
        self.ruth.types("/fellowship cohort", in_=channel)
        evaluation = channel.rsplit("-", 2 if channel.endswith("2026") else 1)[0] + "-evaluation"
        sent = self.ruth.submits(
            {
                "cohort_name": name,
                "cohort_programme": "AHP Leadership Fellowship",
                "cohort_start": "2026-03-02",
                "cohort_end": "2027-02-26",
                "cohort_nation": "England",
                "cohort_channel": channel,
                "cohort_evaluation_channel": evaluation,
                "cohort_evaluators": ["Nia Walsh"],
            }
        )
        assert not sent.errors, sent.errors
        self.ruth.sees(name)

    def has_invited(self, *first_names: str) -> None:
        """Ruth has invited them."""
        addresses = {each["name"].split()[0]: each["email"] for each in CAST["members"]}
        self.ruth.types("/fellowship invite")
        self.ruth.submits({"invite_lines": "\n".join(addresses[name] for name in first_names)})
        for name in first_names:
            self.slack.member(name).sees("invited")

    def has_registered(self, *first_names: str, weekdays: tuple[str, ...] = ("Monday",)) -> None:
        """They have registered and agreed to every purpose."""
        for name in first_names:
            member = self.slack.member(name)
            member.clicks("registration.open")
            member.fills({"registration_purposes": options_of(member, "registration_purposes")})
            sent = member.submits(
                {
                    "registration_profession": "Podiatrist",
                    "registration_employer": "Trust",
                    "registration_host": "Region",
                    "registration_project": "Feet first",
                    "registration_weekdays": list(weekdays),
                }
            )
            assert not sent.errors, sent.errors
            member.sees("registered")

    def has_open_pulse(self, *first_names: str) -> None:
        """A cohort of those people has a pulse open, and each has been asked."""
        self.has_cohort()
        self.has_invited(*first_names)
        self.has_registered(*first_names)
        self.ruth.types("/pulse")
        sent = self.ruth.submits({})
        assert not sent.errors, sent.errors
        for name in first_names:
            self.slack.member(name).sees("confidential")

    def settles(self) -> None:
        """Everything that was to be sent by now has been."""
        until = time.monotonic() + 10
        while self.rows("SELECT 1 FROM outbox WHERE state IN ('due', 'sending')"):
            assert time.monotonic() < until, "something is still to be sent"
            time.sleep(0.02)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """What the operational database holds."""
        with self.bot.operational.engine.connect() as connection:
            return [tuple(row) for row in connection.exec_driver_sql(query)]


def eventually(check: Callable[[], bool], within: float = 5.0) -> bool:
    """Whether ``check`` comes true in time: events reach the bot a moment after they happen."""
    until = time.monotonic() + within
    while not check():
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True


def options_of(member: Person, block_id: str) -> list[str]:
    """The values that a group of checkboxes in the member's modal offers."""
    view = member.modal or {}
    blocks = [block for block in view.get("blocks", ()) if block.get("block_id") == block_id]
    return [str(option["value"]) for block in blocks for option in block["element"]["options"]]


@contextlib.contextmanager
def open_house(urls: Urls, folder: Path) -> Iterator[House]:
    """The workspace and the bot, running on those databases while the block lasts."""
    with Sandbox(manifest=manifest(), members=CAST["members"], channels=CAST["channels"], now=MONDAY) as sandbox:
        slack = Workspace(sandbox.url)
        bot = create_app(settings_for(sandbox, slack, urls, folder))
        bot.start()
        try:
            yield House(sandbox, slack, bot)
        finally:
            bot.stop()


@pytest.fixture
def house(fresh_sqlite: Urls, tmp_path: Path) -> Iterator[House]:
    """The workspace and the bot, running, on SQLite."""
    with open_house(fresh_sqlite, tmp_path) as running:
        yield running


@pytest.fixture
def house_on_postgres(fresh_postgres: Urls, tmp_path: Path) -> Iterator[House]:
    """The workspace and the bot, running, on PostgreSQL."""
    with open_house(fresh_postgres, tmp_path) as running:
        yield running


def settings_for(sandbox: Sandbox, slack: Workspace, urls: Urls, folder: Path) -> Settings:
    """Settings that point a bot at the workspace, quick to settle."""
    given: dict[str, Any] = {
        "slack_bot_token": sandbox.bot_token,
        "slack_app_token": sandbox.app_token,
        "slack_api_url": sandbox.api_url,
        "programme_clock_url": f"{sandbox.url}/sandbox/clock",
        "database_url": urls.operational,
        "evaluation_database_url": urls.evaluation,
        "associate_directors": slack.member("Ruth").id,
        "heartbeat_file": str(folder / "heartbeat"),
        "tick_seconds": 0.2,
        "http_timeout_seconds": 1,
        "settle_seconds": 2,
    }
    defaults = {name: field.default for name, field in Settings.model_fields.items() if not field.is_required()}
    # Every setting is given, so that neither the machine's environment nor somebody's .env has a say.
    return Settings(_env_file=None, **{**defaults, **given})
