import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fellowship.rules.calendar import WORKING_WEEK, own_days
from fellowship.rules.eligibility import active_own_days, is_eligible

FIRST, LAST = dt.date(2026, 3, 2), dt.date(2026, 3, 16)
TUESDAYS = frozenset({1})


@pytest.mark.parametrize(
    ("answered", "agreed", "own_days_active", "counts"),
    [
        (True, False, 0, True),
        (True, True, 9, True),
        (False, True, 3, True),
        (False, True, 2, False),
        (False, False, 9, False),
    ],
    ids=["answered", "answered and there", "there and agreed", "there too little", "never agreed"],
)
def test_who_answered_or_was_there_and_had_agreed_counts(
    *, answered: bool, agreed: bool, own_days_active: int, counts: bool
) -> None:
    assert is_eligible(answered=answered, agreed=agreed, own_days_active=own_days_active) is counts


def test_own_days_of_the_whole_window_count_when_the_post_covers_it() -> None:
    post = (dt.date(2026, 1, 1), dt.date(2026, 12, 31))
    assert active_own_days(*post, TUESDAYS, FIRST, LAST, "england") == 2
    assert active_own_days(*post, WORKING_WEEK, FIRST, LAST, "england") == 11


def test_days_before_the_post_starts_and_after_it_ends_do_not_count() -> None:
    assert active_own_days(dt.date(2026, 3, 10), LAST, WORKING_WEEK, FIRST, LAST, "england") == 5
    assert active_own_days(FIRST, dt.date(2026, 3, 3), WORKING_WEEK, FIRST, LAST, "england") == 2
    assert active_own_days(dt.date(2027, 1, 1), dt.date(2027, 2, 1), WORKING_WEEK, FIRST, LAST, "england") == 0


def test_days_away_do_not_count_even_when_two_absences_overlap() -> None:
    away = [(dt.date(2026, 3, 3), dt.date(2026, 3, 4)), (dt.date(2026, 3, 4), dt.date(2026, 3, 5))]
    assert active_own_days(FIRST, LAST, WORKING_WEEK, FIRST, LAST, "england", away) == 8


def test_a_bank_holiday_is_no_day_in_post() -> None:
    easter = (dt.date(2026, 4, 3), dt.date(2026, 4, 7))
    assert active_own_days(*easter, WORKING_WEEK, *easter, "england") == 1


@given(
    st.dates(FIRST, LAST), st.integers(0, 20), st.lists(st.tuples(st.dates(FIRST, LAST), st.integers(0, 5)), max_size=3)
)
def test_absence_never_adds_a_day_and_the_window_is_never_exceeded(
    start: dt.date, length: int, absences: list[tuple[dt.date, int]]
) -> None:
    end = start + dt.timedelta(days=length)
    away = [(first, first + dt.timedelta(days=extra)) for first, extra in absences]
    present = active_own_days(start, end, WORKING_WEEK, FIRST, LAST, "england")
    there = active_own_days(start, end, WORKING_WEEK, FIRST, LAST, "england", away)
    assert 0 <= there <= present <= len(own_days(WORKING_WEEK, FIRST, LAST, "england"))
