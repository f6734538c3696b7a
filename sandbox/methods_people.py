"""The methods about conversations, users, the team and the app itself."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from sandbox.arguments import Arguments
from sandbox.refusal import RefusalError
from sandbox.service import Service
from sandbox.workspace import Channel, Member, Message

_Thing = TypeVar("_Thing")

_READ = {"channel": "channels:read", "group": "groups:read", "im": "im:read", "mpim": "mpim:read"}
_HISTORY = {"channel": "channels:history", "group": "groups:history", "im": "im:history", "mpim": "mpim:history"}
_TYPES = {"public_channel": "channel", "private_channel": "group", "im": "im", "mpim": "mpim"}


def need(service: Service, *scopes: str) -> None:
    """Return when the app has one of these scopes.

    Raises:
        RefusalError: ``missing_scope``, with what is needed and what is provided.
    """
    provided = service.workspace.manifest.bot_scopes
    if not provided.intersection(scopes):
        raise RefusalError(
            "missing_scope", extra={"needed": ",".join(scopes), "provided": ",".join(sorted(provided)) or "none"}
        )


def _page(
    args: Arguments, things: Sequence[_Thing], default: int, most: int
) -> tuple[Sequence[_Thing], dict[str, Any]]:
    limit = args.number("limit", default, most)
    start = 0
    cursor = args.maybe("cursor")
    if cursor:
        try:
            start = int(base64.b64decode(cursor, validate=True).decode().removeprefix("offset:"))
        except (binascii.Error, ValueError) as error:
            raise RefusalError("invalid_cursor") from error
    more = start + limit < len(things)
    following = base64.b64encode(f"offset:{start + limit}".encode()).decode() if more else ""
    return things[start : start + limit], {"next_cursor": following}


def _visible(service: Service, args: Arguments, name: str = "channel") -> Channel:
    channel = service.workspace.channels.get(args.text(name, missing="channel_not_found"))
    if channel is None or (channel.is_private and service.workspace.bot_user_id not in channel.members):
        raise RefusalError("channel_not_found")
    return channel


def _public_or_in(service: Service, args: Arguments) -> Channel:
    channel = _visible(service, args)
    need(service, _HISTORY[channel.kind])
    if service.workspace.bot_user_id not in channel.members:
        raise RefusalError("not_in_channel")
    return channel


def conversations_open(service: Service, args: Arguments) -> dict[str, Any]:
    """``conversations.open``: one to eight users, or a channel that is open already."""
    workspace = service.workspace
    if args.maybe("channel"):
        return {"channel": {"id": _visible(service, args).id}, "no_op": True, "already_open": True}
    users = args.ids("users")
    if not users:
        raise RefusalError("users_list_not_supplied")
    if len(users) > 8:
        raise RefusalError("too_many_users")
    for user in users:
        if user not in workspace.members:
            raise RefusalError("user_not_found")
        if workspace.members[user].deleted:
            raise RefusalError("user_disabled")
        if workspace.members[user].is_bot:
            raise RefusalError("cannot_dm_bot")
    need(service, "im:write" if len(users) == 1 else "mpim:write")
    known = len(workspace.channels)
    channel = workspace.dm_with(users[0]) if len(users) == 1 else workspace.group_with(users)
    already = {} if len(workspace.channels) > known else {"no_op": True, "already_open": True}
    body = service.channel_object(channel) if args.flag("return_im") else {"id": channel.id}
    return {"channel": body, **already}


def _listed(service: Service, args: Arguments, keep: Callable[[Channel], bool]) -> dict[str, Any]:
    kinds = args.ids("types") or ["public_channel"]
    unknown = [kind for kind in kinds if kind not in _TYPES]
    if unknown:
        raise RefusalError("invalid_types")
    for kind in kinds:
        need(service, _READ[_TYPES[kind]])
    wanted = {_TYPES[kind] for kind in kinds}
    bot = service.workspace.bot_user_id
    channels = [
        channel
        for channel in service.workspace.channels.values()
        if channel.kind in wanted
        and (not channel.is_private or bot in channel.members)
        and not (channel.is_archived and args.flag("exclude_archived"))
        and keep(channel)
    ]
    page, cursor = _page(args, channels, 100, 1000)
    return {"channels": [service.channel_object(channel) for channel in page], "response_metadata": cursor}


def conversations_list(service: Service, args: Arguments) -> dict[str, Any]:
    """``conversations.list``: public channels, and the private conversations that the app is in."""
    return _listed(service, args, lambda _channel: True)


def users_conversations(service: Service, args: Arguments) -> dict[str, Any]:
    """``users.conversations``: those of a member (default: the app's own)."""
    user = args.maybe("user") or service.workspace.bot_user_id
    return _listed(service, args, lambda channel: user in channel.members)


def conversations_info(service: Service, args: Arguments) -> dict[str, Any]:
    """``conversations.info``."""
    channel = _visible(service, args)
    need(service, _READ[channel.kind])
    return {"channel": service.channel_object(channel)}


def conversations_members(service: Service, args: Arguments) -> dict[str, Any]:
    """``conversations.members``: ids only, a page at a time; deactivated members are not among them."""
    channel = _visible(service, args)
    need(service, _READ[channel.kind])
    members = [user for user in channel.members if not service.workspace.members[user].deleted]
    page, cursor = _page(args, members, 100, 1000)
    return {"members": list(page), "response_metadata": cursor}


def _instant(args: Arguments, name: str, default: float) -> float:
    try:
        return float(args.maybe(name) or default)
    except ValueError as error:
        raise RefusalError(f"invalid_ts_{name}") from error


def _within(args: Arguments, messages: Sequence[Message]) -> list[Message]:
    oldest, latest = _instant(args, "oldest", 0.0), _instant(args, "latest", float("inf"))
    inclusive = args.flag("inclusive")

    def inside(message: Message) -> bool:
        ts = float(message.ts)
        return oldest < ts < latest or (inclusive and ts in {oldest, latest})

    return [message for message in messages if inside(message)]


def conversations_history(service: Service, args: Arguments) -> dict[str, Any]:
    """``conversations.history``: newest first, without replies, ephemeral messages, or (unless asked) metadata."""
    channel = _public_or_in(service, args)
    everything = [
        message
        for message in service.workspace.messages[channel.id]
        if not message.ephemeral_to and (message.thread_ts in {None, message.ts} or message.reply_broadcast)
    ]
    chosen = list(reversed(_within(args, everything)))
    page, cursor = _page(args, chosen, 100, 999)
    metadata = args.flag("include_all_metadata")
    body: dict[str, Any] = {
        "messages": [service.message_object(message, metadata=metadata) for message in page],
        "has_more": bool(cursor["next_cursor"]),
        "pin_count": 0,
    }
    if cursor["next_cursor"]:
        body["response_metadata"] = cursor
    return body


def conversations_replies(service: Service, args: Arguments) -> dict[str, Any]:
    """``conversations.replies``: the parent, then its replies, oldest first."""
    channel = _public_or_in(service, args)
    ts = args.text("ts", missing="thread_not_found")
    everything = [message for message in service.workspace.messages[channel.id] if not message.ephemeral_to]
    if not any(message.ts == ts for message in everything):
        raise RefusalError("thread_not_found")
    thread = [message for message in everything if ts in {message.ts, message.thread_ts}]
    page, cursor = _page(args, _within(args, thread), 100, 1000)
    metadata = args.flag("include_all_metadata")
    return {
        "messages": [service.message_object(message, metadata=metadata) for message in page],
        "has_more": bool(cursor["next_cursor"]),
        "response_metadata": cursor,
    }


def conversations_join(service: Service, args: Arguments) -> dict[str, Any]:
    """``conversations.join``: public channels only."""
    channel = _visible(service, args)
    if channel.kind != "channel":
        raise RefusalError("method_not_supported_for_channel_type")
    if channel.is_archived:
        raise RefusalError("is_archived")
    inside = service.workspace.bot_user_id in channel.members
    enter(service, channel, service.workspace.bot_user_id, inviter=None)
    already = {"warning": "already_in_channel"} if inside else {}
    return {"channel": service.channel_object(channel), **already}


def conversations_invite(service: Service, args: Arguments) -> dict[str, Any]:
    """``conversations.invite``: by an app that is in the channel."""
    channel = _visible(service, args)
    need(service, *(("groups:write", "groups:write.invites") if channel.is_private else _INVITES))
    workspace = service.workspace
    if workspace.bot_user_id not in channel.members:
        raise RefusalError("not_in_channel")
    if channel.is_archived:
        raise RefusalError("is_archived")
    users = args.ids("users")
    if not users:
        raise RefusalError("no_user")
    for user in users:
        if user == workspace.bot_user_id:
            raise RefusalError("cant_invite_self")
        if user not in workspace.members or workspace.members[user].deleted:
            raise RefusalError("user_not_found")
        if user in channel.members:
            raise RefusalError("already_in_channel")
    for user in users:
        enter(service, channel, user, inviter=workspace.bot_user_id)
    return {"channel": service.channel_object(channel)}


_INVITES = ("channels:manage", "channels:write.invites")


def enter(service: Service, channel: Channel, user: str, *, inviter: str | None) -> None:
    """Let a member (or the app) into a channel and tell the app; one who is in it already stays."""
    if user in channel.members:
        return
    channel.members.append(user)
    service.workspace.touch()
    if service.workspace.bot_user_id in channel.members:
        event = {
            "type": "member_joined_channel",
            "user": user,
            "channel": channel.id,
            "channel_type": "G" if channel.is_private else "C",
            "team": service.workspace.team_id,
            "event_ts": service.workspace.next_ts(channel),
        }
        if inviter:
            event["inviter"] = inviter
        service.emit(event, "member_joined_channel", channel=channel.id)


def _member(service: Service, args: Arguments) -> Member:
    user = args.text("user", missing="user_not_found")
    if user not in service.workspace.members:
        raise RefusalError("user_not_found")
    return service.workspace.members[user]


def users_info(service: Service, args: Arguments) -> dict[str, Any]:
    """``users.info``: e-mail only with users:read.email, locale only when asked."""
    body = service.user_object(_member(service, args))
    if args.flag("include_locale"):
        body["locale"] = "en-GB"
    return {"user": body}


def users_list(service: Service, args: Arguments) -> dict[str, Any]:
    """``users.list``: bots and deactivated members too."""
    page, cursor = _page(args, list(service.workspace.members.values()), 1000, 1000)
    return {
        "members": [service.user_object(member) for member in page],
        "cache_ts": int(service.now.timestamp()),
        "response_metadata": cursor,
    }


def users_lookup(service: Service, args: Arguments) -> dict[str, Any]:
    """``users.lookupByEmail``: active members only."""
    email = args.text("email", missing="users_not_found").lower()
    for member in service.workspace.members.values():
        if member.email.lower() == email and not member.deleted:
            return {"user": service.user_object(member)}
    raise RefusalError("users_not_found")


def team_info(service: Service, _args: Arguments) -> dict[str, Any]:
    """``team.info``."""
    workspace = service.workspace
    domain = workspace.team_domain
    return {
        "team": {
            "id": workspace.team_id,
            "name": workspace.team_name,
            "domain": domain,
            "url": f"https://{domain}.slack.com/",
            "email_domain": "",
            "icon": {"image_default": True},
        }
    }


def bots_info(service: Service, args: Arguments) -> dict[str, Any]:
    """``bots.info``: of the app's own bot."""
    if args.maybe("bot") not in {None, service.workspace.bot_id}:
        raise RefusalError("bot_not_found")
    return {"bot": service.bot_object()}


def auth_test(service: Service, _args: Arguments) -> dict[str, Any]:
    """``auth.test``: who the token is."""
    workspace = service.workspace
    return {
        "url": f"https://{workspace.team_domain}.slack.com/",
        "team": workspace.team_name,
        "user": workspace.members[workspace.bot_user_id].handle,
        "team_id": workspace.team_id,
        "user_id": workspace.bot_user_id,
        "bot_id": workspace.bot_id,
        "is_enterprise_install": False,
    }


def api_test(_service: Service, args: Arguments) -> dict[str, Any]:
    """``api.test``: what was sent comes back; ``error`` makes it fail.

    Raises:
        RefusalError: with the code that was asked for.
    """
    sent = {name: value for name, value in args.given.items() if name != "token"}
    if args.maybe("error"):
        raise RefusalError(str(args.maybe("error")), extra={"args": sent})
    return {"args": sent}


def connections_open(service: Service, _args: Arguments) -> dict[str, Any]:
    """``apps.connections.open``: a WebSocket address that is good for one connection."""
    host = service.base_url.removeprefix("http://")
    return {"url": f"ws://{host}/link/?ticket={service.hub.ticket()}&app_id={service.workspace.app_id}"}
