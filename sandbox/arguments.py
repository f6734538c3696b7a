"""The arguments of one Web API call, in whichever of Slack's three encodings they came."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from sandbox.refusal import RefusalError

_JSON_ARGUMENTS = {"blocks", "attachments", "metadata", "view", "files"}


def decode(content_type: str, body: bytes, query: str) -> dict[str, Any]:
    """The arguments from a query string and a JSON or form body (an empty body is no arguments).

    Raises:
        RefusalError: ``invalid_json`` or ``json_not_object``.
    """
    args: dict[str, Any] = dict(parse_qsl(query, keep_blank_values=True))
    if body and content_type.startswith("application/json"):
        try:
            sent = json.loads(body)
        except ValueError as error:
            raise RefusalError("invalid_json") from error
        if not isinstance(sent, dict):
            raise RefusalError("json_not_object")
        return args | sent
    if body:
        args |= dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
    for name in _JSON_ARGUMENTS & args.keys():
        try:
            args[name] = json.loads(args[name])
        except ValueError as error:
            raise RefusalError("invalid_blocks_format" if name == "blocks" else f"invalid_{name}") from error
    return args


class Arguments:
    """Typed reading of the arguments; what is missing or of the wrong kind is refused as Slack does."""

    def __init__(self, given: Mapping[str, Any]) -> None:
        """Wrap decoded arguments."""
        self.given = given

    def text(self, name: str, *, missing: str = "invalid_arguments") -> str:
        """A string that must be there.

        Raises:
            RefusalError: it is not; ``missing`` is the error code.
        """
        value = self.given.get(name)
        if value in (None, ""):
            raise RefusalError(missing, messages=[f"[ERROR] missing required field: {name}"])
        return str(value)

    def maybe(self, name: str) -> str | None:
        """A string, or None when it is absent or empty."""
        value = self.given.get(name)
        return None if value in (None, "") else str(value)

    def flag(self, name: str, *, default: bool = False) -> bool:
        """A boolean, from JSON or as 0, 1, true, false."""
        value = self.given.get(name)
        return default if value in (None, "") else str(value).lower() in {"1", "true"}

    def number(self, name: str, default: int, most: int) -> int:
        """A whole number from 1 to ``most``.

        Raises:
            RefusalError: ``invalid_limit``-like, when it is none.
        """
        value = self.given.get(name)
        if value in (None, ""):
            return default
        try:
            number = int(str(value))
        except ValueError as error:
            raise RefusalError("invalid_arguments", messages=[f"[ERROR] {name} must be an integer"]) from error
        if number < 1:
            raise RefusalError(f"invalid_{name}")
        return min(number, most)

    def raw(self, name: str) -> Any:  # noqa: ANN401 - JSON of any shape; validation follows
        """Whatever was given, or None."""
        return self.given.get(name)

    def ids(self, name: str) -> list[str]:
        """A list of ids, from JSON or separated by commas."""
        value = self.given.get(name)
        if isinstance(value, list):
            return [str(item) for item in value]
        return [part.strip() for part in str(value or "").split(",") if part.strip()]
