"""The ``fellowship-bot`` command."""

import json
import os
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Annotated
from urllib.error import URLError

import typer

from bot.logs import configure
from bot.settings import Settings, SettingsError, read_settings

cli = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    # A decorated traceback can show what variables hold: a token, an answer.
    pretty_exceptions_enable=False,
    help="Runs a leadership fellowship cohort in Slack.",
)

HEARTBEAT_SECONDS = 2
PRIVATE = 0o077
"""What we write holds what fellows answered: nobody else on the machine may read it."""


def _settings_or_exit() -> Settings:
    try:
        return read_settings()
    except SettingsError as mistakes:
        for sentence in mistakes.sentences:
            typer.echo(sentence, err=True)
        raise typer.Exit(2) from None


@cli.command()
def run() -> None:
    """Serve Slack over Socket Mode until SIGTERM or Ctrl-C; exits with 1 when the connection has died."""
    settings = _settings_or_exit()
    os.umask(PRIVATE)
    configure(settings.log_level)
    from slack_sdk.errors import SlackApiError  # noqa: PLC0415 - as below

    from bot.app import create_app  # noqa: PLC0415 - other commands start without Bolt
    from bot.socket_mode import STALE_AFTER_SECONDS  # noqa: PLC0415 - as above

    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stopping.set())
    asked_with = "SLACK_BOT_TOKEN"
    try:
        bot = create_app(settings)
        asked_with = "SLACK_APP_TOKEN"
        bot.start()
    except SlackApiError as refused:
        typer.echo(f"Slack refuses {asked_with}: {refused.response.get('error')}.", err=True)
        raise typer.Exit(2) from None
    except URLError:
        typer.echo("Slack cannot be reached at SLACK_API_URL. Is the address right, and the network up?", err=True)
        raise typer.Exit(1) from None
    settings.heartbeat_file.parent.mkdir(parents=True, exist_ok=True)
    silent_since = time.monotonic()
    died = False
    while not stopping.wait(HEARTBEAT_SECONDS):
        age = bot.connection.pong_age_seconds()
        if age is not None and age < STALE_AFTER_SECONDS:
            settings.heartbeat_file.write_text(f"{age:.1f}\n")
            silent_since = time.monotonic()
        elif time.monotonic() - silent_since > STALE_AFTER_SECONDS:
            died = True  # a supervisor starts a fresh process; a stale connection does not heal by itself
            break
    bot.stop()
    sys.stderr.flush()
    # A thread of the SDK's that hangs in a call to Slack must not hold the process: everything of ours is closed.
    os._exit(1 if died else 0)


@cli.command()
def health() -> None:
    """Exit with 0 while a running bot's connection to Slack lives, else with 1 and a sentence."""
    settings = _settings_or_exit()
    try:
        age = time.time() - settings.heartbeat_file.stat().st_mtime
    except OSError:
        typer.echo("No bot has been running here.", err=True)
        raise typer.Exit(1) from None
    if age > 5 * HEARTBEAT_SECONDS:
        typer.echo(f"The bot's connection to Slack last lived {age:.0f} s ago.", err=True)
        raise typer.Exit(1)
    typer.echo(f"The connection to Slack lives; last heartbeat {age:.0f} s ago.")


@cli.command()
def manifest() -> None:
    """Print the app manifest to paste into Slack's app settings."""
    from bot.manifest import manifest as made  # noqa: PLC0415 - as run

    typer.echo(json.dumps(made(), indent=2))


@cli.command()
def migrate(
    to: Annotated[str, typer.Option(help="A revision; without one the newest, or with --down the one before.")] = "",
    *,
    down: Annotated[bool, typer.Option("--down", help="Go back instead.")] = False,
) -> None:
    """Bring both databases to a schema revision; ``run`` does it at start."""
    settings = _settings_or_exit()
    os.umask(PRIVATE)
    from models import migrate as migrations  # noqa: PLC0415 - as run
    from models.session import Database  # noqa: PLC0415 - as run

    for tree, url in zip(migrations.TREES, (settings.database_url, settings.evaluation_database_url), strict=True):
        database = Database(url)
        if down:
            migrations.downgrade(database, tree, to or "-1")
        else:
            migrations.upgrade(database, tree, to or "head")
        database.close()
        typer.echo(f"{tree}: {migrations.current(database, tree)}")


@cli.command(name="digest")
def print_digest(database: Annotated[Path, typer.Argument(help="An evaluation database, as a SQLite file.")]) -> None:
    """Print a digest of an evaluation database's rows without ids and times: equal contents, equal digest."""
    from models.evaluation.digest import digest  # noqa: PLC0415 - as run

    typer.echo(f"evaluation-digest {digest(f'sqlite:///{database}')}")


def main() -> None:
    """The console script."""
    cli(prog_name=Path(sys.argv[0]).name)
