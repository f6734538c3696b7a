"""Act as any member of a workspace over HTTP, from this process or another. Nothing beyond the standard library."""

from __future__ import annotations

import http.client
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Literal
from urllib.parse import quote, urlencode, urlsplit

WAIT_BEYOND = 15.0
"""Seconds that a request may take beyond what it was asked to wait for."""


class NotThereError(AssertionError):
    """What was asked for cannot be done or seen; the sentence says what there is instead."""


@dataclass(frozen=True)
class Outcome:
    """What a member saw of what they did."""

    ok: bool
    reply: str | None = None
    """The ephemeral text in the ack of a command."""
    notice: str | None = None
    """The failure that Slack shows them."""
    errors: Mapping[str, str] = field(default_factory=dict)
    """Refusals beside fields, by block_id."""
    closed: bool = False
    """Whether the modal went."""
    ts: str | None = None
    modal: Mapping[str, Any] | None = None
    """The view on top after a submission, or None."""


@dataclass(frozen=True)
class Seen:
    """A message, a modal or a Home tab as a member sees it; ``str`` is the plain rendering."""

    plain: str
    text: str = ""
    blocks: tuple[Mapping[str, Any], ...] = ()
    ts: str = ""
    channel: str = ""
    user: str = ""
    from_app: bool = False
    edited: bool = False
    ephemeral: bool = False
    thread_ts: str | None = None
    files: tuple[Mapping[str, Any], ...] = ()
    """What each file is, with its ``id`` for ``Person.downloads``."""
    view: Mapping[str, Any] | None = None
    errors: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.plain


def _seen(body: Mapping[str, Any]) -> Seen:
    known = {name: value for name, value in body.items() if name in Seen.__dataclass_fields__}
    blocks = tuple(body.get("blocks") or body.get("view", {}).get("blocks", ()))
    return Seen(**{**known, "blocks": blocks, "files": tuple(body.get("files", ()))})


def _plain_value(value: Any) -> Any:  # noqa: ANN401 - whatever a test enters
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_plain_value(item) for item in value]
    return value


