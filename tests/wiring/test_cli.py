"""The command an operator types: it says what is wrong, serves until told to stop, and knows when it is dead."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.manifest import manifest
from bot.settings import Settings
from sandbox.driver import Workspace
from sandbox.server import Sandbox
from tests.conversations.conftest import CAST, MONDAY, eventually


def _without_settings() -> dict[str, str]:
    ours = {name.upper() for name in Settings.model_fields}
    return {name: value for name, value in os.environ.items() if name not in ours}


def _bot(folder: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bot", *words],
        cwd=folder,
        env={**_without_settings(), **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(manifest=manifest(), members=CAST["members"], channels=CAST["channels"], now=MONDAY) as running:
        yield running


def _environment(sandbox: Sandbox) -> dict[str, str]:
    return {
        "SLACK_BOT_TOKEN": sandbox.bot_token,
        "SLACK_APP_TOKEN": sandbox.app_token,
        "SLACK_API_URL": sandbox.api_url,
        "PROGRAMME_CLOCK_URL": f"{sandbox.url}/sandbox/clock",
        "ASSOCIATE_DIRECTORS": Workspace(sandbox.url).member("Ruth").id,
    }


def test_without_tokens_it_says_so_and_ends_with_two(tmp_path: Path) -> None:
    ended = _bot(tmp_path, "run")
    assert ended.returncode == 2
    assert ended.stderr.splitlines() == [
        "SLACK_BOT_TOKEN is not set. Put it into .env; .env.example says where it comes from.",
        "SLACK_APP_TOKEN is not set. Put it into .env; .env.example says where it comes from.",
    ]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "token"), [("SLACK_BOT_TOKEN", "xoxb-not-this-one"), ("SLACK_APP_TOKEN", "xapp-not-this-one")]
)
def test_a_token_that_slack_refuses_is_said_in_a_sentence(
    tmp_path: Path, sandbox: Sandbox, name: str, token: str
) -> None:
    ended = _bot(tmp_path, "run", **{**_environment(sandbox), name: token})
    assert ended.returncode == 2
    assert f"Slack refuses {name}: invalid_auth." in ended.stderr
    assert "not-this-one" not in ended.stderr
    assert "Traceback" not in ended.stderr


def test_the_manifest_is_printed_as_json(tmp_path: Path) -> None:
    printed = _bot(tmp_path, "manifest")
    assert json.loads(printed.stdout) == manifest()


def test_both_databases_go_up_and_back(tmp_path: Path) -> None:
    tokens = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1"}
    up = _bot(tmp_path, "migrate", **tokens)
    assert up.stdout.splitlines() == ["operational: 0001", "evaluation: 0001"]
    down = _bot(tmp_path, "migrate", "--down", **tokens)
    assert down.stdout.splitlines() == ["operational: None", "evaluation: None"]


def test_health_is_a_sentence_and_an_exit_code(tmp_path: Path, sandbox: Sandbox) -> None:
    environment = _environment(sandbox)
    never = _bot(tmp_path, "health", **environment)
    assert (never.returncode, never.stderr.strip()) == (1, "No bot has been running here.")
    with (tmp_path / "log").open("wb") as log:
        running = subprocess.Popen(
            [sys.executable, "-m", "bot", "run"], cwd=tmp_path, env={**_without_settings(), **environment}, stderr=log
        )
    heartbeat = tmp_path / "var" / "heartbeat"
    assert eventually(heartbeat.exists, within=20)
    assert _bot(tmp_path, "health", **environment).returncode == 0
    began = time.monotonic()
    running.send_signal(signal.SIGTERM)
    assert running.wait(timeout=10) == 0
    assert time.monotonic() - began < 10
    os.utime(heartbeat, (0, 0))
    stale = _bot(tmp_path, "health", **environment)
    assert stale.returncode == 1
    assert "last lived" in stale.stderr


@pytest.mark.long
def test_a_bot_whose_connection_has_died_ends_with_one(tmp_path: Path) -> None:
    with Sandbox(manifest=manifest(), members=CAST["members"], channels=CAST["channels"]) as sandbox:
        environment = _environment(sandbox)
        with (tmp_path / "log").open("wb") as log:
            running = subprocess.Popen(
                [sys.executable, "-m", "bot", "run"],
                cwd=tmp_path,
                env={**_without_settings(), **environment},
                stderr=log,
            )
        assert eventually((tmp_path / "var" / "heartbeat").exists, within=20)
    # The workspace is gone for good.
    assert running.wait(timeout=60) == 1


@pytest.mark.long
def test_sigterm_ends_within_ten_seconds_while_slack_hangs(tmp_path: Path, sandbox: Sandbox) -> None:
    environment = _environment(sandbox)
    with (tmp_path / "log").open("wb") as log:
        running = subprocess.Popen(
            [sys.executable, "-m", "bot", "run"], cwd=tmp_path, env={**_without_settings(), **environment}, stderr=log
        )
    assert eventually((tmp_path / "var" / "heartbeat").exists, within=20)
    slack = Workspace(sandbox.url)
    slack.arm("hang", count=5, method="*", seconds=15)
    slack.member("Amara").types("Hello?")
    slack.member("Ruth").types("/fellowship", wait=False)
    time.sleep(0.5)
    began = time.monotonic()
    running.send_signal(signal.SIGTERM)
    assert running.wait(timeout=15) == 0
    assert time.monotonic() - began < 10
