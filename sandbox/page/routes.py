"""The page over HTTP: its files, what a member sees, what they do by exact place, and a stream of changes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from sandbox.clock import parse_instant
from sandbox.control import Control, answering
from sandbox.faults import CALL_FAULTS, DELIVERY_FAULTS
from sandbox.finding import found_at, visible_channel
from sandbox.interactivity import Outcome
from sandbox.page.screen import APP, Screen, Wish
from sandbox.record import Call, Delivery
from sandbox.refusal import NotPossibleError
from sandbox.workspace import Channel, Member

Body = dict[str, Any]
Handler = Callable[[Request, Body], Awaitable[Body]]
_Entry = TypeVar("_Entry", Call, Delivery)
_STATIC = Path(__file__).parent / "static"
_TYPES = {".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
_SAFE = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_KEEP_ALIVE_SECONDS = 15.0
_TOGETHER_SECONDS = 0.02
"""Changes that come within this time are told of as one."""
_LAST = 100
"""Calls and deliveries that the developer's panel lists."""


class Page:
    """Serves the page of one workspace."""

    def __init__(self, control: Control) -> None:
        """Act through the same hands as the driver."""
        self.control = control
        self.service = control.service
        self.workspace = control.workspace
        self._marks: list[dict[str, int]] = []

    def routes(self) -> list[Route]:
        """Every route of the page."""
        get: dict[str, Handler] = {
            "/page/screen": self._screen,
            "/page/developer": self._developer,
            "/page/developer/calls/{number:int}": self._call,
            "/page/developer/deliveries/{number:int}": self._delivery,
            "/page/meanwhile/{mark:int}": self._meanwhile,
        }
        post: dict[str, Handler] = {
            "/page/type": self._type,
            "/page/press": self._press,
            "/page/enter": self._enter,
            "/page/submit": self._submit,
            "/page/close": self._close,
            "/page/home": self._home,
            "/page/read": self._read,
            "/page/move": self._move,
        }
        acting = {"/page/type", "/page/press", "/page/enter", "/page/submit"}
        return [
            Route("/", _file, methods=["GET"]),
            Route("/page/static/{name}", _file, methods=["GET"]),
            Route("/page/changes", self._changes, methods=["GET"]),
            *(Route(path, answering(handler), methods=["GET"]) for path, handler in get.items()),
            *(
                Route(path, answering(self._asking(handler) if path in acting else handler), methods=["POST"])
                for path, handler in post.items()
            ),
        ]

    def _asking(self, handler: Handler) -> Handler:
        """The same, and then the app says afresh what is coming: it may have planned something."""

        async def acted(request: Request, body: Body) -> Body:
            done = await handler(request, body)
            self.service.clock.ask()
            return done

        return acted

    # What is seen

    async def _screen(self, request: Request, _body: Body) -> Body:
        asked = request.query_params
        member = self.workspace.find_member(asked.get("as", ""))
        wish = Wish(
            place=asked.get("in") or APP,
            thread=asked.get("thread") or None,
            end=asked.get("end") or None,
            twins=frozenset(asked.getlist("twin")),
        )
        return Screen(self.service, member, wish).whole()

    async def _changes(self, _request: Request) -> Response:
        return StreamingResponse(self._stream(), media_type="text/event-stream", headers={"Cache-Control": "no-store"})

    async def _stream(self) -> AsyncIterator[str]:
        """An event at every change that a page could show; it ends with the workspace."""
        told = -1
        clock, workspace = self.service.clock, self.workspace
        while not clock.closing:
            stamp = workspace.changed_count + clock.plans
            if stamp != told:
                told = stamp
                yield f"data: {stamp}\n\n"
                await asyncio.sleep(_TOGETHER_SECONDS)
                continue
            waiting = [
                asyncio.ensure_future(each.wait(_KEEP_ALIVE_SECONDS)) for each in (workspace.change, clock.change)
            ]
            try:
                await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for each in waiting:
                    each.cancel()
            if workspace.changed_count + clock.plans == told:
                yield ": still here\n\n"

    # What is done

    def _who(self, body: Body) -> Member:
        member = self.workspace.find_member(str(body["as"]))
        if member.deleted:
            raise NotPossibleError(f"{member.name} is deactivated and can do nothing.")
        return member

    def _channel(self, member: Member, place: str) -> Channel:
        return visible_channel(self.workspace, member, None if place.startswith(APP) else place)

    async def _type(self, _request: Request, body: Body) -> Body:
        member = self._who(body)
        channel = self._channel(member, str(body["in"]))
        outcome = await self.control.surfaces.types(
            member.id, str(body["text"]), where=None if channel.is_im else channel.id, thread=body.get("thread")
        )
        return outcome.shown()

    async def _press(self, _request: Request, body: Body) -> Body:
        member = self._who(body)
        try:
            found = found_at(self.workspace, member, body["at"], str(body["block"]), str(body["action"]))
        except NotPossibleError:
            # The second press of a double-click, or one that crossed an edit: what took its place is drawn in a moment.
            return Outcome(ok=False).shown()
        if found.element["type"] == "overflow":
            return (await self.control.surfaces.enters(member, found, str(body["value"]), exact=True)).shown()
        return (await self.control.surfaces.presses(member, found)).shown()

    async def _enter(self, _request: Request, body: Body) -> Body:
        return (await self._entered(self._who(body), body["at"], body)).shown()

    async def _entered(self, member: Member, at: Body, what: Body) -> Outcome:
        found = found_at(self.workspace, member, at, str(what["block"]), str(what["action"]))
        value = what.get("value")
        if found.element["type"] == "datetimepicker" and value:
            value = int(datetime.fromisoformat(str(value)).replace(tzinfo=ZoneInfo(member.tz)).timestamp())
        pressed = bool(what.get("enter", False))
        return await self.control.surfaces.enters(member, found, value, exact=True, press_enter=pressed)

    async def _submit(self, _request: Request, body: Body) -> Body:
        member = self._who(body)
        self._on_top(member, str(body["view"]))
        for each in body.get("values") or ():
            await self._entered(member, {"view": body["view"]}, each)
        return (await self.control.surfaces.submits(member.id)).shown()

    async def _close(self, _request: Request, body: Body) -> Body:
        member = self._who(body)
        self._on_top(member, str(body["view"]))
        everything = bool(body.get("everything", False))
        return (await self.control.surfaces.closes(member.id, everything=everything)).shown()

    def _on_top(self, member: Member, view_id: str) -> None:
        top = self.workspace.top(member.id)
        if top is None or top.id != view_id:
            raise NotPossibleError("That form is not open any more.")

    async def _home(self, _request: Request, body: Body) -> Body:
        return self.control.surfaces.opens_home(self._who(body).id, str(body["tab"])).shown()

    async def _read(self, _request: Request, body: Body) -> Body:
        member = self._who(body)
        self.workspace.mark_read(member.id, self._channel(member, str(body["in"])), body.get("ts"))
        return {}

    # Time

    async def _move(self, _request: Request, body: Body) -> Body:
        """Move time, to ``"next"``, ``by`` so many local days, or to a ``local`` time in the member's zone."""
        member = self.workspace.find_member(str(body["as"]))
        clock, zone = self.service.clock, ZoneInfo(member.tz)
        to: datetime | str = "next"
        if body.get("days"):
            there = clock.now.astimezone(zone) + timedelta(days=int(body["days"]))
            to = parse_instant(there.isoformat())
        elif body.get("local"):
            to = parse_instant(datetime.fromisoformat(str(body["local"])).replace(tzinfo=zone).isoformat())
        if isinstance(to, datetime) and to < clock.now:
            here = clock.now.astimezone(zone)
            raise NotPossibleError(f"Time does not go back: it is {here:%A} {here.day} {here:%B %Y}, {here:%H:%M}.")
        self._marks.append({id_: channel.last_micros for id_, channel in self.workspace.channels.items()})
        began = clock.now
        # Where no app lives by the clock there is nobody to wait for.
        wait = bool(clock.clients)
        _, steps = await clock.advance(to, wait=wait, seconds=float(body.get("timeout", 120.0)))
        self.workspace.touch()
        # A clock that runs goes on by itself: that alone is no move.
        return {"mark": len(self._marks), "steps": len(steps), "moved": bool(steps) if wait else clock.now > began}

    async def _meanwhile(self, request: Request, _body: Body) -> Body:
        """Who has been sent how much since a mark, those who got most first; not what one person alone is shown."""
        number = int(request.path_params["mark"])
        if not 1 <= number <= len(self._marks):
            raise NotPossibleError("Time was never moved there.")
        mark = self._marks[number - 1]
        sent = []
        for channel in self.workspace.channels.values():
            before = mark.get(channel.id, 0)
            count = 0
            for message in reversed(self.workspace.messages[channel.id]):
                if int(message.ts.replace(".", "")) <= before:
                    break
                count += message.bot_id is not None and message.ephemeral_to is None
            if count:
                name = self.workspace.members[channel.user].name if channel.user else f"#{channel.name}"
                sent.append({"member": channel.user, "channel": channel.id, "name": name, "count": count})
        return {"sent": sorted(sent, key=lambda one: (-int(str(one["count"])), str(one["name"])))}

    # For developers

    async def _developer(self, _request: Request, _body: Body) -> Body:
        calls, deliveries = self.service.calls[-_LAST:], self.service.hub.deliveries[-_LAST:]
        return {
            "calls": [
                {
                    "number": call.number,
                    "method": call.method,
                    "at": call.at,
                    "status": call.status,
                    "ok": call.ok,
                    "error": (call.answer or {}).get("error"),
                    "fault": call.fault,
                    "milliseconds": round(call.milliseconds, 1),
                }
                for call in reversed(calls)
            ],
            "deliveries": [
                {
                    "number": delivery.number,
                    "type": delivery.type,
                    "kind": delivery.kind,
                    "at": delivery.at,
                    "sent": len(delivery.attempts),
                    "retries": max((attempt.retry_attempt for attempt in delivery.attempts), default=0),
                    "acked": delivery.acked,
                    "milliseconds": None if delivery.milliseconds is None else round(delivery.milliseconds, 1),
                    "failure": delivery.failure,
                    "faults": delivery.faults,
                }
                for delivery in reversed(deliveries)
            ],
            "armed": self.service.faults.shown(),
            "call_faults": dict(CALL_FAULTS),
            "delivery_faults": dict(DELIVERY_FAULTS),
            "connections": len(self.service.hub.connections),
            "members": [
                {"id": m.id, "name": m.name, "deleted": m.deleted}
                for m in self.workspace.members.values()
                if not m.is_bot
            ],
            "channels": [
                {
                    "id": c.id,
                    "name": c.name,
                    "archived": c.is_archived,
                    "app_is_in": self.workspace.bot_user_id in c.members,
                }
                for c in self.workspace.channels.values()
                if not c.is_im
            ],
        }

    async def _call(self, request: Request, _body: Body) -> Body:
        return _numbered(self.service.calls, int(request.path_params["number"])).shown()

    async def _delivery(self, request: Request, _body: Body) -> Body:
        return _numbered(self.service.hub.deliveries, int(request.path_params["number"])).shown()


def _numbered(entries: list[_Entry], number: int) -> _Entry:
    if not 1 <= number <= len(entries):
        raise NotPossibleError("Nothing has that number.")
    return entries[number - 1]


async def _file(request: Request) -> Response:
    path = _STATIC / str(request.path_params.get("name", "index.html"))
    if path.suffix not in _TYPES or not path.is_file():
        return JSONResponse({"error": "there is no such file"}, status_code=404)
    return FileResponse(path, media_type=_TYPES[path.suffix], headers=_SAFE)
