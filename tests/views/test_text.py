"""Words: escaped once, cut at the right place, joined and dated in plain English."""

import datetime as dt
import html

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fellowship.views.refusal import refused
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


@pytest.mark.parametrize(
    ("typed", "seen"),
    [
        ("a\u200bb\u00adc\ufeff\u2060", "abc"),
        ("\u202eabc\u202c \u2066d\u2069", "abc d"),
        ("a\x00b\x1b[1mc\x85d\u2028e", "a b [1mc d e"),
        ("\u3164\u200d\ufe0f\u2800", "(empty)"),
        ("\U0001f3f4\U000e0067\U000e0062\U000e0077\U000e006c\U000e0073\U000e007f", None),
        ("hidden\U000e0068\U000e0069", "hidden"),
        ("\U0001f468\u200d\U0001f469\u200d\U0001f467", None),
        ("\u2764\ufe0f", None),
        ("\u0646\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", None),
        ("\u200dabc\u200d", "abc"),
        ("e\u0301\u0301\u0301\u0301\u0301\u0301x", "e\u0301\u0301\u0301\u0301x"),
        ("\u0338a", "\u25cc\u0338a"),
        ("half \ud83d", "half"),
    ],
)
def test_one_line_holds_what_can_be_seen_and_nothing_that_takes_hold_of_its_neighbours(
    typed: str, seen: str | None
) -> None:
    assert one_line(typed) == (typed if seen is None else seen)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("*a* ~b~ `c` _d_", "\u2217a\u2217 \u223cb\u223c \u02cbc\u02cb \u02cdd\u02cd"),
        ("amara_okafor@trust.example", "amara_okafor@trust.example"),
        ("_a__b_", "\u02cda\u02cd\u02cdb\u02cd"),
        ("> a", "\u00ad&gt; a"),
        ("a > b", "a &gt; b"),
        ("\u05d0\u05d1 1", "\u2068\u05d0\u05d1 1\u2069"),
        ("Z\u00fcrich", "Z\u00fcrich"),
    ],
)
def test_what_is_shown_formats_nothing_and_turns_nothing_round(typed: str, said: str) -> None:
    assert shown(typed) == said


def test_an_emoji_counts_twice_and_is_never_halved() -> None:
    assert shortened("\U0001f9b6" * 5, 10) == "\U0001f9b6" * 5
    assert shortened("\U0001f9b6" * 6, 10) == "\U0001f9b6" * 4 + "\u2026"
    assert cut("\U0001f9b6" * 6, 10) == "\U0001f9b6" * 4 + "\u2026"


@pytest.mark.parametrize("limit", range(2, 30))
def test_a_cut_leaves_no_isolate_open(limit: int) -> None:
    first, second = shown("\u05d0\u05d1\u05d2"), shown("\u05d3\u05d4")
    kept = cut(f"ask {first} or {second} now, please", limit)
    assert kept.count("\u2068") == kept.count("\u2069")


def test_a_sentence_of_ours_stays_from_left_to_right_whatever_name_begins_it() -> None:
    told = refused("\u05d0\u05d1 has ended. Type `/fellowship` or `/elsewhere`.", "<@U0RUTHADEY> can.").text
    assert told.startswith("\u2066\u05d0\u05d1 has ended. Type `/fellowship` or \u02cb/elsewhere\u02cb.\u2069")
    assert told.endswith("<@U0RUTHADEY> can.")
