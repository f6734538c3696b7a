"""Reading a pasted list of people: one person a line, each line either used or named with the reason why not."""

import re
from dataclasses import dataclass

from fellowship.rules.words import plain

MOST_LINES = 40
"""A cohort has 2 to 12 fellows: a longer list is a mistake, and is said to be one before anybody is invited."""
LONGEST_ADDRESS = 254
"""The longest address that mail can be sent to (RFC 5321, 4.5.3.1.3, without the angle brackets)."""

_SLACK_LINK = re.compile(r"<mailto:([^|>]*)(?:\|[^>]*)?>", re.IGNORECASE)
_MAILTO = re.compile(r"mailto:", re.IGNORECASE)
_LIST_MARK = re.compile(r"^(?:[-*\u2022\u25e6]|\d{1,2}[.)])\s+(?=\S)")
_BETWEEN = re.compile(r"[\s,;|<>()\[\]\"]+")
_CELLS = re.compile(r"[,;|\t]")
_ADDRESS = re.compile(
    r"[a-z0-9!#$%&'*+/=?^_`{}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{}~-]+)*"
    r"@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])"
)
_HEADINGS = frozenset(
    {
        "",
        "address",
        "e-mail",
        "e-mail address",
        "email",
        "email address",
        "fellow",
        "first name",
        "full name",
        "last name",
        "mail",
        "name",
        "no",
        "no.",
        "surname",
        "work email",
    }
)


@dataclass(frozen=True)
class RosterRow:
    """A person named on one line, counted from 1. The address is in lower case; the name may be empty."""

    line_no: int
    name: str
    email: str


@dataclass(frozen=True)
class RosterProblem:
    """A line that cannot be used, and why, in words for the person who pasted it."""

    line_no: int
    line: str
    reason: str


@dataclass(frozen=True)
class Roster:
    """Every line that is neither blank nor the heading is in one of the two."""

    rows: tuple[RosterRow, ...]
    problems: tuple[RosterProblem, ...]


def parse_roster(text: str) -> Roster:
    """Who is on the list, and which lines cannot be used. A list over ``MOST_LINES`` is one problem and no rows.

    Lines may be names with addresses in any order, comma, semicolon or tab separated, with or without a heading.
    """
    lines = [(number, _tidy(line)) for number, line in enumerate(text.splitlines(), start=1)]
    lines = [(number, line) for number, line in lines if line]
    if lines and _is_heading(lines[0][1]):
        del lines[0]
    if len(lines) > MOST_LINES:
        too_many = f"the list has {len(lines)} lines and {MOST_LINES} is the most at once; nobody on it was invited"
        return Roster((), (RosterProblem(*lines[MOST_LINES], too_many),))
    rows: list[RosterRow] = []
    problems: list[RosterProblem] = []
    first_seen: dict[str, int] = {}
    for line_no, line in lines:
        addresses = _addresses(line)
        reason = _why_not(addresses, first_seen)
        if reason is None:
            first_seen[addresses[0]] = line_no
            rows.append(RosterRow(line_no, _name(line, addresses[0]), addresses[0]))
        else:
            problems.append(RosterProblem(line_no, line, reason))
    return Roster(tuple(rows), tuple(problems))


def _tidy(line: str) -> str:
    unlinked = _MAILTO.sub(" ", _SLACK_LINK.sub(r" \1 ", plain(line)))
    return _LIST_MARK.sub("", unlinked.strip())


def _is_heading(line: str) -> bool:
    cells = [cell.strip(" \"'").casefold() for cell in _CELLS.split(line)]
    return any(cells) and all(cell in _HEADINGS for cell in cells)


def _addresses(line: str) -> list[str]:
    """What looks like an address, in lower case, each once and in order; not all of it need be one."""
    words = (_bare(word) for word in _BETWEEN.split(line.lower()) if "@" in word)
    return list(dict.fromkeys(words))


def _bare(word: str) -> str:
    return word.strip("'.:").removeprefix("email:").removeprefix("e-mail:")


def _why_not(addresses: list[str], first_seen: dict[str, int]) -> str | None:
    if not addresses:
        return "there is no e-mail address on this line"
    if len(addresses) > 1:
        return f"there are {len(addresses)} e-mail addresses on this line; put each person on a line of their own"
    if len(addresses[0]) > LONGEST_ADDRESS or not _ADDRESS.fullmatch(addresses[0]):
        return "the e-mail address is not complete, or has a character that does not belong in one"
    if addresses[0] in first_seen:
        return f"this address is already on line {first_seen[addresses[0]]}"
    return None


def _name(line: str, address: str) -> str:
    before, after = re.split(re.escape(address), line, maxsplit=1, flags=re.IGNORECASE)
    return _words(before) or _words(after)


def _words(text: str) -> str:
    cells = (cell.strip() for cell in re.split(r"[,;|\t<>()\[\]\":]", text))
    return " ".join(cell for cell in cells if cell.strip("'. ").casefold() not in _HEADINGS).strip(" '-.")
