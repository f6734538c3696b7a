"""Small checks from which the rules of Block Kit are put together.

A check takes a value, the json pointer to it and the report; it adds a sentence for each thing that Slack would refuse.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Value = Any
"""A piece of JSON as it came over the wire."""


@dataclass
class Report:
    """What is wrong, as Slack words it, and what has been seen on the way."""

    messages: list[str] = field(default_factory=list)
    focused: int = 0
    has_image: Callable[[Value], bool] | None = None
    """Whether a ``slack_file`` names a picture that the app may show; None where there is no workspace to ask."""

    def add(self, sentence: str, pointer: str) -> None:
        """Note one problem at a json pointer."""
        self.messages.append(f"[ERROR] {sentence} [json-pointer:{pointer or '/'}]")


Check = Callable[[Value, str, Report], None]


def string(most: int, least: int = 0) -> Check:
    """A string of ``least`` to ``most`` characters."""

    def check(value: Value, pointer: str, report: Report) -> None:
        if not isinstance(value, str):
            report.add("must be a string", pointer)
        elif len(value) < least:
            report.add(f"must be more than {least - 1} characters", pointer)
        elif len(value) > most:
            report.add(f"must be less than {most + 1} characters", pointer)

    return check


def matching(pattern: str, sentence: str) -> Check:
    """A string of this form."""
    form = re.compile(pattern)

    def check(value: Value, pointer: str, report: Report) -> None:
        if not isinstance(value, str) or not form.fullmatch(value):
            report.add(sentence, pointer)

    return check


def one_of(*allowed: str) -> Check:
    """One of these words."""

    def check(value: Value, pointer: str, report: Report) -> None:
        if value not in allowed:
            report.add(f"must be one of: {', '.join(allowed)}", pointer)

    return check


def boolean(value: Value, pointer: str, report: Report) -> None:
    """True or false."""
    if not isinstance(value, bool):
        report.add("must be a boolean", pointer)


def focus(value: Value, pointer: str, report: Report) -> None:
    """``focus_on_load``: true for one element of a view at most."""
    boolean(value, pointer, report)
    if value is True:
        report.focused += 1
        if report.focused > 1:
            report.add("only one element may have focus_on_load", pointer)


def whole(least: int, most: int) -> Check:
    """A whole number in this range."""

    def check(value: Value, pointer: str, report: Report) -> None:
        if not isinstance(value, int) or isinstance(value, bool):
            report.add("must be an integer", pointer)
        elif not least <= value <= most:
            report.add(f"must be between {least} and {most}", pointer)

    return check


def anything(value: Value, pointer: str, report: Report) -> None:
    """Taken as it comes."""


def items(check: Check, least: int, most: int) -> Check:
    """A list of ``least`` to ``most`` things that each pass ``check``."""

    def check_list(value: Value, pointer: str, report: Report) -> None:
        if not isinstance(value, list):
            report.add("must be an array", pointer)
            return
        if len(value) < least:
            report.add(f"no less than {least} items allowed", pointer)
        if len(value) > most:
            report.add(f"no more than {most} items allowed", pointer)
        for index, item in enumerate(value):
            check(item, f"{pointer}/{index}", report)

    return check_list


@dataclass(frozen=True)
class Shape:
    """An object: the fields it may have, those it must have, and a rule across fields."""

    fields: Mapping[str, Check]
    required: tuple[str, ...] = ()
    rule: Check | None = None

    def __call__(self, value: Value, pointer: str, report: Report) -> None:
        """Check one object."""
        if not isinstance(value, dict):
            report.add("must be an object", pointer)
            return
        for name in self.required:
            if value.get(name) is None:
                report.add(f"missing required field: {name}", pointer)
        for name, part in value.items():
            if name not in self.fields:
                report.add(f"invalid additional property: {name}", pointer)
            elif part is not None:
                self.fields[name](part, f"{pointer}/{name}", report)
        if self.rule is not None:
            self.rule(value, pointer, report)


def text(most: int, *kinds: str) -> Check:
    """A text object of 1 to ``most`` characters, plain_text unless other kinds are allowed."""
    allowed = kinds or ("plain_text",)

    def rule(value: Value, pointer: str, report: Report) -> None:
        if value.get("type") == "mrkdwn" and "emoji" in value:
            report.add("invalid additional property: emoji", pointer)
        if value.get("type") == "plain_text" and "verbatim" in value:
            report.add("invalid additional property: verbatim", pointer)

    return Shape(
        {"type": one_of(*allowed), "text": string(most, 1), "emoji": boolean, "verbatim": boolean},
        ("type", "text"),
        rule,
    )


def exactly_one(*names: str) -> Check:
    """A rule: one of these fields, and only one."""

    def check(value: Value, pointer: str, report: Report) -> None:
        if sum(value.get(name) is not None for name in names) != 1:
            report.add(f"exactly one of {', '.join(names)} is needed", pointer)

    return check


def weight(value: Value) -> int:
    """The size in bytes of a value as JSON."""
    return len(json.dumps(value, separators=(",", ":")).encode())
