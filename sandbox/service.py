"""Everything that one running workspace is made of, and the events and objects that several parts of it need."""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sandbox.clock import ProgrammeClock
from sandbox.faults import Faults
from sandbox.files import File, Kind
from sandbox.ids import hex_for
from sandbox.limits import RateLimits
from sandbox.record import Call
from sandbox.refusal import RefusalError
from sandbox.socket_mode import Hub
from sandbox.workspace import Channel, Member, Message, OpenView, Workspace

VERIFICATION_TOKEN = "sandbox-verification-token"  # noqa: S105 - Slack sends one in every payload; it proves nothing


_FILE_ID_IN_URL = re.compile(r"[-/](F[A-Z0-9]{8,})/")


class Service:
    """One workspace with its clock, connections, faults, limits and call log. Owned by one event loop."""

    def __init__(
        self,
        *,
        workspace: Workspace,
        clock: ProgrammeClock,
        faults: Faults,
        limits: RateLimits,
        hub: Hub,
        tokens: tuple[str | None, str | None] = (None, None),
    ) -> None:
        """Put the parts together; a token (bot's, app's) that is not given is made up, the same in every run."""
        self.workspace = workspace
        self.clock = clock
        self.faults = faults
        self.limits = limits
        self.hub = hub
        digits = str(int(hex_for(workspace.team_id, 12), 16))
        self.bot_token = tokens[0] or f"xoxb-{digits}-{hex_for('bot' + workspace.team_id, 24)}"
        self.app_token = tokens[1] or f"xapp-1-{workspace.app_id}-{digits}-{hex_for('app' + workspace.team_id, 64)}"
        self.calls: list[Call] = []
        self.base_url = "http://127.0.0.1:0"

    # Objects as Slack writes them

    def user_object(self, member: Member) -> dict[str, Any]:
        """A user as ``users.info`` and the events about users give it."""
        scopes = self.workspace.manifest.bot_scopes
        first, _, last = member.name.partition(" ")
        profile = {
            "real_name": member.name,
            "display_name": member.display_name,
            "real_name_normalized": member.name,
            "display_name_normalized": member.display_name,
            "title": member.title,
            "first_name": first,
            "last_name": last,
            "team": self.workspace.team_id,
        }
        if "users:read.email" in scopes and member.email:
            profile["email"] = member.email
        body: dict[str, Any] = {
            "id": member.id,
            "team_id": self.workspace.team_id,
            "name": member.handle,
            "real_name": member.name,
            "deleted": member.deleted,
            "profile": profile,
            "is_bot": member.is_bot,
            "is_app_user": False,
            "updated": 1_700_000_000,
        }
        if not member.deleted:
            body |= {
                "tz": member.tz,
                "tz_label": member.tz,
                "tz_offset": member.offset(self.workspace.now()),
                "is_admin": member.is_admin,
                "is_owner": False,
                "is_primary_owner": False,
                "is_restricted": False,
                "is_ultra_restricted": False,
            }
        return body

    def channel_object(self, channel: Channel) -> dict[str, Any]:
        """A conversation as ``conversations.info`` gives it."""
        common = {"id": channel.id, "created": channel.created, "is_archived": channel.is_archived}
        if channel.is_im:
            other = self.workspace.members[channel.user or ""]
            return {**common, "is_im": True, "user": channel.user, "is_user_deleted": other.deleted, "priority": 0}
        return {
            **common,
            "name": channel.name,
            "name_normalized": channel.name,
            "is_channel": not channel.is_private,
            "is_group": channel.is_private and not channel.is_mpim,
            "is_im": False,
            "is_mpim": channel.is_mpim,
            "is_private": channel.is_private,
            "is_member": self.workspace.bot_user_id in channel.members,
            "is_shared": False,
            "is_ext_shared": False,
            "is_general": False,
            "num_members": len(channel.members),
            "context_team_id": self.workspace.team_id,
            "topic": {"value": "", "creator": "", "last_set": 0},
            "purpose": {"value": "", "creator": "", "last_set": 0},
        }

    def message_object(self, message: Message, *, metadata: bool = True) -> dict[str, Any]:
        """A message as histories and payloads give it."""
        body: dict[str, Any] = {"type": "message", "user": message.user, "ts": message.ts, "text": message.text}
        if message.bot_id:
            body |= {"bot_id": message.bot_id, "app_id": message.app_id, "bot_profile": self.bot_object()}
        optional = {
            "client_msg_id": message.client_msg_id,
            "subtype": message.subtype,
            "blocks": message.blocks,
            "attachments": message.attachments,
            "edited": message.edited,
            "thread_ts": message.thread_ts,
            "metadata": message.metadata if metadata else None,
            "files": [self.file_object(self.workspace.files.shared(each)) for each in message.files],
        }
        body |= {name: value for name, value in optional.items() if value}
        if message.files:
            body |= {"upload": True, "display_as_bot": False}
        body["team"] = self.workspace.team_id
        return body

    # Files

    def file_object(self, file: File, *, processed: bool = True, shares: bool = False) -> dict[str, Any]:
        """A file as messages hold it; not yet ``processed`` right after its upload; with ``shares`` as files.info."""
        if file.state == "deleted":
            return {"id": file.id, "mode": "tombstone"}
        kind = file.kind if processed else Kind("", "", "")
        urls = self._file_urls(file)
        body: dict[str, Any] = {
            "id": file.id,
            "created": file.created,
            "timestamp": file.created,
            "name": file.name,
            "title": file.title,
            "mimetype": kind.mimetype,
            "filetype": kind.filetype,
            "pretty_type": kind.pretty,
            "user": file.user,
            "user_team": self.workspace.team_id,
            "editable": False,
            "size": file.size,
            "mode": "hosted",
            "is_external": False,
            "external_type": "",
            "is_public": any(self.workspace.channels[channel].kind == "channel" for channel, _ in file.shares),
            "public_url_shared": False,
            "display_as_bot": False,
            "username": "",
            **urls,
            "has_rich_preview": False,
            "file_access": "visible",
        }
        if file.alt:
            body["alt_txt"] = file.alt
        if shares or not processed:
            body |= self._shares(file)
        return body

    def _file_urls(self, file: File) -> dict[str, str]:
        private, team = f"{self.base_url}/files-pri", self.workspace.team_id
        home = f"https://{self.workspace.team_domain}.slack.com"
        return {
            "url_private": f"{private}/{team}-{file.id}/{file.slug}",
            "url_private_download": f"{private}/{team}-{file.id}/download/{file.slug}",
            "permalink": f"{home}/files/{file.user}/{file.id}/{file.slug}",
        }

    def _shares(self, file: File) -> dict[str, Any]:
        body: dict[str, Any] = {"shares": {}, "channels": [], "groups": [], "ims": []}
        for channel_id, ts in file.shares:
            message = self.workspace.message(channel_id, ts)
            if message is None:
                continue
            channel = self.workspace.channels[channel_id]
            body["ims" if channel.is_im else "groups" if channel.is_private else "channels"].append(channel_id)
            share = {"ts": ts, "channel_name": channel.name, "team_id": self.workspace.team_id}
            if message.thread_ts:
                share["thread_ts"] = message.thread_ts
            kind = "public" if channel.kind == "channel" else "private"
            body["shares"].setdefault(kind, {}).setdefault(channel_id, []).append(share)
        return body

    def slack_file(self, named: Any) -> File | None:  # noqa: ANN401 - a piece of a block, as it came
        """The file that a ``slack_file`` names by its id, its ``url_private`` or its permalink; None: there is none."""
        given = named if isinstance(named, dict) else {}
        url = str(given.get("url") or "")
        in_url = _FILE_ID_IN_URL.search(url)
        try:
            file = self.workspace.files.kept(str(given.get("id") or (in_url[1] if in_url else "")))
        except RefusalError:
            return None
        return file if not url or url in self._file_urls(file).values() else None

    def has_image(self, named: Any) -> bool:  # noqa: ANN401 - a piece of a block, as it came
        """Whether a ``slack_file`` names a picture of the app's that blocks can show."""
        file = self.slack_file(named)
        return file is not None and file.kind.fits_blocks  # nobody but the app uploads here

    def files_seen(self, message: Message, member: Member) -> list[dict[str, Any]]:
        """The files of a message as a member sees them: what each is, also in words, and where they get its bytes."""
        return [_seen(self.workspace.files.shared(each), member) for each in message.files]

    def image_source(self, block: Mapping[str, Any], member: Member) -> str | None:
        """Where a member finds the picture of an image block or element; None when it is not in this workspace."""
        file = self.slack_file(block.get("slack_file"))
        return file.path_for(member.id) if file is not None else None

    def bot_object(self) -> dict[str, Any]:
        """The app's bot as ``bots.info`` gives it."""
        return {
            "id": self.workspace.bot_id,
            "deleted": False,
            "name": self.workspace.manifest.bot_name,
            "updated": 1_700_000_000,
            "app_id": self.workspace.app_id,
            "user_id": self.workspace.bot_user_id,
            "team_id": self.workspace.team_id,
            "icons": {},
        }

    def view_object(self, view: OpenView) -> dict[str, Any]:
        """A view as the views methods and the payloads about views give it."""
        body = view.body
        return {
            "id": view.id,
            "team_id": self.workspace.team_id,
            "type": body["type"],
            "blocks": body["blocks"],
            "private_metadata": body.get("private_metadata") or "",
            "callback_id": body.get("callback_id") or "",
            "state": {"values": copy.deepcopy(view.state)},  # a payload is a moment; the view lives on
            "hash": view.hash,
            "title": body.get("title"),
            "clear_on_close": bool(body.get("clear_on_close", False)),
            "notify_on_close": bool(body.get("notify_on_close", False)),
            "close": body.get("close"),
            "submit": body.get("submit"),
            "previous_view_id": view.previous_id,
            "root_view_id": view.root_id,
            "app_id": self.workspace.app_id,
            "external_id": body.get("external_id") or "",
            "app_installed_team_id": self.workspace.team_id,
            "bot_id": self.workspace.bot_id,
        }

    # Events

    def emit(self, event: Mapping[str, Any], subscription: str, *, channel: str | None = None) -> bool:
        """Deliver an event if the manifest subscribes to it. Returns whether it does."""
        workspace = self.workspace
        if subscription not in workspace.manifest.bot_events:
            return False
        event_id = workspace.counter.id("Ev")
        payload = {
            "token": VERIFICATION_TOKEN,
            "team_id": workspace.team_id,
            "context_team_id": workspace.team_id,
            "context_enterprise_id": None,
            "api_app_id": workspace.app_id,
            "event": dict(event),
            "type": "event_callback",
            "event_id": event_id,
            "event_time": int(workspace.now().timestamp()),
            "authorizations": [
                {
                    "enterprise_id": None,
                    "team_id": workspace.team_id,
                    "user_id": workspace.bot_user_id,
                    "is_bot": True,
                    "is_enterprise_install": False,
                }
            ],
            "is_ext_shared_channel": False,
            "event_context": f"4-{hex_for(event_id, 40)}",
        }
        self.hub.deliver_event(payload, channels={channel} if channel else set())
        return True

    def emit_message(self, channel: Channel, event: Mapping[str, Any]) -> None:
        """Deliver a message event about a channel that the app is in."""
        if self.workspace.bot_user_id not in channel.members:
            return
        kind = "groups" if channel.kind == "group" else "channels" if channel.kind == "channel" else channel.kind
        body = {"channel": channel.id, "channel_type": channel.kind, "event_ts": event["ts"], **event}
        self.emit(body, f"message.{kind}", channel=channel.id)

    def posted(self, message: Message) -> None:
        """Tell the app of a message that everyone in the channel can see."""
        channel = self.workspace.channels[message.channel]
        self.emit_message(channel, self.message_object(message))
        mention = f"<@{self.workspace.bot_user_id}>"
        if mention in message.text and not channel.is_im and self.workspace.bot_user_id in channel.members:
            event = {**self.message_object(message), "type": "app_mention", "channel": channel.id}
            self.emit({**event, "event_ts": message.ts}, "app_mention", channel=channel.id)

    def edited(self, message: Message, before: Mapping[str, Any]) -> None:
        """Tell the app of an edit."""
        channel = self.workspace.channels[message.channel]
        event = {
            "type": "message",
            "subtype": "message_changed",
            "hidden": True,
            "message": self.message_object(message),
            "previous_message": dict(before),
            "ts": self.workspace.next_ts(channel),
        }
        self.emit_message(channel, event)

    def removed(self, channel: Channel, before: Mapping[str, Any]) -> None:
        """Tell the app of a deletion."""
        event = {
            "type": "message",
            "subtype": "message_deleted",
            "hidden": True,
            "deleted_ts": before["ts"],
            "previous_message": dict(before),
            "ts": self.workspace.next_ts(channel),
        }
        self.emit_message(channel, event)

    def response_url(self, user: str, channel: str, message_ts: str | None) -> str:
        """A new response URL."""
        return f"{self.base_url}/response/{self.workspace.new_response_url(user, channel, message_ts)}"

    @property
    def now(self) -> datetime:
        """Programme time."""
        return self.clock.now


def _seen(file: File, member: Member) -> dict[str, Any]:
    if file.state == "deleted":
        return {"id": file.id, "deleted": True, "plain": file.in_words}
    return {
        "id": file.id,
        "deleted": False,
        "name": file.name,
        "title": file.title,
        "alt": file.alt,
        "mimetype": file.kind.mimetype,
        "pretty_type": file.kind.pretty,
        "size": file.size,
        "is_image": file.kind.is_image,
        "url": file.path_for(member.id),
        "plain": file.in_words,
    }
