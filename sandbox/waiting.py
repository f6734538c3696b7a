"""Waiting for something to change, on the one event loop that owns the workspace."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


class Change:
    """Wakes everyone who waits for the next change."""

    def __init__(self) -> None:
        """Nobody waits yet."""
        self._waiters: set[asyncio.Future[None]] = set()

    def fire(self) -> None:
        """Wake all who wait. Only from the loop that they wait on."""
        for waiter in self._waiters:
            if not waiter.done():
                waiter.set_result(None)

    async def wait(self, seconds: float | None = None) -> None:
        """Return at the next change, or after ``seconds`` of machine time without one."""
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiters.add(waiter)
        try:
            await asyncio.wait([waiter], timeout=seconds)
        finally:
            self._waiters.discard(waiter)
            waiter.cancel()

    async def until(self, condition: Callable[[], bool], seconds: float) -> bool:
        """Whether ``condition`` came true within ``seconds`` of machine time; it is asked again at each change."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + seconds
        while not condition():
            left = deadline - loop.time()
            if left <= 0:
                return False
            await self.wait(left)
        return True
