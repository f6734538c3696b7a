"""Rounds in which a click and its floors take turns, delivery by delivery: the machine's moods hit all alike."""

import contextlib
import datetime as dt
import gc
import itertools
import json
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from pydantic import SecretStr
from slack_bolt import App, BoltRequest
from slack_sdk import WebClient
from sqlalchemy import func, select

from benchmarks import floors
from benchmarks.clicks import NOBODYS_EVENT, answer_clicks, nobodys_event
from benchmarks.engines import Engine
from benchmarks.loopback import WORKSPACE_ID, Loopback
from benchmarks.seed import DIRECTOR, FELLOWS, Invitation, seed
from bot.app import FellowshipBot, create_app
from bot.settings import Settings
from bot.slack import plain_client
from fellowship.clock import machine_now
from handlers import ROUTES
from handlers.payload import Kind
from models.operational import Answer, Inbox, Outbox
from models.session import Database

ROUNDS = 7
CLICKS = 240
"""Deliveries of each kind in a round: twenty presses by each of twelve fellows."""
WARM_UP = 60
"""Before the first round: drivers prepare statements after a few uses, caches fill, and every fellow has answered."""

CLICK, NO_OP, BY_HAND, EVENT, BARE_EVENT = "click", "no-op", "by hand", "event", "bare event"


@dataclass(frozen=True)
class Round:
    """Medians of one round, in microseconds by what was measured."""

    p50_us: dict[str, float]


@dataclass(frozen=True)
class Measured:
    """One engine's rounds."""

    engine: str
    durability: str
    statements: int
    """How many a click executes, BEGIN among them where it is one; the commit comes on top."""
    rounds: tuple[Round, ...]

    def p50_us(self, what: str) -> float:
        """The median of the rounds' medians."""
        return statistics.median(each.p50_us[what] for each in self.rounds)

    def ratio(self, what: str, floor: str) -> tuple[float, float, float]:
        """Of the rounds' ratios: the median, the least and the greatest."""
        ratios = [each.p50_us[what] / each.p50_us[floor] for each in self.rounds]
        return statistics.median(ratios), min(ratios), max(ratios)

    def beyond(self) -> float:
        """The click over the statements by hand, with the bare dispatch taken off both."""
        return statistics.median(
            (each.p50_us[CLICK] - each.p50_us[NO_OP]) / (each.p50_us[BY_HAND] - each.p50_us[NO_OP])
            for each in self.rounds
        )


class Bench:
    """One engine with three equal databases: clicked, written by hand, and clicked to note the statements."""

    def __init__(self, engine: Engine, loopback: Loopback) -> None:
        self._engine = engine
        self._loopback = loopback
        self._evaluation_url = engine.make("evaluation")
        self._clicked, self._invitations = self._seeded()
        self._noted = create_app(self._settings(engine.copy("clicked", "noted")))
        self._by_hand = Database(engine.copy("clicked", "by_hand"))
        self._recorder = floors.Recorder(self._noted.operational)
        self._driver = floors.Driver(self._by_hand)
        self._script: list[tuple[floors.Statement, ...]] = []
        client = self._client()
        self._apps = {
            CLICK: self._clicked.app,
            NO_OP: floors.bare_action(client),
            BY_HAND: floors.by_hand(client, self._driver, iter(lambda: self._script.pop(0), None)),
            EVENT: self._clicked.app,
            BARE_EVENT: floors.bare_event(client),
        }
        assert NOBODYS_EVENT not in ROUTES[Kind.EVENT]

    def _settings(self, url: str) -> Settings:
        return Settings(
            _env_file=None,
            slack_bot_token=SecretStr("xoxb-bench"),
            slack_app_token=SecretStr("xapp-bench"),
            slack_api_url=self._loopback.url,
            database_url=url,
            evaluation_database_url=self._evaluation_url,
            associate_directors=(DIRECTOR,),
        )

    def _seeded(self) -> tuple[FellowshipBot, list[Invitation]]:
        settings = self._settings(self._engine.make("clicked"))
        bot = create_app(settings)
        invitations = seed(bot.operational, WORKSPACE_ID, settings.policies, machine_now())
        bot.operational.close()  # a PostgreSQL database is copied while nobody is connected to it
        return bot, invitations

    def _client(self) -> WebClient:
        return plain_client("xoxb-bench", self._loopback.url, 10)

    def measure(self) -> Measured:
        """Every round, after a warm-up; raises AssertionError if the click and the script left different answers."""
        clicks = answer_clicks(self._invitations, int(machine_now().timestamp() * 1_000_000))
        self._round(clicks, WARM_UP)
        asked = self._loopback.calls
        rounds = tuple(self._round(clicks, CLICKS) for _ in range(ROUNDS))
        assert self._loopback.calls == asked, "a click must cost no call to Slack"
        self._check(WARM_UP + ROUNDS * CLICKS)
        durability = self._engine.durability(self._clicked.operational)
        return Measured(self._engine.name, durability, self._statements, rounds)

    def _round(self, clicks: Iterator[str], count: int) -> Round:
        bodies = list(itertools.islice(clicks, count))
        event = nobodys_event()
        for body in bodies:
            _deliver(self._noted.app, body)
            self._script.append(self._recorder.take())
        self._statements = len(self._script[-1])
        took: dict[str, list[int]] = {what: [] for what in self._apps}
        order = list(self._apps)
        gc.collect()
        for body in bodies:
            for what in order:
                delivered = event if what in {EVENT, BARE_EVENT} else body
                took[what].append(_deliver(self._apps[what], delivered))
            order.append(order.pop(0))  # nobody always runs after the same neighbour
        return Round({what: statistics.median(each) / 1000 for what, each in took.items()})

    def _check(self, clicks: int) -> None:
        clicked, by_hand = _kept(self._clicked.operational), _kept(self._by_hand)
        assert clicked == by_hand, "the floor must leave exactly what the clicks leave"
        assert len(clicked.answers) == FELLOWS, "every fellow must have an answer"
        assert clicked.worked_in == clicked.to_edit == clicks, "every click must be worked in and its message edited"

    def close(self) -> None:
        """Close every connection."""
        self._driver.close()
        self._by_hand.close()
        for bot in (self._clicked, self._noted):
            bot.operational.close()
            bot.evaluation.close()


@dataclass(frozen=True)
class Kept:
    """What the clicks left in a database."""

    answers: tuple[tuple[object, ...], ...]
    worked_in: int
    to_edit: int


def _kept(database: Database) -> Kept:
    given = select(Answer.respondent_ref, Answer.item_id, Answer.value, Answer.missing, Answer.given_us)
    with database.read() as session:
        return Kept(
            tuple(tuple(row) for row in session.execute(given.order_by(Answer.respondent_ref))),
            session.scalar(select(func.count()).where(Inbox.dedupe_key.startswith("action:"))) or 0,
            session.scalar(select(func.count()).where(Outbox.edits_ts != "")) or 0,
        )


def _deliver(app: App, body: str) -> int:
    """Dispatch as Socket Mode does; returns the nanoseconds from the parsed body to the acknowledgement."""
    parsed = json.loads(body)
    clock: Callable[[], int] = time.perf_counter_ns
    begun = clock()
    answer = app.dispatch(BoltRequest(mode="socket_mode", body=parsed))
    took = clock() - begun
    assert answer.status == 200
    assert not answer.body
    return took


def measure(engine: Engine, loopback: Loopback) -> Measured:
    """The engine's rounds, from an empty server to closed connections."""
    with contextlib.closing(Bench(engine, loopback)) as bench:
        return bench.measure()


def today() -> dt.date:
    """The day of the run."""
    return machine_now().date()
