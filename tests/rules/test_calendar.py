import datetime as dt
import zoneinfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from fellowship import catalogue
from fellowship.rules.calendar import (
    SUBDIVISIONS,
    WORKING_WEEK,
    HolidaysUnknownError,
    bank_holidays,
    closing_on,
    instant,
    late_until_on,
    next_sending_instant,
    own_days,
    reminder_on,
)

MON, TUE, WED, THU, FRI, SAT, SUN = range(7)
LONDON = "Europe/London"


def within_hours(moment: dt.datetime, zone: str) -> bool:
    return dt.time(9) <= moment.astimezone(zoneinfo.ZoneInfo(zone)).time() <= dt.time(17, 30)


def _utc(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


def test_when_the_clocks_go_forward_a_time_that_does_not_exist_moves_by_the_gap() -> None:
    assert instant(dt.date(2026, 3, 29), dt.time(1, 30), LONDON) == _utc("2026-03-29T01:30")
    shown = instant(dt.date(2026, 3, 29), dt.time(1, 30), LONDON).astimezone(zoneinfo.ZoneInfo(LONDON))
    assert shown.time() == dt.time(2, 30)


def test_when_the_clocks_go_back_a_time_that_occurs_twice_is_the_first() -> None:
    assert instant(dt.date(2026, 10, 25), dt.time(1, 30), LONDON) == _utc("2026-10-25T00:30")
    assert instant(dt.date(2026, 10, 25), dt.time(1, 30, fold=1), LONDON) == _utc("2026-10-25T00:30")


@pytest.mark.parametrize(
    ("day", "utc"),
    [
        ("2026-03-28", "2026-03-28T09:00"),
        ("2026-03-29", "2026-03-29T08:00"),
        ("2026-10-24", "2026-10-24T08:00"),
        ("2026-10-25", "2026-10-25T09:00"),
    ],
)
def test_nine_o_clock_stays_nine_o_clock_around_both_clock_changes(day: str, utc: str) -> None:
    assert instant(dt.date.fromisoformat(day), dt.time(9), LONDON) == _utc(utc)


@pytest.mark.parametrize(
    ("zone", "day", "wall", "utc"),
    [
        ("Europe/Dublin", "2026-03-29", "01:15", "2026-03-29T01:15"),
        ("Europe/Lisbon", "2026-07-01", "09:00", "2026-07-01T08:00"),
        ("Europe/Paris", "2026-03-29", "02:30", "2026-03-29T01:30"),
        ("Europe/Athens", "2026-10-25", "03:30", "2026-10-25T00:30"),
        ("Africa/Lagos", "2026-01-05", "09:00", "2026-01-05T08:00"),
        ("Asia/Dubai", "2026-01-05", "09:00", "2026-01-05T05:00"),
        ("Asia/Kolkata", "2026-01-05", "09:00", "2026-01-05T03:30"),
        ("Asia/Kathmandu", "2026-01-05", "09:00", "2026-01-05T03:15"),
        ("Asia/Tokyo", "2026-01-05", "09:00", "2026-01-05T00:00"),
        ("Australia/Lord_Howe", "2026-10-04", "02:15", "2026-10-03T15:45"),
        ("Australia/Lord_Howe", "2026-04-05", "01:45", "2026-04-04T14:45"),
        ("Pacific/Auckland", "2026-09-27", "02:30", "2026-09-26T14:30"),
        ("America/New_York", "2026-03-08", "02:30", "2026-03-08T07:30"),
        ("America/New_York", "2026-11-01", "01:30", "2026-11-01T05:30"),
        ("America/St_Johns", "2026-01-05", "09:00", "2026-01-05T12:30"),
        ("Pacific/Apia", "2011-12-30", "12:00", "2011-12-30T22:00"),
        ("UTC", "2026-03-29", "01:30", "2026-03-29T01:30"),
    ],
)
def test_wall_time_in_other_zones(zone: str, day: str, wall: str, utc: str) -> None:
    assert instant(dt.date.fromisoformat(day), dt.time.fromisoformat(wall), zone) == _utc(utc)


def test_a_wall_time_with_a_zone_or_in_an_unknown_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="no zone of its own"):
        instant(dt.date(2026, 3, 2), dt.time(9, tzinfo=dt.UTC), LONDON)
    with pytest.raises(zoneinfo.ZoneInfoNotFoundError):
        instant(dt.date(2026, 3, 2), dt.time(9), "Europe/Atlantis")


