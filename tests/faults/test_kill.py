"""The bot is killed twenty times while fellows answer and while a wave closes, freezes and is released."""

import datetime as dt
import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from bot.manifest import manifest
from bot.settings import Settings
from models.session import Database
from sandbox.driver import NotThereError, Person, Workspace
from sandbox.server import Sandbox
from tests.conftest import Urls
from tests.conversations.conftest import CAST, MONDAY
from tests.records.seed import cohort_for

KILLS_WHILE_ANSWERING = 12
KILLS_WHILE_RELEASING = 8
ANSWERING = ("Amara", "Ben", "Chloe", "Dilys", "Ewan", "Farah")
OPTIONS = {"Strongly disagree": 1, "Disagree": 2, "Neither": 3, "Agree": 4, "Strongly agree": 5}


def _without_settings() -> dict[str, str]:
    ours = {name.upper() for name in Settings.model_fields}
    return {name: value for name, value in os.environ.items() if name not in ours}


@dataclass
class Process:
    """A bot of its own process, to be killed and started again."""

    environment: dict[str, str]
    log: Path
    running: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as output:
            self.running = subprocess.Popen(
                [sys.executable, "-m", "bot", "run"],
                stdout=output,
                stderr=output,
                cwd=self.log.parent,  # where there is no .env
                env={**_without_settings(), **self.environment},
            )

    def kill(self) -> None:
        assert self.running is not None
        self.running.send_signal(signal.SIGKILL)
        self.running.wait()

    def terminate(self) -> int:
        assert self.running is not None
        self.running.send_signal(signal.SIGTERM)
        return self.running.wait(timeout=10)


@dataclass
class Given:
    """What one fellow may find kept: what was acknowledged last, or anything tried since without an answer."""

    acknowledged: str | None = None
    unsure: set[str] = field(default_factory=set)
    clicks: int = 0


@dataclass
class Scene:
    """A workspace with an open pulse, and a bot process."""

    sandbox: Sandbox
    slack: Workspace
    bot: Process
    urls: Urls
    folder: Path

    def rows(self, name: str, query: str) -> list[tuple[Any, ...]]:
        database = sqlite3.connect(f"file:{self.folder / name}?mode=ro", uri=True, timeout=5)
        try:
            return database.execute(query).fetchall()
        finally:
            database.close()


@pytest.fixture
def scene(fresh_sqlite: Urls, tmp_path: Path) -> Iterator[Scene]:
    with Sandbox(manifest=manifest(), members=CAST["members"], channels=CAST["channels"], now=MONDAY) as sandbox:
        slack = Workspace(sandbox.url)
        environment = {
            "SLACK_BOT_TOKEN": sandbox.bot_token,
            "SLACK_APP_TOKEN": sandbox.app_token,
            "SLACK_API_URL": sandbox.api_url,
            "PROGRAMME_CLOCK_URL": f"{sandbox.url}/sandbox/clock",
            "DATABASE_URL": fresh_sqlite.operational,
            "EVALUATION_DATABASE_URL": fresh_sqlite.evaluation,
            "ASSOCIATE_DIRECTORS": slack.member("Ruth").id,
            "HEARTBEAT_FILE": str(tmp_path / "heartbeat"),
            "TICK_SECONDS": "0.2",
            "HTTP_TIMEOUT_SECONDS": "1",
            "SETTLE_SECONDS": "1.5",
        }
        database = Database(fresh_sqlite.operational)
        channels = {channel["name"]: channel["id"] for channel in slack.state["channels"]}
        cohort_for(
            database,
            sandbox.team_id,
            director=slack.member("Ruth").id,
            fellows=[slack.member(name).id for name in (*ANSWERING, "Gwen")],
            channel_id=channels["ahp-fellows-2026"],
            evaluation_channel_id=channels["ahp-evaluation"],
        )
        database.close()
        bot = Process(environment, tmp_path / "bot.log")
        bot.start()
        try:
            yield Scene(sandbox, slack, bot, fresh_sqlite, tmp_path)
        finally:
            if bot.running is not None and bot.running.poll() is None:
                bot.kill()


def _answer(person: Person, given: Given, seed: int, over: threading.Event) -> None:
    dice = random.Random(seed)  # noqa: S311 - not for secrets
    while not over.is_set():
        option = dice.choice(sorted(OPTIONS))
        try:
            outcome = person.clicks(option)
        except NotThereError:
            time.sleep(0.05)  # the buttons are gone once the first answer is saved: go on with the form
            if person.modal is None and not _opens(person):
                continue
            outcome = person.submits({"pulse_item_p1": option})
        given.clicks += 1
        if outcome.ok and not outcome.errors:
            given.acknowledged, given.unsure = option, set()
        else:
            given.unsure.add(option)
        time.sleep(dice.uniform(0, 0.05))


def _opens(person: Person) -> bool:
    try:
        person.clicks("pulse.form")
    except NotThereError:
        return False
    return person.modal is not None


