"""The local workspace with the story's cast, and the bot serving it: two processes, as anybody would run them."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from sandbox.driver import Workspace
from tour.story import STARTS_AT

CAST = Path(__file__).parent / "cast.json"
BOT_TOKEN, APP_TOKEN = "xoxb-local-workspace", "xapp-local-workspace"


@dataclass(frozen=True)
class Running:
    """A workspace that is up, and the bot that serves it."""

    slack: Workspace
    bot: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        """Where the workspace listens: its page, its API and its driver."""
        return self.slack.url


def free_port() -> int:
    """A port on which nothing listens now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _plain_environment() -> dict[str, str]:
    """What a process of ours needs of this machine, and none of the settings that somebody may have made on it."""
    kept = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "VIRTUAL_ENV", "PYTHONPATH", "PYTHONDONTWRITEBYTECODE")
    return {name: os.environ[name] for name in kept if name in os.environ}


@contextlib.contextmanager
def _process(command: list[str], log: Path, environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """A process of ours, its output in ``log``; ended by SIGTERM, and within ten seconds, when the block ends."""
    with log.open("ab") as output:
        process = subprocess.Popen(  # noqa: S603 - our own modules
            [sys.executable, "-m", *command],
            stdout=output,
            stderr=output,
            cwd=log.parent,  # where there is no .env: the story is played with its own settings alone
            env={**_plain_environment(), **environment},
        )
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _manifest(folder: Path) -> Path:
    path = folder / "manifest.json"
    made = subprocess.run([sys.executable, "-m", "bot", "manifest"], capture_output=True, check=True)
    path.write_bytes(made.stdout)
    return path


def _wait_for(ready: Callable[[], bool], process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + 20
    while time.monotonic() < until and process.poll() is None:
        with contextlib.suppress(OSError):
            if ready():
                return
        time.sleep(0.05)
    raise SystemExit(f"The {log.stem} did not start; see {log}.")


@contextlib.contextmanager
def running(folder: Path, port: int = 0) -> Iterator[Running]:
    """The workspace and the bot, up while the block lasts.

    Args:
        folder: exists already; takes both databases and both logs.
        port: where the workspace listens on loopback; 0 chooses a free one.

    Raises:
        SystemExit: one of them did not start within 20 seconds.
    """
    url = f"http://127.0.0.1:{port or free_port()}"
    seed = folder / "cast.json"
    seed.write_text(CAST.read_text(encoding="utf-8"), encoding="utf-8")
    sandbox = ["sandbox", "--port", url.rpartition(":")[2], "--seed", seed.name, "--manifest", _manifest(folder).name]
    sandbox += ["--now", STARTS_AT.isoformat(), "--tokens", f"{BOT_TOKEN},{APP_TOKEN}"]
    log = folder / "sandbox.log"
    with _process(sandbox, log, {}) as workspace:
        slack = Workspace(url)
        _wait_for(lambda: bool(slack.now), workspace, log)
        with serving(folder, slack) as bot:
            yield Running(slack, bot)


@contextlib.contextmanager
def serving(folder: Path, slack: Workspace) -> Iterator[subprocess.Popen[bytes]]:
    """The bot, connected to the workspace while the block lasts; its files are in ``folder``.

    Raises:
        SystemExit: it did not connect within 20 seconds.
    """
    log = folder / "bot.log"
    with _process(["bot", "run"], log, _settings(slack)) as bot:
        _wait_for(lambda: bool(slack.state["connections"]), bot, log)
        yield bot


def _settings(slack: Workspace) -> dict[str, str]:
    return {
        "SLACK_BOT_TOKEN": BOT_TOKEN,
        "SLACK_APP_TOKEN": APP_TOKEN,
        "SLACK_API_URL": f"{slack.url}/api/",
        "PROGRAMME_CLOCK_URL": f"{slack.url}/sandbox/clock",
        "DATABASE_URL": "sqlite:///operational.db",
        "EVALUATION_DATABASE_URL": "sqlite:///evaluation.db",
        "ASSOCIATE_DIRECTORS": slack.member("Ruth Adeyemi").id,
        "HEARTBEAT_FILE": "heartbeat",
        "TICK_SECONDS": "1",
    }


def digest(folder: Path) -> str:
    """The digest of the evaluation database in ``folder``: one line, the same for the same story."""
    made = subprocess.run(  # noqa: S603 - as above
        [sys.executable, "-m", "bot", "digest", str(folder / "evaluation.db")],
        capture_output=True,
        check=True,
        text=True,
    )
    return made.stdout.strip()
