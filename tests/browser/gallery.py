"""A small app that shows every kind of block and element there is, in a workspace of this process, for quick tests."""

import contextlib
import struct
import threading
import time
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from slack_bolt import Ack
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient

from sandbox.clock import LONG_POLL_SECONDS
from sandbox.driver import NotThereError
from sandbox.server import Options, Sandbox
from sandbox.workspace import Channel, Member
from tests.sandbox.conftest import (
    NOW,
    SCOPES,
    Tiny,
    actions,
    button,
    choice,
    manifest,
    modal,
    options,
    plain,
    start,
    text_input,
    web_client,
)

Json = dict[str, Any]
MEMBERS: list[Json | str] = [
    {"name": "Amara Okafor", "title": "Fellow"},
    {"name": "Ben Li", "tz": "America/New_York"},
    "Cara Novak",
]
PLACES: list[Json] = [
    {"name": "cohort", "members": ["Amara Okafor", "Ben Li"]},
    {"name": "evaluation", "members": ["Amara Okafor"], "is_private": True},
    {"name": "attic", "members": ["Amara Okafor"], "is_archived": True},
]
COMMANDS = ("everything", "picker")
LONG = "A sentence that goes on for longer than a telephone is wide, so that it has to be broken somewhere. "


def mrkdwn(text: str) -> Json:
    return {"type": "mrkdwn", "text": text}


