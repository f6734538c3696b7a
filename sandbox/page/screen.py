"""What one member sees at one moment, as the JSON that the page draws."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sandbox.finding import visible_channel, visible_messages
from sandbox.mrkdwn import Reader, spans
from sandbox.page.blocks import Body, Lists, drawn, text
from sandbox.plain import plain_message, plain_view
from sandbox.refusal import NotPossibleError
from sandbox.service import Service
from sandbox.workspace import Channel, Member, Message, OpenView, is_reply

WINDOW = 100
"""Messages on the page at once."""
_OVERLAP = 20
"""Messages that stay in sight when the window moves."""
APP = "app"


@dataclass(frozen=True)
class Wish:
    """What of the workspace a page wants to see.

    ``end`` is the ts of the last message in its window (None: the latest), ``twins`` are the ts of messages and the ids
    of views whose plain text it shows as well.
    """

    place: str = APP
    thread: str | None = None
    end: str | None = None
    twins: Collection[str] = ()


class Screen:
    """Draws for one member."""

    def __init__(self, service: Service, member: Member, wish: Wish) -> None:
        """Look with this member's eyes."""
        self._service = service
        self._workspace = service.workspace
        self._member = member
        self._wish = wish
        self._names = service.workspace.names()
        self._zone = ZoneInfo(member.tz)
        self._lists = Lists(self._people(), self._conversations, self._image)

    def whole(self) -> Body:
        """Everything that is before the member."""
        workspace, member = self._workspace, self._member
        stack = workspace.stack(member.id)
        notices = list(enumerate(workspace.notices.get(member.id, []), 1))[-5:]
        return {
            "version": workspace.changed_count,
            "me": self._person(member),
            "team": workspace.team_name,
            "app": {
                "name": workspace.manifest.bot_name,
                "description": workspace.manifest.description,
                "home_tab": workspace.manifest.home_tab,
                "messages_tab": workspace.manifest.messages_tab and not workspace.manifest.messages_read_only,
                "commands": [vars(command) for command in workspace.manifest.commands.values()],
                "connected": bool(self._service.hub.connections),
            },
            "people": [self._person(each) for each in workspace.members.values() if not each.is_bot],
            "places": self._places(),
            "place": self._place(),
            "thread": self._thread(),
            "modal": self._view(stack[-1], len(stack)) if stack else None,
            "notices": [{"number": n, "text": notice.text} for n, notice in notices],
            "clock": self.clock(),
        }

    # People and places

    def _person(self, member: Member) -> Body:
        channel = self._workspace.dm_with(member.id)
        return {
            "id": member.id,
            "name": member.name,
            "title": member.title,
            "tz": member.tz,
            "deleted": member.deleted,
            "unread": self._workspace.unread(member.id, channel),
        }

    def _people(self) -> list[Body]:
        everyone = self._workspace.members.values()
        return [{"value": m.id, "text": [m.name]} for m in everyone if not m.deleted and not m.is_bot]

    def _conversations(self, element: Mapping[str, Any]) -> list[Body]:
        """The channels that a select offers: public ones, and private ones that the member is in; filters obeyed."""
        kinds = set((element.get("filter") or {}).get("include") or ("public", "private"))
        if "channels" in str(element["type"]):
            kinds = {"public"}
        offered = []
        for channel in self._workspace.channels.values():
            kind = "private" if channel.is_private else "public"
            hidden = channel.is_im or channel.is_mpim or channel.is_archived or kind not in kinds
            if not hidden and (kind == "public" or self._member.id in channel.members):
                offered.append({"value": channel.id, "text": [f"#{channel.name}"]})
        return offered

    def _image(self, block: Mapping[str, Any]) -> str | None:
        return self._service.image_source(block, self._member)

    def _places(self) -> list[Body]:
        mine = [c for c in self._workspace.channels.values() if self._member.id in c.members and not c.is_im]
        direct = self._workspace.dm_with(self._member.id)
        app = {"id": APP, "kind": "im", "name": self._workspace.manifest.bot_name, "archived": False, "app_is_in": True}
        return [
            {**app, "unread": self._workspace.unread(self._member.id, direct)},
            *(
                {
                    "id": channel.id,
                    "kind": channel.kind,
                    "name": channel.name,
                    "archived": channel.is_archived,
                    "app_is_in": self._workspace.bot_user_id in channel.members,
                    "unread": self._workspace.unread(self._member.id, channel),
                }
                for channel in sorted(mine, key=lambda each: each.name)
            ),
        ]

    def channel(self) -> Channel:
        """The conversation that the wish names.

        Raises:
            NotPossibleError: there is none, or the member is not in it.
        """
        place = self._wish.place
        return visible_channel(self._workspace, self._member, None if place.startswith(APP) else place)

    def _place(self) -> Body:
        home = self._workspace.homes.get(self._member.id)
        if self._wish.place == f"{APP}/home":
            return {"id": self._wish.place, "home": self._view(home, 1) if home else None}
        if self._wish.place == f"{APP}/about":
            return {"id": self._wish.place, "scopes": sorted(self._workspace.manifest.bot_scopes)}
        try:
            channel = self.channel()
        except NotPossibleError as nowhere:
            return {"id": self._wish.place, "nowhere": str(nowhere)}
        return {"id": self._wish.place, "channel": channel.id, **self._window(channel)}

    # Messages

    def _window(self, channel: Channel) -> Body:
        """At most WINDOW messages, and the ends of the windows before and after it, where there are any."""
        there = [m for m in visible_messages(self._workspace, self._member, channel.id) if not is_reply(m)]
        wanted = self._wish.end
        last = len(there) if wanted is None else sum(m.ts <= wanted for m in there)
        first = max(0, last - WINDOW)
        later = min(last + WINDOW - _OVERLAP, len(there))
        return {
            "messages": self._messages(there[first:last], self._replies(channel)),
            "count": len(there),
            "read": self._workspace.reads.get((self._member.id, channel.id), ""),
            "first": first + 1,
            "earlier": there[first + _OVERLAP - 1].ts if first else None,
            "start": there[WINDOW - 1].ts if first else None,
            "later": None if later >= len(there) else there[later - 1].ts,
            "is_latest": last >= len(there),
        }

    def _replies(self, channel: Channel) -> dict[str, int]:
        counts: dict[str, int] = {}
        for message in self._workspace.messages[channel.id]:
            if message.thread_ts not in {None, message.ts} and message.ephemeral_to in {None, self._member.id}:
                counts[str(message.thread_ts)] = counts.get(str(message.thread_ts), 0) + 1
        return counts

    def _thread(self) -> Body | None:
        ts = self._wish.thread
        if ts is None or self._wish.place.startswith(f"{APP}/"):
            return None
        try:
            there = visible_messages(self._workspace, self._member, self.channel().id)
        except NotPossibleError:
            return None
        chain = [m for m in there if ts in {m.ts, m.thread_ts}]
        return {"ts": ts, "messages": self._messages(chain[-WINDOW:], {})} if chain else None

    def _messages(self, messages: Sequence[Message], replies: Mapping[str, int]) -> list[Body]:
        return [self._message(message, replies.get(message.ts, 0)) for message in messages]

    def _message(self, message: Message, replies: int) -> Body:
        reader = Reader(self._member.tz, self._names, message.choices.get(self._member.id, {}))
        author = self._workspace.members[message.user]
        at = datetime.fromtimestamp(float(message.ts), UTC).astimezone(self._zone)
        body: Body = {
            "ts": message.ts,
            "channel": message.channel,
            "author": author.name,
            "is_app": message.bot_id is not None,
            "time": f"{at:%H:%M}",
            "day": f"{at:%A} {at.day} {at:%B %Y}",
            "moment": at.isoformat(timespec="seconds"),
            "ephemeral": message.ephemeral_to is not None,
            "edited": message.edited is not None,
            "replies": replies,
            "files": self._service.files_seen(message, self._member),
        }
        if message.blocks:
            body["blocks"] = drawn(message.blocks, reader, self._lists)
        else:
            body["spans"] = spans(message.text, reader)
        if message.ts in self._wish.twins:
            body["twin"] = {
                "text": plain_message(message.text, [], reader, body["files"]),
                "blocks": plain_message(message.text, message.blocks, reader, body["files"]),
            }
        return body

    # Views

    def _view(self, view: OpenView, depth: int) -> Body:
        reader = Reader(self._member.tz, self._names, view.state)
        body: Body = {
            "id": view.id,
            "depth": depth,
            "hash": view.hash,
            "title": text(view.body.get("title"), reader),
            "submit": text(view.body.get("submit"), reader),
            "close": text(view.body.get("close"), reader),
            "blocks": drawn(view.body["blocks"], reader, self._lists),
            "errors": view.errors,
            "trouble": view.trouble,
        }
        if view.id in self._wish.twins:
            body["twin"] = {"text": None, "blocks": plain_view(view.body, reader, errors=view.errors)}
        return body

    # Time

    def clock(self) -> Body:
        """The time and what comes, in the member's zone."""
        face = self._service.clock.face()
        coming = Counter((item["at"], item.get("what", "")) for item in face["upcoming"])
        return {
            "now": self._moment(face["now"]),
            "running": face["running"],
            "clients": len(face["clients"]),
            "coming": [{"what": what, "times": times, **self._moment(at)} for (at, what), times in coming.items()],
        }

    def _moment(self, instant: str) -> Body:
        at = datetime.fromisoformat(instant).astimezone(self._zone)
        return {
            "iso": at.isoformat(timespec="seconds"),
            "local": f"{at:%Y-%m-%dT%H:%M}",
            "words": f"{at:%A} {at.day} {at:%B %Y}, {at:%H:%M}",
        }
