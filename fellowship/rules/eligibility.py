"""Who counts in a wave's denominator."""

import datetime as dt
from collections.abc import Sequence

from fellowship.rules.calendar import own_days

FEWEST_OWN_DAYS = 3
"""Somebody who was there on fewer own days had no fair chance to answer."""


def is_eligible(*, answered: bool, agreed: bool, own_days_active: int) -> bool:
    """Whether a fellow counts: answered, or agreed to take part and was active on at least 3 own days of the window."""
    return answered or (agreed and own_days_active >= FEWEST_OWN_DAYS)


def active_own_days(
    post_start: dt.date,
    post_end: dt.date,
    weekdays: frozenset[int],
    window_first: dt.date,
    window_last: dt.date,
    nation: str,
    away: Sequence[tuple[dt.date, dt.date]] = (),
) -> int:
    """How many own days of the window fall in the post and in none of the spans ``away``; every span is inclusive."""
    in_post = own_days(weekdays, max(post_start, window_first), min(post_end, window_last), nation)
    return sum(not any(first <= day <= last for first, last in away) for day in in_post)
