"""Words: escaping, dates and lists, in one place."""

import datetime as dt
import unicodedata
from collections.abc import Iterable
from zoneinfo import ZoneInfo

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

# Embeddings, overrides and isolates: one of them in a name would turn round the words that stand after it.
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def escaped(text: str) -> str:
    """``text`` as mrkdwn that shows it as typed: no mention, link or date can be made with it.

    Exactly these three characters: https://docs.slack.dev/messaging/formatting-message-text, Escaping text.
    """
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def one_line(text: str, limit: int = NAME_LIMIT) -> str:
    """``text`` as one plain line of at most ``limit`` characters, without controls that would disturb its neighbours.

    When nothing is left of it, the line says so: it is never empty.
    """
    kept = "".join(" " if unicodedata.category(each) == "Cc" else each for each in text if each not in _TURNING)
    return shortened(" ".join(kept.split()), limit) or "(empty)"


def shown(text: str, limit: int = NAME_LIMIT) -> str:
    """What somebody typed, as one line of mrkdwn: shortened to ``limit`` characters first, then escaped."""
    return escaped(one_line(text, limit))


def shortened(text: str, limit: int) -> str:
    """Plain ``text`` of at most ``limit`` characters; an ellipsis where something was left out."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def cut(mrkdwn: str, limit: int) -> str:
    """Mrkdwn of at most ``limit`` characters; never cut inside an entity, a mention or a date."""
    if len(mrkdwn) <= limit:
        return mrkdwn
    kept = mrkdwn[: limit - 1]
    for opens, closes in (("&", ";"), ("<", ">")):
        start = kept.rfind(opens)
        # An ampersand stands in mrkdwn only where it begins an entity, of at most five characters.
        if start > kept.rfind(closes) and (opens == "<" or len(kept) - start < 5):
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
