"""The payloads of commands and interactions, field for field as Slack sends them.

Source: docs.slack.dev/reference/interaction-payloads and docs.slack.dev/interactivity/implementing-slash-commands.
"""

from __future__ import annotations

from typing import Any

from sandbox.inputs import held, untouched
from sandbox.service import VERIFICATION_TOKEN, Service
from sandbox.validation import interactive
from sandbox.workspace import Channel, Member, Message, OpenView


def _team(service: Service) -> dict[str, str]:
    return {"id": service.workspace.team_id, "domain": service.workspace.team_domain}


def _user(service: Service, member: Member) -> dict[str, str]:
    return {"id": member.id, "username": member.handle, "name": member.handle, "team_id": service.workspace.team_id}


def channel_name(channel: Channel) -> str:
    """A conversation's name as payloads give it."""
    return "directmessage" if channel.is_im else "privategroup" if channel.is_mpim else channel.name


def _common(service: Service, member: Member, kind: str) -> dict[str, Any]:
    return {
        "type": kind,
        "team": _team(service),
        "user": _user(service, member),
        "api_app_id": service.workspace.app_id,
        "token": VERIFICATION_TOKEN,
        "enterprise": None,
        "is_enterprise_install": False,
    }


def slash_command(service: Service, member: Member, channel: Channel, command: str, text: str) -> dict[str, Any]:
    """A slash command, with a response URL and a trigger."""
    workspace = service.workspace
    return {
        "token": VERIFICATION_TOKEN,
        "team_id": workspace.team_id,
        "team_domain": workspace.team_domain,
        "channel_id": channel.id,
        "channel_name": channel_name(channel),
        "user_id": member.id,
        "user_name": member.handle,
        "command": command,
        "text": text,
        "api_app_id": workspace.app_id,
        "is_enterprise_install": "false",
        "response_url": service.response_url(member.id, channel.id, None),
        "trigger_id": workspace.new_trigger(member.id),
    }


def action(
    service: Service, block: dict[str, Any], element: dict[str, Any], state: dict[str, Any] | None
) -> dict[str, Any]:
    """One entry of ``actions``: what was pressed or chosen, with an action_ts of its own."""
    body: dict[str, Any] = {
        "type": element["type"],
        "action_id": element["action_id"],
        "block_id": block["block_id"],
        "action_ts": service.workspace.next_action_ts(),
    }
    if element["type"] == "button":
        body["text"] = element["text"]
        body |= {name: element[name] for name in ("value", "style") if element.get(name)}
    for name in ("placeholder", *(key for key in element if key.startswith("initial_"))):
        if element.get(name) is not None:
            body[name] = element[name]
    if state is not None:
        body |= {name: value for name, value in state.items() if name != "type"}
    return body


def message_actions(
    service: Service, member: Member, message: Message, actions: list[dict[str, Any]]
) -> dict[str, Any]:
    """``block_actions`` from a message; an ephemeral one is not carried along."""
    channel = service.workspace.channels[message.channel]
    hidden = message.ephemeral_to is not None
    body = _common(service, member, "block_actions") | {
        "container": {
            "type": "message",
            "message_ts": message.ts,
            "channel_id": channel.id,
            "is_ephemeral": hidden,
        },
        "trigger_id": service.workspace.new_trigger(member.id),
        "channel": {"id": channel.id, "name": channel_name(channel)},
        "state": {"values": message_state(message, member.id)},
        "response_url": service.response_url(member.id, channel.id, message.ts),
        "actions": actions,
    }
    if not hidden:
        body["message"] = service.message_object(message)
    return body


def message_state(message: Message, user: str) -> dict[str, dict[str, dict[str, Any]]]:
    """What a member has chosen in a message's own elements."""
    values: dict[str, dict[str, dict[str, Any]]] = {}
    for block in message.blocks:
        for element in interactive(block):
            chosen = message.choices.get(user, {}).get(block["block_id"], {}).get(element["action_id"])
            state = chosen if chosen is not None else untouched(element)
            if state is not None:
                values.setdefault(block["block_id"], {})[element["action_id"]] = state
    return values


def view_actions(service: Service, member: Member, view: OpenView, actions: list[dict[str, Any]]) -> dict[str, Any]:
    """``block_actions`` from a modal or the Home tab."""
    trigger = service.workspace.new_trigger(member.id, view.id if view.is_modal else None)
    body = service.view_object(view)
    return _common(service, member, "block_actions") | {
        "container": {"type": "view", "view_id": view.id},
        "trigger_id": trigger,
        "view": body,
        "state": body["state"],
        "actions": actions,
    }


def view_submission(service: Service, member: Member, view: OpenView) -> dict[str, Any]:
    """``view_submission``, with a response URL for each conversation select that asks for one."""
    urls = []
    for block in view.body["blocks"]:
        for element in interactive(block):
            state = view.state.get(block["block_id"], {}).get(element["action_id"])
            chosen = held(state) if state and element.get("response_url_enabled") else None
            if isinstance(chosen, str):
                ids = {"block_id": block["block_id"], "action_id": element["action_id"], "channel_id": chosen}
                urls.append({**ids, "response_url": service.response_url(member.id, chosen, None)})
    return _common(service, member, "view_submission") | {
        "trigger_id": service.workspace.new_trigger(member.id, view.id),
        "view": service.view_object(view),
        "response_urls": urls,
    }


def view_closed(service: Service, member: Member, view: OpenView, *, cleared: bool) -> dict[str, Any]:
    """``view_closed``: of the root view with ``is_cleared`` when the whole stack went."""
    return _common(service, member, "view_closed") | {"view": service.view_object(view), "is_cleared": cleared}