days = st.dates(dt.date(2020, 1, 1), dt.date(2035, 12, 31))
zones = st.sampled_from([zone for zone, _ in catalogue.zones()])
nations = st.sampled_from(sorted(SUBDIVISIONS))
some_weekdays = st.frozensets(st.integers(0, 6), min_size=1)


@given(days, st.times(), zones)
def test_clocks_show_the_wall_time_or_the_time_after_the_gap(day: dt.date, wall: dt.time, zone: str) -> None:
    shown = instant(day, wall, zone).astimezone(zoneinfo.ZoneInfo(zone)).replace(tzinfo=None)
    moved = shown - dt.datetime.combine(day, wall.replace(fold=0))
    assert dt.timedelta(0) <= moved <= dt.timedelta(hours=1)


@given(days, st.times(), zones)
def test_no_earlier_instant_shows_the_same_wall_time(day: dt.date, wall: dt.time, zone: str) -> None:
    at = instant(day, wall, zone)
    shown = at.astimezone(zoneinfo.ZoneInfo(zone)).replace(tzinfo=None, fold=0)
    for minutes in (30, 60):
        earlier = (at - dt.timedelta(minutes=minutes)).astimezone(zoneinfo.ZoneInfo(zone))
        assert earlier.replace(tzinfo=None, fold=0) != shown


def test_each_nation_has_its_own_bank_holidays() -> None:
    assert dt.date(2026, 11, 30) in bank_holidays("scotland", [2026])
    assert dt.date(2026, 11, 30) not in bank_holidays("england", [2026])
    assert dt.date(2026, 3, 17) in bank_holidays("northern-ireland", [2026])
    assert dt.date(2026, 4, 6) in bank_holidays("wales", [2025, 2026])
    assert dt.date(2026, 4, 6) not in bank_holidays("scotland", [2026])
    assert {dt.date(2026, 12, 25), dt.date(2026, 12, 28)} <= bank_holidays("england", [2026])


def test_every_nation_of_the_catalogue_has_bank_holidays() -> None:
    assert set(SUBDIVISIONS) == set(dict(catalogue.nations()))


def test_a_year_that_the_list_does_not_cover_is_said_aloud() -> None:
    with pytest.raises(HolidaysUnknownError, match="does not cover 2150"):
        bank_holidays("england", [2026, 2150])
    with pytest.raises(HolidaysUnknownError, match="does not cover 2150"):
        own_days(frozenset({MON}), dt.date(2150, 1, 1), dt.date(2150, 2, 1), "england")


def test_an_unknown_nation_is_refused() -> None:
    with pytest.raises(ValueError, match="'ruritania' is not one of"):
        bank_holidays("ruritania", [2026])


def test_own_days_leave_out_bank_holidays_of_the_nation() -> None:
    mondays = frozenset({MON})
    assert own_days(mondays, dt.date(2026, 3, 30), dt.date(2026, 4, 13), "england") == [
        dt.date(2026, 3, 30),
        dt.date(2026, 4, 13),
    ]
    assert dt.date(2026, 4, 6) in own_days(mondays, dt.date(2026, 3, 30), dt.date(2026, 4, 13), "scotland")


def test_a_span_that_ends_before_it_starts_has_no_own_days() -> None:
    assert own_days(WORKING_WEEK, dt.date(2026, 4, 13), dt.date(2026, 4, 1), "england") == []


@given(some_weekdays, days, st.integers(0, 60), nations)
def test_own_days_are_those_weekdays_that_are_no_holiday(
    weekdays: frozenset[int], first: dt.date, length: int, nation: str
) -> None:
    last = first + dt.timedelta(days=length)
    found = own_days(weekdays, first, last, nation)
    off = bank_holidays(nation, {first.year, last.year})
    span = {first + dt.timedelta(days=offset) for offset in range(length + 1)}
    assert found == sorted(day for day in span if day.weekday() in weekdays and day not in off)


def test_a_wave_is_open_for_fourteen_days_when_everyone_has_three_own_days_in_them() -> None:
    tuesday = dt.date(2026, 3, 3)
    assert closing_on(tuesday, [frozenset({TUE, WED}), frozenset({FRI, MON})], "england") == dt.date(2026, 3, 17)


