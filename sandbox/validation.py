"""Refuse the blocks and views that Slack refuses, with its error codes and json pointers.

Limits: docs.slack.dev/reference/block-kit/blocks and docs.slack.dev/reference/views.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from sandbox.elements import EITHER, IMAGE_BLOCK_FIELDS, ElementIn, context_element
from sandbox.refusal import RefusalError
from sandbox.shapes import Check, Report, Shape, Value, anything, boolean, exactly_one, items, string, text, weight

MESSAGE_BLOCKS = 50
VIEW_BLOCKS = 100
VIEW_BYTES = 250_000
MARKDOWN_CHARACTERS = 12_000


def _unique_action_ids(value: Value, pointer: str, report: Report) -> None:
    seen: set[str] = set()
    for index, element in enumerate(value.get("elements") or []):
        action_id = element.get("action_id") if isinstance(element, dict) else None
        if not isinstance(action_id, str):
            continue
        if action_id in seen:
            report.add(f"action_id {action_id!r} is used twice in a block", f"{pointer}/elements/{index}/action_id")
        seen.add(action_id)


def _section(value: Value, pointer: str, report: Report) -> None:
    if value.get("text") is None and value.get("fields") is None:
        report.add("missing required field: text or fields", pointer)


def _input(value: Value, pointer: str, report: Report) -> None:
    element = value.get("element")
    if value.get("dispatch_action") and isinstance(element, dict) and element.get("type") == "file_input":
        report.add("a file_input cannot dispatch_action", f"{pointer}/dispatch_action")


_BASE: dict[str, Check] = {"type": anything, "block_id": string(255, 1)}
_cell = Shape({"type": anything, "text": string(3000), "elements": items(anything, 0, 100)}, ("type",))

BLOCKS: dict[str, Shape] = {
    "section": Shape(
        {
            **_BASE,
            "text": text(3000, *EITHER),
            "fields": items(text(2000, *EITHER), 1, 10),
            "accessory": ElementIn("section"),
            "expand": boolean,
        },
        (),
        _section,
    ),
    "header": Shape({**_BASE, "text": text(150)}, ("text",)),
    "divider": Shape(_BASE),
    "context": Shape({**_BASE, "elements": items(context_element, 1, 10)}, ("elements",)),
    "actions": Shape({**_BASE, "elements": items(ElementIn("actions"), 1, 25)}, ("elements",), _unique_action_ids),
    "image": Shape({**_BASE, **IMAGE_BLOCK_FIELDS}, ("alt_text",), exactly_one("image_url", "slack_file")),
    "input": Shape(
        {
            **_BASE,
            "label": text(2000),
            "element": ElementIn("input"),
            "dispatch_action": boolean,
            "hint": text(2000),
            "optional": boolean,
        },
        ("label", "element"),
        _input,
    ),
    "rich_text": Shape({**_BASE, "elements": items(anything, 1, 1000)}, ("elements",)),
    "table": Shape(
        {**_BASE, "rows": items(items(_cell, 1, 20), 1, 100), "column_settings": items(anything, 0, 20)}, ("rows",)
    ),
    "markdown": Shape({**_BASE, "text": string(MARKDOWN_CHARACTERS, 1)}, ("text",)),
}
_MESSAGE_ONLY = {"table", "markdown"}


def _check_blocks(blocks: Sequence[Value], pointer: str, report: Report, *, in_view: bool) -> None:
    most = VIEW_BLOCKS if in_view else MESSAGE_BLOCKS
    if len(blocks) > most:
        report.add(f"no more than {most} items allowed", pointer)
    seen: set[str] = set()
    for index, block in enumerate(blocks):
        here = f"{pointer}/{index}"
        kind = block.get("type") if isinstance(block, dict) else None
        if not isinstance(kind, str) or kind not in BLOCKS or (in_view and kind in _MESSAGE_ONLY):
            report.add(f"unsupported type: {kind}", f"{here}/type")
            continue
        BLOCKS[kind](block, here, report)
        block_id = block.get("block_id")
        if isinstance(block_id, str):
            if block_id in seen:
                report.add(f"block_id {block_id!r} is used twice", f"{here}/block_id")
            seen.add(block_id)
    markdown = sum(len(b.get("text", "")) for b in blocks if isinstance(b, dict) and b.get("type") == "markdown")
    if markdown > MARKDOWN_CHARACTERS:
        report.add(f"markdown blocks hold more than {MARKDOWN_CHARACTERS} characters together", pointer)
    if sum(isinstance(b, dict) and b.get("type") == "table" for b in blocks) > 1:
        report.add("only one table is allowed", pointer)


def check_message_blocks(blocks: Value, has_image: Callable[[Value], bool] | None = None) -> None:
    """Return when Slack would take these as a message's blocks; ``has_image`` knows the files that images may name.

    Raises:
        RefusalError: ``invalid_blocks`` or ``invalid_blocks_format``.
    """
    if not isinstance(blocks, list):
        raise RefusalError("invalid_blocks_format")
    report = Report(has_image=has_image)
    _check_blocks(blocks, "/blocks", report, in_view=False)
    if report.messages:
        raise RefusalError("invalid_blocks", messages=report.messages)


_VIEW_COMMON: dict[str, Check] = {
    "type": anything,
    "blocks": anything,
    "private_metadata": string(3000),
    "callback_id": string(255),
    "external_id": string(255),
}
_MODAL = Shape(
    {
        **_VIEW_COMMON,
        "title": text(24),
        "submit": text(24),
        "close": text(24),
        "clear_on_close": boolean,
        "notify_on_close": boolean,
        "submit_disabled": boolean,
    },
    ("title", "blocks"),
)
_HOME = Shape({**_VIEW_COMMON, "title": text(24), "submit": text(24), "close": text(24)}, ("blocks",))


def check_view(view: Value, kind: str, has_image: Callable[[Value], bool] | None = None) -> None:
    """Return when Slack would take this as a view of this kind (``modal`` or ``home``); ``has_image`` as above.

    Raises:
        RefusalError: ``invalid_arguments`` with json pointers, or ``view_too_large``.
    """
    report = Report(has_image=has_image)
    if not isinstance(view, dict):
        raise RefusalError("invalid_arguments", messages=["[ERROR] view must be an object [json-pointer:/view]"])
    if weight(view) > VIEW_BYTES:
        raise RefusalError("view_too_large")
    if view.get("type") != kind:
        report.add(f"must be of type {kind}", "/view/type")
    (_MODAL if kind == "modal" else _HOME)(view, "/view", report)
    blocks = view.get("blocks")
    if isinstance(blocks, list):
        _check_blocks(blocks, "/view/blocks", report, in_view=True)
        inputs = any(isinstance(block, dict) and block.get("type") == "input" for block in blocks)
        if kind == "modal" and inputs and view.get("submit") is None:
            report.add("submit is required when there is an input block", "/view/submit")
    elif blocks is not None:
        report.add("must be an array", "/view/blocks")
    if report.messages:
        raise RefusalError("invalid_arguments", messages=report.messages)


def interactive(block: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The elements of a block that a person can act on."""
    if block["type"] == "section" and (block.get("accessory") or {}).get("type") not in {None, "image"}:
        yield block["accessory"]
    elif block["type"] == "actions":
        yield from block["elements"]
    elif block["type"] == "input":
        yield block["element"]
