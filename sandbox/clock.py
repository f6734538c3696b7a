"""Programme time: it stands still until told to move, or ticks with the machine, and an app can live by it.

A client (the app under test) long-polls ``wait``: with ``seen=n`` it says that it has lived everything due at version
n, and when it next needs to wake. ``advance`` then steps from one such moment to the next, waiting for everybody.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sandbox.refusal import NotPossibleError
from sandbox.waiting import Change

LONG_POLL_SECONDS = 20.0
_REPEATS_ALLOWED = 3


def parse_instant(text: str) -> datetime:
    """The aware instant that an ISO text with an offset names, in UTC.

    Raises:
        NotPossibleError: the text is no ISO instant, or names no offset.
    """
    try:
        instant = datetime.fromisoformat(text)
    except ValueError as error:
        raise NotPossibleError(f"{text!r} is not an ISO date and time") from error
    if instant.tzinfo is None:
        raise NotPossibleError(f"{text!r} has no offset from UTC")
    return instant.astimezone(UTC)


@dataclass
class ClockClient:
    """One process that lives by the clock."""

    name: str
    seen: int | None = None
    next_due: datetime | None = None
    upcoming: list[dict[str, str]] = field(default_factory=list)
    waiting: bool = False
    turn: int = 0


class ProgrammeClock:
    """The workspace's time, owned by one event loop; ``now`` may be read from any thread."""

    def __init__(self, now: datetime | None, *, running: bool, monotonic: Callable[[], float] = time.monotonic) -> None:
        """Start at ``now`` (UTC; the machine's time when None), frozen or running."""
        self._monotonic = monotonic
        self._base = (now or datetime.now(UTC)).astimezone(UTC)
        self._base_at = monotonic()
        self.running = running
        self.version = 1
        self.clients: dict[str, ClockClient] = {}
        self.plans = 0
        """How often what is coming has changed."""
        self.change = Change()
        self.closing = False
        self._advancing: asyncio.Lock | None = None

    @property
    def now(self) -> datetime:
        """Programme time, in UTC."""
        if not self.running:
            return self._base
        return self._base + timedelta(seconds=self._monotonic() - self._base_at)

    def face(self) -> dict[str, Any]:
        """What ``GET /sandbox/clock`` answers."""
        upcoming = sorted(
            ({**item, "client": client.name} for client in self.clients.values() for item in client.upcoming),
            key=lambda item: (item.get("at", ""), item.get("what", "")),
        )
        return {
            "now": self.now.isoformat(),
            "version": self.version,
            "running": self.running,
            "clients": [
                {
                    "client": client.name,
                    "seen": client.seen,
                    "next_due": client.next_due.isoformat() if client.next_due else None,
                    "waiting": client.waiting,
                }
                for client in self.clients.values()
            ],
            "upcoming": upcoming,
        }

    def run(self, *, running: bool) -> None:
        """Tick with the machine from here, or stand still from here."""
        self._set(self.now)
        self.running = running
        self._bump()

    def ask(self) -> None:
        """Have every client say afresh what it is due; time does not move."""
        self._bump()

    def close(self) -> None:
        """Let every waiter go: the workspace is closing."""
        self.closing = True
        self.change.fire()

    def _set(self, instant: datetime) -> None:
        self._base = instant
        self._base_at = self._monotonic()

    def _bump(self) -> None:
        self.version += 1
        self.change.fire()

    async def wait(
        self,
        name: str,
        *,
        seen: int | None,
        next_due: datetime | None,
        upcoming: Sequence[Mapping[str, str]] = (),
        seconds: float = LONG_POLL_SECONDS,
    ) -> dict[str, Any]:
        """Register what the client has lived and answer when the version is past ``seen`` (or the poll ends)."""
        client = self.clients.setdefault(name, ClockClient(name))
        client.turn += 1
        turn = client.turn
        client.seen, client.next_due = seen, next_due
        planned = [dict(item) for item in upcoming]
        if planned != client.upcoming:
            client.upcoming = planned
            self.plans += 1
        client.waiting = True
        self.change.fire()
        try:
            await self.change.until(
                lambda: self.closing or client.turn != turn or seen is None or self.version > seen, seconds
            )
        except asyncio.CancelledError:
            self.forget(name, turn)
            raise
        if client.turn == turn:
            client.waiting = False
        return {"now": self.now.isoformat(), "version": self.version}

    def forget(self, name: str, turn: int | None = None) -> None:
        """Drop a client whose connection broke, unless it has called again since."""
        client = self.clients.get(name)
        if client is not None and (turn is None or client.turn == turn):
            del self.clients[name]
            self.change.fire()

    def _settled(self) -> bool:
        return all((client.seen or 0) >= self.version and client.waiting for client in self.clients.values())

    def _next_due(self) -> datetime | None:
        return min((client.next_due for client in self.clients.values() if client.next_due), default=None)

    async def _settle(self, deadline: float) -> None:
        left = deadline - time.monotonic()
        if await self.change.until(lambda: self.closing or self._settled(), left):
            return
        behind = [
            client.name for client in self.clients.values() if (client.seen or 0) < self.version or not client.waiting
        ]
        for name in behind:
            self.forget(name)
        raise NotPossibleError(
            f"{', '.join(behind)} did not come back to the clock after {self.now.isoformat()} (version {self.version})"
        )

    async def advance(
        self, to: datetime | str, *, wait: bool = True, seconds: float = 60.0
    ) -> tuple[datetime, list[datetime]]:
        """Move to ``to``, or to the ``"next"`` due moment, stopping at each moment that a client is due.

        Args:
            to: an instant not before now, or ``"next"``.
            wait: at each step, wait until every client has lived it; without, jump.
            seconds: of machine time for the whole way.

        Returns:
            The time now and the instants stepped to.

        Raises:
            NotPossibleError: ``to`` is in the past, nobody lives by this clock, a client does not come back, or its
                next due moment does not move.
        """
        if self._advancing is None:
            self._advancing = asyncio.Lock()
        async with self._advancing:
            if isinstance(to, datetime) and to < self.now:
                raise NotPossibleError(f"time does not go back: it is {self.now.isoformat()}")
            if not wait:
                target = (self._next_due() or self.now) if isinstance(to, str) else to
                self._set(max(target, self.now))
                self._bump()
                return self.now, [self.now]
            deadline = time.monotonic() + seconds
            if not await self.change.until(lambda: self.closing or bool(self.clients), seconds):
                raise NotPossibleError("nobody lives by this clock: no client has called /sandbox/clock/wait")
            # What a client planned since it last called is not known here yet.
            self.ask()
            await self._settle(deadline)
            return self.now, await self._steps(to, deadline)

    async def _steps(self, to: datetime | str, deadline: float) -> list[datetime]:
        steps: list[datetime] = []
        repeated, last_due = 0, None
        while not self.closing:
            due, now = self._next_due(), self.now
            if isinstance(to, str) and (steps or due is None):
                break
            if not isinstance(to, str) and now >= to and (due is None or due > to):
                break
            repeated = repeated + 1 if due is not None and due == last_due and due <= now else 0
            if repeated >= _REPEATS_ALLOWED:
                late = [client.name for client in self.clients.values() if client.next_due == due]
                raise NotPossibleError(
                    f"{', '.join(late)} keeps saying that {due.isoformat() if due else 'now'} is due"
                    f" and does not move on at {now.isoformat()}"
                )
            last_due = due
            limit = due if isinstance(to, str) else min(due, to) if due else to
            self._set(max(limit or now, now))
            steps.append(self.now)
            self._bump()
            await self._settle(deadline)
        return steps

    async def tick(self) -> None:
        """While the clock runs, wake the clients when a moment that one of them is due comes. Runs until cancelled."""
        woken: datetime | None = None
        while not self.closing:
            due = self._next_due()
            if not self.running or due is None or due == woken:
                await self.change.wait(1.0)
                continue
            left = (due - self.now).total_seconds()
            if left > 0:
                await self.change.wait(min(left, 1.0))
                continue
            woken = due
            self._bump()
