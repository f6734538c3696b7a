"""What Slack sends when people act, read once into a typed form.

Names are Slack's own: https://docs.slack.dev/reference/interaction-payloads.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from fellowship.services.answers import Place
from fellowship.views.ids import BlockId, routed

HOME_OPENED = "app_home_opened"


class Kind(StrEnum):
    """How people reach the bot."""

    COMMAND = "command"
    ACTION = "action"
    SUBMISSION = "submission"
    CLOSED = "closed"
    EVENT = "event"


@dataclass(frozen=True)
class Payload:
    """One delivery. Nothing in it but who acted is authority."""

    kind: Kind
    body: Mapping[str, Any]

    @property
    def workspace_id(self) -> str:
        """The workspace where it happened."""
        team = self.body.get("team") or {}
        return str(self.body.get("team_id") or team["id"])

    @property
    def slack_user_id(self) -> str:
        """Who acted."""
        if self.kind is Kind.EVENT:
            return str(self._event.get("user", ""))
        user = self.body.get("user") or {}
        return str(self.body.get("user_id") or user["id"])

    @property
    def route(self) -> str:
        """The command, action id, callback id or event type that says what it is about."""
        if self.kind is Kind.COMMAND:
            return str(self.body["command"])
        if self.kind is Kind.ACTION:
            return routed(str(self._action["action_id"]))
        if self.kind is Kind.EVENT:
            return str(self._event["type"])
        return str(self._view["callback_id"])

    @property
    def _action(self) -> Mapping[str, Any]:
        action: Mapping[str, Any] = self.body["actions"][0]
        return action

    @property
    def _event(self) -> Mapping[str, Any]:
        event: Mapping[str, Any] = self.body["event"]
        return event

    @property
    def _view(self) -> Mapping[str, Any]:
        view: Mapping[str, Any] = self.body["view"]
        return view

    @property
    def in_modal(self) -> bool:
        """Whether a modal was open where it happened; a Home tab is a view as well, and no modal."""
        return (self.body.get("view") or {}).get("type") == "modal"

    @property
    def trigger_id(self) -> str:
        """Lets one modal be opened within three seconds; empty where there is none."""
        return str(self.body.get("trigger_id") or "")

    @property
    def view_id(self) -> str:
        """The modal in which it happened."""
        return str(self._view["id"])

    @property
    def private_metadata(self) -> str:
        """The id that the modal carries."""
        return str(self._view["private_metadata"])

    @property
    def words(self) -> str:
        """What was typed after a command."""
        return str(self.body.get("text") or "")

    @property
    def channel_id(self) -> str:
        """Where a command was typed."""
        return str(self.body.get("channel_id") or "")

    @property
    def value(self) -> str:
        """The id that a button carries."""
        return str(self._action.get("value") or "")

    @property
    def acted_us(self) -> int:
        """When a button was pressed, by Slack's clock, in microseconds since 1970."""
        seconds, _, fraction = str(self._action["action_ts"]).partition(".")
        return int(seconds) * 1_000_000 + int(fraction.ljust(6, "0")[:6] or 0)

    @property
    def place(self) -> Place | None:
        """The message whose button was pressed; None for a button in a modal."""
        container = self.body.get("container") or {}
        if container.get("type") != "message":
            return None
        return Place(str(container["channel_id"]), str(container["message_ts"]))

    @property
    def is_from_a_person(self) -> bool:
        """For a message event: somebody typed it, and it is new."""
        return bool(self._event.get("user")) and not self._event.get("bot_id") and not self._event.get("subtype")

    @property
    def opens_home(self) -> bool:
        """For an event: somebody opened the app's Home tab, and not its Messages tab."""
        return self.kind is Kind.EVENT and self.route == HOME_OPENED and self._event.get("tab") == "home"

    @property
    def fields(self) -> "Fields":
        """What is filled in, in the modal where it happened."""
        state = self._view.get("state") or {}
        return Fields(state.get("values") or {})

    def dedupe_key(self, secret: bytes) -> str:
        """What makes two deliveries the same one; a form sent again with other contents is an edit, not a repeat.

        It is a keyed digest, because what it is made of says who acted and what was chosen.
        """
        said = json.dumps(self._identity(), sort_keys=True).encode()
        return f"{self.kind}:{hashlib.blake2b(said, key=secret, digest_size=16).hexdigest()}"

    def _identity(self) -> list[Any]:
        if self.kind is Kind.EVENT:
            return [self.body["event_id"]]
        if self.kind is Kind.COMMAND:
            return [self.trigger_id]
        if self.kind is Kind.CLOSED:
            return [self.view_id]
        if self.kind is Kind.SUBMISSION:
            return [self.view_id, self._view["hash"], self.fields.values]
        place = self.place
        where = place.ts if place else self.view_id
        action = self._action
        return [self.slack_user_id, where, action.get("block_id"), action["action_id"], action["action_ts"]]


@dataclass(frozen=True)
class Fields:
    """The inputs of a modal, by block id; each block holds one element."""

    values: Mapping[str, Mapping[str, Mapping[str, Any]]]

    def _element(self, block_id: str) -> Mapping[str, Any]:
        return next(iter(self.values.get(block_id, {}).values()), {})

    def text(self, block_id: BlockId | str) -> str:
        """What was typed, or nothing."""
        typed = str(self._element(block_id).get("value") or "")
        # Neither a database nor a log can hold these; nobody types them.
        return typed.replace("\0", "").encode("utf-8", "ignore").decode()

    def option(self, block_id: BlockId | str) -> str:
        """The value of the option chosen, or nothing."""
        chosen = self._element(block_id).get("selected_option") or {}
        return str(chosen.get("value") or "")

    def options(self, block_id: BlockId | str) -> tuple[str, ...]:
        """The values of the options ticked."""
        return tuple(str(each["value"]) for each in self._element(block_id).get("selected_options") or ())

    def day(self, block_id: BlockId | str) -> dt.date | None:
        """The date chosen, if one was."""
        written = self._element(block_id).get("selected_date")
        return dt.date.fromisoformat(written) if written else None

    def channel(self, block_id: BlockId | str) -> str:
        """The channel chosen, or nothing."""
        element = self._element(block_id)
        return str(element.get("selected_conversation") or element.get("selected_channel") or "")

    def people(self, block_id: BlockId | str) -> tuple[str, ...]:
        """The Slack ids of the people chosen."""
        return tuple(str(each) for each in self._element(block_id).get("selected_users") or ())
