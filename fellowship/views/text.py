"""Words: escaping, dates and lists, in one place."""

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable
from zoneinfo import ZoneInfo

from fellowship.rules.words import LOOK_ALIKES, seen

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
"""Names of the weekdays, Monday being 0."""

_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
NAME_LIMIT = 150
"""Characters of a name that are shown; what is longer ends in an ellipsis."""

FIRST_STRONG, LEFT_TO_RIGHT, END = "\u2068", "\u2066", "\u2069"
"""Isolates: what stands between one of the first two and the last cannot turn round what stands outside."""
_RIGHT_TO_LEFT = frozenset({"R", "AL", "AN"})
_FULL_WIDTH = {"\uff0a": "*", "\uff3f": "_", "\uff5e": "~", "\uff40": "`"}
"""Slack formats with these as with the narrow ones."""
_MARKS = str.maketrans(
    {
        **{mark: LOOK_ALIKES[mark] for mark in "*~`"},
        **{wide: LOOK_ALIKES[mark] for wide, mark in _FULL_WIDTH.items()},
    }
)
# Between letters or digits, as in an address, an underscore formats nothing.
_UNDERSCORE = re.compile(r"(?<![^\W_])_|_(?![^\W_])")
_QUOTE = re.compile(r"^(?=[>\uff1e])")


def escaped(text: str) -> str:
    """``text`` as mrkdwn that shows it as typed: no mention, link or date can be made with it.

    Exactly these three characters: https://docs.slack.dev/messaging/formatting-message-text, Escaping text.
    """
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def literal(text: str) -> str:
    """Plain ``text`` in which Slack formats nothing: look-alikes stand for the marks, which mrkdwn cannot escape.

    A ``>`` at the start follows a soft hyphen, which nobody sees, and so begins no quotation.
    """
    return _QUOTE.sub("\u00ad", _UNDERSCORE.sub(LOOK_ALIKES["_"], text.translate(_MARKS)))


def one_line(text: str, limit: int = NAME_LIMIT) -> str:
    """``text`` as one plain line of at most ``limit`` characters, without anything that would disturb its neighbours.

    When nothing is left of it, the line says so: it is never empty.
    """
    return shortened(seen(text), limit) or "(empty)"


def named(text: str, limit: int = NAME_LIMIT) -> str:
    """What somebody typed, as one line that can be put in a sentence of plain text.

    Hebrew, Arabic and their like turn round nothing outside themselves.
    """
    return isolated(one_line(text, limit), FIRST_STRONG)


def shown(text: str, limit: int = NAME_LIMIT) -> str:
    """What somebody typed, as one line of mrkdwn that can be put in a sentence: no part of it means anything to Slack.

    It is shortened to ``limit`` characters first, then escaped.
    """
    return escaped(literal(named(text, limit)))


def isolated(text: str, opening: str) -> str:
    """``text``, between ``opening`` and its end if some of it is written from right to left."""
    turns = any(unicodedata.bidirectional(each) in _RIGHT_TO_LEFT for each in text)
    return f"{opening}{text}{END}" if turns else text


def size(text: str) -> int:
    """Characters as the most cautious reader of Slack's limits counts them: an emoji is two (UTF-16)."""
    return len(text) + sum(each > "\uffff" for each in text)


def _first(text: str, limit: int) -> str:
    """The beginning of ``text``, of at most ``limit`` characters by ``size``."""
    return text.encode("utf-16-le", "surrogatepass")[: 2 * limit].decode("utf-16-le", "ignore")


def shortened(text: str, limit: int) -> str:
    """Plain ``text`` of at most ``limit`` characters; an ellipsis where something was left out."""
    return text if size(text) <= limit else _first(text, limit - 1).rstrip().rstrip("\u200d") + "…"


def cut(mrkdwn: str, limit: int) -> str:
    """Mrkdwn of at most ``limit`` characters; never cut inside an entity, a mention, a date or an isolate."""
    if size(mrkdwn) <= limit:
        return mrkdwn
    kept = _first(mrkdwn, limit - 1)
    for opens, closes in (("&", ";"), ("<", ">"), (FIRST_STRONG, END), (LEFT_TO_RIGHT, END)):
        start = kept.rfind(opens)
        # An ampersand stands in mrkdwn only where it begins an entity, of at most five characters.
        if start > kept.rfind(closes) and (opens != "&" or len(kept) - start < 5):
            kept = kept[:start]
    return kept.rstrip() + "…"


def at(instant: dt.datetime, zone: str) -> str:
    """The instant as a Slack date token, which shows the reader's own time, with the time in ``zone`` written out.

    Raises ValueError when the instant has no time zone.
    """
    if instant.tzinfo is None:
        raise ValueError("an instant has a time zone")
    local = instant.astimezone(ZoneInfo(zone))
    weekday = WEEKDAYS[local.weekday()][:3]
    written = f"{weekday} {local.day} {_MONTHS[local.month - 1]} {local.year}, {local:%H:%M}"
    return f"<!date^{int(instant.timestamp())}^{{date_long}}, {{time}}|{written}>"


def on(day: dt.date) -> str:
    """The day written out: Tuesday 3 March 2026."""
    return f"{WEEKDAYS[day.weekday()]} {day.day} {_MONTHS[day.month - 1]} {day.year}"


def joined(names: Iterable[str]) -> str:
    """The names as a list in a sentence: ``a, b and c``; empty when there are none."""
    *first, last = list(names) or [""]
    return f"{', '.join(first)} and {last}" if first else last


def counted(number: int, one: str, many: str) -> str:
    """The number with its noun: ``1 person``, ``3 people``."""
    return f"{number} {one if number == 1 else many}"


def mention(slack_user_id: str) -> str:
    """A member as Slack shows them by name; pings them in a channel."""
    return f"<@{slack_user_id}>"


def channel(channel_id: str) -> str:
    """A channel as Slack shows it by name to those who may see it."""
    return f"<#{channel_id}>"
