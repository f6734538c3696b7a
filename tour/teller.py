"""Tells the story as it happens, as readable text, and keeps it."""

import datetime as dt
import textwrap
from collections.abc import Callable
from pathlib import Path

from tour.acting import Person


class StoryError(AssertionError):
    """A step was not what it should be."""


class Teller:
    """Prints each step and writes the same to ``transcript``. What people answer is never told."""

    def __init__(self, transcript: Path, now: Callable[[], dt.datetime]) -> None:
        self._file = transcript.open("w", encoding="utf-8")
        self._now = now
        self.steps = 0

    def _say(self, text: str = "") -> None:
        print(text, flush=True)  # noqa: T201 - a story is told
        self._file.write(text + "\n")
        self._file.flush()

    def scene(self, title: str) -> None:
        """A new part of the story."""
        self._say()
        self._say(f"## {title}")
        self._say()

    def does(self, who: str, what: str) -> None:
        """Somebody acts."""
        self.steps += 1
        self._say(f"{self._now():%a %-d %B %Y, %H:%M}  **{who}** {what}")

    def shows(self, text: str) -> None:
        """What somebody reads, indented."""
        self._say()
        self._say(textwrap.indent(text.strip(), "    | ", lambda _line: True))
        self._say()

    def sees(self, member: Person, text: str, *, in_: str | None = None, show: bool = False) -> str:
        """Check that the member comes to see ``text``; returns, and if wished shows, where it stands."""
        self.steps += 1
        seen = member.sees(text, in_=in_, within=15.0).plain
        if show:
            self.shows(seen)
        return seen

    def holds(self, fact: str, *, true: bool) -> None:
        """Check a fact; raise StoryError when it is not so."""
        self.steps += 1
        if not true:
            raise StoryError(f"This should be so, and is not: {fact}")
        self._say(f"    ✓ {fact}")

    def pictures(self, what: str) -> None:
        """Come to a moment that is worth a picture, on the screen of whoever saw something last; words take none."""

    def close(self) -> None:
        """The story is over."""
        self._file.close()