def _kill_and_restart(bot: Process, dice: random.Random) -> None:
    time.sleep(dice.uniform(0.7, 1.5))
    bot.kill()
    bot.start()


def test_twenty_kills_lose_no_acknowledged_answer_and_post_nothing_twice(scene: Scene) -> None:
    seed = random.SystemRandom().randrange(10**6)
    print(f"seed {seed}")  # noqa: T201 - a failure must be repeatable
    dice = random.Random(seed)  # noqa: S311 - as above
    ruth = scene.slack.member("Ruth")
    _wait_for_bot(scene)
    ruth.types("/pulse")
    assert ruth.submits({}).ok
    people = {name: scene.slack.member(name) for name in ANSWERING}
    for person in people.values():
        person.sees("confidential")

    kept = _answer_under_kills(scene, people, seed, dice)

    scene.slack.arm("drop_after", count=2, method="chat.postMessage")
    scene.slack.arm("500_after", count=2, method="chat.postMessage")
    for step in range(KILLS_WHILE_RELEASING):
        scene.slack.advance(to=MONDAY + dt.timedelta(days=13 + 3 * step), wait=False)
        _kill_and_restart(scene.bot, dice)
    scene.slack.member("Nia").sees("of 7", in_="#ahp-evaluation", within=30)
    _until_settled(scene)
    _wait_for_bot(scene)
    assert scene.bot.terminate() == 0

    _check_answers(scene, kept)
    _check_posts(scene)
    _check_evaluation(scene)


def _wait_for_bot(scene: Scene) -> None:
    until = time.monotonic() + 15
    while not scene.slack.state["connections"]:
        assert time.monotonic() < until, scene.bot.log.read_text()
        time.sleep(0.05)


def _answer_under_kills(scene: Scene, people: dict[str, Person], seed: int, dice: random.Random) -> dict[str, Given]:
    kept = {name: Given() for name in people}
    over = threading.Event()
    threads = [
        threading.Thread(target=_answer, args=(person, kept[name], seed + number, over))
        for number, (name, person) in enumerate(people.items())
    ]
    for thread in threads:
        thread.start()
    for _ in range(KILLS_WHILE_ANSWERING):
        _kill_and_restart(scene.bot, dice)
    _wait_for_bot(scene)
    time.sleep(1)
    over.set()
    for thread in threads:
        thread.join()
    assert all(given.acknowledged for given in kept.values()), "nobody got an answer through"
    assert any(given.clicks > 3 for given in kept.values())
    return kept


def _until_settled(scene: Scene) -> None:
    until = time.monotonic() + 30
    while scene.rows("operational.db", "SELECT 1 FROM outbox WHERE state IN ('due', 'sending')"):
        assert time.monotonic() < until, "something is still to be sent"
        time.sleep(0.1)


def _check_answers(scene: Scene, kept: dict[str, Given]) -> None:
    rows = scene.rows(
        "operational.db",
        "SELECT person.slack_user_id, answer.value FROM answer JOIN wave_member USING (workspace_id, respondent_ref)"
        " JOIN fellow USING (workspace_id, fellow_id) JOIN person USING (workspace_id, person_id) WHERE item_id = 'p1'",
    )
    found = {str(who): int(value) for who, value in rows}
    assert len(rows) == len(kept)
    for name, given in kept.items():
        possible = {OPTIONS[option] for option in (given.acknowledged, *given.unsure) if option}
        assert found[scene.slack.member(name).id] in possible, f"{name}'s acknowledged answer was lost"


def _check_posts(scene: Scene) -> None:
    refs = Counter(
        message.metadata["event_payload"]["ref"]
        for messages in scene.sandbox.workspace.messages.values()
        for message in messages
        if message.metadata
    )
    doubled = [ref for ref, times in refs.items() if times > 1]
    assert doubled == []
    sent = scene.rows("operational.db", "SELECT post_ref FROM outbox WHERE state = 'sent' AND edits_ts = ''")
    assert {ref for (ref,) in sent} == set(refs), "what is recorded as sent is what Slack has"
    unsent = scene.rows(
        "operational.db", "SELECT state, dedupe_key FROM outbox WHERE state NOT IN ('sent', 'superseded')"
    )
    assert unsent == []


def _check_evaluation(scene: Scene) -> None:
    waves = scene.rows("evaluation.db", "SELECT n_eligible, n_answered FROM wave")
    assert waves == [(7, 6)]
    figures = scene.rows("evaluation.db", "SELECT item_id FROM summary ORDER BY item_id")
    assert figures == [(f"p{number}",) for number in range(1, 8)]
    assert scene.rows("evaluation.db", "SELECT count(*) FROM figure_wave") == [(7,)]
    summaries = [message for message in scene.slack.member("Nia").messages("#ahp-evaluation") if "F-" in message.plain]
    assert len(summaries) == 1