class Workspace:
    """A running workspace."""

    def __init__(self, url: str) -> None:
        """Drive the workspace at ``url`` (``http://127.0.0.1:PORT``)."""
        self.url = url.rstrip("/")
        self._address = urlsplit(self.url).netloc

    def ask(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, *, seconds: float = 0.0
    ) -> dict[str, Any]:
        """One request to ``/sandbox`` + path.

        Raises:
            NotThereError: the workspace says that it cannot be; its sentence is the error's.
        """
        connection = http.client.HTTPConnection(self._address, timeout=seconds + WAIT_BEYOND)
        try:
            data = None if body is None else json.dumps(body).encode()
            headers = {"Content-Type": "application/json", "Connection": "close"}
            connection.request(method, f"/sandbox{path}", data, headers)
            response = connection.getresponse()
            answer = json.loads(response.read() or b"{}")
        finally:
            connection.close()
        if response.status >= 400:
            raise NotThereError(str(answer.get("error", answer)))
        return dict(answer)

    def download(self, path: str) -> bytes:
        """The bytes at a path of the workspace.

        Raises:
            NotThereError: there are none, or not for whoever the path names.
        """
        connection = http.client.HTTPConnection(self._address, timeout=WAIT_BEYOND)
        try:
            connection.request("GET", path, headers={"Connection": "close"})
            response = connection.getresponse()
            body = response.read()
        finally:
            connection.close()
        if response.status >= 400:
            raise NotThereError(body.decode("utf-8", "replace"))
        return body

    def member(self, who: str) -> Person:
        """A member by name, by first name where that is enough, or by id."""
        body = self.ask("GET", f"/members/{quote(who, safe='')}")
        return Person(self, body["id"], body["name"])

    @property
    def state(self) -> dict[str, Any]:
        """The members, channels, connections, clock and faults."""
        return self.ask("GET", "/state")

    # Time

    @property
    def now(self) -> datetime:
        """Programme time, in UTC."""
        return datetime.fromisoformat(self.clock["now"])

    @property
    def clock(self) -> dict[str, Any]:
        """The face of the clock: now, version, running, who lives by it and what they say is coming."""
        return self.ask("GET", "/clock")

    def advance(
        self,
        to: datetime | Literal["next"] | None = None,
        *,
        by: timedelta | None = None,
        wait: bool = True,
        seconds: float = 60.0,
    ) -> list[datetime]:
        """Move programme time from one due moment to the next, waiting for the app at each; the instants stepped to.

        Args:
            to: an aware instant, or ``"next"`` for the next due moment alone.
            by: instead, how far.
            wait: False jumps without waiting for anybody.
            seconds: of machine time for all of it.
        """
        body: dict[str, Any] = {"wait": wait, "timeout": seconds}
        if by is not None:
            body["by_seconds"] = by.total_seconds()
        elif to is not None:
            body["to"] = to if isinstance(to, str) else to.isoformat()
        answer = self.ask("POST", "/clock/advance", body, seconds=seconds)
        return [datetime.fromisoformat(step) for step in answer["steps"]]

    def run_clock(self, *, running: bool) -> None:
        """Let programme time tick with the machine, or stop it."""
        self.ask("POST", "/clock/run", {"running": running})

    # Faults and happenings

    def arm(
        self,
        name: str,
        *,
        count: int | None = 1,
        skip: int = 0,
        method: str = "*",
        channel: str | None = None,
        seconds: float = 1.0,
        retry_after: int = 1,
    ) -> None:
        """Arm a fault by name for the next ``count`` matching calls or deliveries, after ``skip`` of them."""
        body = {"name": name, "count": count, "skip": skip, "method": method, "channel": channel}
        self.ask("POST", "/faults", {**body, "seconds": seconds, "retry_after": retry_after})

    def disarm(self) -> None:
        """Disarm every fault."""
        self.ask("DELETE", "/faults")

    def sockets(self, what: str) -> None:
        """``warning``, ``refresh``, ``link_disabled`` or ``abort`` every Socket Mode connection."""
        self.ask("POST", "/socket", {"do": what})

    def deactivate(self, who: str) -> None:
        """Deactivate a member."""
        self.ask("POST", f"/members/{quote(who, safe='')}/deactivate", {})

    def reactivate(self, who: str) -> None:
        """Let a deactivated member back in."""
        self.ask("POST", f"/members/{quote(who, safe='')}/reactivate", {})

    def archive(self, channel: str) -> None:
        """Archive a channel."""
        self.ask("POST", f"/channels/{quote(channel, safe='')}/archive", {})

    def unarchive(self, channel: str) -> None:
        """Bring an archived channel back."""
        self.ask("POST", f"/channels/{quote(channel, safe='')}/unarchive", {})

    def remove_app(self, channel: str) -> None:
        """Remove the app from a channel."""
        self.ask("POST", f"/channels/{quote(channel, safe='')}/remove-app", {})

    # What was said on the wire, answers masked

    def calls(self, method: str | None = None) -> list[dict[str, Any]]:
        """Every Web API call (of one method), answers masked."""
        query = f"?{urlencode({'method': method})}" if method else ""
        return list(self.ask("GET", f"/calls{query}")["calls"])

    def deliveries(self) -> list[dict[str, Any]]:
        """Every interaction and event delivered, answers masked."""
        return list(self.ask("GET", "/deliveries")["deliveries"])


