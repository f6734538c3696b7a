"""Acting as a member: what they type, press, enter, submit and close, and what they see of a failure."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Coroutine, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from sandbox import payloads
from sandbox.finding import Found, find_button, find_choice, find_input, visible_channel
from sandbox.inputs import TYPED, client_refusal, entered, pick
from sandbox.methods_chat import acknowledged
from sandbox.methods_people import enter
from sandbox.methods_views import replaced, stacked
from sandbox.record import Delivery
from sandbox.refusal import NotPossibleError, RefusalError
from sandbox.service import Service
from sandbox.validation import check_view
from sandbox.workspace import Channel, Member, Message, OpenView

TROUBLE = "We had some trouble connecting. Try again?"
CLICK_TROUBLE = "This app responded with an error: we had some trouble connecting. Try again?"


@dataclass
class Outcome:
    """What a member sees of what they did."""

    ok: bool = True
    reply: str | None = None
    notice: str | None = None
    errors: dict[str, str] = field(default_factory=dict)
    closed: bool = False
    ts: str | None = None

    def shown(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)


class Surfaces:
    """The hands of every member."""

    def __init__(self, service: Service) -> None:
        """Act in this workspace."""
        self.service = service
        self.workspace = service.workspace

    def _active(self, who: str) -> Member:
        member = self.workspace.find_member(who)
        if member.deleted:
            raise NotPossibleError(f"{member.name} is deactivated and can do nothing")
        return member

    async def _maybe_wait(self, work: Coroutine[Any, Any, Outcome], *, wait: bool) -> Outcome:
        if wait:
            return await work
        self.service.hub.spawn(work)
        await asyncio.sleep(0)
        return Outcome()

    # Typing

    async def types(
        self, who: str, text: str, *, where: str | None = None, thread: str | None = None, wait: bool = True
    ) -> Outcome:
        """Type in a channel, or in the direct conversation with the app: a command, ``/invite @app``, or a message.

        ``thread``: the ts of the message that it answers; commands do not work there, as in Slack.
        """
        member = self._active(who)
        channel = visible_channel(self.workspace, member, where)
        if channel.is_archived:
            raise NotPossibleError(f"#{channel.name} is archived")
        self.workspace.mark_read(member.id, channel)
        if text.startswith("/"):
            if thread is not None:
                command = text.split(maxsplit=1)[0]
                notice = f"{command} is not supported in threads. Sorry!"
                return Outcome(ok=False, notice=self.workspace.notice(member.id, notice))
            command, _, rest = text.partition(" ")
            return await self._command(member, channel, command, rest.strip(), wait=wait)
        if channel.is_im and not self.workspace.manifest.messages_tab:
            raise NotPossibleError("sending messages to this app has been turned off")
        if channel.is_im and self.workspace.manifest.messages_read_only:
            raise NotPossibleError("sending messages to this app has been turned off")
        message = Message(
            ts=self.workspace.next_ts(channel),
            channel=channel.id,
            user=member.id,
            text=self._typed(text, channel_links=True),
            client_msg_id=self.workspace.counter.hex(),
            thread_ts=thread,
        )
        self.workspace.post(message)
        self.service.posted(message)
        return Outcome(ts=message.ts)

    def _typed(self, text: str, *, channel_links: bool, labels: bool = False) -> str:
        """What Slack makes of typed text: entities, and ``@name`` and ``#channel`` as mentions."""
        escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        if not channel_links:
            return escaped
        names = {f"@{m.display_name}": (m.id, m.handle, "@") for m in self.workspace.members.values()}
        names |= {f"@{m.handle}": (m.id, m.handle, "@") for m in self.workspace.members.values()}
        names |= {f"#{c.name}": (c.id, c.name, "#") for c in self.workspace.channels.values() if c.name}
        for name in sorted(names, key=len, reverse=True):
            found, label, sign = names[name]
            target = f"<{sign}{found}|{label}>" if labels else f"<{sign}{found}>"
            escaped = re.sub(rf"(?<![\w|]){re.escape(name)}(?![\w.-]*\w)", target, escaped)
        return escaped

    async def _command(self, member: Member, channel: Channel, command: str, text: str, *, wait: bool) -> Outcome:
        if command == "/invite":
            return self._invite(member, channel, text)
        declared = self.workspace.manifest.commands.get(command)
        if declared is None:
            notice = f"{command} is not a valid command."
            return Outcome(ok=False, notice=self.workspace.notice(member.id, notice))
        escaped = self._typed(text, channel_links=declared.should_escape, labels=True)
        payload = payloads.slash_command(self.service, member, channel, command, escaped)
        return await self._maybe_wait(self._run_command(member, channel, payload), wait=wait)

    async def _run_command(self, member: Member, channel: Channel, payload: dict[str, Any]) -> Outcome:
        delivery = await self.service.hub.deliver("slash_commands", payload, channels=_about(channel))
        failed = f"{payload['command']} failed with the error"
        if not delivery.acked:
            return self._failed(member, f'{failed} "{delivery.failure}"')
        try:
            reply = acknowledged(self.service, member.id, channel.id, delivery.ack_payload or {})
        except RefusalError:
            return self._failed(member, f'{failed} "invalid_command_response"')
        return Outcome(reply=reply.text if reply else None, ts=reply.ts if reply else None)

    def _in_trouble(self, view: OpenView) -> Outcome:
        """A failed submission is told in its modal, and nowhere else."""
        view.trouble = TROUBLE
        self.workspace.touch()
        return Outcome(ok=False, notice=TROUBLE)

    def _failed(self, member: Member, sentence: str) -> Outcome:
        return Outcome(ok=False, notice=self.workspace.notice(member.id, sentence))

    def _invite(self, member: Member, channel: Channel, text: str) -> Outcome:
        if channel.is_im:
            raise NotPossibleError("nobody can be invited into a direct conversation")
        for name in re.findall(r"@([^@]+)", text) or [text]:
            enter(self.service, channel, self.workspace.find_member(name.strip()).id, inviter=member.id)
        return Outcome()

    # Pressing and choosing

    async def clicks(
        self,
        who: str,
        what: str,
        *,
        where: str | None = None,
        value: str | None = None,
        times: int = 1,
        wait: bool = True,
    ) -> Outcome:
        """Press the newest live button with this text or action_id, ``times`` times at once."""
        member = self._active(who)
        found = find_button(self.workspace, member, what, where, value)
        return await self.presses(member, found, times=times, wait=wait)

    async def presses(self, member: Member, found: Found, *, times: int = 1, wait: bool = True) -> Outcome:
        """Press a button that has been found."""
        actions = [payloads.action(self.service, found.block, found.element, None) for _ in range(times)]
        return await self._maybe_wait(self._act(member, found, actions), wait=wait)

    async def chooses(
        self,
        who: str,
        what: str,
        value: Any,  # noqa: ANN401 - as entered
        *,
        where: str | None = None,
        wait: bool = True,
    ) -> Outcome:
        """Choose in a select, picker, radio, checkbox or overflow element of a message, a modal or the Home tab."""
        member = self._active(who)
        found = find_choice(self.workspace, member, what, where)
        return await self.enters(member, found, value, wait=wait)

    async def enters(
        self,
        member: Member,
        found: Found,
        value: Any,  # noqa: ANN401 - as entered
        *,
        exact: bool = False,
        press_enter: bool = True,
        wait: bool = True,
    ) -> Outcome:
        """Choose or type in an element that has been found, telling the app where Slack would.

        ``exact``: an option is named by its value alone. ``press_enter``: also press Enter in a text input.
        """
        if found.element["type"] == "overflow":
            state: dict[str, Any] = {"selected_option": pick(found.element, str(value), exact=exact)}
            changed = True
        else:
            state = entered(self.workspace, found.element, value, exact=exact)
            changed = self._keep(member, found, state)
        if not changed or not _dispatches(found, press_enter=press_enter):
            return Outcome()
        actions = [payloads.action(self.service, found.block, found.element, state)]
        return await self._maybe_wait(self._act(member, found, actions), wait=wait)

    def _keep(self, member: Member, found: Found, state: dict[str, Any]) -> bool:
        """Keep what was entered; whether it is something else than before."""
        block_id, action_id = found.block["block_id"], found.element["action_id"]
        values: dict[str, dict[str, dict[str, Any]]] = {}
        if found.view is not None:
            values = found.view.state
            found.view.errors.pop(block_id, None)
        elif found.message is not None:
            values = found.message.choices.setdefault(member.id, {})
        before = values.get(block_id, {}).get(action_id)
        values.setdefault(block_id, {})[action_id] = state
        self.workspace.touch()
        return before != state

    async def _act(self, member: Member, found: Found, actions: list[dict[str, Any]]) -> Outcome:
        channels = set()
        if found.message is not None:
            channel = self.workspace.channels[found.message.channel]
            self.workspace.mark_read(member.id, channel)
            channels = _about(channel)
        sent = [self._pressed(member, found, action) for action in actions]
        deliveries = await asyncio.gather(
            *(self.service.hub.deliver("interactive", payload, channels=channels) for payload in sent)
        )
        if all(delivery.acked for delivery in deliveries):
            return Outcome()
        if found.view is not None:
            found.view.trouble = TROUBLE
        return self._failed(member, CLICK_TROUBLE)

    def _pressed(self, member: Member, found: Found, action: dict[str, Any]) -> dict[str, Any]:
        if found.view is not None:
            return payloads.view_actions(self.service, member, found.view, [action])
        if found.message is not None:
            return payloads.message_actions(self.service, member, found.message, [action])
        raise NotPossibleError("an element stands in a message or in a view")

    # Modals

    def _top(self, member: Member) -> OpenView:
        view = self.workspace.top(member.id)
        if view is None:
            raise NotPossibleError(f"{member.name} has no modal open")
        return view

    async def fills(
        self, who: str, values: Mapping[str, Any], *, press_enter: bool = True, wait: bool = True
    ) -> Outcome:
        """Enter values in the top modal, by label, block_id or action_id, telling the app where Slack would.

        ``press_enter``: also press Enter in a text input that dispatches on it.
        """
        member = self._active(who)
        outcome = Outcome()
        for name, value in values.items():
            view = self._top(member)
            done = await self.enters(member, find_input(view, name), value, press_enter=press_enter, wait=wait)
            outcome = done if outcome.ok else outcome
        return outcome

    async def submits(self, who: str, *, wait: bool = True) -> Outcome:
        """Press the top modal's submit button; Slack's own client refuses what is missing or too long first."""
        member = self._active(who)
        view = self._top(member)
        if view.body.get("submit") is None:
            raise NotPossibleError("this modal has no submit button")
        refusals = {}
        for block in view.body["blocks"]:
            if block["type"] != "input":
                continue
            state = view.state.get(block["block_id"], {}).get(block["element"]["action_id"])
            sentence = client_refusal(block, state)
            if sentence:
                refusals[block["block_id"]] = sentence
        view.errors, view.trouble = refusals, None
        self.workspace.touch()
        if refusals:
            return Outcome(ok=False, errors=refusals)
        return await self._maybe_wait(self._submit(member, view), wait=wait)

    async def _submit(self, member: Member, view: OpenView) -> Outcome:
        payload = payloads.view_submission(self.service, member, view)
        delivery = await self.service.hub.deliver("interactive", payload, channels=set())
        if not delivery.acked:
            return self._in_trouble(view)
        try:
            return self._respond(member, view, delivery)
        except RefusalError:
            return self._in_trouble(view)

    def _respond(self, member: Member, view: OpenView, delivery: Delivery) -> Outcome:
        """Do what the ack of a submission says.

        Raises:
            RefusalError: it carries an invalid view, or errors for blocks that are no inputs of this view.
        """
        answer = delivery.ack_payload or {}
        stack = self.workspace.stack(member.id)
        what = answer.get("response_action")
        if what == "errors":
            inputs = {block["block_id"] for block in view.body["blocks"] if block["type"] == "input"}
            errors = answer.get("errors")
            if not isinstance(errors, dict) or not errors or not errors.keys() <= inputs:
                raise RefusalError("invalid_arguments")
            view.errors = {str(block_id): str(sentence) for block_id, sentence in errors.items()}
            self.workspace.touch()
            return Outcome(ok=False, errors=view.errors)
        if what == "clear":
            stack.clear()
        elif what in {"update", "push"}:
            check_view(answer.get("view"), "modal", self.service.has_image)
            if what == "update":
                replaced(self.service, view, answer["view"])
            else:
                stacked(self.service, member.id, answer["view"])
        elif what is None:
            if view in stack:
                stack.remove(view)
        else:
            raise RefusalError("invalid_arguments")
        self.workspace.touch()
        return Outcome(closed=view not in stack)

    async def closes(self, who: str, *, everything: bool = False, wait: bool = True) -> Outcome:
        """Close the top modal, or with ``everything`` (the x) the whole stack."""
        member = self._active(who)
        stack = self.workspace.stack(member.id)
        top = self._top(member)
        cleared = everything or bool(top.body.get("clear_on_close"))
        told = stack[0] if cleared else top
        payload = None
        if told.body.get("notify_on_close"):
            payload = payloads.view_closed(self.service, member, told, cleared=cleared)
        if cleared:
            stack.clear()
        else:
            stack.pop()
        self.workspace.touch()
        if payload is not None:
            return await self._maybe_wait(self._tell_closed(payload), wait=wait)
        return Outcome(closed=True)

    async def _tell_closed(self, payload: dict[str, Any]) -> Outcome:
        await self.service.hub.deliver("interactive", payload, channels=set())
        return Outcome(closed=True)

    # Home

    def opens_home(self, who: str, tab: str = "home") -> Outcome:
        """Open the app's Home (or ``messages``) tab."""
        member = self._active(who)
        if tab == "home" and not self.workspace.manifest.home_tab:
            raise NotPossibleError("this app has no Home tab")
        channel = self.workspace.dm_with(member.id)
        event: dict[str, Any] = {
            "type": "app_home_opened",
            "user": member.id,
            "channel": channel.id,
            "tab": tab,
            "event_ts": self.workspace.next_action_ts(),
        }
        home = self.workspace.homes.get(member.id)
        if home is not None and tab == "home":
            event["view"] = self.service.view_object(home)
        self.service.emit(event, "app_home_opened", channel=channel.id)
        return Outcome()


def _dispatches(found: Found, *, press_enter: bool) -> bool:
    if found.block["type"] != "input":
        return True
    if not found.block.get("dispatch_action"):
        return False
    if found.element["type"] not in TYPED:
        return True
    config = found.element.get("dispatch_action_config") or {}
    on = config.get("trigger_actions_on", ["on_enter_pressed"])
    return "on_character_entered" in on or (press_enter and "on_enter_pressed" in on)


def _about(channel: Channel) -> set[str]:
    return {channel.id, f"#{channel.name}", channel.user or channel.id}
