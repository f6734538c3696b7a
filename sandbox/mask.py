"""What people answered is hidden wherever a call or a delivery is shown.

Hidden: state values, what was chosen or typed in an action (a button's own text and value too, since they may be an
answer, and a number at the end of its action_id), every ``initial_…`` of an element, the words typed after a command,
and the text of messages that people wrote. Shown: types, ids, what the app itself says.
"""

from __future__ import annotations

import re
from typing import Any

HIDDEN = "•••"
_EMPTY: tuple[Any, ...] = (None, "", [], {})
_NUMBERED = re.compile(r"([.:|/#_-])-?\d+$")


def hide(value: Any) -> Any:  # noqa: ANN401 - any JSON, and None stays None
    """``•••`` in place of a value; emptiness is not an answer and stays."""
    return value if value in _EMPTY else HIDDEN


def masked(value: Any) -> Any:  # noqa: ANN401 - any JSON in, the same shape out
    """A copy of a call's arguments, an answer or a payload in which no answer can be read."""
    if isinstance(value, list):
        return [masked(item) for item in value]
    if not isinstance(value, dict):
        return value
    if _is_typed_message(value):
        value = {**value, "text": hide(value.get("text")), "blocks": hide(value.get("blocks"))}
    result: dict[str, Any] = {}
    for name, part in value.items():
        if name == "state" and isinstance(part, dict):
            result[name] = {"values": _state_values(part.get("values"))}
        elif name == "actions" and isinstance(part, list):
            result[name] = [_action(action) for action in part]
        elif name.startswith(("initial_", "selected_")) or (name == "text" and "command" in value):
            result[name] = hide(part)
        else:
            result[name] = masked(part)
    return result


def _is_typed_message(value: dict[str, Any]) -> bool:
    return value.get("type") == "message" and "user" in value and not value.get("bot_id")


def _state_values(values: Any) -> Any:  # noqa: ANN401 - as it came
    if not isinstance(values, dict):
        return hide(values)
    return {
        block_id: {action_id: _state(state) for action_id, state in actions.items()}
        if isinstance(actions, dict)
        else hide(actions)
        for block_id, actions in values.items()
    }


def _state(state: Any) -> Any:  # noqa: ANN401 - as it came
    if not isinstance(state, dict):
        return hide(state)
    return {name: part if name == "type" else hide(part) for name, part in state.items()}


_SHOWN_OF_ACTION = {"type", "block_id", "action_ts"}


def _action(action: Any) -> Any:  # noqa: ANN401 - as it came
    if not isinstance(action, dict):
        return hide(action)
    result = {name: part if name in _SHOWN_OF_ACTION else hide(part) for name, part in action.items()}
    if isinstance(action.get("action_id"), str):
        result["action_id"] = _NUMBERED.sub(rf"\1{HIDDEN}", action["action_id"])
    return result
