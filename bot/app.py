"""The composition root: everything meets here, and nowhere else."""

import datetime as dt
import hashlib
import os
import threading
import time
from dataclasses import dataclass

import structlog
from slack_bolt import App
from slack_sdk import WebClient

import handlers
from bot.programme_time import Listener, ServedClock
from bot.scheduler import Worker
from bot.sender import Sender
from bot.settings import Settings
from bot.slack import Messenger, SlackDirectory, plain_client
from bot.socket_mode import Connection
from fellowship.clock import SystemClock, machine_now
from fellowship.ports import Clock
from fellowship.services import people
from handlers.show import Deps
from jobs import Deps as JobDeps
from models import migrate
from models.session import Database

log = structlog.get_logger()


STOP_SECONDS = 8
"""A supervisor waits ten seconds after SIGTERM; a claimed message that is cut off is settled at the next start."""

ANSWER_SECONDS = 2
"""A modal must be open within three seconds of the click (https://docs.slack.dev/surfaces/modals)."""


@dataclass
class FellowshipBot:
    """The running bot: its Bolt app, its worker, and its two databases."""

    app: App
    worker: Worker
    operational: Database
    evaluation: Database
    listener: Listener | None
    connection: Connection

    def start(self) -> None:
        """Serve Slack over Socket Mode and do what is due, from now on."""
        self.connection.connect()
        self.worker.start()
        if self.listener is not None:
            self.listener.start()
        log.info("started")

    def stop(self) -> None:
        """Take no more deliveries, finish those under way and the message being sent, close the databases."""
        until = time.monotonic() + STOP_SECONDS
        if self.listener is not None:
            self.listener.stop()
        self.worker.finish()
        self.connection.drain_and_close()
        self.worker.wait(until - time.monotonic())
        self.operational.close()
        self.evaluation.close()
        log.info("stopped")


def create_app(settings: Settings, *, clock: Clock | None = None) -> FellowshipBot:
    """The bot, wired for ``settings``; both databases are migrated and the workspace is on record afterwards.

    ``clock`` overrides programme time, for tests. Raises slack_sdk.errors.SlackApiError for tokens that Slack refuses.
    """
    token = settings.slack_bot_token.get_secret_value()
    client = plain_client(token, settings.slack_api_url, settings.http_timeout_seconds)
    me = client.auth_test()
    workspace_id = str(me["team_id"])
    served = ServedClock(settings.programme_clock_url) if settings.programme_clock_url and clock is None else None
    programme_clock = clock or served or SystemClock()
    operational, evaluation = Database(settings.database_url), Database(settings.evaluation_database_url)
    migrate.upgrade(operational, "operational")
    migrate.upgrade(evaluation, "evaluation")
    _welcome(operational, workspace_id, str(me["user_id"]), settings, programme_clock.now())

    sender = Sender(
        operational,
        Messenger(client),
        programme_clock,
        machine_now,
        workspace_id=workspace_id,
        settle=dt.timedelta(seconds=settings.settle_seconds),
    )
    job_deps = JobDeps(
        operational, evaluation, programme_clock, SlackDirectory(client), settings.policies, workspace_id
    )
    worker = Worker(job_deps, sender, settings.tick_seconds)
    app = _bolt_app(plain_client(token, settings.slack_api_url, ANSWER_SECONDS))
    secret = hashlib.blake2b(token.encode(), person=b"inbox").digest()
    handlers.register(app, Deps(operational, evaluation, programme_clock, settings.policies, secret, wake=worker.wake))
    listener = None
    if served is not None:
        listener = Listener(served, f"bot-{os.getpid()}-{threading.get_ident()}", worker.live, worker.coming)
    connection = Connection(app, settings.slack_app_token.get_secret_value())
    return FellowshipBot(app, worker, operational, evaluation, listener, connection)


def _bolt_app(client: WebClient) -> App:
    return App(
        client=client,
        # Saved, then acknowledged, as the listener's last statement; it also spares Bolt's 10 ms wait (docs/adr/0002).
        process_before_response=True,
        token_verification_enabled=False,  # create_app has asked already
    )


def _welcome(database: Database, workspace_id: str, bot_user_id: str, settings: Settings, now: dt.datetime) -> None:
    with database.write() as session:
        people.welcome_workspace(session, workspace_id, bot_user_id, now)
        people.set_directors(session, workspace_id, settings.associate_directors, now)