def picture() -> bytes:
    """A small PNG."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 40, 30, 8, 2, 0, 0, 0)
    rows = b"".join(b"\0" + b"\x20\x60\x90" * 40 for _ in range(30))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


CONFIRM = {
    "title": plain("Really?"),
    "text": plain("It cannot be undone."),
    "confirm": plain("Yes"),
    "deny": plain("No"),
}
_OPTIONS = options("Red", "Green", "Blue")
_DESCRIBED = [{**option, "description": plain("What it means")} for option in _OPTIONS]
_GROUPS = [{"label": plain("Warm"), "options": options("Red")}, {"label": plain("Cold"), "options": options("Blue")}]
OF_AN_ACTIONS_BLOCK: list[Json] = [
    button("Plain", "plain"),
    {**button("Primary", "primary"), "style": "primary"},
    {**button("Danger", "danger"), "style": "danger", "confirm": CONFIRM},
    {**button("A page", "page"), "url": "https://example.org/a", "accessibility_label": "A page elsewhere"},
    {"type": "static_select", "action_id": "static", "placeholder": plain("A colour"), "options": _OPTIONS},
    {"type": "static_select", "action_id": "grouped", "placeholder": plain("A warm one"), "option_groups": _GROUPS},
    {"type": "users_select", "action_id": "user", "placeholder": plain("Somebody")},
    {"type": "conversations_select", "action_id": "conversation", "placeholder": plain("Somewhere")},
    {"type": "channels_select", "action_id": "channel", "placeholder": plain("A channel")},
    {"type": "overflow", "action_id": "overflow", "options": options("Edit", "Drop")},
    {"type": "datepicker", "action_id": "date", "placeholder": plain("A day"), "initial_date": "2026-03-09"},
    {"type": "timepicker", "action_id": "time", "placeholder": plain("An hour"), "initial_time": "09:30"},
    {"type": "datetimepicker", "action_id": "moment", "initial_date_time": 1_772_528_400},
    {"type": "radio_buttons", "action_id": "radio", "options": _DESCRIBED, "initial_option": _DESCRIBED[0]},
    {"type": "checkboxes", "action_id": "boxes", "options": _DESCRIBED, "initial_options": _DESCRIBED[:2]},
]
OF_A_SECTION: list[Json] = [
    {"type": "multi_static_select", "action_id": "several", "placeholder": plain("Colours"), "options": _OPTIONS},
    {"type": "multi_users_select", "action_id": "people", "placeholder": plain("People")},
    {"type": "image", "image_url": "https://example.org/star.png", "alt_text": "a star"},
    {"type": "overflow", "action_id": "more", "options": options("Edit", "Drop"), "confirm": CONFIRM},
]
_ELSEWHERE = "https://example.org/chart.png"


def _rich(*elements: Json) -> Json:
    return {"type": "rich_text_section", "elements": list(elements)}


def _words(text: str, **style: bool) -> Json:
    return {"type": "text", "text": text, **({"style": style} if style else {})}


RICH: Json = {
    "type": "rich_text",
    "elements": [
        _rich(
            _words("Plain, "),
            _words("bold", bold=True),
            _words(" and code", code=True),
            {"type": "user", "user_id": "U1"},
        ),
        {"type": "rich_text_list", "style": "ordered", "elements": [_rich(_words("one")), _rich(_words("two"))]},
        {"type": "rich_text_quote", "elements": [_words("quoted")]},
        {"type": "rich_text_preformatted", "elements": [_words("a = 1")]},
        _rich({"type": "link", "url": "https://example.org", "text": "a page"}, {"type": "emoji", "name": "wave"}),
    ],
}
_CELLS = [{"type": "raw_text", "text": f"Column {number} of a wide table"} for number in range(8)]
MESSAGES: list[list[Json]] = [
    [
        {"type": "header", "text": plain("Every kind of block")},
        {
            "type": "section",
            "text": mrkdwn(f"*{LONG}* _in italics_ ~gone~ `code` <https://example.org|a link>\n> quoted"),
        },
        {
            "type": "section",
            "text": mrkdwn("```\na = 1\n```\n<!date^1772528400^{date_long} at {time}|a Tuesday> <!here>"),
        },
        {"type": "section", "fields": [mrkdwn("*Name*\nAmara"), plain("Weekday: Tuesday")]},
        {"type": "divider"},
        {
            "type": "context",
            "elements": [mrkdwn(LONG), {"type": "image", "image_url": _ELSEWHERE, "alt_text": "a star"}],
        },
        {"type": "image", "image_url": _ELSEWHERE, "alt_text": "a chart of answers", "title": plain("Answers")},
        {"type": "markdown", "text": "**bold** and [a link](https://example.org)"},
        RICH,
        {"type": "table", "rows": [_CELLS, _CELLS]},
    ],
    [
        actions(*OF_AN_ACTIONS_BLOCK),
        *({"type": "section", "text": mrkdwn(f"With a {part['type']}"), "accessory": part} for part in OF_A_SECTION),
    ],
]
_EVERY_INPUT: list[Json] = [
    {"type": "plain_text_input", "placeholder": plain("A word")},
    {"type": "plain_text_input", "multiline": True},
    {"type": "number_input", "is_decimal_allowed": False, "min_value": "1", "max_value": "9"},
    {"type": "email_text_input"},
    {"type": "url_text_input"},
    {"type": "static_select", "options": _OPTIONS},
    {"type": "static_select", "option_groups": _GROUPS},
    {"type": "users_select"},
    {"type": "conversations_select"},
    {"type": "channels_select"},
    {"type": "multi_static_select", "options": _OPTIONS, "max_selected_items": 2},
    {"type": "multi_users_select"},
    {"type": "multi_conversations_select"},
    {"type": "multi_channels_select"},
    {"type": "radio_buttons", "options": _DESCRIBED},
    {"type": "checkboxes", "options": _DESCRIBED},
    {"type": "datepicker"},
    {"type": "timepicker"},
    {"type": "datetimepicker"},
    {"type": "rich_text_input"},
    {"type": "file_input"},
]
NOT_DRAWN = {"rich_text_input", "file_input"}
"""Nothing can be entered in these here."""


def _required(number: int, element: Json) -> Json:
    kind = str(element["type"])
    block = choice(f"{kind}-{number}", f"{number}. {kind.replace('_', ' ').capitalize()}", element)
    return {**block, "optional": kind in NOT_DRAWN, "hint": plain(f"The hint of {number}.")}


EVERY_INPUT: Json = modal(*(_required(n, each) for n, each in enumerate(_EVERY_INPUT, 1)), callback_id="everything")
PICKER: Json = modal(
    text_input("name", "Name", max_length=20),
    choice("colour", "Colour", {"type": "static_select", "options": _OPTIONS}),
    {**choice("how", "How", {"type": "radio_buttons", "options": options("Well", "Badly")}), "optional": False},
    choice("days", "Days", {"type": "checkboxes", "options": options("Mon", "Tue", "Wed")}),
    choice("who", "Who", {"type": "multi_users_select", "max_selected_items": 1}),
    choice("day", "Day", {"type": "datepicker"}),
    choice("note", "Note", {"type": "plain_text_input", "multiline": True}),
    actions(button("Another", "another"), block_id="more"),
    callback_id="form",
    notify_on_close=True,
)
HOME: Json = {"type": "home", "blocks": [*MESSAGES[0][:6], *MESSAGES[1]]}


@dataclass
class Gallery:
    """The workspace, the app in it, and the app's client."""

    tiny: Tiny

    @property
    def sandbox(self) -> Sandbox:
        return self.tiny.sandbox

    @property
    def client(self) -> WebClient:
        return self.tiny.client

    def member(self, name: str) -> Member:
        return self.sandbox.workspace.find_member(name)

    def channel(self, name: str) -> Channel:
        return self.sandbox.workspace.find_channel(name)

    def address(self, name: str, place: str = "app") -> str:
        """Where the page shows this member a place: a channel's name, or ``app…``."""
        where = place if place.startswith("app") else self.channel(place).id
        return f"{self.sandbox.url}/#/{self.member(name).id}/{where}"

    def post(self, to: str, blocks: Sequence[Json] = (), text: str = "In short") -> str:
        """The app posts to a member or channel. Returns the ts."""
        where = self.channel(to).id if any(to == each["name"] for each in PLACES) else self.member(to).id
        return str(self.client.chat_postMessage(channel=where, text=text, blocks=list(blocks) or None)["ts"])

    def heard(self, kind: str, seconds: float = 5.0) -> Json:
        """The last that the app was told of this kind, waited for."""
        until = time.monotonic() + seconds
        while not self.tiny.of(kind):
            assert time.monotonic() < until, f"the app hears of no {kind}"
            time.sleep(0.01)
        return self.tiny.last(kind)

    def opens(self, name: str, view: Json) -> None:
        """A modal opens before the member, as after a click."""

        async def right() -> str:
            return self.sandbox.workspace.new_trigger(self.member(name).id)

        self.client.views_open(trigger_id=self.sandbox.run(right), view=view)

    def closes_everything(self) -> None:
        """Nobody has a modal open."""

        async def close() -> None:
            for stack in self.sandbox.workspace.stacks.values():
                stack.clear()
            self.sandbox.workspace.touch()

        self.sandbox.run(close)


