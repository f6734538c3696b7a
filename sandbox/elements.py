"""The interactive elements of Block Kit: what each may hold, and in which blocks it may stand.

Limits: docs.slack.dev/reference/block-kit/block-elements and composition-objects.
"""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.shapes import (
    Check,
    Report,
    Shape,
    Value,
    anything,
    boolean,
    exactly_one,
    focus,
    items,
    matching,
    one_of,
    string,
    text,
    whole,
)

EITHER = ("plain_text", "mrkdwn")

_option = Shape(
    {"text": text(75), "value": string(150, 1), "description": text(75), "url": string(3000)}, ("text", "value")
)
_rich_option = Shape(
    {"text": text(75, *EITHER), "value": string(150, 1), "description": text(75, *EITHER)}, ("text", "value")
)
_group = Shape({"label": text(75), "options": items(_option, 1, 100)}, ("label", "options"))
_confirm = Shape(
    {
        "title": text(100),
        "text": text(300, *EITHER),
        "confirm": text(30),
        "deny": text(30),
        "style": one_of("primary", "danger"),
    },
    ("title", "text", "confirm", "deny"),
)
_dispatch_config = Shape(
    {"trigger_actions_on": items(one_of("on_enter_pressed", "on_character_entered"), 1, 2)}, ("trigger_actions_on",)
)
_filter = Shape(
    {
        "include": items(one_of("im", "mpim", "private", "public"), 1, 4),
        "exclude_external_shared_channels": boolean,
        "exclude_bot_users": boolean,
    }
)


def _flat(value: Value) -> list[Value]:
    options = list(value.get("options") or [])
    for group in value.get("option_groups") or []:
        options.extend(group.get("options") or [] if isinstance(group, dict) else [])
    return options


def _key(option: Value) -> tuple[Value, Value]:
    if not isinstance(option, dict) or not isinstance(option.get("text"), dict):
        return (None, None)
    return (option["text"].get("text"), option.get("value"))


def _initial_among_options(value: Value, pointer: str, report: Report) -> None:
    known = {_key(option) for option in _flat(value)}
    one = value.get("initial_option")
    if one is not None and _key(one) not in known:
        report.add("initial_option is not one of the options", f"{pointer}/initial_option")
    several = value.get("initial_options")
    if isinstance(several, list) and any(_key(option) not in known for option in several):
        report.add("initial_options are not all among the options", f"{pointer}/initial_options")


def _static(value: Value, pointer: str, report: Report) -> None:
    exactly_one("options", "option_groups")(value, pointer, report)
    _initial_among_options(value, pointer, report)


def _lengths(value: Value, pointer: str, report: Report) -> None:
    least, most = value.get("min_length"), value.get("max_length")
    if isinstance(least, int) and isinstance(most, int) and least > most:
        report.add("min_length is more than max_length", pointer)
    given = value.get("initial_value")
    if isinstance(given, str) and isinstance(most, int) and len(given) > most:
        report.add(f"must be less than {most + 1} characters", f"{pointer}/initial_value")


_BASE: dict[str, Check] = {"type": anything, "action_id": string(255, 1)}
_CHOSEN: dict[str, Check] = {**_BASE, "confirm": _confirm, "focus_on_load": focus}
_SELECT: dict[str, Check] = {**_CHOSEN, "placeholder": text(150)}
_TYPED: dict[str, Check] = {
    **_BASE,
    "placeholder": text(150),
    "focus_on_load": focus,
    "dispatch_action_config": _dispatch_config,
    "initial_value": string(3000),
}
_OPTIONS: dict[str, Check] = {"options": items(_option, 1, 100), "option_groups": items(_group, 1, 100)}
_MULTI: dict[str, Check] = {**_SELECT, "max_selected_items": whole(1, 10_000)}
_ids = items(string(20, 1), 0, 100)
_DATE = matching(r"\d{4}-\d{2}-\d{2}", "must be a date as YYYY-MM-DD")
_TIME = matching(r"([01]\d|2[0-3]):[0-5]\d", "must be a time as HH:mm")

