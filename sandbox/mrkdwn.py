"""Slack's mrkdwn as people read it: as one string (``words``) or as marked pieces (``spans``). Pure.

Source: docs.slack.dev/messaging/formatting-message-text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

_TOKEN = re.compile(r"<([^<>]+)>")
_DATE = re.compile(r"!date\^(-?\d+)\^([^|^]*)(?:\^[^|]*)?\|(.*)", re.DOTALL)
_PART = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Reader:
    """Who reads: the zone of their device (None reads the written fallbacks), the names of ids, what they entered."""

    zone: str | None = None
    names: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, Mapping[str, Any]]] = field(default_factory=dict)
    hide_answers: bool = False


def _clock(instant: datetime, *, seconds: bool = False) -> str:
    return instant.strftime("%H:%M:%S" if seconds else "%H:%M")


def _day(instant: datetime, form: str) -> str:
    return instant.strftime(form).replace(" 0", " ").lstrip("0")


_DATE_FORMS: dict[str, Callable[[datetime], str]] = {
    "date": lambda at: _day(at, "%d %B %Y"),
    "date_num": lambda at: at.strftime("%Y-%m-%d"),
    "date_slash": lambda at: at.strftime("%d/%m/%Y"),
    "date_short": lambda at: _day(at, "%d %b %Y"),
    "date_long": lambda at: _day(at, "%A %d %B %Y"),
    "date_pretty": lambda at: _day(at, "%d %B %Y"),
    "date_short_pretty": lambda at: _day(at, "%d %b %Y"),
    "date_long_pretty": lambda at: _day(at, "%A %d %B %Y"),
    "day_divider_pretty": lambda at: _day(at, "%A %d %B %Y"),
    "time": _clock,
    "time_secs": lambda at: _clock(at, seconds=True),
    "ago": lambda at: _day(at, "%d %B %Y"),
}


def _date(unix: str, form: str, fallback: str, reader: Reader) -> str:
    known = all(name in _DATE_FORMS for name in _PART.findall(form))
    if reader.zone is None or not form or not known:
        return fallback
    try:
        at = datetime.fromtimestamp(int(unix), UTC).astimezone(ZoneInfo(reader.zone))
    except (OverflowError, ValueError):  # beyond every calendar
        return fallback
    return _PART.sub(lambda part: _DATE_FORMS[part[1]](at), form)


def words(mrkdwn: str, reader: Reader | None = None) -> str:
    """One mrkdwn string as people read it: mentions as names, dates in their zone, links and entities as text."""
    who = reader or Reader()

    def token(match: re.Match[str]) -> str:
        inside = match[1]
        date = _DATE.fullmatch(inside)
        if date:
            return _date(date[1], date[2], date[3], who)
        target, _, label = inside.partition("|")
        if target.startswith(("@", "#")):
            known = who.names.get(target[1:])
            return known or (f"{target[0]}{label}" if label else target)
        if target.startswith("!subteam^"):
            return label or target[1:]
        if target.startswith("!"):
            return f"@{target[1:]}"
        return f"{label} ({target})" if label else target

    return _unescaped(_TOKEN.sub(token, mrkdwn))


def _unescaped(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


# Marked pieces

Span = Any
"""A string, or a list of a kind and what belongs to it: ``["strong", spans]`` (also ``em``, ``del``, ``quote``),
``["code", text]``, ``["pre", text]``, ``["link", address, spans]``, ``["mention", name]``, ``["date", text]``,
``["list", "ordered" | "bullet", [spans, …]]``."""

_FENCE = re.compile(r"```\n?(.+?)\n?```", re.DOTALL)
_INNER = r"(?:<[^<>\n]+>|`[^`\n]+`|[^\n<`{0}])+?"
_INLINE = re.compile(
    r"`(?P<code>[^`\n]+)`|<(?P<token>[^<>]+)>|"
    + "|".join(
        rf"(?<![\w{mark}])\{mark}(?=[^\s{mark}])(?P<{name}>{_INNER.format(mark)})(?<=\S)\{mark}(?![\w{mark}])"
        for name, mark in (("strong", "*"), ("em", "_"), ("del", "~"))
    )
)
_QUOTED = re.compile(r"&gt; ?|> ?")


def spans(mrkdwn: str, reader: Reader) -> list[Span]:
    """One mrkdwn string as marked pieces; what is in none of them is a plain string, entities read."""
    pieces: list[Span] = []
    at = 0
    for fence in _FENCE.finditer(mrkdwn):
        pieces += _paragraphs(mrkdwn[at : fence.start()], reader)
        pieces.append(["pre", words(fence[1], reader)])
        at = fence.end()
    return pieces + _paragraphs(mrkdwn[at:], reader)


def _paragraphs(mrkdwn: str, reader: Reader) -> list[Span]:
    pieces: list[Span] = []
    plain: list[str] = []
    quote: list[str] = []

    def end_plain() -> None:
        if plain:
            pieces.extend(_inline("\n".join(plain), reader))
            plain.clear()

    def end_quote() -> None:
        if quote:
            pieces.append(["quote", _inline("\n".join(quote), reader)])
            quote.clear()

    for line in mrkdwn.split("\n"):
        mark = _QUOTED.match(line)
        if mark:
            end_plain()
            quote.append(line[mark.end() :])
        else:
            end_quote()
            plain.append(line)
    end_plain()
    end_quote()
    return pieces


def _inline(mrkdwn: str, reader: Reader) -> list[Span]:
    pieces: list[Span] = []
    at = 0
    for match in _INLINE.finditer(mrkdwn):
        _add(pieces, _unescaped(mrkdwn[at : match.start()]))
        kind = str(match.lastgroup)
        inside = match[kind]
        if kind == "code":
            pieces.append(["code", words(inside, reader)])
        elif kind == "token":
            pieces.append(_token(inside, reader))
        else:
            pieces.append([kind, _inline(inside, reader)])
        at = match.end()
    _add(pieces, _unescaped(mrkdwn[at:]))
    return pieces


def _add(pieces: list[Span], text: str) -> None:
    if text:
        pieces.append(text)


def _token(inside: str, reader: Reader) -> Span:
    if inside.startswith("!date^"):
        return ["date", words(f"<{inside}>", reader)]
    if inside[0] in "@#!":
        return ["mention", words(f"<{inside}>", reader)]
    target, _, label = inside.partition("|")
    return ["link", _unescaped(target), [_unescaped(label or target)]]


def rich_spans(element: Any, reader: Reader) -> list[Span]:  # noqa: ANN401 - Slack's rich text nests freely
    """A ``rich_text`` block, or any part of one, as marked pieces; what is unknown is left out."""
    if not isinstance(element, Mapping):
        return []
    kind = str(element.get("type"))
    leaf = _RICH.get(kind)
    if leaf is not None:
        return _styled(leaf(element, reader), element.get("style"))
    elements = element.get("elements")
    parts = [rich_spans(part, reader) for part in elements] if isinstance(elements, list) else []
    if kind == "rich_text_list":
        return [["list", "ordered" if element.get("style") == "ordered" else "bullet", parts]]
    inside = [piece for part in parts for piece in part]
    if kind == "rich_text_quote":
        return [["quote", inside]]
    if kind == "rich_text_preformatted":
        return [["pre", "".join(_letters(piece) for piece in inside)]]
    return inside


def _letters(piece: Span) -> str:
    """What a piece of rich text shows, without its marks."""
    if isinstance(piece, str):
        return piece
    inside = piece[-1]
    return inside if isinstance(inside, str) else "".join(_letters(each) for each in inside)


def _styled(piece: Span, style: Any) -> list[Span]:  # noqa: ANN401 - as it came
    if isinstance(style, Mapping):
        for name, kind in (("bold", "strong"), ("italic", "em"), ("strike", "del")):
            if style.get(name):
                piece = [kind, [piece]]
    return [piece]


_RICH: dict[str, Callable[[Mapping[str, Any], Reader], Span]] = {
    "text": lambda part, _reader: (
        ["code", str(part.get("text", ""))]
        if isinstance(part.get("style"), Mapping) and part["style"].get("code")
        else str(part.get("text", ""))
    ),
    "raw_text": lambda part, _reader: str(part.get("text", "")),
    "link": lambda part, _reader: ["link", str(part.get("url", "")), [str(part.get("text") or part.get("url", ""))]],
    "user": lambda part, reader: ["mention", reader.names.get(str(part.get("user_id")), str(part.get("user_id", "")))],
    "channel": lambda part, reader: [
        "mention",
        reader.names.get(str(part.get("channel_id")), str(part.get("channel_id", ""))),
    ],
    "emoji": lambda part, _reader: f":{part.get('name', '')}:",
    "broadcast": lambda part, _reader: ["mention", f"@{part.get('range', '')}"],
}
