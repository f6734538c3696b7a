"""What a person has entered into an element: Slack's state values, and the checks that Slack's own client makes."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from sandbox.refusal import NotPossibleError
from sandbox.workspace import Workspace

REQUIRED = "Please complete this required field."
TYPED_LIMIT = 3000


@dataclass(frozen=True)
class Holds:
    """Where an element keeps its state: the key there, the key of its initial value, and the empty value."""

    key: str
    initial: str
    empty: Any = None


_ONE_OPTION = Holds("selected_option", "initial_option")
_OPTIONS = Holds("selected_options", "initial_options", [])
_TYPED = Holds("value", "initial_value")

HOLDS: dict[str, Holds] = {
    "plain_text_input": _TYPED,
    "number_input": _TYPED,
    "email_text_input": _TYPED,
    "url_text_input": _TYPED,
    "static_select": _ONE_OPTION,
    "external_select": _ONE_OPTION,
    "radio_buttons": _ONE_OPTION,
    "multi_static_select": _OPTIONS,
    "multi_external_select": _OPTIONS,
    "checkboxes": _OPTIONS,
    "users_select": Holds("selected_user", "initial_user"),
    "conversations_select": Holds("selected_conversation", "initial_conversation"),
    "channels_select": Holds("selected_channel", "initial_channel"),
    "multi_users_select": Holds("selected_users", "initial_users", []),
    "multi_conversations_select": Holds("selected_conversations", "initial_conversations", []),
    "multi_channels_select": Holds("selected_channels", "initial_channels", []),
    "datepicker": Holds("selected_date", "initial_date"),
    "timepicker": Holds("selected_time", "initial_time"),
    "datetimepicker": Holds("selected_date_time", "initial_date_time"),
    "file_input": Holds("files", "initial_files", []),
    "rich_text_input": Holds("rich_text_value", "initial_value"),
}
TYPED = {"plain_text_input", "number_input", "email_text_input", "url_text_input"}


def untouched(element: Mapping[str, Any]) -> dict[str, Any] | None:
    """The state of an element that nobody has touched, or None when it keeps no state (a button, an overflow)."""
    holds = HOLDS.get(element["type"])
    if holds is None:
        return None
    value = element.get(holds.initial)
    return {"type": element["type"], holds.key: value if value is not None else _fresh(holds.empty)}


def _fresh(empty: list[Any] | None) -> list[Any] | None:
    return list(empty) if empty is not None else None


def held(state: Mapping[str, Any]) -> str | int | list[Any] | dict[str, Any] | None:
    """What a state holds, whatever the element's type calls it."""
    value: str | int | list[Any] | dict[str, Any] | None = state.get(HOLDS[state["type"]].key)
    return value


