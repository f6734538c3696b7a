"""Slack's rate limits, off unless switched on. Source: docs.slack.dev/apis/web-api/rate-limits."""

from __future__ import annotations

import math
import time
from collections import defaultdict, deque
from collections.abc import Callable

PER_MINUTE = {"t1": 1, "t2": 20, "t3": 50, "t4": 100, "post": 300, "many": 600}
"""Calls a minute: Slack says "at least" for the tiers and "several hundred" for posts; these are the floors."""


class RateLimits:
    """Counts calls per method in a window of a minute, and posts per channel in a window of a second."""

    def __init__(self, *, on: bool, monotonic: Callable[[], float] = time.monotonic) -> None:
        """Off, it lets everything pass; ``monotonic`` gives seconds of machine time."""
        self.on = on
        self._monotonic = monotonic
        self._windows: defaultdict[tuple[str, str], deque[float]] = defaultdict(deque)

    def take(self, method: str, tier: str, channel: str | None) -> int | None:
        """None when the call may pass (and is counted), else the seconds to wait (Retry-After, at least 1)."""
        if not self.on:
            return None
        windows = [((method, ""), PER_MINUTE[tier], 60.0)]
        if tier == "post" and channel:
            windows.append(((method, channel), 1, 1.0))
        now = self._monotonic()
        waits = []
        for key, most, span in windows:
            times = self._windows[key]
            while times and times[0] <= now - span:
                times.popleft()
            if len(times) >= most:
                waits.append(times[0] + span - now)
        if waits:
            return max(1, math.ceil(max(waits)))
        for key, _most, _span in windows:
            self._windows[key].append(now)
        return None
