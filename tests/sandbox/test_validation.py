from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from sandbox.refusal import RefusalError
from sandbox.validation import BLOCKS, check_message_blocks, check_view
from tests.sandbox.conftest import FORM, actions, button, choice, modal, options, plain, text_input

Block = dict[str, Any]


def section(text: str = "words", **more: object) -> Block:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **more}


def select(**more: object) -> Block:
    return {"type": "static_select", "action_id": "pick", "placeholder": plain("Pick"), **more}


def many(count: int) -> list[Block]:
    return [{"text": plain(f"o{n}"), "value": str(n)} for n in range(count)]


def radio(**more: object) -> Block:
    return {"type": "radio_buttons", "action_id": "pick", **more}


REFUSED: dict[str, tuple[list[Any], str, str]] = {
    "an unknown block": ([{"type": "carousel"}], "unsupported type: carousel", "/blocks/0/type"),
    "no type": ([{}], "unsupported type: None", "/blocks/0/type"),
    "something that is no block": (["x"], "unsupported type: None", "/blocks/0/type"),
    "an unknown element": (
        [actions({"type": "slider", "action_id": "a"})],
        "unsupported type: slider",
        "/blocks/0/elements/0/type",
    ),
    "a text input among actions": (
        [actions({"type": "plain_text_input", "action_id": "a"})],
        "unsupported type: plain_text_input",
        "/blocks/0/elements/0/type",
    ),
    "a multi select among actions": (
        [actions({"type": "multi_users_select", "action_id": "a"})],
        "unsupported type: multi_users_select",
        "/blocks/0/elements/0/type",
    ),
    "a date and time beside a section": (
        [section(accessory={"type": "datetimepicker", "action_id": "a"})],
        "unsupported type: datetimepicker",
        "/blocks/0/accessory/type",
    ),
    "empty actions": ([actions()], "no less than 1 items allowed", "/blocks/0/elements"),
    "26 buttons": (
        [actions(*(button("x", f"a{n}") for n in range(26)))],
        "no more than 25 items allowed",
        "/blocks/0/elements",
    ),
    "one action_id twice in a block": (
        [actions(button("a", "same"), button("b", "same"))],
        "action_id 'same' is used twice in a block",
        "/blocks/0/elements/1/action_id",
    ),
    "one block_id twice": (
        [actions(button("a", "a")), actions(button("b", "b"))],
        "block_id 'row' is used twice",
        "/blocks/1/block_id",
    ),
    "51 blocks": ([{"type": "divider"}] * 51, "no more than 50 items allowed", "/blocks"),
    "a section without words": ([{"type": "section"}], "missing required field: text or fields", "/blocks/0"),
    "an empty text": ([section("")], "must be more than 0 characters", "/blocks/0/text/text"),
    "3,001 characters": ([section("x" * 3001)], "must be less than 3001 characters", "/blocks/0/text/text"),
    "11 fields": (
        [{"type": "section", "fields": [plain("x")] * 11}],
        "no more than 10 items allowed",
        "/blocks/0/fields",
    ),
    "a field of 2,001 characters": (
        [{"type": "section", "fields": [plain("x" * 2001)]}],
        "must be less than 2001 characters",
        "/blocks/0/fields/0/text",
    ),
    "a header of 151 characters": (
        [{"type": "header", "text": plain("x" * 151)}],
        "must be less than 151 characters",
        "/blocks/0/text/text",
    ),
    "a header in mrkdwn": (
        [{"type": "header", "text": {"type": "mrkdwn", "text": "x"}}],
        "must be one of: plain_text",
        "/blocks/0/text/type",
    ),
    "11 context elements": (
        [{"type": "context", "elements": [plain("x")] * 11}],
        "no more than 10 items allowed",
        "/blocks/0/elements",
    ),
    "a button text of 76 characters": (
        [actions(button("x" * 76, "a"))],
        "must be less than 76 characters",
        "/blocks/0/elements/0/text/text",
    ),
    "a button value of 2,001 characters": (
        [actions(button("x", "a", "v" * 2001))],
        "must be less than 2001 characters",
        "/blocks/0/elements/0/value",
    ),
    "a button in another colour": (
        [actions({**button("x", "a"), "style": "blue"})],
        "must be one of: primary, danger",
        "/blocks/0/elements/0/style",
    ),
    "an action_id of 256 characters": (
        [actions(button("x", "a" * 256))],
        "must be less than 256 characters",
        "/blocks/0/elements/0/action_id",
    ),
    "a block_id of 256 characters": (
        [actions(button("x", "a"), block_id="b" * 256)],
        "must be less than 256 characters",
        "/blocks/0/block_id",
    ),
    "an option text of 76 characters": (
        [actions(select(options=options("x" * 76)))],
        "must be less than 76 characters",
        "/blocks/0/elements/0/options/0/text/text",
    ),
    "an option value of 151 characters": (
        [actions(select(options=[{"text": plain("x"), "value": "v" * 151}]))],
        "must be less than 151 characters",
        "/blocks/0/elements/0/options/0/value",
    ),
    "a select of 101 options": (
        [actions(select(options=many(101)))],
        "no more than 100 items allowed",
        "/blocks/0/elements/0/options",
    ),
    "a select without options": (
        [actions(select())],
        "exactly one of options, option_groups is needed",
        "/blocks/0/elements/0",
    ),
    "a placeholder of 151 characters": (
        [actions(select(placeholder=plain("x" * 151), options=many(1)))],
        "must be less than 151 characters",
        "/blocks/0/elements/0/placeholder/text",
    ),
    "an initial option that is none": (
        [actions(select(options=many(2), initial_option={"text": plain("other"), "value": "9"}))],
        "initial_option is not one of the options",
        "/blocks/0/elements/0/initial_option",
    ),
    "11 radio buttons": (
        [actions(radio(options=many(11)))],
        "no more than 10 items allowed",
        "/blocks/0/elements/0/options",
    ),
    "11 checkboxes": (
        [actions({"type": "checkboxes", "action_id": "a", "options": many(11)})],
        "no more than 10 items allowed",
        "/blocks/0/elements/0/options",
    ),
    "6 overflow options": (
        [section(accessory={"type": "overflow", "action_id": "a", "options": many(6)})],
        "no more than 5 items allowed",
        "/blocks/0/accessory/options",
    ),
    "a date in words": (
        [actions({"type": "datepicker", "action_id": "a", "initial_date": "9 March"})],
        "must be a date as YYYY-MM-DD",
        "/blocks/0/elements/0/initial_date",
    ),
    "an image without alt text": (
        [{"type": "image", "image_url": "https://example.org/a.png"}],
        "missing required field: alt_text",
        "/blocks/0",
    ),
    "a property that Slack does not know": (
        [section(colour="red")],
        "invalid additional property: colour",
        "/blocks/0",
    ),
    "a confirmation without a way back": (
        [actions({**button("x", "a"), "confirm": {"title": plain("t"), "text": plain("t"), "confirm": plain("y")}})],
        "missing required field: deny",
        "/blocks/0/elements/0/confirm",
    ),
    "two tables": (
        [{"type": "table", "rows": [[{"type": "raw_text", "text": "x"}]]}] * 2,
        "only one table is allowed",
        "/blocks",
    ),
    "12,001 characters of markdown": (
        [{"type": "markdown", "text": "x" * 6001}, {"type": "markdown", "text": "x" * 6000}],
        "markdown blocks hold more than 12000 characters together",
        "/blocks",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_message_is_refused_for(case: str) -> None:
    blocks, sentence, pointer = REFUSED[case]
    with pytest.raises(RefusalError) as caught:
        check_message_blocks(blocks)
    assert caught.value.error == "invalid_blocks"
    assert f"[ERROR] {sentence} [json-pointer:{pointer}]" in caught.value.messages


def test_blocks_that_are_no_list_are_refused() -> None:
    with pytest.raises(RefusalError) as caught:
        check_message_blocks({"type": "divider"})
    assert caught.value.error == "invalid_blocks_format"


ALLOWED: list[Block] = [
    section("x" * 3000, block_id="b" * 255),
    section(accessory={"type": "image", "image_url": "https://example.org/a.png", "alt_text": "a chart"}),
    {"type": "section", "fields": [plain("x" * 2000)] * 10},
    {"type": "header", "text": {"type": "plain_text", "text": "x" * 150, "emoji": True}},
    {"type": "divider"},
    {"type": "context", "elements": [{"type": "mrkdwn", "text": "x", "verbatim": True}] * 10},
    actions(*(button("x" * 75, f"a{n}", "v" * 2000) for n in range(25)), block_id="buttons"),
    actions(select(options=many(100)), block_id="select"),
    actions(radio(options=many(10), initial_option=many(1)[0]), block_id="radio"),
    actions({"type": "datetimepicker", "action_id": "a", "initial_date_time": 1_772_528_400}, block_id="moment"),
    section(accessory={"type": "overflow", "action_id": "a", "options": many(5)}, block_id="overflow"),
    choice("groups", "Label", select(option_groups=[{"label": plain("g"), "options": many(3)}])),
    text_input("typed", "Label", multiline=True, min_length=0, max_length=3000),
    choice("number", "Label", {"type": "number_input", "is_decimal_allowed": False, "min_value": "0"}),
    {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "x"}]}]},
    {"type": "table", "rows": [[{"type": "raw_text", "text": "x"}] * 20] * 100},
    {"type": "markdown", "text": "x" * 12_000},
    {"type": "image", "image_url": "https://example.org/a.png", "alt_text": "a", "title": plain("t")},
]


