"""``/sandbox/...``: act as a member, look at what anyone sees, move time, arm faults. JSON over HTTP, loopback only."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.clock import parse_instant
from sandbox.escaped import EscapedJson
from sandbox.faults import CALL_FAULTS, DELIVERY_FAULTS
from sandbox.finding import HOME, visible_messages
from sandbox.interactivity import Surfaces
from sandbox.mrkdwn import Reader
from sandbox.plain import plain_message, plain_view
from sandbox.refusal import NotPossibleError
from sandbox.service import Service
from sandbox.socket_mode import Hub
from sandbox.workspace import Channel, Member, Message, OpenView

Body = dict[str, Any]


class Control:
    """The driver's side of the workspace."""

    def __init__(self, service: Service) -> None:
        """Drive this workspace."""
        self.service = service
        self.workspace = service.workspace
        self.surfaces = Surfaces(service)

    # What people see

    def reader(self, member: Member, view: OpenView | None = None, message: Message | None = None) -> Reader:
        """How a member reads: in their zone, with names, and with what they entered."""
        values = view.state if view else message.choices.get(member.id, {}) if message else {}
        return Reader(member.tz, self.workspace.names(), values)

    def message_seen(self, member: Member, message: Message) -> Body:
        """A message as a member sees it."""
        reader = self.reader(member, message=message)
        files = self.service.files_seen(message, member)
        return {
            "ts": message.ts,
            "channel": message.channel,
            "user": message.user,
            "from_app": message.bot_id is not None,
            "text": message.text,
            "blocks": message.blocks,
            "thread_ts": message.thread_ts,
            "edited": message.edited is not None,
            "ephemeral": message.ephemeral_to is not None,
            "files": files,
            "plain": plain_message(message.text, message.blocks, reader, files),
        }

    def view_seen(self, member: Member, view: OpenView) -> Body:
        """A view as a member sees it, refusals and troubles beside it."""
        rendered = plain_view(view.body, self.reader(member, view), errors=view.errors)
        return {
            "view": self.service.view_object(view),
            "errors": view.errors,
            "trouble": view.trouble,
            "plain": f"{rendered}\n\n! {view.trouble}" if view.trouble else rendered,
        }

    def member_seen(self, member: Member) -> Body:
        """Everything that a member has before them, messages apart."""
        channels = [c for c in self.workspace.channels.values() if member.id in c.members]
        home = self.workspace.homes.get(member.id)
        return {
            "id": member.id,
            "name": member.name,
            "display_name": member.display_name,
            "tz": member.tz,
            "deleted": member.deleted,
            "is_bot": member.is_bot,
            "channels": [self._channel(channel) for channel in channels],
            "modals": [self.view_seen(member, view) for view in self.workspace.stack(member.id)],
            "home": self.view_seen(member, home) if home else None,
            "notices": [notice.text for notice in self.workspace.notices.get(member.id, [])],
        }

    def _channel(self, channel: Channel) -> Body:
        return {
            "id": channel.id,
            "name": channel.name,
            "kind": channel.kind,
            "is_archived": channel.is_archived,
            "user": channel.user,
            "members": channel.members,
            "app_is_in": self.workspace.bot_user_id in channel.members,
        }

    def _surfaces_seen(self, member: Member, where: str | None) -> list[Body]:
        seen: list[Body] = []
        if where is None or where.lower() != HOME:
            messages = visible_messages(self.workspace, member, where)
            seen += [self.message_seen(member, message) for message in reversed(messages)]
        home = self.workspace.homes.get(member.id)
        if home is not None and (where is None or where.lower() == HOME):
            seen.append(self.view_seen(member, home))
        if where is None:
            seen = [self.view_seen(member, view) for view in reversed(self.workspace.stack(member.id))] + seen
        return seen

    async def sees(self, who: str, text: str, where: str | None, within: float) -> Body:
        """Wait until something before a member shows this text; the newest that does.

        Raises:
            NotPossibleError: nothing did in time; the sentence says what they saw.
        """
        member = self.workspace.find_member(who)
        wanted = _even(text)
        hits: list[Body] = []

        def found() -> bool:
            hits[:] = [one for one in self._surfaces_seen(member, where) if wanted in _even(one["plain"])]
            return bool(hits)

        if await self.workspace.change.until(found, within):
            return hits[0]
        seen = "\n\n---\n\n".join(one["plain"] for one in self._surfaces_seen(member, where)[:6]) or "nothing at all"
        raise NotPossibleError(f"{member.name} does not see {text!r} within {within:g} s; they see:\n\n{seen}")

    # What happens in the workspace

    def deactivate(self, who: str) -> Member:
        """Deactivate a member: they can do nothing, and the app hears of it."""
        member = self.workspace.find_member(who)
        member.deleted = True
        self.workspace.stack(member.id).clear()
        for channel in self.workspace.channels.values():
            if not channel.is_im and member.id in channel.members:
                channel.members.remove(member.id)
        self._user_changed(member)
        return member

    def reactivate(self, who: str) -> Member:
        """Let a deactivated member back in."""
        member = self.workspace.find_member(who)
        member.deleted = False
        self._user_changed(member)
        return member

    def _user_changed(self, member: Member) -> None:
        stamp = self.workspace.next_action_ts()
        event = {"type": "user_change", "user": self.service.user_object(member), "event_ts": stamp}
        self.service.emit(event, "user_change")
        self.workspace.touch()

    def archive(self, where: str, *, archived: bool = True) -> Channel:
        """Archive a channel, or bring it back."""
        channel = self.workspace.find_channel(where)
        channel.is_archived = archived
        word = ("group" if channel.is_private else "channel") + ("_archive" if archived else "_unarchive")
        event = {"type": word, "channel": channel.id, "event_ts": self.workspace.next_action_ts()}
        self.service.emit(event, word, channel=channel.id)
        self.workspace.touch()
        return channel

    def remove_app(self, where: str) -> Channel:
        """Remove the app from a channel."""
        channel = self.workspace.find_channel(where)
        if self.workspace.bot_user_id in channel.members:
            channel.members.remove(self.workspace.bot_user_id)
        word = "group_left" if channel.is_private else "channel_left"
        event = {"type": word, "channel": channel.id, "event_ts": self.workspace.next_action_ts()}
        self.service.emit(event, word, channel=channel.id)
        self.workspace.touch()
        return channel

    # Over HTTP

    def routes(self) -> list[Route]:
        """Every route of the driver."""
        member, channel = "/sandbox/members/{who}", "/sandbox/channels/{where}"
        get: dict[str, Handler] = {
            "/sandbox/state": self._state,
            member: self._member,
            f"{member}/messages": self._messages,
            "/sandbox/calls": self._calls,
            "/sandbox/deliveries": self._deliveries,
            "/sandbox/faults": self._faults,
            "/sandbox/clock": self._clock,
        }
        post: dict[str, Handler] = {
            f"{member}/type": self._type,
            f"{member}/click": self._click,
            f"{member}/choose": self._choose,
            f"{member}/fill": self._fill,
            f"{member}/submit": self._submit,
            f"{member}/close": self._close,
            f"{member}/home": self._home,
            f"{member}/see": self._see,
            f"{member}/deactivate": self._deactivate,
            f"{member}/reactivate": self._reactivate,
            f"{channel}/archive": self._archive,
            f"{channel}/unarchive": self._unarchive,
            f"{channel}/remove-app": self._remove_app,
            "/sandbox/faults": self._arm,
            "/sandbox/socket": self._socket,
            "/sandbox/clock/wait": self._clock_wait,
            "/sandbox/clock/advance": self._clock_advance,
            "/sandbox/clock/run": self._clock_run,
        }
        return [
            *(Route(path, answering(handler), methods=["GET"]) for path, handler in get.items()),
            *(Route(path, answering(handler), methods=["POST"]) for path, handler in post.items()),
            Route("/sandbox/faults", answering(self._disarm), methods=["DELETE"]),
        ]

    async def _state(self, _request: Request, _body: Body) -> Body:
        workspace = self.workspace
        return {
            "team": {"id": workspace.team_id, "name": workspace.team_name},
            "app": {
                "id": workspace.app_id,
                "bot_id": workspace.bot_id,
                "bot_user_id": workspace.bot_user_id,
                "name": workspace.manifest.bot_name,
                "commands": [vars(command) for command in workspace.manifest.commands.values()],
            },
            "members": [
                {"id": m.id, "name": m.name, "tz": m.tz, "deleted": m.deleted, "is_bot": m.is_bot}
                for m in workspace.members.values()
            ],
            "channels": [self._channel(channel) for channel in workspace.channels.values()],
            "connections": len(self.service.hub.connections),
            "clock": self.service.clock.face(),
            "faults": self.service.faults.shown(),
            "version": workspace.changed_count,
        }

    async def _member(self, request: Request, _body: Body) -> Body:
        return self.member_seen(self._who(request))

    def _who(self, request: Request) -> Member:
        return self.workspace.find_member(str(request.path_params["who"]))

    async def _messages(self, request: Request, _body: Body) -> Body:
        member = self._who(request)
        messages = visible_messages(self.workspace, member, request.query_params.get("in"))
        return {"messages": [self.message_seen(member, message) for message in messages]}

    async def _calls(self, request: Request, _body: Body) -> Body:
        method = request.query_params.get("method")
        return {"calls": [call.shown() for call in self.service.calls if method in {None, call.method}]}

    async def _deliveries(self, _request: Request, _body: Body) -> Body:
        return {"deliveries": [delivery.shown() for delivery in self.service.hub.deliveries]}

    async def _faults(self, _request: Request, _body: Body) -> Body:
        return {"armed": self.service.faults.shown(), "known": {**CALL_FAULTS, **DELIVERY_FAULTS}}

    async def _arm(self, _request: Request, body: Body) -> Body:
        fault = self.service.faults.arm(str(body.pop("name", "")), **body)
        self.workspace.touch()
        return {"id": fault.id}

    async def _disarm(self, _request: Request, _body: Body) -> Body:
        self.service.faults.disarm()
        self.workspace.touch()
        return {}

    async def _socket(self, _request: Request, body: Body) -> Body:
        await tell_sockets(self.service.hub, str(body.get("do")))
        return {"connections": len(self.service.hub.connections)}

    async def _type(self, request: Request, body: Body) -> Body:
        who = str(request.path_params["who"])
        outcome = await self.surfaces.types(
            who, str(body["text"]), where=body.get("in"), wait=bool(body.get("wait", True))
        )
        return outcome.shown()

    async def _click(self, request: Request, body: Body) -> Body:
        outcome = await self.surfaces.clicks(
            str(request.path_params["who"]),
            str(body["what"]),
            where=body.get("in"),
            value=body.get("value"),
            times=int(body.get("times", 1)),
            wait=bool(body.get("wait", True)),
        )
        return outcome.shown()

    async def _choose(self, request: Request, body: Body) -> Body:
        who, wait = str(request.path_params["who"]), bool(body.get("wait", True))
        outcome = await self.surfaces.chooses(who, str(body["what"]), body["value"], where=body.get("in"), wait=wait)
        return outcome.shown()

    async def _fill(self, request: Request, body: Body) -> Body:
        who, wait = str(request.path_params["who"]), bool(body.get("wait", True))
        enter = bool(body.get("press_enter", True))
        outcome = await self.surfaces.fills(who, body["values"], press_enter=enter, wait=wait)
        return outcome.shown()

    async def _submit(self, request: Request, body: Body) -> Body:
        who, wait = str(request.path_params["who"]), bool(body.get("wait", True))
        outcome = await self.surfaces.submits(who, wait=wait)
        return outcome.shown()

    async def _close(self, request: Request, body: Body) -> Body:
        who, wait = str(request.path_params["who"]), bool(body.get("wait", True))
        outcome = await self.surfaces.closes(who, everything=bool(body.get("everything", False)), wait=wait)
        return outcome.shown()

    async def _home(self, request: Request, body: Body) -> Body:
        return self.surfaces.opens_home(str(request.path_params["who"]), str(body.get("tab", "home"))).shown()

    async def _see(self, request: Request, body: Body) -> Body:
        who, within = str(request.path_params["who"]), float(body.get("within", 5.0))
        return await self.sees(who, str(body["text"]), body.get("in"), within)

    async def _deactivate(self, request: Request, _body: Body) -> Body:
        return {"id": self.deactivate(str(request.path_params["who"])).id}

    async def _reactivate(self, request: Request, _body: Body) -> Body:
        return {"id": self.reactivate(str(request.path_params["who"])).id}

    async def _archive(self, request: Request, _body: Body) -> Body:
        return self._channel(self.archive(str(request.path_params["where"])))

    async def _unarchive(self, request: Request, _body: Body) -> Body:
        return self._channel(self.archive(str(request.path_params["where"]), archived=False))

    async def _remove_app(self, request: Request, _body: Body) -> Body:
        return self._channel(self.remove_app(str(request.path_params["where"])))

    # The clock

    async def _clock(self, _request: Request, _body: Body) -> Body:
        return self.service.clock.face()

    async def _clock_run(self, _request: Request, body: Body) -> Body:
        self.service.clock.run(running=bool(body["running"]))
        self.workspace.touch()
        return self.service.clock.face()

    async def _clock_wait(self, request: Request, body: Body) -> Body:
        waiting = asyncio.ensure_future(
            self.service.clock.wait(
                str(body["client"]),
                seen=None if body.get("seen") is None else int(body["seen"]),
                next_due=parse_instant(body["next_due"]) if body.get("next_due") else None,
                upcoming=body.get("upcoming") or (),
            )
        )
        gone = asyncio.ensure_future(_disconnected(request))
        try:
            await asyncio.wait({waiting, gone}, return_when=asyncio.FIRST_COMPLETED)
            if not waiting.done():
                waiting.cancel()
                await asyncio.wait({waiting})
                return {}
            return waiting.result()
        finally:
            waiting.cancel()
            gone.cancel()

    async def _clock_advance(self, _request: Request, body: Body) -> Body:
        to: Any = body.get("to")
        if "by_seconds" in body:
            to = self.service.clock.now + timedelta(seconds=float(body["by_seconds"]))
        elif to is None:
            raise NotPossibleError('say "to" an instant or "next", or "by_seconds"')
        elif to != "next":
            to = parse_instant(str(to))
        wait, seconds = bool(body.get("wait", True)), float(body.get("timeout", 60.0))
        now, steps = await self.service.clock.advance(to, wait=wait, seconds=seconds)
        self.workspace.touch()
        return {"now": now.isoformat(), "steps": [step.isoformat() for step in steps]}


