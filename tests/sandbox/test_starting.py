from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from slack_sdk import WebClient

from sandbox.driver import Workspace
from sandbox.server import Sandbox
from tests.sandbox.conftest import NOW, PEOPLE, PLACES, manifest

ROOT = Path(__file__).parents[2]


def launch(*args: str) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONWARNINGS": "error", "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        [sys.executable, "-m", "sandbox", *args],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    (tmp_path / "manifest.json").write_text(json.dumps(manifest()))
    seed = {"team": {"name": "North Trust"}, "members": PEOPLE, "channels": PLACES}
    (tmp_path / "seed.json").write_text(json.dumps(seed))
    return ["--manifest", str(tmp_path / "manifest.json"), "--seed", str(tmp_path / "seed.json")]


def test_a_workspace_of_its_own_process_says_one_line_serves_and_stops_on_sigterm(files: list[str]) -> None:
    process = launch(*files, "--port", "0", "--now", NOW.isoformat(), "--tokens", "xoxb-ours,xapp-ours")
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        url = next(word for word in line.split() if word.startswith("http"))
        assert urlsplit(url).hostname == "127.0.0.1"
        slack = Workspace(url)
        assert slack.now == NOW
        assert slack.state["team"]["name"] == "North Trust"
        client = WebClient("xoxb-ours", base_url=f"{url}/api/")
        client.chat_postMessage(channel=slack.member("Amara").id, text="over the wall")
        assert slack.member("Amara").sees("over the wall").from_app
        process.send_signal(signal.SIGTERM)
        rest, errors = process.communicate(timeout=5)
        assert (process.returncode, rest, errors) == (0, "", "")
    finally:
        process.kill()
        process.communicate()


def test_a_wrong_manifest_is_told_in_a_line(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text('{"surprise": 1}')
    process = launch("--manifest", str(tmp_path / "manifest.json"))
    _, errors = process.communicate(timeout=10)
    assert (process.returncode, errors) == (
        2,
        "the workspace cannot start: the manifest has unknown keys: surprise\n",
    )


def test_starting_and_stopping_is_quick_and_leaves_nothing() -> None:
    threads, began = threading.active_count(), time.monotonic()
    for _ in range(10):
        with Sandbox(manifest=manifest(), members=PEOPLE, channels=PLACES, now=NOW) as sandbox:
            port = urlsplit(sandbox.url).port
            assert WebClient(sandbox.bot_token, base_url=sandbox.api_url).auth_test()["ok"]
    assert time.monotonic() - began < 5
    assert threading.active_count() == threads
    with pytest.raises(ConnectionRefusedError), socket.create_connection(("127.0.0.1", int(port or 0)), timeout=1):
        pass


def test_stopping_does_not_wait_for_those_who_wait() -> None:
    with Sandbox(manifest=manifest(), members=PEOPLE, now=NOW) as sandbox:
        connection = http.client.HTTPConnection(sandbox.url.removeprefix("http://"), timeout=10)
        body = json.dumps({"client": "app", "seen": sandbox.clock.version})
        connection.request("POST", "/sandbox/clock/wait", body)
        while not sandbox.clock.clients:
            time.sleep(0.005)
        began = time.monotonic()
    assert time.monotonic() - began < 1
    connection.close()


def test_a_seed_that_contradicts_itself_is_refused() -> None:
    with pytest.raises(ValueError, match="two channels"):
        Sandbox(manifest=manifest(), channels=[{"name": "a"}, {"name": "#a"}])
    with pytest.raises(ValueError, match="two members"):
        Sandbox(manifest=manifest(), members=["Amara Okafor", "Amara Okafor"])
    with pytest.raises(ValueError, match="not a slash command"):
        Sandbox(manifest={"features": {"slash_commands": [{"command": "hello"}]}})


def test_the_workspace_knows_nothing_of_the_bot() -> None:
    script = "import sys, sandbox.server, sandbox.__main__; print(*sorted(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    tops = {name.partition(".")[0] for name in loaded.stdout.split()}
    assert "sandbox" in tops
    assert tops.isdisjoint({"bot", "handlers", "jobs", "fellowship", "models", "slack_sdk", "slack_bolt", "sqlalchemy"})