def _answer(tiny: Tiny) -> None:
    @tiny.app.command("/everything")
    def everything(ack: Ack, body: Json, client: WebClient) -> None:
        client.views_open(trigger_id=body["trigger_id"], view=EVERY_INPUT)
        ack()

    @tiny.app.command("/picker")
    def picker(ack: Ack, body: Json, client: WebClient) -> None:
        client.views_open(trigger_id=body["trigger_id"], view=PICKER)
        ack()

    @tiny.app.view("everything")
    def submitted(ack: Ack) -> None:
        ack()


class Days:
    """The app lives by the clock: at ten every morning it has something to say to Ben and to the channel."""

    def __init__(self, running: Gallery) -> None:
        self._running = running
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._live, daemon=True)
        self._thread.start()

    def _live(self) -> None:
        slack, seen, now = self._running.sandbox.driver, None, NOW
        due = NOW.replace(hour=10)
        while not self._over.is_set():
            coming = [{"at": (due + timedelta(days=day)).isoformat(), "what": "a good morning"} for day in range(30)]
            told = {"client": "days", "seen": seen, "next_due": due.isoformat(), "upcoming": coming}
            with contextlib.suppress(OSError, ValueError, NotThereError):
                answer = slack.ask("POST", "/clock/wait", told, seconds=LONG_POLL_SECONDS)
                seen, now = answer.get("version", seen), datetime.fromisoformat(answer.get("now", now.isoformat()))
            while due <= now and not self._over.is_set():
                self._running.post("Ben Li", text="Good morning")
                self._running.post("cohort", text="Good morning")
                due += timedelta(days=1)

    def end(self) -> None:
        """Returns when the thread has ended."""
        self._over.set()

        async def ask() -> None:
            self._running.sandbox.clock.ask()

        self._running.sandbox.run(ask)
        self._thread.join(10)


@contextlib.contextmanager
def gallery(members: Sequence[Json | str] = (), channels: Sequence[Json] = ()) -> Iterator[Gallery]:
    """A workspace with the app connected to it, while the block lasts; members and channels may come to the usual."""
    body = manifest(scopes=[*SCOPES, "files:read", "files:write"])
    body["display_information"]["description"] = "Shows every kind of block."
    body["features"]["slash_commands"] += [
        {"command": f"/{name}", "description": f"Shows {name}", "usage_hint": "[at all]"} for name in COMMANDS
    ]
    quick = Options(ack_seconds=1.0)
    everybody, everywhere = [*MEMBERS, *members], [*PLACES, *channels]
    with Sandbox(manifest=body, members=everybody, channels=everywhere, now=NOW, options=quick) as sandbox:
        client = web_client(sandbox)
        tiny = start(sandbox, client)
        _answer(tiny)
        handler = SocketModeHandler(tiny.app, sandbox.app_token, ping_interval=1)
        handler.connect()  # type: ignore[no-untyped-call]  # slack_bolt leaves it untyped
        sandbox.wait_for_app()
        running = Gallery(tiny)
        days = Days(running)
        try:
            yield running
        finally:
            days.end()
            handler.client.auto_reconnect_enabled = False
            sandbox.sockets("abort")  # otherwise the client's close waits for a receive of three seconds to end
            handler.close()  # type: ignore[no-untyped-call]  # slack_bolt leaves it untyped
