"""When: instants from wall time, own fellowship days, a wave's dates, and the hours in which people are written to.

What recurs is kept as date, wall time and zone; an instant is computed for each occurrence. Instants are UTC, weekdays
count from Monday as 0.
"""

import datetime as dt
import functools
import zoneinfo
from collections.abc import Iterable

import holidays

OPENS = dt.time(9)
"""Nobody is written to before, in their own time."""
CLOSES = dt.time(17, 30)
"""Nobody is written to after, in their own time."""
WORKING_WEEK = frozenset(range(5))
DAYS_OPEN = 14
"""A wave is open for at least this many days."""
OWN_DAYS_OPEN = 3
"""Every eligible fellow has at least this many own days to answer in."""

SUBDIVISIONS = {"england": "ENG", "wales": "WLS", "scotland": "SCT", "northern-ireland": "NIR"}
"""The nations whose bank holidays are known, as the holiday list names them."""


class HolidaysUnknownError(Exception):
    """The holiday list does not cover a year that was asked for; the sentence says which."""


def instant(day: dt.date, wall: dt.time, zone: str) -> dt.datetime:
    """The UTC instant at which clocks in ``zone`` show ``wall`` on ``day``.

    A local time that does not exist moves forward by the gap; one that occurs twice is the first. ``zone`` is an IANA
    name: ZoneInfoNotFoundError for an unknown one. ``wall`` is naive: ValueError otherwise.
    """
    if wall.tzinfo is not None:
        raise ValueError("a wall time has no zone of its own")
    # PEP 495: fold=0 reads a repeated time as the first, and a missing one with the offset before the gap, which is
    # the same as moving it forward by the gap.
    local = dt.datetime.combine(day, wall.replace(fold=0), tzinfo=zoneinfo.ZoneInfo(zone))
    return local.astimezone(dt.UTC)


def bank_holidays(nation: str, years: Iterable[int]) -> frozenset[dt.date]:
    """The bank holidays of ``nation`` in ``years``; raises HolidaysUnknownError for a year that is not covered."""
    return frozenset().union(*(_bank_holidays_of(nation, year) for year in years))


@functools.lru_cache(maxsize=256)
def _bank_holidays_of(nation: str, year: int) -> frozenset[dt.date]:
    if nation not in SUBDIVISIONS:
        raise ValueError(f"'{nation}' is not one of {', '.join(SUBDIVISIONS)}")
    listed = holidays.country_holidays("GB", subdiv=SUBDIVISIONS[nation], years=year, expand=False)
    if not listed:
        raise HolidaysUnknownError(
            f"The list of bank holidays does not cover {year}. Update the 'holidays' package, or choose earlier dates."
        )
    return frozenset(listed)


def _is_own_day(day: dt.date, weekdays: frozenset[int], nation: str) -> bool:
    return day.weekday() in weekdays and day not in _bank_holidays_of(nation, day.year)


def own_days(weekdays: frozenset[int], first: dt.date, last: dt.date, nation: str) -> list[dt.date]:
    """The days from ``first`` to ``last``, both included, on ``weekdays`` and on no bank holiday of ``nation``."""
    span = (last - first).days + 1
    days = (first + dt.timedelta(days=offset) for offset in range(span))
    return [day for day in days if _is_own_day(day, weekdays, nation)]


def _nth_own_day(weekdays: frozenset[int], first: dt.date, nation: str, nth: int) -> dt.date:
    day = first
    while True:
        nth -= _is_own_day(day, weekdays, nation)
        if nth <= 0:
            return day
        day += dt.timedelta(days=1)


def closing_on(opened_on: dt.date, fellows: Iterable[frozenset[int]], nation: str) -> dt.date:
    """A wave's last day: 14 days after it opened, or the last of the fellows' third own days if that is later.

    ``fellows`` are the weekdays of each eligible fellow. The day of opening counts as an own day. A fellow without
    weekdays has no own day to wait for.
    """
    third_days = (_nth_own_day(weekdays, opened_on, nation, OWN_DAYS_OPEN) for weekdays in set(fellows) if weekdays)
    return max([opened_on + dt.timedelta(days=DAYS_OPEN), *third_days])


def late_until_on(closed_on: dt.date, fellows: Iterable[frozenset[int]], nation: str, late_days: int = 2) -> dt.date:
    """The last day on which a late answer is taken: the last of the fellows' ``late_days``-th own days after closing.

    With 0, or when no fellow has weekdays, that is the closing day itself. Raises ValueError below 0.
    """
    if late_days < 0:
        raise ValueError("a late window cannot be shorter than 0 days")
    if late_days == 0:
        return closed_on
    first = closed_on + dt.timedelta(days=1)
    return max([closed_on, *(_nth_own_day(each, first, nation, late_days) for each in set(fellows) if each)])


def reminder_on(opened_on: dt.date, closes_on: dt.date, weekdays: frozenset[int], nation: str) -> dt.date | None:
    """The one own day on which a silent fellow is reminded, or None when there is none.

    It is the last own day after ``opened_on`` and before ``closes_on``: as late as a reminder can come and still leave
    another day to answer on, and never on the day of the invitation.
    """
    day = dt.timedelta(days=1)
    between = own_days(weekdays, opened_on + day, closes_on - day, nation)
    return between[-1] if between else None


def next_sending_instant(
    not_before: dt.datetime, zone: str, weekdays: frozenset[int] | None, nation: str | None = None
) -> dt.datetime:
    """The earliest UTC instant from ``not_before`` on at which somebody in ``zone`` may be written to.

    That is 09:00 to 17:30 their time, on one of ``weekdays``, or Monday to Friday with None; with a ``nation``, on no
    bank holiday of it. Raises ValueError for an instant without zone, or when ``weekdays`` is empty.
    """
    if not_before.tzinfo is None:
        raise ValueError("an instant has a zone")
    allowed = WORKING_WEEK if weekdays is None else weekdays
    if not allowed:
        raise ValueError("somebody with no weekday has no time at which to be written to")
    day = not_before.astimezone(zoneinfo.ZoneInfo(zone)).date()
    while True:
        at_work = day.weekday() in allowed and (nation is None or _is_own_day(day, allowed, nation))
        if at_work and not_before <= instant(day, CLOSES, zone):
            return max(not_before.astimezone(dt.UTC), instant(day, OPENS, zone))
        day += dt.timedelta(days=1)