def all_options(element: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Every option of a select, radio, checkbox or overflow element, groups opened."""
    options = list(element.get("options") or [])
    for group in element.get("option_groups") or []:
        options.extend(group["options"])
    return options


def pick(element: Mapping[str, Any], wanted: str, *, exact: bool = False) -> dict[str, Any]:
    """The option with this text or value; ``exact``: with this value.

    Raises:
        NotPossibleError: there is none.
    """
    options = all_options(element)
    for matches in (
        [o for o in options if not exact and _same(o["text"]["text"], wanted)],
        [o for o in options if o["value"] == wanted],
    ):
        if matches:
            return matches[0]
    there = ", ".join(repr(o["text"]["text"]) for o in options) or "none"
    raise NotPossibleError(f"no option {wanted!r}; there are: {there}")


def _same(left: str, right: str) -> bool:
    return " ".join(left.split()) == " ".join(right.split())


def entered(
    workspace: Workspace,
    element: Mapping[str, Any],
    value: Any,  # noqa: ANN401 - as JSON gave it
    *,
    exact: bool = False,
) -> dict[str, Any]:
    """The state of an element after a person entered ``value`` in it; None empties it.

    An option is named by its text or its value; with ``exact``, by its value alone.

    Raises:
        NotPossibleError: Slack's client would not let them.
    """
    kind = element["type"]
    holds = HOLDS.get(kind)
    if holds is None or kind in {"file_input", "rich_text_input"}:
        raise NotPossibleError(f"nothing can be entered in a {kind}")
    if value is None or value == "":
        return {"type": kind, holds.key: _fresh(holds.empty)}
    if holds.empty is not None:
        wanted = list(value) if isinstance(value, (list, tuple)) else [value]
        most = element.get("max_selected_items")
        if most is not None and len(wanted) > most:
            raise NotPossibleError(f"at most {most} can be chosen")
        return {"type": kind, holds.key: [_one(workspace, element, str(item), exact=exact) for item in wanted]}
    return {"type": kind, holds.key: _one(workspace, element, str(value), exact=exact)}


def _one(workspace: Workspace, element: Mapping[str, Any], value: str, *, exact: bool) -> str | int | dict[str, Any]:
    kind = element["type"].removeprefix("multi_")
    if kind in {"static_select", "external_select", "radio_buttons", "checkboxes"}:
        return pick(element, value, exact=exact)
    if kind == "users_select":
        return workspace.find_member(value).id
    if kind in {"conversations_select", "channels_select"}:
        return _conversation(workspace, kind, value)
    if kind in _FORMS:
        return _FORMS[kind](value)
    return value


def _conversation(workspace: Workspace, kind: str, value: str) -> str:
    if value.startswith("@") and kind == "conversations_select":
        return workspace.dm_with(workspace.find_member(value).id).id
    channel = workspace.find_channel(value)
    if kind == "channels_select" and channel.is_private:
        raise NotPossibleError(f"#{channel.name} is private, and a channels_select offers public channels only")
    return channel.id


def _a_date(value: str) -> str:
    try:
        return date.fromisoformat(value).isoformat()
    except ValueError as error:
        raise NotPossibleError(f"{value!r} is not a date as YYYY-MM-DD") from error


def _a_time(value: str) -> str:
    if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", value):
        raise NotPossibleError(f"{value!r} is not a time as HH:mm")
    return value


def _a_moment(value: str) -> int:
    if value.isdigit():
        return int(value)
    try:
        return int(datetime.fromisoformat(value).timestamp())
    except ValueError as error:
        raise NotPossibleError(f"{value!r} is neither an ISO date and time nor a Unix time") from error


_FORMS: dict[str, Callable[[str], str | int]] = {
    "datepicker": _a_date,
    "timepicker": _a_time,
    "datetimepicker": _a_moment,
}


def client_refusal(block: Mapping[str, Any], state: Mapping[str, Any] | None) -> str | None:
    """What Slack's client says beside an input before it sends anything, or None when it is content."""
    if state is None:
        return None
    value = held(state)
    if value in (None, "", []):
        return None if block.get("optional") else REQUIRED
    element = block["element"]
    if isinstance(value, str) and element["type"] in TYPED:
        return _typed_refusal(element, value)
    return None


def _typed_refusal(element: Mapping[str, Any], value: str) -> str | None:
    if element["type"] == "email_text_input":
        return None if re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", value) else "Please enter a valid email address."
    if element["type"] == "url_text_input":
        return None if re.fullmatch(r"https?://\S+", value) else "Please enter a valid URL."
    if element["type"] == "number_input":
        return _number_refusal(element, value)
    least, most = element.get("min_length") or 0, element.get("max_length") or TYPED_LIMIT
    if len(value) < least:
        return f"Please enter at least {least} characters."
    return f"Please enter at most {most} characters." if len(value) > most else None


def _number_refusal(element: Mapping[str, Any], value: str) -> str | None:
    try:
        number = Decimal(value)
    except InvalidOperation:
        return "Please enter a number."
    if not element.get("is_decimal_allowed") and number != number.to_integral_value():
        return "Please enter a whole number."
    if element.get("min_value") and number < Decimal(element["min_value"]):
        return f"Please enter a number of {element['min_value']} or more."
    if element.get("max_value") and number > Decimal(element["max_value"]):
        return f"Please enter a number of {element['max_value']} or less."
    return None
