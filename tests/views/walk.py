"""Walking through what a view becomes on its way to Slack."""

import functools
import re
import unicodedata
from collections.abc import Iterator
from typing import Any

from sandbox.mrkdwn import Reader, spans
from sandbox.validation import check_message_blocks, check_view
from tests.views import screens
from tests.views.screens import Typed, as_typed

Json = dict[str, Any]


def payloads(typed: Typed = as_typed) -> dict[str, Json]:
    """Every message, modal and Home tab as JSON, by name; not to be changed."""
    return _as_typed() if typed is as_typed else _made(typed)


@functools.cache
def _as_typed() -> dict[str, Json]:
    return _made(as_typed)


def _made(typed: Typed) -> dict[str, Json]:
    said = {name: message.payload() for name, message in screens.messages(typed).items()}
    return said | {name: view.to_dict() for name, view in screens.views(typed).items()}


def objects(value: Any) -> Iterator[Json]:  # noqa: ANN401 - any JSON
    """Every JSON object in ``value``, itself included."""
    if isinstance(value, dict):
        yield value
        for each in value.values():
            yield from objects(each)
    elif isinstance(value, list):
        for each in value:
            yield from objects(each)


def marked_texts(payload: Json) -> list[str]:
    """Every text in which Slack looks for mentions, links and dates: mrkdwn, and a message's own text."""
    marked = [each["text"] for each in objects(payload) if each.get("type") == "mrkdwn"]
    return [*marked, payload["text"]] if isinstance(payload.get("text"), str) else marked


def all_words(payload: Json) -> str:
    """Everything that can be read in it, whatever its kind."""
    texts = [each["text"] for each in objects(payload) if isinstance(each.get("text"), str)]
    labels = [each["accessibility_label"] for each in objects(payload) if "accessibility_label" in each]
    return "\n".join([*texts, *labels])


def shown_strings(payload: Json) -> Iterator[str]:
    """Every string in it that anybody is shown or told, other than what they typed into a form themselves."""
    for each in objects(payload):
        yield from (
            each[name] for name in ("text", "alt_text", "accessibility_label") if isinstance(each.get(name), str)
        )


def liberties(mrkdwn: str) -> list[Any]:
    """What Slack makes of a text beyond its letters: marks by kind, inside one another; mentions, dates and links."""
    return _kinds(spans(mrkdwn, Reader()))


def _kinds(pieces: list[Any]) -> list[Any]:
    kinds: list[Any] = []
    for kind, *rest in (piece for piece in pieces if not isinstance(piece, str)):
        nested = kind in {"strong", "em", "del", "quote"}
        kinds.append([kind, *_kinds(rest[0])] if nested else [kind, rest[0]])
    return kinds


def whole(said: str, fragments: list[str]) -> bool:
    """Whether ``said`` begins and ends with the first and the last of ``fragments``, and holds all of them in order."""
    at = 0
    for fragment in fragments:
        found = said.find(fragment, at)
        if found < 0 or (at == 0 and not said.startswith(fragments[0])):
            return False
        at = found + len(fragment)
    return said.endswith(fragments[-1])


def buttons(payload: Json) -> list[Json]:
    """Every button in it, in order."""
    return [each for each in objects(payload) if each.get("type") == "button"]


def spoken(button: Json) -> str:
    """What a screen reader calls the button."""
    return str(button.get("accessibility_label") or button["text"]["text"])


def unnamed(payload: Json) -> list[str]:
    """The texts of buttons that tell too little by themselves and are called nothing else."""
    texts = [each["text"]["text"] for each in buttons(payload) if not each.get("accessibility_label")]
    return [each for each in texts if len(each) <= 3 or not re.search(r"[^\W\d_]{2}", each)]


def ambiguous(payload: Json) -> list[str]:
    """What more than one button in it is called, though they do different things."""
    does: dict[str, set[tuple[str, str, str]]] = {}
    for each in buttons(payload):
        effect = each.get("action_id", ""), each.get("value", ""), each.get("url", "")
        does.setdefault(spoken(each), set()).add(effect)
    return [name for name, effects in does.items() if len(effects) > 1]


def undescribed(payload: Json) -> list[Json]:
    """The pictures in it without a description, or with a file's name or an address for one."""
    pictures = [each for each in objects(payload) if each.get("type") == "image"]
    return [
        each
        for each in pictures
        if len(str(each.get("alt_text", "")).split()) < 2 or re.search(r"\.\w{2,4}$|://|_", each["alt_text"])
    ]


def pictograms(text: str) -> list[str]:
    """The emoji and symbols in a text, by themselves or by their names."""
    signs = [each for each in text if unicodedata.category(each) in {"So", "Co"}]
    return signs + re.findall(r":[a-z][a-z0-9_+-]*:", text)


def unclear_dates(mrkdwn: str) -> list[str]:
    """Dates that are read in more than one way, and times of day that name neither a zone nor whose they are."""
    left = re.sub(r"<!date\^[^>]*>", "", mrkdwn)
    dates = re.findall(r"\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4}", left)
    bare_days = re.findall(r"\b(?:\d{1,2}(?:st|nd|rd|th)?) of (?:the|this) month", left)
    times = re.findall(r"\d{1,2}[:.]\d{2}\b(?!.{0,40}\btime zone)", left)
    return dates + bare_days + times


_NEVER = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\ud800-\udfff\U000e0000-\U000e001f]")
"""Control characters other than a new line, overrides and embeddings, halves of characters."""


def disturbs(text: str) -> bool:
    """Whether something in ``text`` is a control character, or turns round what stands beside the text."""
    depth = 0
    for each in text:
        depth += (each in "\u2066\u2067\u2068") - (each == "\u2069")
        if depth < 0:
            return True
    return bool(depth or _NEVER.search(text))


def refuse_what_slack_refuses(payload: Json) -> None:
    """Raise when Slack would not take it, even one that counts an emoji as two characters."""
    counted = _counted(payload)
    if payload.get("type") in {"modal", "home"}:
        check_view(counted, payload["type"])
        return
    check_message_blocks(counted["blocks"])
    assert 1 <= len(counted["text"]) <= 40_000


def _counted(value: Any) -> Any:  # noqa: ANN401 - any JSON
    if isinstance(value, str):
        return re.sub("[\U00010000-\U0010ffff]", "xx", value)
    if isinstance(value, dict):
        # What was typed into a form is given back as Slack let it be typed.
        return {name: each if name == "initial_value" else _counted(each) for name, each in value.items()}
    return [_counted(each) for each in value] if isinstance(value, list) else value