SHAPES: dict[str, Shape] = {
    "button": Shape(
        {
            **_BASE,
            "text": text(75),
            "value": string(2000),
            "url": string(3000),
            "style": one_of("primary", "danger"),
            "confirm": _confirm,
            "accessibility_label": string(75),
        },
        ("text",),
    ),
    "static_select": Shape({**_SELECT, **_OPTIONS, "initial_option": _option}, (), _static),
    "multi_static_select": Shape({**_MULTI, **_OPTIONS, "initial_options": items(_option, 1, 100)}, (), _static),
    "external_select": Shape({**_SELECT, "initial_option": _option, "min_query_length": whole(0, 255)}),
    "multi_external_select": Shape(
        {**_MULTI, "initial_options": items(_option, 1, 100), "min_query_length": whole(0, 255)}
    ),
    "users_select": Shape({**_SELECT, "initial_user": string(20, 1)}),
    "multi_users_select": Shape({**_MULTI, "initial_users": _ids}),
    "conversations_select": Shape(
        {
            **_SELECT,
            "initial_conversation": string(20, 1),
            "default_to_current_conversation": boolean,
            "response_url_enabled": boolean,
            "filter": _filter,
        }
    ),
    "multi_conversations_select": Shape(
        {**_MULTI, "initial_conversations": _ids, "default_to_current_conversation": boolean, "filter": _filter}
    ),
    "channels_select": Shape({**_SELECT, "initial_channel": string(20, 1), "response_url_enabled": boolean}),
    "multi_channels_select": Shape({**_MULTI, "initial_channels": _ids}),
    "overflow": Shape({**_BASE, "confirm": _confirm, "options": items(_option, 1, 5)}, ("options",)),
    "datepicker": Shape({**_SELECT, "initial_date": _DATE}),
    "timepicker": Shape({**_SELECT, "initial_time": _TIME, "timezone": string(100)}),
    "datetimepicker": Shape({**_CHOSEN, "initial_date_time": whole(1_000_000_000, 9_999_999_999)}),
    "radio_buttons": Shape(
        {**_CHOSEN, "options": items(_rich_option, 1, 10), "initial_option": _rich_option},
        ("options",),
        _initial_among_options,
    ),
    "checkboxes": Shape(
        {**_CHOSEN, "options": items(_rich_option, 1, 10), "initial_options": items(_rich_option, 1, 10)},
        ("options",),
        _initial_among_options,
    ),
    "plain_text_input": Shape(
        {**_TYPED, "multiline": boolean, "min_length": whole(0, 3000), "max_length": whole(1, 3000)}, (), _lengths
    ),
    "number_input": Shape(
        {**_TYPED, "is_decimal_allowed": boolean, "min_value": string(50), "max_value": string(50)},
        ("is_decimal_allowed",),
    ),
    "email_text_input": Shape(_TYPED),
    "url_text_input": Shape(_TYPED),
    "file_input": Shape({**_BASE, "filetypes": items(string(50, 1), 1, 100), "max_files": whole(1, 10)}),
    "rich_text_input": Shape({**_TYPED, "initial_value": anything}),
}

_PICKED = {"static_select", "external_select", "users_select", "conversations_select", "channels_select"}
_PICKED_MANY = {f"multi_{name}" for name in _PICKED}
_MARKED = {"radio_buttons", "checkboxes", "datepicker", "timepicker"}
_TEXTS = {"plain_text_input", "number_input", "email_text_input", "url_text_input", "file_input", "rich_text_input"}

ALLOWED: dict[str, frozenset[str]] = {
    "section": frozenset({"button", "overflow", "image"} | _PICKED | _PICKED_MANY | _MARKED),
    "actions": frozenset({"button", "overflow", "datetimepicker"} | _PICKED | _MARKED),
    "input": frozenset({"datetimepicker"} | _PICKED | _PICKED_MANY | _MARKED | _TEXTS),
}


@dataclass(frozen=True)
class ElementIn:
    """The check of an element that stands in a given block type."""

    block: str

    def __call__(self, value: Value, pointer: str, report: Report) -> None:
        """Check that the element is known, may stand here, and holds what it should."""
        kind = value.get("type") if isinstance(value, dict) else None
        if kind == "image" and "image" in ALLOWED[self.block]:
            IMAGE_ELEMENT(value, pointer, report)
        elif not isinstance(kind, str) or kind not in SHAPES or kind not in ALLOWED[self.block]:
            report.add(f"unsupported type: {kind}", f"{pointer}/type")
        else:
            SHAPES[kind](value, pointer, report)


def _known_image(value: Value, pointer: str, report: Report) -> None:
    exactly_one("id", "url")(value, pointer, report)
    if report.has_image is not None and not report.has_image(value):
        report.add("invalid slack file", pointer)


_slack_file = Shape({"id": string(50), "url": string(3000)}, (), _known_image)
IMAGE_ELEMENT = Shape(
    {"type": anything, "image_url": string(3000, 1), "alt_text": string(2000, 1), "slack_file": _slack_file},
    ("alt_text",),
    exactly_one("image_url", "slack_file"),
)
IMAGE_BLOCK_FIELDS: dict[str, Check] = {
    "image_url": string(3000, 1),
    "alt_text": string(2000, 1),
    "slack_file": _slack_file,
    "title": text(2000),
}


def context_element(value: Value, pointer: str, report: Report) -> None:
    """An image or a text in a context block."""
    kind = value.get("type") if isinstance(value, dict) else None
    if kind == "image":
        IMAGE_ELEMENT(value, pointer, report)
    elif kind in EITHER:
        text(3000, *EITHER)(value, pointer, report)
    else:
        report.add(f"unsupported type: {kind}", f"{pointer}/type")
