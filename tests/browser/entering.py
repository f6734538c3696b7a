"""How a hand enters a value in each kind of element that the page draws: by pointer and keyboard alone."""

import contextlib
import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from playwright.sync_api import Locator, expect

_TRIES = 3
_LOOK_MS = 2_000
_OPTIONS = """(group) => [...group.querySelectorAll("input")].map((input) => ({
    value: input.value, checked: input.checked, text: input.labels[0]?.innerText ?? "",
}))"""
_SELECT_OPTIONS = """(select) => [...select.options].filter((option) => !option.disabled && !option.hidden)
    .map((option) => ({value: option.value, text: option.text}))"""


class NoSuchOptionError(AssertionError):
    """The element does not offer what was to be chosen; the sentence says what it offers."""


def _place(options: Sequence[dict[str, Any]], wanted: str) -> int:
    """Which of the options has this text, or is the channel of this name, or has this value."""
    for fits in (
        # Below the text there may be a description.
        lambda one: " ".join(str(one["text"]).split("\n")[0].split()) in {" ".join(wanted.split()), f"#{wanted}"},
        lambda one: one["value"] == wanted,
    ):
        for number, one in enumerate(options):
            if fits(one):
                return number
    raise NoSuchOptionError(f"no option {wanted!r}; there are: {', '.join(repr(one['text']) for one in options)}")


def choose_in(select: Locator, wanted: str) -> None:
    """Open the select, walk down its list with the arrow keys, and take the option with this text or value.

    A list that was drawn anew while it was open may have lost what was pressed: like anybody, the hand looks, and
    chooses once more.
    """
    options = select.evaluate(_SELECT_OPTIONS)
    number = _place(options, wanted)
    value = options[number]["value"]
    keyboard = select.page.keyboard
    for _ in range(_TRIES):
        if select.input_value() == value:
            return
        select.click()
        keyboard.press("Home")
        for _ in range(number):
            keyboard.press("ArrowDown")
        keyboard.press("Enter")
        with contextlib.suppress(AssertionError):
            expect(select).to_have_value(value, timeout=_LOOK_MS)
    expect(select).to_have_value(value)


def mark_in(group: Locator, wanted: Sequence[str]) -> None:
    """Mark exactly these radio buttons or checkboxes, each by its text or value."""
    options = group.evaluate(_OPTIONS)
    on = {_place(options, each) for each in wanted}
    inputs = group.locator("input")
    for number, option in enumerate(options):
        if option["checked"] != (number in on) and (
            number in on or inputs.nth(number).get_attribute("type") != "radio"
        ):
            inputs.nth(number).click()


def type_in(field: Locator, text: str) -> None:
    """Type the text in place of what is there; a new line is Shift+Enter."""
    field.click()
    keyboard = field.page.keyboard
    keyboard.press("Control+A")
    keyboard.press("Delete")
    for number, line in enumerate(text.split("\n")):
        if number:
            keyboard.press("Shift+Enter")
        keyboard.type(line)
    expect(field).to_have_value(text)


def type_moment(field: Locator, moment: date) -> None:
    """Type a date, or a date and time, in the order of parts that this browser has: day or month first."""
    wanted = f"{moment:%Y-%m-%dT%H:%M}" if isinstance(moment, datetime) else f"{moment:%Y-%m-%d}"
    if field.input_value() == wanted:
        return
    keyboard = field.page.keyboard
    for form in ("%m%d%Y", "%d%m%Y"):
        field.click(position={"x": 10, "y": 10})  # the first part
        keyboard.type(f"{moment:{form}}")
        if isinstance(moment, datetime):
            keyboard.type(f"{moment:%H%M}")
        if field.input_value() == wanted:
            return
    expect(field).to_have_value(wanted)


def enter(element: Locator, value: Any) -> None:  # noqa: ANN401 - whatever a story enters
    """Enter a value in one element of Block Kit, whatever the page made of it."""
    kind = element.evaluate("(element) => element.localName + ':' + (element.type ?? '')")
    several = [str(each) for each in value] if isinstance(value, (list, tuple)) else [str(value)]
    if kind.startswith("select"):
        choose_in(element, several[0])
    elif kind.startswith("details"):
        element.locator("summary").click()
        mark_in(element, several)
        element.locator("summary").click()
    elif kind in {"input:date", "input:datetime-local"}:
        type_moment(element, datetime.fromisoformat(value) if "T" in value else date.fromisoformat(value))
    elif re.match(r"input:(text|number|email|url)$|textarea", kind):
        type_in(element, several[0])
    else:
        mark_in(element, several)