def test_the_day_of_opening_is_an_own_day() -> None:
    tuesday = dt.date(2026, 3, 3)
    assert closing_on(tuesday, [frozenset({TUE})], "england") == dt.date(2026, 3, 17)


def test_a_wave_waits_for_the_third_own_day_of_whoever_comes_in_least() -> None:
    tuesday = dt.date(2026, 3, 3)
    assert closing_on(tuesday, [frozenset({TUE, WED}), frozenset({MON})], "england") == dt.date(2026, 3, 23)


def test_a_bank_holiday_is_no_own_day_to_answer_on() -> None:
    # Mondays after 24 March 2026: 30 March, Easter Monday (in England), 13 April, 20 April.
    assert closing_on(dt.date(2026, 3, 24), [frozenset({MON})], "england") == dt.date(2026, 4, 20)
    assert closing_on(dt.date(2026, 3, 24), [frozenset({MON})], "scotland") == dt.date(2026, 4, 13)


def test_a_fellow_without_weekdays_holds_nothing_open() -> None:
    assert closing_on(dt.date(2026, 3, 3), [frozenset()], "england") == dt.date(2026, 3, 17)
    assert late_until_on(dt.date(2026, 3, 17), [frozenset()], "england") == dt.date(2026, 3, 17)


@given(days, st.lists(some_weekdays, max_size=6), nations)
def test_at_closing_everyone_has_had_three_own_days_and_nobody_waited_longer_than_needed(
    opened_on: dt.date, fellows: list[frozenset[int]], nation: str
) -> None:
    closes_on = closing_on(opened_on, fellows, nation)
    assert closes_on >= opened_on + dt.timedelta(days=14)
    assert all(len(own_days(each, opened_on, closes_on, nation)) >= 3 for each in fellows)
    if closes_on > opened_on + dt.timedelta(days=14):
        day_before = closes_on - dt.timedelta(days=1)
        assert any(len(own_days(each, opened_on, day_before, nation)) == 2 for each in fellows)


def test_late_answers_are_taken_for_two_own_days_after_closing() -> None:
    tuesday = dt.date(2026, 3, 17)
    assert late_until_on(tuesday, [frozenset({TUE, WED})], "england") == dt.date(2026, 3, 24)
    assert late_until_on(tuesday, [WORKING_WEEK, frozenset({THU})], "england") == dt.date(2026, 3, 26)
    assert late_until_on(tuesday, [frozenset({TUE})], "england", 1) == dt.date(2026, 3, 24)


def test_a_late_window_of_none_ends_with_the_wave_and_a_negative_one_is_refused() -> None:
    tuesday = dt.date(2026, 3, 17)
    assert late_until_on(tuesday, [frozenset({MON})], "england", 0) == tuesday
    with pytest.raises(ValueError, match="shorter than 0"):
        late_until_on(tuesday, [frozenset({MON})], "england", -1)


@given(days, st.lists(some_weekdays, max_size=6), nations, st.integers(1, 4))
def test_everyone_has_the_late_days_after_closing_and_no_more_are_waited_for(
    closed_on: dt.date, fellows: list[frozenset[int]], nation: str, late_days: int
) -> None:
    last = late_until_on(closed_on, fellows, nation, late_days)
    counts = [len(own_days(each, closed_on + dt.timedelta(days=1), last, nation)) for each in fellows]
    assert all(count >= late_days for count in counts)
    assert not counts or min(counts) == late_days


def test_the_reminder_comes_on_the_last_own_day_before_the_closing_day() -> None:
    opened_on, closes_on = dt.date(2026, 3, 3), dt.date(2026, 3, 17)
    assert reminder_on(opened_on, closes_on, frozenset({TUE, WED}), "england") == dt.date(2026, 3, 11)
    assert reminder_on(opened_on, closes_on, WORKING_WEEK, "england") == dt.date(2026, 3, 16)


def test_there_is_no_reminder_without_an_own_day_between_opening_and_closing() -> None:
    opened_on = dt.date(2026, 3, 3)
    assert reminder_on(opened_on, dt.date(2026, 3, 10), frozenset({TUE}), "england") is None
    assert reminder_on(opened_on, opened_on, WORKING_WEEK, "england") is None
    # Easter Monday is the only Monday between.
    assert reminder_on(dt.date(2026, 3, 30), dt.date(2026, 4, 13), frozenset({MON}), "england") is None


