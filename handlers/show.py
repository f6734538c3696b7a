"""What a handler answers with, and what it is given: the vocabulary between conversations and the edge."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from slack_sdk.models.views import View
from sqlalchemy.orm import Session

from fellowship.ports import Actor, Clock, Policies
from fellowship.views.message import Message
from handlers.payload import Kind, Payload
from models.direct import Direct
from models.session import Database


@dataclass(frozen=True)
class Done:
    """There is nothing to show here: a message follows, or nothing need be said. A form closes with all its stack."""


@dataclass(frozen=True)
class Reply:
    """Shown to the person alone, where a command was typed."""

    message: Message


@dataclass(frozen=True)
class Open:
    """A modal, on top of the one that is open if there is one."""

    view: View


@dataclass(frozen=True)
class Home:
    """The person's Home tab, in the place of what stood there."""

    view: View


Show = Done | Reply | Open | Home


@dataclass(frozen=True)
class Deps:
    """What every conversation needs; made once by the composition root."""

    operational: Database
    evaluation: Database
    clock: Clock
    policies: Policies
    secret: bytes
    """Keys the digests in the inbox."""
    wake: Callable[[], None]
    """Called after a commit, so that what it recorded is sent at once."""


@dataclass(frozen=True)
class Context:
    """One delivery being served: its transaction, who acts, and when."""

    session: Session
    actor: Actor
    now: dt.datetime
    deps: Deps

    @property
    def policies(self) -> Policies:
        """The deployment's policies."""
        return self.deps.policies


@dataclass(frozen=True)
class ClickContext:
    """As Context, for a click that is served with prepared statements alone."""

    direct: Direct
    actor: Actor
    now: dt.datetime
    deps: Deps

    @property
    def policies(self) -> Policies:
        """The deployment's policies."""
        return self.deps.policies


@dataclass(frozen=True)
class ClickRoute:
    """The entry of a click that a whole cohort presses in the same minute: it writes, straight to the driver."""

    handle: Callable[[Payload, ClickContext], Show]
    fields: Mapping[str, str] = field(default_factory=dict)
    """As Route's: a click has none."""


@dataclass(frozen=True)
class Route:
    """A conversation's entry. ``writes``: it changes something, so repeats are recognised and a commit comes first."""

    handle: Callable[[Payload, Context], Show]
    writes: bool = True
    fields: Mapping[str, str] = field(default_factory=dict)
    """For a form: where the sentence about a field is shown, from the use case's name for it to the block id."""


Routes = Mapping[Kind, Mapping[str, Route | ClickRoute]]
"""Where each kind of payload leads, by its id."""
