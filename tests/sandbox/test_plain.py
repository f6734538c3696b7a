from __future__ import annotations

from typing import Any

import pytest

from sandbox.mrkdwn import Reader, words
from sandbox.plain import plain, plain_message, plain_view
from tests.sandbox.conftest import actions, button, choice, modal, options, text_input
from tests.sandbox.conftest import plain as text

LONDON = Reader("Europe/London", {"U1": "@Amara", "C1": "#cohort"})


@pytest.mark.parametrize(
    ("raw", "read"),
    [
        ("<!date^1772528400^{date_short} at {time}|Tue 3 March>", "3 Mar 2026 at 09:00"),
        ("<!date^1772528400^{date_long}|Tue 3 March>", "Tuesday 3 March 2026"),
        ("<!date^1772528400^{date_num} {time_secs}|x>", "2026-03-03 09:00:00"),
        ("<!date^1772528400^{nonsense}|Tue 3 March>", "Tue 3 March"),
        ("<!date^1772528400^{date}^https://example.org|x>", "3 March 2026"),
        ("hello <@U1> in <#C1>", "hello @Amara in #cohort"),
        ("<@U9> <#C9|elsewhere>", "@U9 #elsewhere"),
        ("<!here> <!channel>", "@here @channel"),
        ("<https://example.org|a page> <https://example.org>", "a page (https://example.org) https://example.org"),
        ("a &amp;lt; b &lt;c&gt;", "a &lt; b <c>"),
    ],
)
def test_mrkdwn_reads_as_words(raw: str, read: str) -> None:
    assert words(raw, LONDON) == read


def test_a_date_is_shown_in_the_readers_zone_or_as_it_was_written() -> None:
    token = "<!date^1783328400^{time}|as written>"
    assert words(token, Reader("Europe/London")) == "10:00"
    assert words(token, Reader("America/New_York")) == "05:00"
    assert words(token) == "as written"


def test_a_message_reads_block_by_block() -> None:
    blocks: list[dict[str, Any]] = [
        {"type": "header", "text": text("Pulse")},
        {"type": "section", "text": {"type": "mrkdwn", "text": "Hi <@U1>"}, "accessory": button("Start", "s")},
        {"type": "section", "fields": [text("one"), text("two")]},
        {"type": "divider"},
        {"type": "context", "elements": [text("small"), {"type": "image", "image_url": "x", "alt_text": "a star"}]},
        {"type": "image", "image_url": "x", "alt_text": "a chart", "title": text("Chart")},
        actions(
            button("Yes", "y"),
            {"type": "static_select", "action_id": "p", "placeholder": text("Pick"), "options": options("A")},
            {"type": "overflow", "action_id": "o", "options": options("Edit", "Drop")},
        ),
        {"type": "table", "rows": [[{"type": "raw_text", "text": "a"}, {"type": "raw_text", "text": "1"}]]},
        {"type": "markdown", "text": "**bold**"},
    ]
    assert plain(blocks, LONDON).split("\n\n") == [
        "Pulse\n=====",
        "Hi @Amara\n[Start]",
        "one\ntwo",
        "--------",
        "small  (image: a star)",
        "(image: Chart: a chart)",
        "[Yes]  ‹Pick›  ‹more: Edit / Drop›",  # noqa: RUF001 - the marks of a choice, as rendered
        "a | 1",
        "**bold**",
    ]


def test_rich_text_reads_with_its_lists() -> None:
    items = [{"type": "rich_text_section", "elements": [{"type": "text", "text": word}]} for word in ("one", "two")]
    listed = {"type": "rich_text_list", "style": "ordered", "elements": items}
    intro = {
        "type": "rich_text_section",
        "elements": [{"type": "user", "user_id": "U1"}, {"type": "text", "text": " says:"}],
    }
    assert plain([{"type": "rich_text", "elements": [intro, listed]}], LONDON) == "@Amara says:\n1. one\n2. two"


def test_a_view_reads_with_labels_values_and_refusals() -> None:
    view = modal(
        text_input("name", "Name", initial_value="given"),
        choice("days", "Days", {"type": "checkboxes", "options": options("Mon", "Tue")}),
        choice("how", "How", {"type": "radio_buttons", "options": options("Well", "Badly")}),
    )
    values = {"how": {"value": {"type": "radio_buttons", "selected_option": options("Well")[0]}}}
    assert plain_view(view, Reader(values=values), errors={"name": "Too short"}).split("\n\n") == [
        "A form\n######",
        "Name\n[ given ]\n  ! Too short",
        "Days (optional)\n[ ] Mon\n[ ] Tue",
        "How (optional)\n(o) Well\n( ) Badly",
        "[Cancel]  [Send]",
    ]
    hidden = plain_view(view, Reader(values=values, hide_answers=True))
    assert "given" not in hidden
    assert "(o)" not in hidden


def test_a_message_without_blocks_reads_its_text() -> None:
    assert plain_message("a &amp; b", []) == "a & b"
    assert plain_message("fallback", [{"type": "section", "text": text("shown")}]) == "shown"