def test_what_stands_at_every_limit_is_taken() -> None:
    check_message_blocks(ALLOWED)
    assert {block["type"] for block in ALLOWED} == BLOCKS.keys(), "a block type is not tried here"


VIEWS: dict[str, tuple[Callable[[], Any], str, str]] = {
    "a title of 25 characters": (
        lambda: modal(title=plain("x" * 25)),
        "must be less than 25 characters",
        "/view/title/text",
    ),
    "no title": (lambda: modal(title=None), "missing required field: title", "/view"),
    "inputs without a submit button": (
        lambda: modal(text_input("a", "A"), submit=None),
        "submit is required when there is an input block",
        "/view/submit",
    ),
    "one block_id twice": (
        lambda: modal(text_input("a", "A"), text_input("a", "B")),
        "block_id 'a' is used twice",
        "/view/blocks/1/block_id",
    ),
    "101 blocks": (lambda: modal(*[{"type": "divider"}] * 101), "no more than 100 items allowed", "/view/blocks"),
    "metadata of 3,001 characters": (
        lambda: modal(private_metadata="x" * 3001),
        "must be less than 3001 characters",
        "/view/private_metadata",
    ),
    "a callback_id of 256 characters": (
        lambda: modal(callback_id="x" * 256),
        "must be less than 256 characters",
        "/view/callback_id",
    ),
    "a table": (
        lambda: modal({"type": "table", "rows": [[{"type": "raw_text", "text": "x"}]]}),
        "unsupported type: table",
        "/view/blocks/0/type",
    ),
    "two elements in focus": (
        lambda: modal(text_input("a", "A", focus_on_load=True), text_input("b", "B", focus_on_load=True)),
        "only one element may have focus_on_load",
        "/view/blocks/1/element/focus_on_load",
    ),
    "a label of 2,001 characters": (
        lambda: modal(text_input("a", "x" * 2001)),
        "must be less than 2001 characters",
        "/view/blocks/0/label/text",
    ),
    "a minimum above the maximum": (
        lambda: modal(text_input("a", "A", min_length=9, max_length=3)),
        "min_length is more than max_length",
        "/view/blocks/0/element",
    ),
    "a button as an input": (
        lambda: modal(choice("a", "A", button("x", "y"))),
        "unsupported type: button",
        "/view/blocks/0/element/type",
    ),
    "the wrong kind of view": (lambda: modal(type="home"), "must be of type modal", "/view/type"),
    "blocks that are no list": (lambda: {**modal(), "blocks": {}}, "must be an array", "/view/blocks"),
}


