"""Every Web API call and every delivery, whole in memory and masked wherever it is shown."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sandbox.mask import masked


@dataclass(repr=False)
class Call:
    """One Web API call as it came over the wire, and what was answered (None: the connection was cut instead)."""

    number: int
    method: str
    args: dict[str, Any]
    at: str
    status: int | None = None
    answer: dict[str, Any] | None = None
    fault: str | None = None
    milliseconds: float = 0.0

    @property
    def ok(self) -> bool:
        """Whether the caller was told that it worked."""
        return bool(self.status == 200 and self.answer and self.answer.get("ok"))

    def shown(self) -> dict[str, Any]:
        """The call with its answers masked."""
        return {
            "number": self.number,
            "method": self.method,
            "args": masked(self.args),
            "at": self.at,
            "status": self.status,
            "answer": masked(self.answer),
            "fault": self.fault,
            "milliseconds": round(self.milliseconds, 1),
        }

    def __repr__(self) -> str:
        return f"Call({self.shown()!r})"


@dataclass
class Attempt:
    """One sending of an envelope over one connection."""

    connection: int
    at: str
    envelope_id: str
    retry_attempt: int
    retry_reason: str


@dataclass(repr=False)
class Delivery:
    """One interaction or event on its way to the app."""

    number: int
    type: str
    kind: str
    payload: dict[str, Any]
    at: str
    attempts: list[Attempt] = field(default_factory=list)
    acked: bool = False
    ack_payload: dict[str, Any] | None = None
    milliseconds: float | None = None
    faults: list[str] = field(default_factory=list)
    failure: str | None = None

    def shown(self) -> dict[str, Any]:
        """The delivery with its answers masked."""
        return {
            "number": self.number,
            "type": self.type,
            "kind": self.kind,
            "payload": masked(self.payload),
            "at": self.at,
            "attempts": [vars(attempt) for attempt in self.attempts],
            "acked": self.acked,
            "ack_payload": masked(self.ack_payload),
            "milliseconds": None if self.milliseconds is None else round(self.milliseconds, 1),
            "faults": list(self.faults),
            "failure": self.failure,
        }

    def __repr__(self) -> str:
        return f"Delivery({self.shown()!r})"
