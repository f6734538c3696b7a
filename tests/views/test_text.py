"""Words: escaped once, cut at the right place, joined and dated in plain English."""

import datetime as dt
import html

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fellowship.views.text import at, counted, cut, escaped, joined, on, one_line, shortened, shown


def test_exactly_three_characters_are_escaped() -> None:
    assert escaped("a & b < c > d \"quoted\" 'too' *bold*") == "a &amp; b &lt; c &gt; d \"quoted\" 'too' *bold*"


@given(st.text())
def test_what_is_escaped_reads_as_it_was_typed(text: str) -> None:
    back = escaped(text).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    assert back == text


@given(st.text(alphabet="&<>ab;", max_size=60), st.integers(min_value=2, max_value=60))
def test_a_cut_never_breaks_an_entity(text: str, limit: int) -> None:
    kept = cut(escaped(text), limit)
    assert len(kept) <= limit
    if kept != escaped(text):
        assert kept.endswith("…")
        kept = kept.removesuffix("…")
    assert escaped(text).startswith(kept)
    assert escaped(html.unescape(kept)) == kept


@pytest.mark.parametrize("limit", range(2, 40))
def test_a_cut_never_breaks_a_mention(limit: int) -> None:
    kept = cut("Ask <@U0RUTHADEY> or <@U0NIAWALSH> please", limit)
    assert kept.count("<") == kept.count(">")
    assert len(kept) <= limit


def test_a_bare_ampersand_far_back_does_not_cut_the_rest_away() -> None:
    assert cut("fish & chips and a long story", 20) == "fish & chips and a…"


@given(st.text(), st.integers(min_value=10, max_value=200))
def test_one_line_is_one_line_within_its_limit_and_never_empty(text: str, limit: int) -> None:
    line = one_line(text, limit)
    assert 1 <= len(line) <= limit
    assert "\n" not in line
    assert not set(line) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\x00\r\t")


def test_a_long_name_is_shortened_before_it_is_escaped() -> None:
    assert shown("&" * 200) == "&amp;" * 149 + "…"


def test_a_text_within_its_limit_stays_whole() -> None:
    assert shortened("abc", 3) == "abc"
    assert shortened("abcd", 3) == "ab…"


@pytest.mark.parametrize(
    ("names", "said"), [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")]
)
def test_names_are_joined_as_in_a_sentence(names: list[str], said: str) -> None:
    assert joined(names) == said


def test_a_day_is_written_out() -> None:
    assert on(dt.date(2026, 3, 3)) == "Tuesday 3 March 2026"


@pytest.mark.parametrize(
    ("instant", "zone", "written"),
    [
        (dt.datetime(2026, 3, 3, 17, 30, tzinfo=dt.UTC), "Europe/London", "Tue 3 March 2026, 17:30"),
        (dt.datetime(2026, 7, 3, 17, 30, tzinfo=dt.UTC), "Europe/London", "Fri 3 July 2026, 18:30"),
        (dt.datetime(2026, 12, 31, 23, 30, tzinfo=dt.UTC), "Asia/Kathmandu", "Fri 1 January 2027, 05:15"),
    ],
)
def test_an_instant_is_a_date_token_with_the_time_in_the_readers_zone(
    instant: dt.datetime, zone: str, written: str
) -> None:
    assert at(instant, zone) == f"<!date^{int(instant.timestamp())}^{{date_long}}, {{time}}|{written}>"


def test_one_is_not_many() -> None:
    assert [counted(number, "person", "people") for number in (0, 1, 2)] == ["0 people", "1 person", "2 people"]
