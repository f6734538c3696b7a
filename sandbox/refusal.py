"""A Web API answer that says no, in Slack's own error words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


class RefusalError(Exception):
    """Slack's ``ok: false``: an error code and whatever else the answer carries."""

    def __init__(self, error: str, *, messages: Sequence[str] = (), extra: Mapping[str, Any] | None = None) -> None:
        """Hold the code, the json-pointer messages of a failed validation, and further fields of the answer."""
        super().__init__(error)
        self.error = error
        self.messages = tuple(messages)
        self.extra = dict(extra or {})

    def answer(self) -> dict[str, Any]:
        """The body that goes over the wire (with HTTP status 200)."""
        body: dict[str, Any] = {"ok": False, "error": self.error, **self.extra}
        if self.messages:
            body["errors"] = list(self.messages)
            body["response_metadata"] = {"messages": list(self.messages)}
        return body


class NotPossibleError(Exception):
    """What a member asked of the driver cannot be done; the sentence says what there is instead."""
