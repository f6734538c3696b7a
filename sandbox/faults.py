"""Faults by name: armed with a count and a filter, and then real on the wire."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from fnmatch import fnmatchcase
from typing import Any

from sandbox.refusal import NotPossibleError

CALL_FAULTS: Mapping[str, str] = {
    "429": "the call is refused with Retry-After; nothing happens",
    "500_before": "HTTP 500; nothing happened",
    "500_after": "HTTP 500; the effect happened",
    "drop_before": "the TCP connection is reset; nothing happened",
    "drop_after": "the TCP connection is reset; the effect happened",
    "internal_error_after": "ok false, internal_error; the effect happened",
    "hang": "the answer waits for so many seconds; the effect happens at once",
}
DELIVERY_FAULTS: Mapping[str, str] = {
    "duplicate": "the same envelope is sent twice at once",
    "late": "the same envelope is sent again after so many seconds",
    "lost_ack": "the ack is lost: the member sees a failure, an event is delivered again",
    "disconnect": "the connection that would carry the envelope is reset instead; the envelope is lost with it",
}


@dataclass
class Fault:
    """One armed fault. ``method`` is a Web API method, or an envelope's or payload's type; both may hold ``*``."""

    id: int
    name: str
    count: int | None
    skip: int = 0
    method: str = "*"
    channel: str | None = None
    seconds: float = 1.0
    retry_after: int = 1
    fired: int = 0


class Faults:
    """The faults that are armed, oldest first."""

    def __init__(self) -> None:
        """Nothing is armed."""
        self._ids = itertools.count(1)
        self.armed: list[Fault] = []

    def arm(
        self,
        name: str,
        *,
        count: int | None = 1,
        skip: int = 0,
        method: str = "*",
        channel: str | None = None,
        seconds: float = 1.0,
        retry_after: int = 1,
    ) -> Fault:
        """Arm a fault for the next ``count`` matching calls or deliveries (None: until disarmed), after ``skip``.

        Raises:
            NotPossibleError: no fault has this name.
        """
        if name not in CALL_FAULTS and name not in DELIVERY_FAULTS:
            known = ", ".join([*CALL_FAULTS, *DELIVERY_FAULTS])
            raise NotPossibleError(f"no fault is called {name!r}; there are: {known}")
        fault = Fault(next(self._ids), name, count, skip, method, channel, seconds, retry_after)
        self.armed.append(fault)
        return fault

    def disarm(self, fault_id: int | None = None) -> None:
        """Disarm one fault, or all."""
        self.armed = [fault for fault in self.armed if fault_id is not None and fault.id != fault_id]

    def for_call(self, method: str, channels: set[str]) -> Fault | None:
        """The oldest fault armed for this call, counted as used."""
        return next(iter(self._take(CALL_FAULTS, {method}, channels, most=1)), None)

    def for_delivery(self, kinds: set[str], channels: set[str]) -> list[Fault]:
        """Every fault armed for this delivery, one of a name, counted as used."""
        return self._take(DELIVERY_FAULTS, kinds, channels, most=len(DELIVERY_FAULTS))

    def _take(self, names: Mapping[str, str], kinds: set[str], channels: set[str], *, most: int) -> list[Fault]:
        taken: list[Fault] = []
        for fault in list(self.armed):
            fits = any(fnmatchcase(kind, fault.method) for kind in kinds)
            fits = fits and (fault.channel is None or fault.channel in channels)
            if not fits or fault.name not in names or fault.name in {other.name for other in taken}:
                continue
            if fault.skip:
                fault.skip -= 1
                continue
            if len(taken) == most:
                break
            taken.append(fault)
            fault.fired += 1
            if fault.count is not None:
                fault.count -= 1
                if fault.count <= 0:
                    self.armed.remove(fault)
        return taken

    def shown(self) -> list[dict[str, Any]]:
        """The armed faults as JSON."""
        return [asdict(fault) for fault in self.armed]
