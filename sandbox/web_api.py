"""The Web API: one table of methods, and around it the tokens, scopes, limits, faults and the call log."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from sandbox import methods_chat, methods_files, methods_people, methods_views
from sandbox.arguments import Arguments, decode
from sandbox.escaped import EscapedJson
from sandbox.faults import Fault
from sandbox.ids import id_for
from sandbox.record import Call
from sandbox.refusal import RefusalError
from sandbox.service import Service

Function = Callable[[Service, Arguments], dict[str, Any]]


@dataclass(frozen=True)
class Method:
    """One method: what it does, the bot scopes of which it needs one, its rate-limit tier, and its kind of token."""

    function: Function
    scopes: tuple[str, ...] = ()
    tier: str = "t3"
    token: str | None = "bot"  # noqa: S105 - a kind, not a token


_WRITE = ("chat:write",)
_USERS = ("users:read",)
_FILES = ("files:write",)

METHODS: dict[str, Method] = {
    "api.test": Method(methods_people.api_test, tier="many", token=None),
    "apps.connections.open": Method(methods_people.connections_open, tier="t1", token="app"),  # noqa: S106 - a kind
    "auth.test": Method(methods_people.auth_test, tier="many"),
    "blocks.validate": Method(methods_views.blocks_validate, tier="many", token=None),
    "bots.info": Method(methods_people.bots_info, _USERS),
    "chat.delete": Method(methods_chat.delete, _WRITE),
    "chat.getPermalink": Method(methods_chat.permalink, tier="many"),
    "chat.postEphemeral": Method(methods_chat.post_ephemeral, _WRITE, "t4"),
    "chat.postMessage": Method(methods_chat.post_message, _WRITE, "post"),
    "chat.update": Method(methods_chat.update, _WRITE),
    "conversations.history": Method(methods_people.conversations_history),
    "conversations.info": Method(methods_people.conversations_info),
    "conversations.invite": Method(methods_people.conversations_invite),
    "conversations.join": Method(methods_people.conversations_join, ("channels:join",)),
    "conversations.list": Method(methods_people.conversations_list, tier="t2"),
    "conversations.members": Method(methods_people.conversations_members, tier="t4"),
    "conversations.open": Method(methods_people.conversations_open),
    "conversations.replies": Method(methods_people.conversations_replies),
    "files.completeUploadExternal": Method(methods_files.complete, _FILES, "t4"),
    "files.delete": Method(methods_files.delete, _FILES),
    "files.getUploadURLExternal": Method(methods_files.upload_url, _FILES, "t4"),
    "files.info": Method(methods_files.info, ("files:read",), "t4"),
    "team.info": Method(methods_people.team_info, ("team:read",)),
    "users.conversations": Method(methods_people.users_conversations, tier="t2"),
    "users.info": Method(methods_people.users_info, _USERS, "t4"),
    "users.list": Method(methods_people.users_list, _USERS, "t2"),
    "users.lookupByEmail": Method(methods_people.users_lookup, ("users:read.email",)),
    "views.open": Method(methods_views.views_open, tier="t4"),
    "views.publish": Method(methods_views.views_publish, tier="t4"),
    "views.push": Method(methods_views.views_push, tier="t4"),
    "views.update": Method(methods_views.views_update, tier="t4"),
}


class ConnectionCutError(Exception):
    """The transport has been reset on purpose; there is nobody to answer."""


class WebApi:
    """Answers ``/api/{method}``."""

    def __init__(self, service: Service) -> None:
        """Answer for this workspace."""
        self.service = service

    async def __call__(self, request: Request) -> Response:
        """One call: faults armed for it strike before or after the effect, and everything is logged."""
        began = time.monotonic()
        name = str(request.path_params["method"])
        body = await request.body()
        try:
            given = decode(request.headers.get("content-type", ""), body, request.url.query)
        except RefusalError as refusal:
            return self._finish(self._log(name, {}), began, 200, refusal.answer())
        token = request.headers.get("authorization", "").removeprefix("Bearer ").strip() or given.pop("token", None)
        given.pop("token", None)
        call = self._log(name, given)
        fault = self.service.faults.for_call(name, self._channels(given))
        call.fault = fault.name if fault else None
        early = self._before(request, call, fault, began)
        if early is not None:
            return early
        status, answer, headers = self._answer(name, given, token)
        return await self._after(request, call, fault, (began, status, answer, headers))

    def _log(self, name: str, given: dict[str, Any]) -> Call:
        call = Call(len(self.service.calls) + 1, name, given, self.service.now.isoformat())
        self.service.calls.append(call)
        return call

    def _channels(self, given: dict[str, Any]) -> set[str]:
        """Every way of naming the conversation that a call is about: its id, ``#name``, the member's id."""
        wanted = given.get("channel") or given.get("channel_id") or given.get("user_id")
        if not isinstance(wanted, str):
            return set()
        names = {wanted}
        workspace = self.service.workspace
        if wanted in workspace.members:
            names.add(id_for("D", wanted))
        channel = workspace.channels.get(wanted)
        if channel is not None:
            names |= {f"#{channel.name}", channel.user or channel.id}
        return names

    def _finish(
        self, call: Call, began: float, status: int, answer: dict[str, Any], headers: dict[str, str] | None = None
    ) -> Response:
        call.status, call.answer = status, answer
        call.milliseconds = (time.monotonic() - began) * 1000
        self.service.workspace.touch()
        return EscapedJson(answer, status_code=status, headers=headers)

    def _cut(self, request: Request) -> Response:
        request.state.transport.abort()
        self.service.workspace.touch()
        return Response(status_code=500)

    def _before(self, request: Request, call: Call, fault: Fault | None, began: float) -> Response | None:
        if fault is None:
            return None
        if fault.name == "drop_before":
            return self._cut(request)
        if fault.name == "429":
            headers = {"Retry-After": str(fault.retry_after)}
            return self._finish(call, began, 429, {"ok": False, "error": "ratelimited"}, headers)
        if fault.name == "500_before":
            call.status = 500
            return PlainTextResponse("Internal Server Error", status_code=500)
        return None

    async def _after(
        self,
        request: Request,
        call: Call,
        fault: Fault | None,
        outcome: tuple[float, int, dict[str, Any], dict[str, str]],
    ) -> Response:
        began, status, answer, headers = outcome
        name = fault.name if fault else ""
        if name == "drop_after":
            return self._cut(request)
        if name == "500_after":
            call.status = 500
            return PlainTextResponse("Internal Server Error", status_code=500)
        if name == "internal_error_after":
            answer = {"ok": False, "error": "internal_error"}
        if fault is not None and name == "hang":
            await asyncio.sleep(fault.seconds)
        return self._finish(call, began, status, answer, headers)

    def _answer(
        self, name: str, given: dict[str, Any], token: str | None
    ) -> tuple[int, dict[str, Any], dict[str, str]]:
        headers = {}
        if token == self.service.bot_token:
            headers = {
                "x-oauth-scopes": ",".join(sorted(self.service.workspace.manifest.bot_scopes)),
                "x-accepted-oauth-scopes": "",
            }
        args = Arguments(given)
        try:
            method = self._allowed(name, token)
            seconds = self.service.limits.take(name, method.tier, args.maybe("channel"))
            if seconds is not None:
                return 429, {"ok": False, "error": "ratelimited"}, {"Retry-After": str(seconds)}
            return 200, {"ok": True, **method.function(self.service, args)}, headers
        except RefusalError as refusal:
            return 200, refusal.answer(), headers

    def _allowed(self, name: str, token: str | None) -> Method:
        method = METHODS.get(name)
        if method is None:
            raise RefusalError("unknown_method", extra={"req_method": name})
        if method.token is None:
            return method
        if not token:
            raise RefusalError("not_authed")
        known = {self.service.bot_token: "bot", self.service.app_token: "app"}
        if token not in known:
            raise RefusalError("invalid_auth")
        if known[token] != method.token:
            raise RefusalError("not_allowed_token_type")
        if method.scopes:
            methods_people.need(self.service, *method.scopes)
        return method


async def response_url(service: Service, request: Request) -> Response:
    """Answer a POST to a response URL: ``ok``, or 404 or 400 with Slack's error."""
    call = Call(len(service.calls) + 1, "response_url", {}, service.now.isoformat())
    service.calls.append(call)
    try:
        body = decode(request.headers.get("content-type", "application/json"), await request.body(), "")
        call.args = body
        methods_chat.respond(service, str(request.path_params["key"]), body)
    except RefusalError as refusal:
        call.status = 404 if refusal.error in {"expired_url", "used_url"} else 400
        call.answer = refusal.answer()
        return EscapedJson(call.answer, status_code=call.status)
    call.status, call.answer = 200, {"ok": True}
    return PlainTextResponse("ok")
