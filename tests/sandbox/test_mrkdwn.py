from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.mrkdwn import Reader, Span, rich_spans, spans, words
from tests.hostile import HOSTILE

LONDON = Reader("Europe/London", {"U1": "@Amara", "C1": "#cohort"})
MARKS = "*_~`"
_PIECES = ["*", "_", "~", "`", "```", "<", ">", "@", "#", "!", "^", "&", "&amp;", "&lt;", "&gt;", "\n", " ", "a", "é"]
_TOKENS = ["<@U1>", "<!here>", "<https://example.org>", "<!date^1772528400^{date}|a day>", "<!date^9^{time}|x>"]
_TYPED = [text for text in HOSTILE.values() if "|" not in text]


def _has_no_label(text: str) -> bool:
    """Whether no link in it has a label: that is shown alone on the page, and with its address in words."""
    return "|" not in text


def flat(pieces: list[Span]) -> str:
    """What the pieces show, in order."""
    shown = []
    for piece in pieces:
        if isinstance(piece, str):
            shown.append(piece)
        elif piece[0] == "link":
            shown.append(flat(piece[2]))
        elif piece[0] == "list":
            shown += [flat(item) for item in piece[2]]
        else:
            shown.append(piece[1] if isinstance(piece[1], str) else flat(piece[1]))
    return "".join(shown)


def bare(text: str) -> str:
    """The text without anything that may be a mark, and without white space, which a quotation and a fence take."""
    return "".join(c for c in text if c not in MARKS and not c.isspace() and c != ">")


@pytest.mark.parametrize(
    ("raw", "pieces"),
    [
        ("*bold* _it_", [["strong", ["bold"]], " ", ["em", ["it"]]]),
        ("~no~ `code`", [["del", ["no"]], " ", ["code", "code"]]),
        ("*_both_*", [["strong", [["em", ["both"]]]]]),
        ("snake_case_word 2*3*4", ["snake_case_word 2*3*4"]),
        ("* not* *nor *", ["* not* *nor *"]),
        ("`*not bold*`", [["code", "*not bold*"]]),
        ("*`a*b`*", [["strong", [["code", "a*b"]]]]),
        ("```\n*raw*\n<@U1>\n```", [["pre", "*raw*\n@Amara"]]),
        ("&gt; quoted\n> too\nnot", [["quote", ["quoted\ntoo"]], "not"]),
        ("hello <@U1> <!here>", ["hello ", ["mention", "@Amara"], " ", ["mention", "@here"]]),
        ("in <#C1|c>", ["in ", ["mention", "#cohort"]]),
        ("<https://a.example?b&amp;c|a &amp; b>", [["link", "https://a.example?b&c", ["a & b"]]]),
        ("<javascript:alert(1)|x>", [["link", "javascript:alert(1)", ["x"]]]),
        ("<!date^1772528400^{time}|then>", [["date", "09:00"]]),
        ("&lt;b&gt;&amp;amp;", ["<b>&amp;"]),
        ("*a\nb*", ["*a\nb*"]),
    ],
)  # fmt: skip
def test_mrkdwn_is_read_as_marked_pieces(raw: str, pieces: list[Any]) -> None:
    assert spans(raw, LONDON) == pieces


@pytest.mark.parametrize(
    ("raw", "read"),
    [
        ("<!date^99999999999999999999^{time}|then>", "then"),
        ("<!date^-99999999999999^{time}|then>", "then"),
        (f"<!date^{'9' * 5000}^{{time}}|then>", "then"),
        ("<|x>", "x ()"),
        ("<!>", "@"),
        ("<@>", "@"),
    ],
)
def test_a_broken_token_is_shown_and_breaks_nothing(raw: str, read: str) -> None:
    assert words(raw, LONDON) == read
    assert flat(spans(raw, LONDON))


@given(
    st.lists(st.sampled_from([*_PIECES, *_TOKENS, *_TYPED]), max_size=25).map("".join) | st.text().filter(_has_no_label)
)
def test_no_word_is_lost_or_added_whatever_the_marks(raw: str) -> None:
    assert bare(flat(spans(raw, LONDON))) == bare(words(raw, LONDON))


@given(st.text(st.characters(exclude_characters="*_~`<>&\n"), max_size=200))
def test_a_text_without_marks_is_one_piece(raw: str) -> None:
    assert spans(raw, LONDON) == ([raw] if raw else [])


RUNS = [
    "*",
    "_",
    "~",
    "<",
    "`",
    ">",
    "*_~",
    "*_~<",
    "*a",
    "*a_b",
    "<a",
    "*<a",
    "*a`",
    "`a`*",
    "*x<*y>",
    "*a ",
    "&gt;",
    "<!date^",
]


@pytest.mark.parametrize("run", RUNS)
def test_a_run_of_marks_takes_time_in_proportion(run: str) -> None:
    def seconds(length: int) -> float:
        raw = (run * length)[:length]
        best = 9.0
        for _ in range(3):
            began = time.perf_counter()
            spans(raw, LONDON)
            words(raw, LONDON)
            best = min(best, time.perf_counter() - began)
        return best

    short, long = seconds(5_000), seconds(40_000)
    # Eight times the length: linear takes eight times as long, and quadratic sixty-four.
    assert long < max(24 * short, 0.05), (short, long)


@pytest.mark.parametrize(
    "element",
    [None, 7, [], {}, {"type": "nonsense"}, {"type": "text"}, {"type": "user"}, {"type": "rich_text", "elements": 7}],
)
def test_rich_text_that_is_not_understood_shows_nothing(element: object) -> None:
    assert flat(rich_spans(element, LONDON)) == ""


def test_rich_text_keeps_its_styles_and_lists() -> None:
    styled = {"type": "text", "text": "a", "style": {"bold": True, "italic": True, "strike": True}}
    listed = {
        "type": "rich_text_list",
        "style": "ordered",
        "elements": [{"type": "rich_text_section", "elements": [styled]}],
    }
    code = {"type": "text", "text": "c", "style": {"code": True}}
    link = {"type": "link", "url": "https://a.example", "text": "b", "style": {"bold": True}}
    raw = {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "a "}, link, code]}
    block = {"type": "rich_text", "elements": [listed, {"type": "rich_text_quote", "elements": [code]}, raw]}
    assert rich_spans(block, LONDON) == [
        ["list", "ordered", [[["del", [["em", [["strong", ["a"]]]]]]]]],
        ["quote", [["code", "c"]]],
        ["pre", "a bc"],
    ]
