"""What the story asks of a workspace and its members, whoever moves them: the driver over HTTP, or hands on a page."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, Protocol


class Seen(Protocol):
    """A message, a modal or a Home tab as a member sees it."""

    @property
    def plain(self) -> str:
        """Its words."""
        ...

    @property
    def ts(self) -> str:
        """When it was posted, as Slack writes it; empty for what is no message."""
        ...


class Outcome(Protocol):
    """What a member saw of what they did."""

    @property
    def ok(self) -> bool:
        """Whether it went as it should."""
        ...

    @property
    def errors(self) -> Mapping[str, str]:
        """Refusals beside fields, by block id."""
        ...


class Person(Protocol):
    """One member. What they look for may be a moment in coming; what never comes raises an AssertionError."""

    @property
    def id(self) -> str:
        """The member's id in the workspace."""
        ...

    def types(self, text: str, *, in_: str | None = None) -> Outcome:
        """Type a message or a command in a channel, or in the direct conversation with the app."""
        ...

    def clicks(self, what: str, *, times: int = 1) -> Outcome:
        """Press the newest button with this text or action id: in the open modal, or else in what the app sent."""
        ...

    def fills(self, values: Mapping[str, Any]) -> Outcome:
        """Enter values in the open modal, by block id: a text, an option's text or value, several, a date."""
        ...

    def submits(self, values: Mapping[str, Any] | None = None) -> Outcome:
        """Enter values and press the modal's submit button."""
        ...

    def closes(self) -> Outcome:
        """Close the open modal."""
        ...

    def opens_home(self) -> Outcome:
        """Open the app's Home tab, which ``sees`` then reads with ``in_="home"``."""
        ...

    @property
    def modal(self) -> Mapping[str, Any] | None:
        """The open modal, its groups of options in ``blocks`` as the app sent them, or None."""
        ...

    @property
    def modal_text(self) -> str:
        """The words of the open modal, and what is entered in it."""
        ...

    def messages(self, in_: str | None = None) -> Sequence[Seen]:
        """What the member sees in a channel, or in the direct conversation with the app, oldest first."""
        ...

    def sees(self, text: str, in_: str | None = None, within: float = 5.0) -> Seen:
        """Wait up to ``within`` seconds of machine time until something shows this text."""
        ...


class Workspace(Protocol):
    """The workspace that they are all in."""

    @property
    def now(self) -> dt.datetime:
        """Programme time, in UTC."""
        ...

    def member(self, who: str) -> Person:
        """A member by name."""
        ...

    def advance(self, to: dt.datetime | None = None, *, by: dt.timedelta | None = None) -> object:
        """Move programme time from one due moment to the next, up to an instant or by a while."""
        ...

    def arm(self, name: str, *, count: int | None = 1) -> None:
        """Arm a fault for the next ``count`` calls or deliveries."""
        ...
