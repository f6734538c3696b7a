"""``python -m sandbox``: a workspace in the foreground, on 127.0.0.1, until SIGTERM or Ctrl-C."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import threading
from datetime import datetime
from pathlib import Path

from sandbox.refusal import NotPossibleError
from sandbox.server import Options, Sandbox


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description="A Slack-compatible workspace on loopback.")
    parser.add_argument("--port", type=int, default=8790)
    parser.add_argument("--seed", type=Path, help='JSON: {"team": {"name"}, "members": [...], "channels": [...]}')
    parser.add_argument("--manifest", type=Path, required=True, help="the app manifest, as JSON")
    parser.add_argument("--now", type=datetime.fromisoformat, help="programme time to begin at, with an offset")
    parser.add_argument("--running", action="store_true", help="let the clock tick although --now is given")
    parser.add_argument("--tokens", help="the bot's and the app's token, separated by a comma; otherwise made up")
    parser.add_argument("--rate-limits", action="store_true", help="limit calls as Slack does")
    return parser.parse_args()


def main() -> int:
    """Serve until told to stop; the exit status is 2 when the seed or the manifest is not right."""
    args = _arguments()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stop.set())
    try:
        seed = json.loads(args.seed.read_text()) if args.seed else {}
        bot_token, _, app_token = (args.tokens or "").partition(",")
        sandbox = Sandbox(
            manifest=json.loads(args.manifest.read_text()),
            members=seed.get("members", ()),
            channels=seed.get("channels", ()),
            now=args.now,
            running=True if args.running else None,
            port=args.port,
            bot_token=bot_token or None,
            app_token=app_token or None,
            options=Options(rate_limits=args.rate_limits, team_name=str(seed.get("team", {}).get("name", "Sandbox"))),
        )
        sandbox.start()
    except (OSError, ValueError, KeyError, NotPossibleError) as error:
        sys.stderr.write(f"the workspace cannot start: {error}\n")
        return 2
    sys.stdout.write(f"Workspace ready at {sandbox.url} (team {sandbox.team_id})\n")
    sys.stdout.flush()
    while not stop.wait(60):
        pass
    sandbox.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