async def tell_sockets(hub: Hub, what: str) -> None:
    """Do something to every Socket Mode connection: ``warning``, ``refresh``, ``link_disabled`` or ``abort``.

    Raises:
        NotPossibleError: it is none of these.
    """
    if what == "abort":
        hub.abort_all()
    elif what in {"warning", "refresh", "link_disabled"}:
        await hub.refresh("refresh_requested" if what == "refresh" else what)
    else:
        raise NotPossibleError(f"sockets know abort, link_disabled, refresh and warning, not {what!r}")


async def _disconnected(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


def _even(text: str) -> str:
    return " ".join(text.split())


Handler = Callable[[Request, Body], Awaitable[Body]]


def answering(handler: Handler) -> Callable[[Request], Awaitable[Response]]:
    """An endpoint of JSON in and out; what is not possible is answered with 409 and a sentence."""

    async def endpoint(request: Request) -> Response:
        try:
            raw = await request.body()
            body = json.loads(raw) if raw else {}
            if not isinstance(body, dict):
                return EscapedJson({"error": "the body must be a JSON object"}, status_code=400)
            return EscapedJson(await handler(request, body))
        except NotPossibleError as error:
            return EscapedJson({"error": str(error)}, status_code=409)
        except (AttributeError, KeyError, OverflowError, TypeError, ValueError) as error:
            return EscapedJson({"error": f"not understood: {error!r}"}, status_code=400)

    return endpoint
