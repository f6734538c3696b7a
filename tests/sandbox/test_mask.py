from __future__ import annotations

import json
from typing import Any

from sandbox.mask import HIDDEN, masked
from tests.sandbox.conftest import Tiny, choice, modal, text_input

CANARY = "canary-7f3a"


def test_what_was_entered_or_chosen_is_hidden_and_what_names_it_is_shown() -> None:
    state = {"values": {"p8": {"value": {"type": "plain_text_input", "value": CANARY}}}}
    action = {
        "type": "static_select",
        "action_id": "pick",
        "block_id": "b",
        "selected_option": {"text": {"type": "plain_text", "text": CANARY}, "value": CANARY},
        "action_ts": "1.2",
    }
    shown = masked({"type": "block_actions", "view": {"state": state, "callback_id": "pulse"}, "actions": [action]})
    assert CANARY not in json.dumps(shown)
    assert shown["view"] == {
        "state": {"values": {"p8": {"value": {"type": "plain_text_input", "value": HIDDEN}}}},
        "callback_id": "pulse",
    }
    assert (shown["actions"][0]["action_id"], shown["actions"][0]["action_ts"]) == ("pick", "1.2")


def test_a_button_shows_its_id_but_neither_its_value_nor_a_number_that_may_be_an_answer() -> None:
    pressed = {"type": "button", "action_id": "pulse.answer#-4", "block_id": "b", "value": f"wave|p1|{CANARY}"}
    shown = masked({"actions": [{**pressed, "text": {"type": "plain_text", "text": CANARY}}]})
    assert shown["actions"][0]["action_id"] == f"pulse.answer#{HIDDEN}"
    assert CANARY not in json.dumps(shown)


def test_emptiness_is_no_answer_and_stays() -> None:
    shown = masked({"state": {"values": {"a": {"value": {"type": "plain_text_input", "value": None}}}}})
    assert shown["state"]["values"]["a"]["value"]["value"] is None


def test_initial_values_are_hidden_whatever_they_are_called() -> None:
    view = {
        "blocks": [
            {"type": "input", "element": {"type": "x", f"initial_{name}": [CANARY], "action_id": "value"}}
            for name in ("option", "options", "value", "date", "time", "date_time", "user", "users", "conversation")
        ]
    }
    shown = masked(view)
    assert CANARY not in json.dumps(shown)
    assert shown["blocks"][0]["element"] == {"type": "x", "initial_option": HIDDEN, "action_id": "value"}


def test_typed_words_are_hidden_and_the_apps_own_are_not() -> None:
    typed = {"type": "message", "user": "U1", "text": CANARY, "channel": "C1"}
    said = {"type": "message", "user": "U2", "bot_id": "B1", "text": "the app says"}
    shown = masked({"event": typed, "message": said, "more": {"command": "/say", "text": CANARY}})
    assert shown["event"] == {**typed, "text": HIDDEN, "blocks": None}
    assert shown["message"] == said
    assert shown["more"] == {"command": "/say", "text": HIDDEN}


def test_the_whole_is_kept_while_only_the_copy_is_masked() -> None:
    body: dict[str, Any] = {"actions": [{"value": CANARY}]}
    assert masked(body) != body
    assert body == {"actions": [{"value": CANARY}]}


def test_a_canary_typed_by_a_member_is_shown_by_no_log(tiny: Tiny) -> None:
    amara = tiny.slack.member("Amara")
    blocks = [
        text_input("typed", "Typed", dispatch=True),
        choice("number", "Number", {"type": "url_text_input"}, dispatch=True),
    ]
    first = len(tiny.sandbox.deliveries), len(tiny.sandbox.calls)
    amara.types(f"/wide {CANARY}")
    amara.types(f"hello {CANARY}")
    trigger = tiny.sandbox.workspace.new_trigger(amara.id)
    tiny.client.views_open(trigger_id=trigger, view=modal(*blocks))
    amara.fills({"Typed": CANARY, "Number": f"https://{CANARY}"})
    again = modal(text_input("typed", "Typed", initial_value=CANARY))
    tiny.client.views_update(view_id=str((amara.modal or {})["id"]), view=again)
    amara.submits()
    tiny.client.conversations_history(channel=tiny.sandbox.workspace.dm_with(amara.id).id)
    deliveries, calls = tiny.sandbox.deliveries[first[0] :], tiny.sandbox.calls[first[1] :]
    whole = {delivery.kind for delivery in deliveries if CANARY in json.dumps(delivery.payload)}
    assert whole == {"slash_commands", "message", "block_actions", "view_submission"}, "in memory it is whole"
    assert {call.method for call in calls if CANARY in json.dumps([call.args, call.answer])} == {
        "views.update",
        "conversations.history",
    }
    shown = [json.dumps(delivery.shown()) for delivery in deliveries] + [json.dumps(call.shown()) for call in calls]
    assert [one for one in shown if CANARY in one] == []
    assert CANARY not in repr(deliveries) + repr(calls)
    assert CANARY not in json.dumps(tiny.slack.deliveries())
    assert CANARY not in json.dumps(tiny.slack.calls())
