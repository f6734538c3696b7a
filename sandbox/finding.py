"""Find what a member means among the things that they can see, or say readably what there is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.inputs import HOLDS
from sandbox.refusal import NotPossibleError
from sandbox.validation import interactive
from sandbox.workspace import Channel, Member, Message, OpenView, Workspace

HOME = "home"


@dataclass
class Found:
    """An element, the block that it stands in, and the message or view that holds it."""

    block: dict[str, Any]
    element: dict[str, Any]
    message: Message | None = None
    view: OpenView | None = None


def visible_channel(workspace: Workspace, member: Member, where: str | None) -> Channel:
    """The conversation that a member means; None or ``@app`` is the direct one with the app.

    Raises:
        NotPossibleError: there is none, or the member is not in it.
    """
    if where is None or where.removeprefix("@") in {workspace.manifest.bot_name, workspace.bot_user_id}:
        return workspace.dm_with(member.id)
    channel = workspace.find_channel(where)
    if member.id not in channel.members:
        raise NotPossibleError(f"{member.name} is not in {where}")
    return channel


def visible_messages(workspace: Workspace, member: Member, where: str | None) -> list[Message]:
    """What a member sees in a conversation, oldest first; other people's ephemeral messages are not there."""
    channel = visible_channel(workspace, member, where)
    return [m for m in workspace.messages[channel.id] if m.ephemeral_to in {None, member.id}]


def _in_message(message: Message) -> Iterator[Found]:
    for block in message.blocks:
        for element in interactive(block):
            yield Found(block, element, message=message)


def _in_view(view: OpenView) -> Iterator[Found]:
    for block in view.body["blocks"]:
        for element in interactive(block):
            yield Found(block, element, view=view)


def _surfaces(workspace: Workspace, member: Member, where: str | None) -> Iterator[tuple[str, list[Found]]]:
    """Where to look, the best place first. An open modal covers everything else, unless a place is named."""
    home = workspace.homes.get(member.id)
    if where is not None and where.lower() == HOME:
        yield "the Home tab", list(_in_view(home)) if home else []
        return
    top = workspace.top(member.id)
    if top is not None and where is None:
        yield "the open modal", list(_in_view(top))
        return
    place = where or "the direct conversation with the app"
    for message in reversed(visible_messages(workspace, member, where)):
        yield place, list(_in_message(message))
    if home is not None and where is None:
        yield "the Home tab", list(_in_view(home))


def _same(left: str, right: str) -> bool:
    return " ".join(left.split()) == " ".join(right.split())


def found_at(workspace: Workspace, member: Member, at: Mapping[str, Any], block_id: str, action_id: str) -> Found:
    """The element in exactly that place: ``at`` holds a ``view``'s id, or a ``channel`` and the ``ts`` of a message.

    Raises:
        NotPossibleError: it is not there any more, or the member cannot see it.
    """
    for found in _at(workspace, member, at):
        if found.block["block_id"] == block_id and found.element["action_id"] == action_id:
            return found
    raise NotPossibleError("That is not there any more.")


def _at(workspace: Workspace, member: Member, at: Mapping[str, Any]) -> list[Found]:
    if at.get("view"):
        view = workspace.view(str(at["view"]))
        return list(_in_view(view)) if view is not None and view.user == member.id else []
    channel = visible_channel(workspace, member, str(at.get("channel")))
    message = workspace.message(channel.id, str(at.get("ts")))
    if message is None or message.ephemeral_to not in {None, member.id}:
        return []
    return list(_in_message(message))


def _search(
    workspace: Workspace, member: Member, what: str, where: str | None, fits: Callable[[Found], bool], noun: str
) -> Found:
    seen: dict[str, None] = {}
    places: dict[str, None] = {}
    for place, candidates in _surfaces(workspace, member, where):
        places[place] = None
        for found in candidates:
            if fits(found):
                return found
            label = _label(found)
            if label:
                seen[repr(label)] = None
    there = ", ".join(seen) or "nothing to act on"
    raise NotPossibleError(
        f"{member.name} sees no {noun} {what!r} in {' or '.join(places) or 'any place'}; there is: {there}"
    )


def _label(found: Found) -> str:
    element = found.element
    if element["type"] == "button":
        return str(element["text"]["text"])
    if found.block["type"] == "input":
        return str(found.block["label"]["text"])
    return str((element.get("placeholder") or {}).get("text") or element["action_id"])


def find_button(workspace: Workspace, member: Member, what: str, where: str | None, value: str | None) -> Found:
    """The newest live button with this text or action_id (and, if given, this value).

    Raises:
        NotPossibleError: there is none; the sentence lists what there is.
    """

    def fits(found: Found) -> bool:
        element = found.element
        if element["type"] != "button" or (value is not None and element.get("value") != value):
            return False
        return _same(element["text"]["text"], what) or element["action_id"] == what

    return _search(workspace, member, what, where, fits, "button")


def find_choice(workspace: Workspace, member: Member, what: str, where: str | None) -> Found:
    """The newest element to choose in with this label, placeholder, block_id or action_id.

    Raises:
        NotPossibleError: there is none; the sentence lists what there is.
    """

    def fits(found: Found) -> bool:
        if found.element["type"] == "button":
            return False
        return _same(_label(found), what) or what in {found.element["action_id"], found.block["block_id"]}

    return _search(workspace, member, what, where, fits, "choice")


def find_input(view: OpenView, what: str) -> Found:
    """The element of a modal with this label, placeholder, block_id or action_id.

    Raises:
        NotPossibleError: there is none or several; the sentence lists what there is.
    """
    candidates = [found for found in _in_view(view) if found.element["type"] in HOLDS]
    for fits in (
        lambda found: found.block["block_id"] == what,
        lambda found: _same(_label(found), what),
        lambda found: found.element["action_id"] == what,
    ):
        matches = [found for found in candidates if fits(found)]
        if len(matches) == 1:
            return matches[0]
        if matches:
            raise NotPossibleError(f"{what!r} fits several inputs of this modal; name one by its block_id")
    there = ", ".join(f"{_label(found)!r} ({found.block['block_id']})" for found in candidates) or "none"
    raise NotPossibleError(f"no input {what!r} in this modal; there are: {there}")
