"""``python -m tour``: start the workspace and the bot, play the story, check it; ``--stay`` keeps both up."""

import argparse
import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from sandbox.driver import Workspace
from tour.story import STARTS_AT, Story
from tour.teller import Teller

FOLDER = Path("var/tour")
BOT_TOKEN, APP_TOKEN = "xoxb-local-workspace", "xapp-local-workspace"


def _free_port() -> int:
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
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603 - our own modules
            [sys.executable, "-m", *command],
            stdout=output,
            stderr=output,
            cwd=FOLDER,  # where there is no .env: the story is played with its own settings alone
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


def _manifest() -> Path:
    path = FOLDER / "manifest.json"
    made = subprocess.run([sys.executable, "-m", "bot", "manifest"], capture_output=True, check=True)
    path.write_bytes(made.stdout)
    return path


def _wait_for(ready: Callable[[], bool], process: subprocess.Popen[bytes], what: str) -> None:
    until = time.monotonic() + 20
    while time.monotonic() < until and process.poll() is None:
        with contextlib.suppress(OSError):
            if ready():
                return
        time.sleep(0.05)
    raise SystemExit(f"The {what} did not start; see {FOLDER}/{what}.log.")


def _play(port: int, *, stay: bool) -> None:
    url = f"http://127.0.0.1:{port}"
    seed = FOLDER / "cast.json"
    seed.write_text((Path(__file__).parent / "cast.json").read_text(encoding="utf-8"), encoding="utf-8")
    sandbox = ["sandbox", "--port", str(port), "--seed", seed.name, "--manifest", _manifest().name]
    sandbox += ["--now", STARTS_AT.isoformat(), "--tokens", f"{BOT_TOKEN},{APP_TOKEN}"]
    with _process(sandbox, FOLDER / "sandbox.log", {}) as workspace:
        slack = Workspace(url)
        _wait_for(lambda: bool(slack.now), workspace, "sandbox")
        environment = {
            "SLACK_BOT_TOKEN": BOT_TOKEN,
            "SLACK_APP_TOKEN": APP_TOKEN,
            "SLACK_API_URL": f"{url}/api/",
            "PROGRAMME_CLOCK_URL": f"{url}/sandbox/clock",
            "DATABASE_URL": "sqlite:///operational.db",
            "EVALUATION_DATABASE_URL": "sqlite:///evaluation.db",
            "ASSOCIATE_DIRECTORS": slack.member("Ruth Adeyemi").id,
            "HEARTBEAT_FILE": "heartbeat",
            "TICK_SECONDS": "1",
        }
        with _process(["bot", "run"], FOLDER / "bot.log", environment) as bot:
            _wait_for(lambda: bool(slack.state["connections"]), bot, "bot")
            teller = Teller(FOLDER / "transcript.md", lambda: slack.now)
            story = Story(slack, teller, FOLDER)
            try:
                story.play()
                if stay:
                    _stay(slack, bot, url)
            finally:
                teller.close()
    story.check_what_is_left()


def _stay(slack: Workspace, bot: subprocess.Popen[bytes], url: str) -> None:
    slack.run_clock(running=True)
    print(f"\nThe workspace is at {url} and the bot is running. Ctrl-C ends both.", flush=True)  # noqa: T201
    with contextlib.suppress(KeyboardInterrupt):
        bot.wait()


def _digest() -> str:
    made = subprocess.run(  # noqa: S603 - as above
        [sys.executable, "-m", "bot", "digest", str(FOLDER / "evaluation.db")],
        capture_output=True,
        check=True,
        text=True,
    )
    return made.stdout.strip()


def main() -> int:
    """Play the story; 0 when every step was what it should be."""
    arguments = argparse.ArgumentParser(prog="python -m tour", description=__doc__)
    arguments.add_argument("--stay", action="store_true", help="keep the workspace and the bot up until Ctrl-C")
    arguments.add_argument("--port", type=int, default=0, help="where the workspace listens; 0 chooses a free port")
    chosen = arguments.parse_args()
    # Ended from outside, it still ends what it has started.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    shutil.rmtree(FOLDER, ignore_errors=True)
    os.umask(0o077)  # the databases hold what fellows answered
    FOLDER.mkdir(parents=True)
    began = time.monotonic()
    try:
        _play(chosen.port or _free_port(), stay=chosen.stay)
    except (AssertionError, OSError, subprocess.CalledProcessError) as failure:
        print(f"\nThe story broke off: {failure}\nLogs are in {FOLDER}.", file=sys.stderr)  # noqa: T201
        return 1
    if not chosen.stay:
        print(f"\n{_digest()}\nThe story took {time.monotonic() - began:.1f} s; it is kept in {FOLDER}/transcript.md.")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