class Person:
    """One member, acting."""

    def __init__(self, workspace: Workspace, member_id: str, name: str) -> None:
        """Act as this member of ``workspace``."""
        self.workspace = workspace
        self.id = member_id
        self.name = name

    def __repr__(self) -> str:
        return f"<{self.name} {self.id}>"

    def _post(self, what: str, body: Mapping[str, Any], *, seconds: float = 0.0) -> dict[str, Any]:
        return self.workspace.ask("POST", f"/members/{self.id}/{what}", body, seconds=seconds)

    def _acts(self, what: str, body: Mapping[str, Any], *, wait: bool) -> Outcome:
        return Outcome(**self._post(what, {**body, "wait": wait}, seconds=60.0))

    @property
    def _before(self) -> dict[str, Any]:
        return self.workspace.ask("GET", f"/members/{self.id}")

    # Doing

    def types(self, text: str, *, in_: str | None = None, wait: bool = True) -> Outcome:
        """Type a message or a slash command in a channel (``#name``), or in the direct conversation with the app."""
        return self._acts("type", {"text": text, "in": in_}, wait=wait)

    def clicks(
        self, what: str, *, in_: str | None = None, value: str | None = None, times: int = 1, wait: bool = True
    ) -> Outcome:
        """Press the newest live button with this text or action_id, ``times`` times at once.

        It is looked for in the top modal if one is open; else in the direct conversation with the app, newest message
        first, and then on the Home tab; or in the channel (or ``"home"``) that ``in_`` names.

        Raises:
            NotThereError: there is none; the sentence lists what there is.
        """
        return self._acts("click", {"what": what, "in": in_, "value": value, "times": times}, wait=wait)

    def chooses(self, what: str, value: Any, *, in_: str | None = None, wait: bool = True) -> Outcome:  # noqa: ANN401 - as entered
        """Choose in a select, picker, radio, checkbox or overflow element, found as ``clicks`` finds a button."""
        return self._acts("choose", {"what": what, "value": _plain_value(value), "in": in_}, wait=wait)

    def fills(self, values: Mapping[str, Any], *, press_enter: bool = True, wait: bool = True) -> Outcome:
        """Enter values in the top modal, by label, block_id or action_id; the app is told where Slack tells it.

        An option by its text or value, several as a list, a date as ``date`` or ``YYYY-MM-DD``, a member or channel by
        name, None to empty. ``press_enter`` presses Enter in a text input that dispatches on it.

        Raises:
            NotThereError: there is no such input or option; the sentence lists what there is.
        """
        sent = {name: _plain_value(value) for name, value in values.items()}
        return self._acts("fill", {"values": sent, "press_enter": press_enter}, wait=wait)

    def submits(
        self, values: Mapping[str, Any] | None = None, *, press_enter: bool = False, wait: bool = True
    ) -> Outcome:
        """Enter values and press the top modal's submit button."""
        if values:
            self.fills(values, press_enter=press_enter)
        outcome = self._acts("submit", {}, wait=wait)
        return Outcome(**{**vars(outcome), "modal": self.modal})

    def closes(self, *, everything: bool = False, wait: bool = True) -> Outcome:
        """Close the top modal, or with ``everything`` the whole stack."""
        return self._acts("close", {"everything": everything}, wait=wait)

    def opens_home(self, tab: str = "home") -> Outcome:
        """Open the app's Home tab (or its ``messages`` tab)."""
        return self._acts("home", {"tab": tab}, wait=True)

    # Seeing

    @property
    def modals(self) -> list[Seen]:
        """The modal stack, the one on top last."""
        return [_seen(view) for view in self._before["modals"]]

    @property
    def modal(self) -> Mapping[str, Any] | None:
        """The view on top, as the app sees it, or None."""
        modals = self.modals
        return modals[-1].view if modals else None

    @property
    def modal_text(self) -> str:
        """The modal on top as plain text, with what is entered and what is refused; empty when there is none."""
        modals = self.modals
        return modals[-1].plain if modals else ""

    @property
    def home(self) -> Seen | None:
        """The Home tab, or None before it was published."""
        home = self._before["home"]
        return _seen(home) if home else None

    @property
    def notices(self) -> list[str]:
        """The failures that Slack has shown this member, oldest first."""
        return list(self._before["notices"])

    def messages(self, in_: str | None = None) -> list[Seen]:
        """What this member sees in a channel, or in the direct conversation with the app, oldest first."""
        query = f"?{urlencode({'in': in_})}" if in_ else ""
        answer = self.workspace.ask("GET", f"/members/{self.id}/messages{query}")
        return [_seen(message) for message in answer["messages"]]

    def downloads(self, file_id: str) -> bytes:
        """The bytes of a file that this member sees.

        Raises:
            NotThereError: they see no such file.
        """
        return self.workspace.download(f"/files/{self.id}/{quote(file_id, safe='')}/file")

    def sees(self, text: str, in_: str | None = None, within: float = 5.0) -> Seen:
        """Wait up to ``within`` seconds of machine time until a message, modal or Home tab shows this text.

        Raises:
            NotThereError: nothing did; the sentence says what they see.
        """
        return _seen(self._post("see", {"text": text, "in": in_, "within": within}, seconds=within))
