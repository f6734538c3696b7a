"""What a workspace remembers: its members, channels, messages and open views. All in memory, owned by one loop."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sandbox.files import Files
from sandbox.ids import Counter, id_for
from sandbox.manifest import Manifest
from sandbox.refusal import NotPossibleError, RefusalError
from sandbox.waiting import Change

TRIGGER_SECONDS = 3.0
"""How long a trigger_id lives, in machine time."""
RESPONSE_URL_USES = 5
RESPONSE_URL_SECONDS = 30 * 60
MODAL_STACK = 3
_MEMBER_KEYS = frozenset(
    {"id", "name", "handle", "display_name", "email", "tz", "title", "is_bot", "is_admin", "deleted"}
)
_CHANNEL_KEYS = frozenset({"id", "name", "members", "bot", "is_private", "is_archived"})


@dataclass
class Member:
    """A person (or another app's bot) in the workspace."""

    id: str
    name: str
    handle: str
    display_name: str
    email: str
    tz: str
    title: str = ""
    is_bot: bool = False
    is_admin: bool = False
    deleted: bool = False

    def offset(self, now: datetime) -> int:
        """Seconds east of UTC at ``now``."""
        delta = now.astimezone(ZoneInfo(self.tz)).utcoffset()
        return int(delta.total_seconds()) if delta else 0


@dataclass
class Channel:
    """A channel, a direct conversation with the app (``is_im``) or a group one (``is_mpim``)."""

    id: str
    name: str
    created: int
    is_private: bool = False
    is_im: bool = False
    is_mpim: bool = False
    is_archived: bool = False
    user: str | None = None
    members: list[str] = field(default_factory=list)
    last_micros: int = 0

    @property
    def kind(self) -> str:
        """``im``, ``mpim``, ``group`` (private) or ``channel``: the prefix of the scopes and events about it."""
        if self.is_im:
            return "im"
        if self.is_mpim:
            return "mpim"
        return "group" if self.is_private else "channel"


@dataclass
class Message:
    """One message; an ephemeral one is seen by ``ephemeral_to`` alone and is in no history."""

    ts: str
    channel: str
    user: str
    text: str
    blocks: list[dict[str, Any]] = field(default_factory=list)
    attachments: list[dict[str, Any]] = field(default_factory=list)
    metadata: dict[str, Any] | None = None
    bot_id: str | None = None
    app_id: str | None = None
    thread_ts: str | None = None
    reply_broadcast: bool = False
    edited: dict[str, str] | None = None
    ephemeral_to: str | None = None
    subtype: str | None = None
    client_msg_id: str | None = None
    files: list[str] = field(default_factory=list)
    """The ids of the files that it holds."""
    choices: dict[str, dict[str, dict[str, dict[str, Any]]]] = field(default_factory=dict)
    """Per member: what they chose in the message's own selects, as block_id, action_id, state."""


@dataclass
class OpenView:
    """A modal in somebody's stack, or their Home tab."""

    id: str
    user: str
    body: dict[str, Any]
    hash: str
    root_id: str
    previous_id: str | None = None
    state: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    trouble: str | None = None

    @property
    def is_modal(self) -> bool:
        """Whether it is a modal rather than a Home tab."""
        return self.body.get("type") == "modal"


@dataclass
class Trigger:
    """A right to open one view, for three seconds."""

    id: str
    user: str
    view_id: str | None
    born: float
    used: bool = False


@dataclass
class ResponseUrl:
    """A right to answer one interaction, five times within thirty minutes of programme time."""

    key: str
    user: str
    channel: str
    message_ts: str | None
    born: datetime
    uses: int = 0


@dataclass(frozen=True)
class Notice:
    """A failure that Slack shows to the member alone."""

    at: str
    text: str


class Workspace:
    """All of one workspace's state, and the rules that hold whoever changes it."""

    def __init__(
        self,
        *,
        manifest: Manifest,
        members: Iterable[Mapping[str, Any] | str],
        channels: Iterable[Mapping[str, Any]],
        now: Callable[[], datetime],
        team_name: str = "Sandbox",
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Seed it; a member is a name or a mapping, a channel a mapping with ``name``, ``members``, ``is_private``."""
        self.manifest = manifest
        self.now = now
        self.monotonic = monotonic
        self.team_name = team_name
        self.team_domain = "".join(c for c in team_name.lower() if c.isalnum()) or "sandbox"
        self.team_id = id_for("T", team_name)
        self.app_id = id_for("A", manifest.name)
        self.bot_id = id_for("B", manifest.name)
        self.bot_user_id = id_for("U", f"app:{manifest.name}")
        self.change = Change()
        self.counter = Counter(team_name)
        self.members: dict[str, Member] = {}
        self.channels: dict[str, Channel] = {}
        self.files = Files(monotonic)
        self.messages: dict[str, list[Message]] = {}
        self.stacks: dict[str, list[OpenView]] = {}
        self.homes: dict[str, OpenView] = {}
        self.closed_views: dict[str, OpenView] = {}
        self.triggers: dict[str, Trigger] = {}
        self.response_urls: dict[str, ResponseUrl] = {}
        self.notices: dict[str, list[Notice]] = {}
        self.reads: dict[tuple[str, str], str] = {}
        """Per member and conversation: the ts up to which they have read."""
        self.changed_count = 0
        self._last_action_micros = 0
        self._add_bot()
        for member in members:
            self.add_member({"name": member} if isinstance(member, str) else member)
        for channel in channels:
            self.add_channel(channel)

    # Seeding

    def _add_bot(self) -> None:
        name = self.manifest.bot_name
        handle = name.lower().replace(" ", "")
        self.members[self.bot_user_id] = Member(self.bot_user_id, name, handle, name, "", "Etc/UTC", is_bot=True)

    def add_member(self, seed: Mapping[str, Any]) -> Member:
        """Take in a member; what the seed leaves out is derived from the name."""
        _only_known(seed, _MEMBER_KEYS)
        name = str(seed["name"])
        handle = str(seed.get("handle") or ".".join(name.lower().split()))
        member = Member(
            id=str(seed.get("id") or id_for("U", name)),
            name=name,
            handle=handle,
            display_name=str(seed.get("display_name") or name),
            email=str(seed.get("email") or f"{handle}@example.org"),
            tz=str(seed.get("tz") or "Europe/London"),
            title=str(seed.get("title") or ""),
            is_bot=bool(seed.get("is_bot", False)),
            is_admin=bool(seed.get("is_admin", False)),
            deleted=bool(seed.get("deleted", False)),
        )
        ZoneInfo(member.tz)
        if member.id in self.members:
            raise ValueError(f"two members have the id {member.id}")
        self.members[member.id] = member
        return member

    def add_channel(self, seed: Mapping[str, Any]) -> Channel:
        """Take in a channel; ``members`` are names or ids, ``bot`` says whether the app is in it (default: yes)."""
        _only_known(seed, _CHANNEL_KEYS)
        name = str(seed["name"]).removeprefix("#")
        ids = [self.find_member(str(who)).id for who in seed.get("members", ())]
        if seed.get("bot", True):
            ids.append(self.bot_user_id)
        channel = Channel(
            id=str(seed.get("id") or id_for("C", name)),
            name=name,
            created=int(self.now().timestamp()),
            is_private=bool(seed.get("is_private", False)),
            is_archived=bool(seed.get("is_archived", False)),
            members=list(dict.fromkeys(ids)),
        )
        if channel.id in self.channels or any(c.name == name for c in self.channels.values() if not c.is_im):
            raise ValueError(f"two channels are called {name} or have its id")
        self.channels[channel.id] = channel
        self.messages[channel.id] = []
        return channel

    # Finding

    def find_member(self, who: str) -> Member:
        """The member with this id, name, handle or e-mail, or the only one with this first name.

        Raises:
            NotPossibleError: there is none, or the first name is shared.
        """
        wanted = who.removeprefix("@")
        if wanted in self.members:
            return self.members[wanted]
        people = [m for m in self.members.values() if wanted in {m.name, m.display_name, m.handle, m.email}]
        people = people or [m for m in self.members.values() if m.name.split()[0].lower() == wanted.lower()]
        if len(people) == 1:
            return people[0]
        known = ", ".join(sorted(m.name for m in self.members.values()))
        raise NotPossibleError(
            f"{'several members are' if people else 'no member is'} called {who!r}; there are: {known}"
        )

    def find_channel(self, where: str) -> Channel:
        """The channel with this id or name.

        Raises:
            NotPossibleError: there is none.
        """
        if where in self.channels:
            return self.channels[where]
        for channel in self.channels.values():
            if channel.name and channel.name == where.removeprefix("#"):
                return channel
        known = ", ".join(sorted(f"#{c.name}" for c in self.channels.values() if c.name))
        raise NotPossibleError(f"no channel is called {where!r}; there are: {known}")

    def dm_with(self, user: str) -> Channel:
        """The direct conversation of the app and this member, made if there was none."""
        channel_id = id_for("D", user)
        if channel_id not in self.channels:
            self.channels[channel_id] = Channel(
                channel_id, "", int(self.now().timestamp()), is_im=True, user=user, members=[user, self.bot_user_id]
            )
            self.messages[channel_id] = []
        return self.channels[channel_id]

    def group_with(self, users: Sequence[str]) -> Channel:
        """The group conversation of the app and these members, made if there was none."""
        everyone = sorted({*users, self.bot_user_id})
        channel_id = id_for("C", "mpim:" + ",".join(everyone))
        if channel_id not in self.channels:
            name = "mpdm-" + "--".join(self.members[u].handle for u in everyone) + "-1"
            self.channels[channel_id] = Channel(
                channel_id, name, int(self.now().timestamp()), is_private=True, is_mpim=True, members=everyone
            )
            self.messages[channel_id] = []
        return self.channels[channel_id]

    def message(self, channel: str, ts: str) -> Message | None:
        """The message with this ts, ephemeral ones included."""
        return next((m for m in reversed(self.messages.get(channel, [])) if m.ts == ts), None)

    def names(self) -> dict[str, str]:
        """Id to what people read: ``@name`` for members, ``#name`` for channels."""
        people = {m.id: f"@{m.display_name}" for m in self.members.values()}
        return people | {c.id: f"#{c.name}" for c in self.channels.values() if c.name}

    # Changing

    def touch(self) -> None:
        """Tell whoever is watching that something visible changed."""
        self.changed_count += 1
        self.change.fire()

    def next_ts(self, channel: Channel) -> str:
        """A message ts: programme time with microseconds, later than every other in the channel."""
        micros = max(_micros(self.now()), channel.last_micros + 1)
        channel.last_micros = micros
        return f"{micros // 1_000_000}.{micros % 1_000_000:06d}"

    def next_action_ts(self) -> str:
        """An action_ts: programme time with microseconds, later than every one before."""
        self._last_action_micros = max(_micros(self.now()), self._last_action_micros + 1)
        return f"{self._last_action_micros // 1_000_000}.{self._last_action_micros % 1_000_000:06d}"

    def post(self, message: Message) -> Message:
        """Put a message into its channel."""
        self.messages[message.channel].append(message)
        self.touch()
        return message

    def mark_read(self, user: str, channel: Channel, ts: str | None = None) -> None:
        """The member has read this conversation up to ``ts``, or all of it."""
        there = self.messages[channel.id]
        upto = ts or (there[-1].ts if there else "")
        if upto > self.reads.get((user, channel.id), ""):
            self.reads[user, channel.id] = upto
            self.touch()

    def unread(self, user: str, channel: Channel, most: int = 100) -> int:
        """How many messages by others the member has not read, counted up to ``most``; replies in threads apart."""
        read = self.reads.get((user, channel.id), "")
        count = 0
        for message in reversed(self.messages[channel.id]):
            if message.ts <= read or count == most:
                break
            hidden = message.ephemeral_to not in {None, user} or is_reply(message)
            count += message.user != user and not hidden
        return count

    def notice(self, user: str, text: str) -> str:
        """Show a member a failure, as Slack would. Returns the text."""
        self.notices.setdefault(user, []).append(Notice(self.now().isoformat(), text))
        self.touch()
        return text

    # Triggers and response URLs

    def new_trigger(self, user: str, view_id: str | None = None) -> str:
        """A trigger_id for this member, good for three seconds and one view."""
        stamp = f"{int(self.now().timestamp())}.{len(self.triggers) + 1:012d}"
        trigger = Trigger(f"{stamp}.{self.counter.hex()}", user, view_id, self.monotonic())
        self.triggers[trigger.id] = trigger
        return trigger.id

    def use_trigger(self, trigger_id: str) -> Trigger:
        """Exchange a trigger.

        Raises:
            RefusalError: it is unknown, used, or older than three seconds.
        """
        trigger = self.triggers.get(trigger_id)
        if trigger is None:
            raise RefusalError("invalid_trigger_id")
        if trigger.used:
            raise RefusalError("exchanged_trigger_id")
        if self.monotonic() - trigger.born > TRIGGER_SECONDS:
            raise RefusalError("expired_trigger_id")
        trigger.used = True
        return trigger

    def new_response_url(self, user: str, channel: str, message_ts: str | None) -> str:
        """The key of a new response URL for this interaction."""
        made = ResponseUrl(self.counter.hex(24), user, channel, message_ts, self.now().astimezone(UTC))
        self.response_urls[made.key] = made
        return made.key

    # Views

    def stack(self, user: str) -> list[OpenView]:
        """The member's modals, the one on top last."""
        return self.stacks.setdefault(user, [])

    def top(self, user: str) -> OpenView | None:
        """The modal that the member looks at."""
        stack = self.stack(user)
        return stack[-1] if stack else None

    def view(self, view_id: str) -> OpenView | None:
        """An open modal or a Home tab by its id."""
        everything = [v for stack in self.stacks.values() for v in stack] + list(self.homes.values())
        return next((v for v in everything if v.id == view_id), None)

    def view_by_external(self, external_id: str) -> OpenView | None:
        """An open modal or a Home tab by the app's own id for it."""
        everything = [v for stack in self.stacks.values() for v in stack] + list(self.homes.values())
        return next((v for v in everything if v.body.get("external_id") == external_id), None)

    def next_hash(self) -> str:
        """A view's hash: a different one for every change."""
        return f"{int(self.now().timestamp())}.{self.counter.hex(8)}"


def _only_known(seed: Mapping[str, Any], known: frozenset[str]) -> None:
    unknown = sorted(set(seed) - known)
    if unknown:
        raise ValueError(f"{seed.get('name')!r} has unknown keys: {', '.join(unknown)}")


def is_reply(message: Message) -> bool:
    """Whether it stands in a thread alone, and not in its conversation too."""
    return message.thread_ts not in {None, message.ts} and not message.reply_broadcast


def _micros(instant: datetime) -> int:
    return int(instant.timestamp()) * 1_000_000 + instant.microsecond
