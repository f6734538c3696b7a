"""A tiny Bolt app of our own, so that the workspace is tested by something that is not the product."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Event
from typing import Any

import pytest
from slack_bolt import Ack, App, Respond
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient

from sandbox.driver import Workspace
from sandbox.server import Options, Sandbox

NOW = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)
PEOPLE: list[dict[str, Any] | str] = [
    "Amara Okafor",
    {"name": "Ben Li", "tz": "America/New_York", "email": "ben@example.org"},
    "Cara Novak",
    {"name": "Dan Stone", "deleted": True},
    {"name": "Other Bot", "is_bot": True},
]
PLACES: list[dict[str, Any]] = [
    {"name": "cohort", "members": ["Amara", "Ben"]},
    {"name": "elsewhere", "members": ["Amara"], "bot": False},
    {"name": "secret", "members": ["Amara"], "is_private": True, "bot": False},
    {"name": "evaluation", "members": ["Cara"], "is_private": True},
    {"name": "attic", "members": ["Amara"], "is_archived": True},
]
SCOPES = [
    "chat:write",
    "commands",
    "im:write",
    "im:history",
    "im:read",
    "channels:read",
    "channels:history",
    "channels:join",
    "channels:manage",
    "groups:read",
    "groups:history",
    "users:read",
    "users:read.email",
    "team:read",
]
EVENTS = ["app_home_opened", "message.im", "message.channels", "member_joined_channel", "user_change"]


def manifest(*, scopes: list[str] | None = None, events: list[str] | None = None, **home: bool) -> dict[str, Any]:
    commands = [
        {"command": "/form", "description": "Open the form", "should_escape": True},
        {"command": "/say", "description": "Say it back"},
        {"command": "/slow", "description": "Too slow"},
        {"command": "/broken", "description": "Answers nonsense"},
        {"command": "/wide", "description": "Says it to the channel"},
    ]
    return {
        "display_information": {"name": "Tiny"},
        "features": {"bot_user": {"display_name": "tiny"}, "slash_commands": commands, "app_home": home},
        "oauth_config": {"scopes": {"bot": SCOPES if scopes is None else scopes}},
        "settings": {
            "event_subscriptions": {"bot_events": EVENTS if events is None else events},
            "interactivity": {"is_enabled": True},
            "socket_mode_enabled": True,
        },
    }


def plain(text: str) -> dict[str, str]:
    return {"type": "plain_text", "text": text}


def button(text: str, action_id: str, value: str = "1") -> dict[str, Any]:
    return {"type": "button", "text": plain(text), "action_id": action_id, "value": value}


def actions(*elements: dict[str, Any], block_id: str = "row") -> dict[str, Any]:
    return {"type": "actions", "block_id": block_id, "elements": list(elements)}


def options(*texts: str) -> list[dict[str, Any]]:
    return [{"text": plain(text), "value": text.lower()} for text in texts]


def text_input(
    block_id: str, label: str, *, dispatch: bool = False, optional: bool = False, **more: object
) -> dict[str, Any]:
    return {
        "type": "input",
        "block_id": block_id,
        "label": plain(label),
        "dispatch_action": dispatch,
        "optional": optional,
        "element": {"type": "plain_text_input", "action_id": "value", **more},
    }


def choice(block_id: str, label: str, element: dict[str, Any], *, dispatch: bool = False) -> dict[str, Any]:
    element = {"action_id": "value", **element}
    block = {"type": "input", "block_id": block_id, "label": plain(label), "optional": True, "element": element}
    return {**block, "dispatch_action": dispatch}


def modal(*blocks: dict[str, Any], callback_id: str = "form", **more: object) -> dict[str, Any]:
    body = {"type": "modal", "callback_id": callback_id, "title": plain("A form"), "submit": plain("Send")}
    return {**body, "blocks": list(blocks), **more}


FORM = modal(
    text_input("name", "Name", max_length=20),
    text_input("note", "Note", optional=True, dispatch=True),
    choice("colour", "Colour", {"type": "static_select", "options": options("Red", "Blue")}, dispatch=True),
    choice("day", "Day", {"type": "datepicker", "initial_date": "2026-03-09"}),
    choice("days", "Days", {"type": "checkboxes", "options": options("Mon", "Tue", "Wed")}),
    choice("who", "Who", {"type": "multi_users_select"}),
    choice("where", "Where", {"type": "conversations_select"}),
    actions(button("Another", "another"), block_id="more"),
    notify_on_close=True,
    private_metadata="kept",
)


@dataclass
class Tiny:
    """The app, and what it was given."""

    sandbox: Sandbox
    client: WebClient
    slack: Workspace
    app: App
    got: list[dict[str, Any]] = field(default_factory=list)
    submit: dict[str, Any] = field(default_factory=dict)
    """What the next submissions are acknowledged with."""
    event: Event = field(default_factory=Event)

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [body for body in self.got if body.get("type", "slash") == kind]

    def last(self, kind: str) -> dict[str, Any]:
        return self.of(kind)[-1]


def start(sandbox: Sandbox, client: WebClient) -> Tiny:
    pool = ThreadPoolExecutor(20)
    app = App(client=client, process_before_response=True, listener_executor=pool)
    tiny = Tiny(sandbox, client, sandbox.driver, app)
    _answer_commands(tiny)
    _answer_interactions(tiny)
    return tiny


def _answer_commands(tiny: Tiny) -> None:
    app = tiny.app

    @app.command("/form")
    def form(ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        tiny.got.append(body)
        client.views_open(trigger_id=body["trigger_id"], view=FORM)
        ack()

    @app.command("/say")
    def say(ack: Ack, body: dict[str, Any]) -> None:
        tiny.got.append(body)
        ack(f"You said {body['text']}")

    @app.command("/wide")
    def wide(ack: Ack, body: dict[str, Any]) -> None:
        ack(text=f"<@{body['user_id']}> says hello", response_type="in_channel")

    @app.command("/broken")
    def broken(ack: Ack) -> None:
        ack(blocks=[{"type": "nonsense"}])

    @app.command("/slow")
    def slow(body: dict[str, Any]) -> None:
        tiny.got.append(body)


def _answer_interactions(tiny: Tiny) -> None:
    app = tiny.app

    @app.action({"type": "block_actions", "action_id": re.compile(".*")})
    def pressed(ack: Ack, body: dict[str, Any], respond: Respond, client: WebClient) -> None:
        tiny.got.append(body)
        action = body["actions"][0]
        if action["action_id"] == "another":
            client.views_push(trigger_id=body["trigger_id"], view=modal(text_input("deep", "Deeper")))
        if action["action_id"] == "replace":
            respond(text="Replaced", replace_original=True)
        ack()

    @app.view("form")
    def submitted(ack: Ack, body: dict[str, Any]) -> None:
        tiny.got.append(body)
        ack(**tiny.submit)

    @app.view_closed("form")
    def closed(ack: Ack, body: dict[str, Any]) -> None:
        tiny.got.append(body)
        ack()

    for name in ("app_home_opened", "message", "member_joined_channel", "user_change"):

        @app.event(name)
        def happened(body: dict[str, Any]) -> None:
            tiny.got.append(body)
            tiny.event.set()


def web_client(sandbox: Sandbox) -> WebClient:
    return WebClient(sandbox.bot_token, base_url=sandbox.api_url, retry_handlers=[])


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(manifest=manifest(), members=PEOPLE, channels=PLACES, now=NOW) as running:
        yield running


@pytest.fixture
def client(sandbox: Sandbox) -> WebClient:
    return web_client(sandbox)


@pytest.fixture
def slack(sandbox: Sandbox) -> Workspace:
    return sandbox.driver


@pytest.fixture(scope="module")
def running() -> Iterator[Tiny]:
    quick = Options(ack_seconds=0.6, event_retry_seconds=(0.05, 0.05, 0.05))
    with Sandbox(manifest=manifest(), members=PEOPLE, channels=PLACES, now=NOW, options=quick) as sandbox:
        tiny = start(sandbox, web_client(sandbox))
        handler = SocketModeHandler(tiny.app, sandbox.app_token, ping_interval=1)
        handler.connect()  # type: ignore[no-untyped-call]  # slack_bolt leaves it untyped
        sandbox.wait_for_app()
        yield tiny
        handler.client.auto_reconnect_enabled = False
        sandbox.sockets("abort")  # otherwise the client's close waits for a receive of three seconds to end
        handler.close()  # type: ignore[no-untyped-call]  # slack_bolt leaves it untyped


@pytest.fixture
def tiny(running: Tiny) -> Tiny:
    """The connected app, with nothing left over from the test before."""
    workspace = running.sandbox.workspace
    running.sandbox.disarm()
    deadline = time.monotonic() + 3
    while any(d.type == "events_api" and not d.acked for d in running.sandbox.deliveries):
        assert time.monotonic() < deadline, "an event of the test before is still on its way"
        time.sleep(0.005)
    for member in workspace.members.values():
        workspace.stack(member.id).clear()
    workspace.homes.clear()
    workspace.notices.clear()
    for channel in workspace.channels.values():
        workspace.messages[channel.id].clear()
    running.got.clear()
    running.submit = {}
    running.event.clear()
    return running
