"""Block Kit as plain text, in the order in which a screen reader meets it. Pure, and the same every time.

Golden twins of views, the transcript of the demo and the tests' ``sees`` all read this rendering.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sandbox.inputs import HOLDS, all_options, untouched
from sandbox.mrkdwn import Reader, words

_HIDDEN = "•••"
_OPEN, _CLOSE = "\N{SINGLE LEFT-POINTING ANGLE QUOTATION MARK}", "\N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK}"


def _text(value: Mapping[str, Any] | None, reader: Reader) -> str:
    if not value:
        return ""
    raw = str(value.get("text", ""))
    return words(raw, reader) if value.get("type") == "mrkdwn" else raw


def _name(value: str, reader: Reader) -> str:
    return reader.names.get(value, value)


def _choice(value: Any, reader: Reader) -> str:  # noqa: ANN401 - whatever the state holds
    if isinstance(value, dict):
        return _text(value.get("text"), reader)
    return _name(str(value), reader)


def _state(block_id: str, element: Mapping[str, Any], reader: Reader) -> Mapping[str, Any] | None:
    entered = reader.values.get(block_id, {}).get(element.get("action_id", ""))
    return entered if entered is not None else untouched(element)


def _value_of(block_id: str, element: Mapping[str, Any], reader: Reader) -> Any:  # noqa: ANN401 - whatever it holds
    state = _state(block_id, element, reader)
    return None if state is None else state.get(HOLDS[element["type"]].key)


def _options(element: Mapping[str, Any], chosen: Any, reader: Reader) -> list[str]:  # noqa: ANN401 - one or several
    marks = ("(o)", "( )") if element["type"] == "radio_buttons" else ("[x]", "[ ]")
    values = [option["value"] for option in (chosen if isinstance(chosen, list) else [chosen]) if option]
    lines = []
    for option in element["options"]:
        on = option["value"] in values and not reader.hide_answers
        note = f" - {_text(option['description'], reader)}" if option.get("description") else ""
        lines.append(f"{marks[0] if on else marks[1]} {_text(option['text'], reader)}{note}")
    return lines


def _element(block_id: str, element: Mapping[str, Any], reader: Reader, *, list_options: bool = False) -> str:
    kind = element["type"]
    if kind == "button":
        link = f" ({element['url']})" if element.get("url") else ""
        return f"[{_text(element['text'], reader)}]{link}"
    if kind == "image":
        return f"(image: {element['alt_text']})"
    if kind == "overflow":
        return f"{_OPEN}more: {' / '.join(_text(option['text'], reader) for option in element['options'])}{_CLOSE}"
    chosen = _value_of(block_id, element, reader)
    if kind in {"radio_buttons", "checkboxes"}:
        return "\n".join(_options(element, chosen, reader))
    shown = _shown(chosen, reader)
    label = _text(element.get("placeholder"), reader) or kind.replace("_", " ")
    if kind.endswith("_input"):
        return f"[ {shown} ]" if shown else "[ ]"
    line = f"{_OPEN}{label}: {shown}{_CLOSE}" if shown else f"{_OPEN}{label}{_CLOSE}"
    if list_options and all_options(element):
        line += "\n" + "\n".join(f"  - {_text(option['text'], reader)}" for option in all_options(element))
    return line


def _shown(chosen: Any, reader: Reader) -> str:  # noqa: ANN401 - whatever the state holds
    if chosen in (None, "", []):
        return ""
    if reader.hide_answers:
        return _HIDDEN
    if isinstance(chosen, list):
        return ", ".join(_choice(item, reader) for item in chosen)
    return _choice(chosen, reader)


def _row(parts: Sequence[str]) -> str:
    return ("\n" if any("\n" in part for part in parts) else "  ").join(parts)


def _section(block: Mapping[str, Any], reader: Reader) -> str:
    parts = [_text(block["text"], reader)] if block.get("text") else []
    parts += [_text(part, reader) for part in block.get("fields") or []]
    if block.get("accessory"):
        parts.append(_element(block.get("block_id", ""), block["accessory"], reader))
    return "\n".join(parts)


def _header(block: Mapping[str, Any], reader: Reader) -> str:
    title = _text(block["text"], reader)
    return f"{title}\n{'=' * min(len(title), 72)}"


def _context(block: Mapping[str, Any], reader: Reader) -> str:
    return "  ".join(
        f"(image: {part['alt_text']})" if part["type"] == "image" else _text(part, reader) for part in block["elements"]
    )


def _actions(block: Mapping[str, Any], reader: Reader) -> str:
    return _row([_element(block.get("block_id", ""), element, reader) for element in block["elements"]])


def _image(block: Mapping[str, Any], reader: Reader) -> str:
    title = _text(block.get("title"), reader)
    return f"(image: {title + ': ' if title else ''}{block['alt_text']})"


def _input(block: Mapping[str, Any], reader: Reader) -> str:
    label = _text(block["label"], reader) + (" (optional)" if block.get("optional") else "")
    parts = [label, _element(block.get("block_id", ""), block["element"], reader, list_options=True)]
    if block.get("hint"):
        parts.append(f"  {_text(block['hint'], reader)}")
    return "\n".join(parts)


def _rich_link(part: Mapping[str, Any], _reader: Reader) -> str:
    return f"{part['text']} ({part['url']})" if part.get("text") else str(part.get("url", ""))


_RICH: dict[str, Callable[[Mapping[str, Any], Reader], str]] = {
    "text": lambda part, _reader: str(part.get("text", "")),
    "raw_text": lambda part, _reader: str(part.get("text", "")),
    "link": _rich_link,
    "user": lambda part, reader: _name(str(part.get("user_id", "")), reader),
    "channel": lambda part, reader: _name(str(part.get("channel_id", "")), reader),
    "emoji": lambda part, _reader: f":{part.get('name', '')}:",
    "broadcast": lambda part, _reader: f"@{part.get('range', '')}",
}


def _rich(element: Any, reader: Reader) -> str:  # noqa: ANN401 - Slack's rich text nests freely
    if not isinstance(element, Mapping):
        return ""
    kind = str(element.get("type"))
    if kind in _RICH:
        return _RICH[kind](element, reader)
    parts = [_rich(part, reader) for part in element.get("elements") or []]
    if kind == "rich_text_list":
        numbered = element.get("style") == "ordered"
        return "\n".join(f"{f'{n}.' if numbered else '-'} {part}" for n, part in enumerate(parts, 1))
    return ("\n" if kind == "rich_text" else "").join(parts)


def _table(block: Mapping[str, Any], reader: Reader) -> str:
    return "\n".join(" | ".join(_rich(cell, reader) for cell in row) for row in block["rows"])


_BLOCKS: dict[str, Callable[[Mapping[str, Any], Reader], str]] = {
    "section": _section,
    "header": _header,
    "divider": lambda _block, _reader: "-" * 8,
    "context": _context,
    "actions": _actions,
    "image": _image,
    "input": _input,
    "rich_text": _rich,
    "table": _table,
    "markdown": lambda block, _reader: str(block["text"]),
}


def plain(blocks: Sequence[Mapping[str, Any]], reader: Reader | None = None) -> str:
    """Blocks as plain text, one paragraph for each, as ``reader`` (default: nobody in particular) meets them."""
    who = reader or Reader()
    rendered = [_BLOCKS[block["type"]](block, who) for block in blocks if block.get("type") in _BLOCKS]
    return "\n\n".join(part for part in rendered if part)


def plain_view(
    view: Mapping[str, Any], reader: Reader | None = None, *, errors: Mapping[str, str] | None = None
) -> str:
    """A view as plain text: its title, its blocks with the refusals beside their fields, and its own buttons."""
    who = reader or Reader()
    parts = []
    title = _text(view.get("title"), who)
    if title:
        parts.append(f"{title}\n{'#' * min(len(title), 72)}")
    for block in view.get("blocks") or []:
        rendered = plain([block], who)
        error = (errors or {}).get(block.get("block_id", ""))
        if rendered:
            parts.append(f"{rendered}\n  ! {error}" if error else rendered)
    if view.get("type") == "modal":
        close = _text(view.get("close"), who) or "Cancel"
        submit = _text(view.get("submit"), who)
        parts.append(f"[{close}]" + (f"  [{submit}]" if submit else ""))
    return "\n\n".join(parts)


def plain_message(
    text: str,
    blocks: Sequence[Mapping[str, Any]],
    reader: Reader | None = None,
    files: Sequence[Mapping[str, Any]] = (),
) -> str:
    """What a message shows: its blocks when it has any, else its text; then each of its files as a line (``plain``)."""
    shown = plain(blocks, reader) if blocks else words(text, reader)
    return "\n".join([part for part in (shown,) if part] + [str(file["plain"]) for file in files])
