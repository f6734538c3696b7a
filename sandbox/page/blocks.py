"""Block Kit as the page draws it: every text as marked pieces, every element with what is in it now."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sandbox.inputs import HOLDS, untouched
from sandbox.mrkdwn import Reader, rich_spans, spans

Body = dict[str, Any]
_PEOPLE = {"users_select", "multi_users_select"}
_CONVERSATIONS = {
    "conversations_select",
    "multi_conversations_select",
    "channels_select",
    "multi_channels_select",
}


@dataclass(frozen=True)
class Lists:
    """What the selects of people and conversations offer a member, and where an image is to be had."""

    people: Sequence[Body]
    conversations: Callable[[Mapping[str, Any]], Sequence[Body]]
    image: Callable[[Mapping[str, Any]], str | None]


def drawn(blocks: Sequence[Mapping[str, Any]], reader: Reader, lists: Lists) -> list[Body]:
    """The blocks of a message or a view for one member; texts are marked pieces, elements carry ``now``."""
    return [_block(block, reader, lists) for block in blocks]


def text(value: Any, reader: Reader) -> Any:  # noqa: ANN401 - a text object, or nothing
    """A text object as marked pieces; nothing stays nothing."""
    if not isinstance(value, Mapping):
        return None
    raw = str(value.get("text", ""))
    return spans(raw, reader) if value.get("type") == "mrkdwn" else [raw]


def _block(block: Mapping[str, Any], reader: Reader, lists: Lists) -> Body:
    kind = block["type"]
    if kind == "rich_text":
        return {"type": kind, "block_id": block.get("block_id", ""), "spans": rich_spans(block, reader)}
    if kind == "markdown":
        return {"type": kind, "block_id": block.get("block_id", ""), "spans": [str(block["text"])]}
    if kind == "table":
        rows = [[rich_spans(cell, reader) for cell in row] for row in block["rows"]]
        return {"type": kind, "block_id": block.get("block_id", ""), "rows": rows}
    return _part(block, str(block.get("block_id", "")), reader, lists)


def _part(part: Mapping[str, Any], block_id: str, reader: Reader, lists: Lists) -> Body:
    made: Body = {}
    for name, value in part.items():
        made[name] = _value(value, block_id, reader, lists)
    kind = part.get("type")
    if kind == "image":
        made["source"] = lists.image(part)
    if kind in HOLDS:
        made["now"] = _now(part, block_id, reader)
        if kind in _PEOPLE:
            made["offers"] = lists.people
        elif kind in _CONVERSATIONS:
            made["offers"] = lists.conversations(part)
    return made


def _value(value: Any, block_id: str, reader: Reader, lists: Lists) -> Any:  # noqa: ANN401 - JSON of any shape
    if isinstance(value, Mapping):
        if value.get("type") in {"plain_text", "mrkdwn"} and "text" in value:
            return text(value, reader)
        return _part(value, block_id, reader, lists)
    if isinstance(value, list):
        return [_value(each, block_id, reader, lists) for each in value]
    return value


def _now(element: Mapping[str, Any], block_id: str, reader: Reader) -> Any:  # noqa: ANN401 - what the element holds
    """What an element holds: a text, an option's value, an id, or a list of them; a moment as local time."""
    state = reader.values.get(block_id, {}).get(str(element.get("action_id", ""))) or untouched(element)
    held = None if state is None else state.get(HOLDS[str(element["type"])].key)
    if isinstance(held, list):
        return [each["value"] if isinstance(each, dict) else each for each in held]
    if isinstance(held, dict):
        return held.get("value")
    if element["type"] == "datetimepicker" and held is not None and reader.zone:
        return f"{datetime.fromtimestamp(int(held), UTC).astimezone(ZoneInfo(reader.zone)):%Y-%m-%dT%H:%M}"
    return held
