"""Deliveries as Slack sends them: https://docs.slack.dev/reference/interaction-payloads/block_actions-payload."""

import itertools
import json
from collections.abc import Iterator, Sequence
from typing import Any

from benchmarks.loopback import APP_ID, BOT_USER_ID, WORKSPACE_ID
from benchmarks.seed import Invitation, answers_in


def answer_clicks(invitations: Sequence[Invitation], first_us: int) -> Iterator[str]:
    """Without end: one fellow after another presses one answer after another, each press a microsecond later.

    Each press is in a message of its own, as a first answer is: none finds its inbox row or its edit there already.
    Each is the JSON of a body, because every dispatch must get one of its own.
    """
    buttons = [answers_in(invitation.payload) for invitation in invitations]
    for number in itertools.count():
        turn, fellow = divmod(number, len(invitations))
        block_id, button = buttons[fellow][turn % len(buttons[fellow])]
        yield json.dumps(_click(invitations[fellow], block_id, button, first_us + number))


def _click(invitation: Invitation, block_id: str, button: dict[str, Any], at_us: int) -> dict[str, Any]:
    blocks = [{"block_id": f"b{number}", **block} for number, block in enumerate(invitation.payload["blocks"])]
    at = f"{at_us // 1_000_000}.{at_us % 1_000_000:06}"
    return {
        "type": "block_actions",
        "user": {
            "id": invitation.slack_user_id,
            "username": "fellow",
            "name": "fellow",
            "team_id": WORKSPACE_ID,
        },
        "api_app_id": APP_ID,
        "token": "bench",
        "container": {
            "type": "message",
            "message_ts": at,
            "channel_id": invitation.channel_id,
            "is_ephemeral": False,
        },
        "trigger_id": f"{at_us}.bench",
        "team": {"id": WORKSPACE_ID, "domain": "bench"},
        "enterprise": None,
        "is_enterprise_install": False,
        "channel": {"id": invitation.channel_id, "name": "directmessage"},
        "message": {
            "user": BOT_USER_ID,
            "type": "message",
            "ts": at,
            "bot_id": "B0BENCH001",
            "app_id": APP_ID,
            "text": invitation.payload["text"],
            "team": WORKSPACE_ID,
            "blocks": blocks,
        },
        "state": {"values": {}},
        "response_url": "http://127.0.0.1/unused",
        "actions": [
            {
                "action_id": button["action_id"],
                "block_id": block_id,
                "text": button["text"],
                "value": button["value"],
                "type": "button",
                "action_ts": at,
            }
        ],
    }


NOBODYS_EVENT = "team_rename"
"""An event that no conversation is about: it passes every listener and the table, and is acknowledged."""


def nobodys_event() -> str:
    """The JSON of its delivery (https://docs.slack.dev/reference/events/team_rename)."""
    return json.dumps(
        {
            "token": "bench",
            "team_id": WORKSPACE_ID,
            "api_app_id": APP_ID,
            "event": {"type": NOBODYS_EVENT, "name": "Bench", "event_ts": "1772452800.000001"},
            "type": "event_callback",
            "event_id": "Ev0BENCH001",
            "event_time": 1772452800,
            "authorizations": [{"team_id": WORKSPACE_ID, "user_id": BOT_USER_ID, "is_bot": True}],
        }
    )
