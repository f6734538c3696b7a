import pytest
from hypothesis import given
from hypothesis import strategies as st

from fellowship.rules.words import normal, plain


@pytest.mark.parametrize(
    ("typed", "matched"),
    [
        ("  Latest   Pulse ", "latest pulse"),
        ("baseline\u00a0to\u202fend", "baseline to end"),
        ("\u201cprotected time\u201d", '"protected time"'),
        ("don\u2019t", "don't"),
        ("check\u2011in \u2013 held \u2014 now", "check-in - held - now"),
        ("pul\u200bse\ufeff", "pulse"),
        ("Stra\u00dfe", "strasse"),
        ("invite\nfellows\there", "invite fellows here"),
        ("", ""),
    ],
)
def test_typed_words_match_however_the_keyboard_wrote_them(typed: str, matched: str) -> None:
    assert normal(typed) == matched


def test_plain_text_keeps_its_lines_and_its_capitals() -> None:
    assert plain("\u201cAmara\u201d\nO\u2019Neil \u2013 Bola") == '"Amara"\nO\'Neil - Bola'


@given(st.text())
def test_what_is_normal_stays_as_it_is(text: str) -> None:
    once = normal(text)
    assert "  " not in once
    assert once == once.strip()
    assert plain(once) == once