@given(days, some_weekdays, nations)
def test_every_fellow_of_a_wave_has_a_reminder_on_an_own_day_within_it(
    opened_on: dt.date, weekdays: frozenset[int], nation: str
) -> None:
    closes_on = closing_on(opened_on, [weekdays], nation)
    reminded_on = reminder_on(opened_on, closes_on, weekdays, nation)
    assert reminded_on is not None
    assert opened_on < reminded_on < closes_on
    assert own_days(weekdays, reminded_on, closes_on - dt.timedelta(days=1), nation) == [reminded_on]


@pytest.mark.parametrize(
    ("wall", "within"), [("08:59:59", False), ("09:00", True), ("17:30", True), ("17:30:01", False), ("00:00", False)]
)
def test_people_are_written_to_from_nine_to_half_past_five_their_time(wall: str, within: bool) -> None:  # noqa: FBT001 - a table of answers
    at = instant(dt.date(2026, 7, 1), dt.time.fromisoformat(wall), "Asia/Kathmandu")
    assert within_hours(at, "Asia/Kathmandu") is within


@pytest.mark.parametrize(
    ("not_before", "weekdays", "sent"),
    [
        ("2026-03-03T10:15", None, "2026-03-03T10:15"),
        ("2026-03-03T06:00", None, "2026-03-03T09:00"),
        ("2026-03-03T17:30", None, "2026-03-03T17:30"),
        ("2026-03-03T17:31", None, "2026-03-04T09:00"),
        ("2026-03-06T18:00", None, "2026-03-09T09:00"),
        ("2026-03-07T12:00", None, "2026-03-09T09:00"),
        ("2026-03-03T10:15", frozenset({THU}), "2026-03-05T09:00"),
        ("2026-03-03T10:15", frozenset({SAT}), "2026-03-07T09:00"),
        ("2026-03-03T18:00", frozenset({TUE}), "2026-03-10T09:00"),
        ("2026-03-27T18:00", None, "2026-03-30T08:00"),  # the clocks went forward between
    ],
)
def test_what_cannot_be_sent_now_waits_for_the_next_hour_of_work(
    not_before: str, weekdays: frozenset[int] | None, sent: str
) -> None:
    assert next_sending_instant(_utc(not_before), LONDON, weekdays) == _utc(sent)


def test_with_a_nation_its_bank_holidays_are_left_in_peace() -> None:
    good_friday = _utc("2026-04-03T10:00")
    assert next_sending_instant(good_friday, LONDON, None) == good_friday
    assert next_sending_instant(good_friday, LONDON, None, "england") == _utc("2026-04-07T08:00")


def test_a_sending_time_needs_an_instant_and_a_weekday() -> None:
    with pytest.raises(ValueError, match="an instant has a zone"):
        next_sending_instant(dt.datetime(2026, 3, 3, 10), LONDON, None)  # noqa: DTZ001 - what is refused
    with pytest.raises(ValueError, match="no weekday"):
        next_sending_instant(_utc("2026-03-03T10:00"), LONDON, frozenset())


@given(
    st.datetimes(dt.datetime(2020, 1, 1), dt.datetime(2035, 1, 1), timezones=st.just(dt.UTC)),  # noqa: DTZ001 - bounds
    zones,
    st.none() | some_weekdays,
)
def test_the_sending_instant_is_the_earliest_within_hours_on_an_allowed_day(
    not_before: dt.datetime, zone: str, weekdays: frozenset[int] | None
) -> None:
    sent = next_sending_instant(not_before, zone, weekdays)
    here = zoneinfo.ZoneInfo(zone)
    allowed = WORKING_WEEK if weekdays is None else weekdays
    assert sent >= not_before
    assert sent.utcoffset() == dt.timedelta(0)
    assert within_hours(sent, zone)
    assert sent.astimezone(here).weekday() in allowed
    assume(sent > not_before)
    assert sent.astimezone(here).time() == dt.time(9)
    between = not_before
    while between < sent:
        assert not (within_hours(between, zone) and between.astimezone(here).weekday() in allowed)
        between += dt.timedelta(minutes=30)
