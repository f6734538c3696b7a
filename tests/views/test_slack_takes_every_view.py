"""Slack takes every view, whatever people typed, and nothing that they typed becomes a mention, a link or a date."""

import datetime as dt
import re
from dataclasses import replace

import pytest
from hypothesis import given as given_any
from hypothesis import settings
from hypothesis import strategies as st

from fellowship.views import director, pulse, roster, summary
from fellowship.views.ids import ActionId, BlockId, ViewId, item_block, routed
from fellowship.views.message import Message
from sandbox.validation import check_message_blocks, check_view
from tests.views import screens
from tests.views.walk import Json, marked_texts, objects, payloads

HOSTILE = {
    "a call to everybody": "<!channel> <!here> <!everyone>",
    "a mention": "<@U1> <@U0HOSTILE1|boss> <#C0HOSTILE1> <!subteam^S0HOSTILE1>",
    "a link": "<https://evil.example|Register here> https://evil.example",
    "a date": "<!date^0^{date}|never>",
    "the three characters": "&<>" * 40,
    "entities": "&amp;&lt;!channel&gt;",
    "an unfinished mention": "<!channel",
    "text turned round": "\u202eevil\u202c \u2066x\u2069 \u200fright\u200e",
    "lines and controls": "one\ntwo\r\n\tthree\x00\x07\n> quoted\n• Line 1",
    "marks": "*bold* _italic_ ~struck~ `code` ```block```",
    "emoji of four bytes": "🧑‍⚕️" * 60,
    "nothing": "",
    "spaces": " \n\t ",
    "150 ampersands": "&" * 150,
    "3001 characters": "x" * 3001,
    "3001 angle brackets": "<" * 3001,
    "3001 ampersands": "&" * 3001,
    "3001 emoji": "🦶" * 3001,
}
OURS = re.compile(r"<(?:@(?:U0RUTHADEY|U0NIAWALSH)|#C0AHP[A-Z]+|!date\^\d+\^\{date_long\}, \{time\}\|[A-Za-z0-9 ,:]+)>")
EDITED_IN_PLACE = ("pulse_", "director_status")
"""Messages that chat.update changes later; its text holds about 4,000 characters."""


def _refuse_what_slack_refuses(payload: Json) -> None:
    if payload.get("type") in {"modal", "home"}:
        check_view(payload, payload["type"])
        return
    check_message_blocks(payload["blocks"])
    assert 1 <= len(payload["text"]) <= 40_000


def _refuse_what_was_not_built_here(payload: Json) -> None:
    for text in marked_texts(payload):
        left = OURS.sub("", text)
        assert "<" not in left
        assert ">" not in left
        assert re.fullmatch(r"(?:[^&]|&amp;|&lt;|&gt;)*", left, re.DOTALL)


@pytest.mark.parametrize("name", payloads())
def test_slack_takes_the_view(name: str) -> None:
    payload = payloads()[name]
    _refuse_what_slack_refuses(payload)
    _refuse_what_was_not_built_here(payload)


@pytest.mark.parametrize("typed", HOSTILE.values(), ids=HOSTILE)
def test_whatever_is_typed_slack_takes_every_view_and_makes_nothing_of_the_words(typed: str) -> None:
    for name, payload in payloads(lambda _: typed).items():
        _refuse_what_slack_refuses(payload)
        _refuse_what_was_not_built_here(payload)
        if name.startswith(EDITED_IN_PLACE) and "blocks" in payload and payload.get("type") != "modal":
            assert len(payload["text"]) <= 4_000, name
        if typed.strip():
            turning = [text for text in marked_texts(payload) if re.search("[\u202a-\u202e\u2066-\u2069]", text)]
            assert not turning


@settings(max_examples=40, deadline=None)
@given_any(st.text(max_size=200))
def test_no_typed_text_becomes_markup(typed: str) -> None:
    for payload in payloads(lambda _: typed).values():
        _refuse_what_slack_refuses(payload)
        _refuse_what_was_not_built_here(payload)


def test_a_hostile_word_is_shown_as_typed() -> None:
    shown = payloads(lambda _: "<!channel> & co")["channel_hello"]["text"]
    assert "&lt;!channel&gt; &amp; co" in shown


def test_people_are_mentioned_only_by_who_can_help_never_by_the_sentence() -> None:
    shown = payloads(lambda _: f"<@{screens.NIA}>")["refused"]["text"]
    assert shown.count(f"<@{screens.RUTH}>") == 1
    assert f"<@{screens.NIA}>" not in shown


