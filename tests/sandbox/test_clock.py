from __future__ import annotations

import http.client
import json
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sandbox.driver import NotThereError, Workspace
from sandbox.server import Sandbox
from tests.sandbox.conftest import NOW, manifest

HOUR = timedelta(hours=1)


class LivingClient:
    """A process that lives by the clock: at each version it notes the time and says when it is due next."""

    def __init__(self, sandbox: Sandbox, name: str, due: list[datetime], *, stuck: bool = False) -> None:
        self.sandbox = sandbox
        self.name = name
        self.due = due
        self.stuck = stuck
        self.lived: list[datetime] = []
        self.stopped = False
        self._thread = threading.Thread(target=self._live)
        self._thread.start()

    def _live(self) -> None:
        seen: int | None = None
        try:
            while not self.stopped:
                upcoming = [{"at": at.isoformat(), "what": f"{self.name}'s work"} for at in self.due]
                answer = wait(self.sandbox, self.name, seen, self.due[0] if self.due else None, upcoming)
                seen, now = answer["version"], datetime.fromisoformat(answer["now"])
                self.lived.append(now)
                while self.due and self.due[0] <= now and not self.stuck:
                    self.due.pop(0)
        except (http.client.HTTPException, OSError, ValueError, KeyError):
            return

    def join(self) -> None:
        self.stopped = True
        self._thread.join(5)
        assert not self._thread.is_alive()


def wait(
    sandbox: Sandbox, name: str, seen: int | None, due: datetime | None, upcoming: list[dict[str, str]] | None = None
) -> dict[str, Any]:
    connection = http.client.HTTPConnection(sandbox.url.removeprefix("http://"), timeout=25)
    try:
        body = {"client": name, "seen": seen, "next_due": due.isoformat() if due else None, "upcoming": upcoming or []}
        connection.request("POST", "/sandbox/clock/wait", json.dumps(body).encode())
        answer: dict[str, Any] = json.loads(connection.getresponse().read())
        return answer
    finally:
        connection.close()


@pytest.fixture
def living(sandbox: Sandbox) -> Iterator[list[LivingClient]]:
    clients: list[LivingClient] = []
    yield clients
    for client in clients:
        client.stopped = True
    sandbox.stop()
    for client in clients:
        client.join()


def until(condition: Callable[[], object], seconds: float = 3.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.005)


def test_the_clock_stands_still_until_told_to_move(sandbox: Sandbox, slack: Workspace) -> None:
    assert slack.now == sandbox.now == NOW
    assert slack.clock["running"] is False
    time.sleep(0.02)
    assert slack.now == NOW
    slack.advance(by=HOUR, wait=False)
    assert slack.now == NOW + HOUR
    with pytest.raises(NotThereError, match="time does not go back"):
        slack.advance(NOW)


def test_time_is_stepped_from_one_due_moment_of_two_clients_to_the_next(
    sandbox: Sandbox, slack: Workspace, living: list[LivingClient]
) -> None:
    one = LivingClient(sandbox, "one", [NOW + HOUR, NOW + 3 * HOUR, NOW + 30 * HOUR])
    two = LivingClient(sandbox, "two", [NOW + 2 * HOUR, NOW + 3 * HOUR])
    living += [one, two]
    until(lambda: len(slack.clock["clients"]) == 2)
    assert [entry["what"] for entry in slack.clock["upcoming"]][:2] == ["one's work", "two's work"]
    steps = slack.advance(NOW + 5 * HOUR)
    assert steps == [NOW + n * HOUR for n in (1, 2, 3, 5)]
    for client in (one, two):
        until(lambda: living[0].lived[-1] == living[1].lived[-1] == NOW + 5 * HOUR)
        assert [at for at in client.lived if at > NOW] == steps
    assert slack.advance("next") == [NOW + 30 * HOUR]
    assert slack.advance("next") == []
    assert sandbox.advance(by=HOUR) == [NOW + 31 * HOUR]


def test_advance_waits_for_somebody_to_live_by_the_clock(slack: Workspace) -> None:
    with pytest.raises(NotThereError, match="nobody lives by this clock"):
        slack.advance(by=HOUR, seconds=0.05)


def test_a_client_whose_next_due_does_not_move_is_named(
    sandbox: Sandbox, slack: Workspace, living: list[LivingClient]
) -> None:
    living.append(LivingClient(sandbox, "stuck", [NOW + HOUR], stuck=True))
    with pytest.raises(NotThereError, match="stuck keeps saying that 2026-03-03T10:00:00"):
        slack.advance(by=2 * HOUR)


def test_a_client_that_does_not_come_back_is_named_and_then_forgotten(sandbox: Sandbox, slack: Workspace) -> None:
    wait(sandbox, "gone", None, NOW + HOUR)
    with pytest.raises(NotThereError, match="gone did not come back"):
        slack.advance(by=HOUR, seconds=0.1)
    assert slack.clock["clients"] == []


def test_a_broken_connection_removes_the_client(sandbox: Sandbox, slack: Workspace) -> None:
    connection = http.client.HTTPConnection(sandbox.url.removeprefix("http://"), timeout=5)
    body = {"client": "fragile", "seen": slack.clock["version"], "next_due": None}
    connection.request("POST", "/sandbox/clock/wait", json.dumps(body).encode())
    until(lambda: [client["waiting"] for client in slack.clock["clients"]] == [True])
    connection.close()
    until(lambda: slack.clock["clients"] == [])


def test_a_running_clock_ticks_and_wakes_the_client_when_it_is_due(sandbox: Sandbox, slack: Workspace) -> None:
    version = slack.clock["version"]
    slack.run_clock(running=True)
    version = slack.clock["version"]
    due = slack.now + timedelta(seconds=0.15)
    began = time.monotonic()
    answer = wait(sandbox, "app", version, due)
    assert answer["version"] > version
    assert datetime.fromisoformat(answer["now"]) >= due
    assert 0.05 < time.monotonic() - began < 2
    slack.run_clock(running=False)
    stopped = slack.now
    time.sleep(0.02)
    assert slack.now == stopped


def test_without_a_given_time_the_clock_is_the_machines() -> None:
    with Sandbox(manifest=manifest()) as running:
        assert abs(running.now - datetime.now(UTC)) < timedelta(seconds=5)
        assert running.clock.running


def test_an_instant_without_an_offset_is_refused(slack: Workspace) -> None:
    with pytest.raises(NotThereError, match="no offset from UTC"):
        slack.ask("POST", "/clock/advance", {"to": "2026-03-04T09:00:00"})
    with pytest.raises(ValueError, match="offset"):
        Sandbox(manifest=manifest(), now=datetime(2026, 3, 4))  # noqa: DTZ001 - the point of the test
