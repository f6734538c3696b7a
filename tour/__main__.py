"""``python -m tour``: start the workspace and the bot, play the story, check it; ``--stay`` keeps both up."""

import argparse
import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

from tour.running import Running, digest, running, serving
from tour.story import Story
from tour.teller import Teller

FOLDER = Path("var/tour")
PAUSE_SECONDS = 15
"""From the bot's end to its next start, while the demo stays up: long enough to see what people see meanwhile."""


def _play(port: int, *, stay: bool) -> None:
    with running(FOLDER, port) as up:
        if stay:
            print(f"Everything happens at {up.url} as well: open it in a browser and be anyone.", flush=True)  # noqa: T201
        teller = Teller(FOLDER / "transcript.md", lambda: up.slack.now)
        story = Story(up.slack, teller, FOLDER)
        try:
            story.play()
            if stay:
                _stay(up)
        finally:
            teller.close()
    story.check_what_is_left()


def _stay(up: Running) -> None:
    up.slack.run_clock(running=True)
    print(f"\nThe story is over. Now be anyone you like: {up.url}\nCtrl-C ends the workspace and the bot.", flush=True)  # noqa: T201
    bot = up.bot
    with contextlib.suppress(KeyboardInterrupt), contextlib.ExitStack() as later:
        while True:
            bot.wait()
            print(f"The bot has ended ({FOLDER}/bot.log); in {PAUSE_SECONDS} seconds it is started again.", flush=True)  # noqa: T201
            time.sleep(PAUSE_SECONDS)
            bot = later.enter_context(serving(FOLDER, up.slack))


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
        _play(chosen.port, stay=chosen.stay)
    except (AssertionError, OSError, subprocess.CalledProcessError) as failure:
        print(f"\nThe story broke off: {failure}\nLogs are in {FOLDER}.", file=sys.stderr)  # noqa: T201
        return 1
    if not chosen.stay:
        took = f"The story took {time.monotonic() - began:.1f} s; it is kept in {FOLDER}/transcript.md."
        print(f"\n{digest(FOLDER)}\n{took}")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