@pytest.mark.parametrize("name", payloads())
def test_every_id_in_a_view_is_one_that_handlers_know(name: str) -> None:
    payload = payloads()[name]
    actions = {each["action_id"] for each in objects(payload) if "action_id" in each}
    assert {routed(action) for action in actions - {"value"}} <= set(ActionId)
    inputs = [each for each in objects(payload) if each.get("type") == "input"]
    items = {item_block(item.item_id) for item in screens.pulse_1().items}
    assert {each["block_id"] for each in inputs} <= {*BlockId, *items}
    if payload.get("type") == "modal":
        assert payload["callback_id"] in set(ViewId)


@pytest.mark.parametrize("name", screens.messages())
def test_the_text_of_a_message_says_everything_that_stands_in_its_blocks(name: str) -> None:
    message = screens.messages()[name]
    blocks = message.payload()["blocks"]
    for block in blocks:
        texts = [block["text"]] if "text" in block else [each for each in block.get("elements", []) if "type" in each]
        for text in texts:
            if text["type"] in {"mrkdwn", "plain_text"}:
                assert text["text"] in message.text
    assert message.text.strip()


def test_a_list_with_a_thousand_bad_lines_is_still_one_message_that_says_how_many_are_left() -> None:
    bad = [roster.Problem(number, "<&>" * 1000, "x" * 3001) for number in range(1, 1001)]
    report = roster.invite_report("x" * 3001, ["&" * 150] * 300, ["🦶" * 150] * 300, bad)
    _refuse_what_slack_refuses(report.payload())
    _refuse_what_was_not_built_here(report.payload())
    named = report.text.count("• Line ")
    assert 1 <= named < 1000
    assert f"And {1000 - named} more lines" in report.text
    assert re.search(r"\*Invited, 300 people:\* .* and 297 more\. Each", report.text)
    assert "*Next:* correct what is wrong" in report.text


def test_every_bad_line_of_an_ordinary_list_is_named() -> None:
    bad = [roster.Problem(number, f"Somebody {number}", "there is no e-mail address") for number in range(1, 41)]
    report = roster.invite_report("AHP Fellows 2026", [], [], bad)
    assert all(f"• Line {number} (“Somebody {number}”): there is" in report.text for number in range(1, 41))
    assert "more line" not in report.text


def test_a_menu_of_cohorts_holds_what_slack_allows() -> None:
    many = [(f"cohort-{number}", "y" * 200) for number in range(150)]
    check_view(roster.invite_modal(many, "cohort-3").to_dict(), "modal")
    check_view(director.open_pulse_modal(many, many).to_dict(), "modal")


@pytest.mark.parametrize("items", [1, 39, 41, 80, 400])
def test_a_summary_of_any_number_of_items_is_one_message(items: int) -> None:
    lines = tuple(
        replace(screens.line("p1", "median_band", "Agree", "4-5", 6), item_id=f"x{number}", wording="&" * 50)
        for number in range(items)
    )
    said = summary.wave_summary(replace(screens.wave(), figures=lines))
    _refuse_what_slack_refuses(said.payload())
    _refuse_what_was_not_built_here(said.payload())
    told = sum(f"*x{number}.*" in said.text for number in range(items))
    if items <= 80:
        assert told == items
    else:
        assert f"And {items - told} more questions: one message holds no more" in said.text
    assert "these figures are final" in said.text


def test_a_summary_with_the_longest_wordings_is_one_message_that_says_what_is_left() -> None:
    lines = tuple(replace(line, wording="&" * 3001) for line in screens.wave().figures * 4)
    apart = tuple(replace(line, item_id=f"x{number}") for number, line in enumerate(lines))
    said = summary.wave_summary(replace(screens.wave(), figures=apart))
    _refuse_what_slack_refuses(said.payload())
    _refuse_what_was_not_built_here(said.payload())
    assert said.text.count("• Median: ") + said.text.count("• Not shown. (") == said.text.count("*x") > 0
    assert "more questions: one message holds no more" in said.text
    assert "these figures are final" in said.text


def test_a_date_says_the_written_time_in_the_zone_of_its_reader() -> None:
    card = replace(screens.card(), zone="Asia/Kathmandu", closes_at=dt.datetime(2026, 3, 17, 17, 30, tzinfo=dt.UTC))
    said: Message = pulse.pulse_saved(card, screens.pulse_1())
    assert "Tue 17 March 2026, 23:15>" in said.text