@pytest.mark.parametrize("case", VIEWS)
def test_a_modal_is_refused_for(case: str) -> None:
    make, sentence, pointer = VIEWS[case]
    with pytest.raises(RefusalError) as caught:
        check_view(make(), "modal")
    assert caught.value.error == "invalid_arguments"
    assert f"[ERROR] {sentence} [json-pointer:{pointer}]" in caught.value.messages


def test_a_view_over_250_kilobytes_is_refused() -> None:
    with pytest.raises(RefusalError) as caught:
        check_view(modal(*[section("x" * 3000)] * 90), "modal")
    assert caught.value.error == "view_too_large"


def test_the_forms_of_these_tests_are_taken() -> None:
    check_view(FORM, "modal")
    check_view({"type": "home", "blocks": [{"type": "divider"}]}, "home")


def test_the_refusal_arrives_with_its_json_pointer(client: WebClient) -> None:
    for call, args in (
        (client.chat_postMessage, {"channel": "#cohort", "text": "x", "blocks": [actions()]}),
        (client.api_call, {"api_method": "blocks.validate", "json": {"blocks": [actions()]}}),
    ):
        with pytest.raises(SlackApiError) as caught:
            call(**args)
        answer = caught.value.response
        assert answer["error"] == "invalid_blocks"
        assert answer["response_metadata"]["messages"] == [
            "[ERROR] no less than 1 items allowed [json-pointer:/blocks/0/elements]"
        ]
    assert client.api_call("blocks.validate", json={"blocks": [{"type": "divider"}]})["ok"]
