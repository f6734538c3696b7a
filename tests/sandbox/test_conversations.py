from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError

from sandbox.driver import NotThereError
from sandbox.interactivity import CLICK_TROUBLE, TROUBLE
from tests.sandbox.conftest import NOW, Tiny, actions, button, choice, modal, options, plain, text_input


def refused(call: Callable[..., object], **args: object) -> str:
    with pytest.raises(SlackApiError) as caught:
        call(**args)
    return str(caught.value.response["error"])


def trigger(tiny: Tiny, who: str = "Amara") -> str:
    member = tiny.sandbox.workspace.find_member(who)
    return tiny.sandbox.workspace.new_trigger(member.id)


def test_a_command_opens_a_modal_that_is_refused_and_then_taken(tiny: Tiny) -> None:
    amara = tiny.slack.member("Amara Okafor")
    assert amara.types("/form please", in_="#cohort").ok
    command = tiny.last("slash")
    assert (command["command"], command["text"], command["channel_name"]) == ("/form", "please", "cohort")
    assert command["is_enterprise_install"] == "false"
    assert "Name\n[ ]" in amara.modal_text

    empty = amara.submits()
    assert (empty.ok, empty.errors) == (False, {"name": "Please complete this required field."})
    too_long = amara.submits({"Name": "x" * 21})
    assert too_long.errors == {"name": "Please enter at most 20 characters."}
    assert tiny.of("view_submission") == []

    tiny.submit = {"response_action": "errors", "errors": {"name": "That name is taken"}}
    outcome = amara.submits({"Name": "Amara"})
    assert (outcome.ok, outcome.closed, outcome.errors) == (False, False, {"name": "That name is taken"})
    assert "[ Amara ]\n  ! That name is taken" in amara.modal_text

    tiny.submit = {}
    outcome = amara.submits({"name": "Amara O", "Colour": "Blue", "Days": ["Mon", "wed"], "Who": ["Ben"]})
    assert (outcome.ok, outcome.closed, outcome.modal) == (True, True, None)
    values = tiny.last("view_submission")["view"]["state"]["values"]
    assert values["name"]["value"] == {"type": "plain_text_input", "value": "Amara O"}
    assert values["note"]["value"]["value"] is None
    assert values["colour"]["value"]["selected_option"]["value"] == "blue"
    assert [o["value"] for o in values["days"]["value"]["selected_options"]] == ["mon", "wed"]
    assert values["day"]["value"]["selected_date"] == "2026-03-09", "an initial value counts when it is untouched"
    assert values["who"]["value"]["selected_users"] == [tiny.slack.member("Ben").id]
    assert values["where"]["value"] == {"type": "conversations_select", "selected_conversation": None}
    assert tiny.last("view_submission")["view"]["private_metadata"] == "kept"


def test_an_input_that_dispatches_tells_the_app_and_the_rest_do_not(tiny: Tiny) -> None:
    amara = tiny.slack.member("Amara")
    amara.types("/form")
    amara.fills({"Name": "quiet", "Day": date(2026, 4, 1), "Where": "#cohort"})
    assert tiny.of("block_actions") == []
    amara.fills({"Colour": "Red"})
    told = tiny.last("block_actions")
    assert told["container"] == {"type": "view", "view_id": told["view"]["id"]}
    assert told["actions"][0]["selected_option"]["value"] == "red"
    assert told["view"]["state"]["values"]["day"]["value"]["selected_date"] == "2026-04-01"
    amara.fills({"Note": "typed"}, press_enter=False)
    assert tiny.last("block_actions")["actions"][0]["action_id"] == "value"
    assert tiny.last("block_actions")["actions"][0]["block_id"] == "colour"
    amara.fills({"Note": "typed and entered"})
    assert tiny.last("block_actions")["actions"][0]["value"] == "typed and entered"
    count = len(tiny.of("block_actions"))
    amara.fills({"Colour": "Red"})
    assert len(tiny.of("block_actions")) == count, "choosing what is chosen already tells nobody"


def test_on_character_entered_dispatches_without_enter(tiny: Tiny) -> None:
    config = {"trigger_actions_on": ["on_character_entered"]}
    view = modal(text_input("live", "Live", dispatch=True, dispatch_action_config=config))
    tiny.client.views_open(trigger_id=trigger(tiny), view=view)
    tiny.slack.member("Amara").fills({"Live": "ab"}, press_enter=False)
    assert tiny.last("block_actions")["actions"][0]["value"] == "ab"


def test_the_stack_holds_three_modals_and_closing_says_which(tiny: Tiny) -> None:
    amara = tiny.slack.member("Amara")
    amara.types("/form")
    amara.clicks("Another")
    assert "Deeper" in amara.modal_text
    first, second = amara.modals
    assert second.view is not None
    assert first.view is not None
    assert second.view["previous_view_id"] == second.view["root_view_id"] == first.view["id"]
    workspace = tiny.sandbox.workspace
    third = workspace.new_trigger(amara.id, second.view["id"])
    tiny.client.views_push(trigger_id=third, view=modal(text_input("deepest", "Deepest")))
    fourth = workspace.new_trigger(amara.id, second.view["id"])
    assert refused(tiny.client.views_push, trigger_id=fourth, view=modal()) == "push_limit_reached"
    amara.closes()
    amara.closes()
    assert len(amara.modals) == 1
    assert tiny.of("view_closed") == [], "only a view that asks for it tells"
    amara.closes()
    closed = tiny.last("view_closed")
    assert (closed["is_cleared"], closed["view"]["id"]) == (False, first.view["id"])
    assert amara.modal is None


def test_the_x_clears_the_stack_and_names_the_root_view(tiny: Tiny) -> None:
    amara = tiny.slack.member("Amara")
    amara.types("/form")
    root = amara.modal
    assert root is not None
    amara.clicks("Another")
    amara.closes(everything=True)
    closed = tiny.last("view_closed")
    assert (closed["is_cleared"], closed["view"]["id"], amara.modals) == (True, root["id"], [])


@pytest.mark.parametrize(("answer", "left"), [("clear", 0), ("update", 2), ("push", 3), (None, 1)])
def test_a_submission_is_answered_with(tiny: Tiny, answer: str | None, left: int) -> None:
    amara = tiny.slack.member("Amara")
    amara.types("/form")
    view = modal(text_input("deep", "Deeper"))
    inside = tiny.sandbox.workspace.new_trigger(amara.id, amara.modals[0].view["id"])  # type: ignore[index]  # it is open
    tiny.client.views_push(trigger_id=inside, view=view)
    new = modal(text_input("fresh", "Fresh"), title=plain("Another"))
    tiny.submit = {"response_action": answer} if answer else {}
    if answer in {"update", "push"}:
        tiny.submit["view"] = new
    outcome = amara.submits({"Deeper": "x"})
    assert outcome.ok
    assert len(amara.modals) == left
    assert outcome.closed is (answer in {"clear", None})
    if answer in {"update", "push"}:
        assert "Fresh" in amara.modal_text


@pytest.mark.parametrize(
    "nonsense",
    [
        {"response_action": "errors", "errors": {"no_such_block": "?"}},
        {"response_action": "errors", "errors": {}},
        {"response_action": "update", "view": modal(title=plain("x" * 25))},
        {
            "response_action": "update",
            "view": modal({"type": "image", "alt_text": "x", "slack_file": {"id": "F0000000000"}}),
        },
    ],
)
def test_a_nonsense_answer_to_a_submission_is_shown_as_a_failure(tiny: Tiny, nonsense: dict[str, Any]) -> None:
    amara = tiny.slack.member("Amara")
    amara.types("/form")
    tiny.submit = nonsense
    outcome = amara.submits({"Name": "x"})
    assert (outcome.ok, outcome.notice) == (False, TROUBLE)
    assert TROUBLE in amara.modal_text
    assert "[ x ]" in amara.modal_text, "what was typed stays"


def test_a_command_without_an_ack_fails_where_the_member_sees_it(tiny: Tiny) -> None:
    amara = tiny.slack.member("Amara")
    outcome = amara.types("/slow")
    assert (outcome.ok, outcome.notice) == (False, '/slow failed with the error "operation_timeout"')
    assert amara.notices == [outcome.notice]
    assert amara.types("/broken").notice == '/broken failed with the error "invalid_command_response"'
    assert amara.types("/unheard").notice == "/unheard is not a valid command."


def test_the_answer_to_a_command_is_for_the_member_or_for_the_channel(tiny: Tiny) -> None:
    amara, ben = tiny.slack.member("Amara"), tiny.slack.member("Ben")
    assert amara.types("/say a & b <c>", in_="#cohort").reply == "You said a &amp; b &lt;c&gt;"
    assert [m.ephemeral for m in amara.messages("#cohort")] == [True]
    assert amara.messages("#cohort")[0].plain == "You said a & b <c>"
    assert ben.messages("#cohort") == []
    amara.types("/wide", in_="#cohort")
    assert ben.sees("says hello", in_="#cohort").plain == "@Amara Okafor says hello"


def test_a_command_that_escapes_resolves_people_and_channels(tiny: Tiny) -> None:
    amara, ben = tiny.slack.member("Amara"), tiny.slack.member("Ben")
    amara.types("/form ask @Ben Li in #cohort", in_="#cohort")
    channel = tiny.sandbox.workspace.find_channel("cohort").id
    assert tiny.last("slash")["text"] == f"ask <@{ben.id}|ben.li> in <#{channel}|cohort>"
    amara.types("/say ask @Ben Li")
    assert tiny.last("slash")["text"] == "ask @Ben Li"
    assert tiny.last("slash")["channel_name"] == "directmessage"


def test_a_button_in_a_message_carries_all_that_slack_sends(tiny: Tiny) -> None:
    amara = tiny.slack.member("Amara")
    metadata = {"event_type": "post", "event_payload": {"ref": "r"}}
    blocks = [
        actions(button("Go", "go", "v1"), {"type": "static_select", "action_id": "pick", "options": options("A")})
    ]
    sent = tiny.client.chat_postMessage(channel=amara.id, text="Press", blocks=blocks, metadata=metadata)
    assert amara.clicks("Go").ok
    body = tiny.last("block_actions")
    assert body["container"] == {
        "type": "message",
        "message_ts": sent["ts"],
        "channel_id": sent["channel"],
        "is_ephemeral": False,
    }
    assert body["channel"] == {"id": sent["channel"], "name": "directmessage"}
    assert body["message"]["metadata"] == metadata
    assert body["state"]["values"]["row"]["pick"] == {"type": "static_select", "selected_option": None}
    assert body["user"]["id"] == amara.id
    assert body["response_url"].startswith(tiny.sandbox.url)
    [action] = body["actions"]
    assert (action["action_id"], action["block_id"], action["value"]) == ("go", "row", "v1")
    amara.chooses("pick", "A")
    assert tiny.last("block_actions")["actions"][0]["selected_option"]["value"] == "a"
    amara.clicks("Go")
    assert tiny.last("block_actions")["state"]["values"]["row"]["pick"]["selected_option"]["value"] == "a"


def test_a_double_click_is_two_actions_with_their_own_times(tiny: Tiny) -> None:
    amara = tiny.slack.member("Amara")
    tiny.client.chat_postMessage(channel=amara.id, text="Press", blocks=[actions(button("Go", "go"))])
    assert amara.clicks("Go", times=2).ok
    told = tiny.of("block_actions")
    stamps = {body["actions"][0]["action_ts"] for body in told}
    triggers = {body["trigger_id"] for body in told}
    assert (len(told), len(stamps), len(triggers)) == (2, 2, 2)


def test_the_newest_button_is_pressed_and_a_response_url_replaces_its_message(tiny: Tiny) -> None:
    amara = tiny.slack.member("Amara")
    for n in range(2):
        blocks = [actions(button("Replace", "replace", str(n)))]
        tiny.client.chat_postMessage(channel="#cohort", text=f"m{n}", blocks=blocks)
    amara.clicks("Replace", in_="#cohort")
    assert [m.plain for m in amara.messages("#cohort")] == ["[Replace]", "Replaced"]
    amara.clicks("Replace", in_="#cohort", value="0")
    assert [m.plain for m in amara.messages("#cohort")] == ["Replaced", "Replaced"]


def test_a_click_that_nobody_acknowledges_is_seen_to_fail(tiny: Tiny) -> None:
    amara = tiny.slack.member("Amara")
    tiny.client.chat_postMessage(channel=amara.id, text="Press", blocks=[actions(button("Go", "go"))])
    tiny.slack.arm("lost_ack", method="block_actions")
    outcome = amara.clicks("Go")
    assert (outcome.ok, outcome.notice) == (False, CLICK_TROUBLE)
    assert amara.clicks("Go").ok, "the fault was armed for one"


def test_acting_without_waiting_comes_back_at_once(tiny: Tiny) -> None:
    amara = tiny.slack.member("Amara")
    began = time.monotonic()
    assert amara.types("/slow", wait=False).ok
    assert time.monotonic() - began < 0.4
    deadline = time.monotonic() + 3
    while not amara.notices:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_trigger_is_good_for_three_seconds_and_one_view(tiny: Tiny) -> None:
    good = trigger(tiny)
    assert tiny.client.views_open(trigger_id=good, view=modal())["view"]["id"].startswith("V")
    assert refused(tiny.client.views_open, trigger_id=good, view=modal()) == "exchanged_trigger_id"
    assert refused(tiny.client.views_open, trigger_id="1.2.3", view=modal()) == "invalid_trigger_id"
    late = trigger(tiny)
    tiny.sandbox.workspace.triggers[late].born -= 3.01
    assert refused(tiny.client.views_open, trigger_id=late, view=modal()) == "expired_trigger_id"
    outside = trigger(tiny)
    assert refused(tiny.client.views_push, trigger_id=outside, view=modal()) == "invalid_trigger_id"


def test_a_trigger_expires_by_the_machines_clock_and_not_by_the_programmes(tiny: Tiny) -> None:
    fresh = trigger(tiny)
    tiny.slack.advance(by=NOW - NOW, wait=False)
    assert tiny.client.views_open(trigger_id=fresh, view=modal())["ok"]


def test_an_invalid_view_does_not_use_up_the_trigger(tiny: Tiny) -> None:
    good = trigger(tiny)
    assert refused(tiny.client.views_open, trigger_id=good, view=modal(title=None)) == "invalid_arguments"
    assert tiny.client.views_open(trigger_id=good, view=modal())["ok"]


def test_a_stale_hash_is_refused_and_what_was_typed_survives_an_update(tiny: Tiny) -> None:
    amara = tiny.slack.member("Amara")
    view = modal(text_input("a", "A"), text_input("b", "B"), external_id="ours")
    opened = tiny.client.views_open(trigger_id=trigger(tiny), view=view)["view"]
    amara.fills({"A": "typed", "B": "gone"})
    new = modal(text_input("a", "A again"), text_input("c", "C", initial_value="given"))
    updated = tiny.client.views_update(view_id=opened["id"], hash=opened["hash"], view=new)["view"]
    assert updated["hash"] != opened["hash"]
    assert updated["state"]["values"]["a"]["value"]["value"] == "typed"
    assert updated["state"]["values"]["c"]["value"]["value"] == "given"
    assert "b" not in updated["state"]["values"]
    stale = {"view_id": opened["id"], "hash": opened["hash"], "view": new}
    assert refused(tiny.client.views_update, **stale) == "hash_conflict"
    assert tiny.client.views_update(external_id="ours", view=new)["ok"], "no hash: the last write wins"
    amara.closes()
    assert refused(tiny.client.views_update, view_id=opened["id"], view=new) == "not_found"


def test_an_external_id_is_one_views_alone(tiny: Tiny) -> None:
    tiny.client.views_open(trigger_id=trigger(tiny), view=modal(external_id="ours"))
    again = {"trigger_id": trigger(tiny, "Ben"), "view": modal(external_id="ours")}
    assert refused(tiny.client.views_open, **again) == "duplicate_external_id"


def test_the_home_tab_is_opened_published_and_pressed(tiny: Tiny) -> None:
    amara = tiny.slack.member("Amara")
    amara.opens_home()
    assert tiny.event.wait(3)
    event = tiny.last("event_callback")
    assert event["event"]["type"] == "app_home_opened"
    assert (event["event"]["user"], event["event"]["tab"]) == (amara.id, "home")
    assert event["authorizations"][0]["user_id"] == tiny.sandbox.bot_user_id
    assert amara.home is None
    home = {"type": "home", "blocks": [actions(button("From home", "home"))]}
    published = tiny.client.views_publish(user_id=amara.id, view=home)["view"]
    assert amara.sees("From home", in_="home").view is not None
    assert amara.clicks("From home").ok
    assert tiny.last("block_actions")["view"]["id"] == published["id"]
    stale = {"user_id": amara.id, "view": home, "hash": "1.0"}
    assert refused(tiny.client.views_publish, **stale) == "hash_conflict"
    assert tiny.client.views_publish(user_id=amara.id, view=home, hash=published["hash"])["ok"]


def test_messages_reach_the_app_where_it_subscribes_and_is_a_member(tiny: Tiny) -> None:
    amara = tiny.slack.member("Amara")
    amara.types("hello <you> & @Ben Li")
    assert tiny.event.wait(3)
    event = tiny.last("event_callback")["event"]
    assert (event["type"], event["channel_type"]) == ("message", "im")
    assert event["text"] == f"hello &lt;you&gt; &amp; <@{tiny.slack.member('Ben').id}>"
    before = len(tiny.sandbox.deliveries)
    amara.types("not heard", in_="#elsewhere")
    amara.types("/invite @tiny", in_="#elsewhere")
    tiny.slack.remove_app("#elsewhere")
    kinds = [delivery.kind for delivery in tiny.sandbox.deliveries[before:]]
    assert kinds == ["member_joined_channel"]


def test_an_event_that_is_not_subscribed_is_not_delivered(tiny: Tiny) -> None:
    before = len(tiny.sandbox.deliveries)
    tiny.slack.archive("#elsewhere")
    tiny.slack.unarchive("#elsewhere")
    assert len(tiny.sandbox.deliveries) == before
    tiny.slack.deactivate("Cara")
    assert tiny.sandbox.deliveries[-1].payload["event"]["user"]["deleted"] is True
    with pytest.raises(NotThereError, match="Cara Novak is deactivated"):
        tiny.slack.member("Cara").types("hello")
    tiny.slack.reactivate("Cara")


def test_what_is_not_there_is_answered_with_what_is(tiny: Tiny) -> None:
    amara = tiny.slack.member("Amara")
    tiny.client.chat_postMessage(channel=amara.id, text="x", blocks=[actions(button("Yes", "y"), button("No", "n"))])
    with pytest.raises(NotThereError, match=r"no button 'Maybe' in the direct conversation.*there is: 'Yes', 'No'"):
        amara.clicks("Maybe")
    with pytest.raises(NotThereError, match="Amara Okafor has no modal open"):
        amara.submits()
    amara.types("/form")
    with pytest.raises(NotThereError, match=r"no button 'Yes' in the open modal; there is: .*'Another'"):
        amara.clicks("Yes")
    with pytest.raises(NotThereError, match=r"no input 'Age' in this modal; there are: 'Name' \(name\)"):
        amara.fills({"Age": "7"})
    with pytest.raises(NotThereError, match="no option 'Green'; there are: 'Red', 'Blue'"):
        amara.fills({"Colour": "Green"})
    with pytest.raises(NotThereError, match="fits several inputs"):
        amara.fills({"value": "x"})
    with pytest.raises(NotThereError, match=r"does not see 'pigs' within 0.05 s; they see:\n\nA form"):
        amara.sees("pigs", within=0.05)
    with pytest.raises(NotThereError, match="no member is called 'Zoe'; there are: Amara"):
        tiny.slack.member("Zoe")
    with pytest.raises(NotThereError, match="no channel is called '#moon'"):
        amara.types("x", in_="#moon")
    with pytest.raises(NotThereError, match="Ben Li is not in #secret"):
        tiny.slack.member("Ben").messages("#secret")
    with pytest.raises(NotThereError, match="no fault is called 'gremlin'"):
        tiny.slack.arm("gremlin")


def test_sees_waits_for_what_comes_later(tiny: Tiny) -> None:
    amara = tiny.slack.member("Amara")
    with ThreadPoolExecutor(1) as pool:
        seen = pool.submit(amara.sees, "a late message", None, 3.0)
        time.sleep(0.05)
        assert not seen.done()
        tiny.client.chat_postMessage(channel=amara.id, text="a late   message")
        assert seen.result(3).from_app


ELEMENTS: list[tuple[dict[str, Any], Any, dict[str, Any]]] = [
    ({"type": "timepicker"}, "09:30", {"selected_time": "09:30"}),
    ({"type": "datetimepicker"}, "2026-03-03T09:00:00+00:00", {"selected_date_time": 1772528400}),
    ({"type": "radio_buttons", "options": options("Up", "Down")}, "Up", {"selected_option": options("Up")[0]}),
    (
        {"type": "multi_static_select", "options": options("Up", "Down")},
        ["Down"],
        {"selected_options": options("Down")},
    ),
    ({"type": "number_input", "is_decimal_allowed": True}, "2.5", {"value": "2.5"}),
    ({"type": "email_text_input"}, "a@example.org", {"value": "a@example.org"}),
    ({"type": "url_text_input"}, "https://example.org", {"value": "https://example.org"}),
]


@pytest.mark.parametrize(("element", "value", "state"), ELEMENTS, ids=lambda part: str(part)[:40])
def test_each_kind_of_element_keeps_its_own_state(
    tiny: Tiny, element: dict[str, Any], value: object, state: dict[str, Any]
) -> None:
    amara = tiny.slack.member("Amara")
    tiny.client.views_open(trigger_id=trigger(tiny), view=modal(choice("one", "One", element)))
    assert amara.submits({"One": value}).ok
    kept = tiny.last("view_submission")["view"]["state"]["values"]["one"]["value"]
    assert kept == {"type": element["type"], **state}


@pytest.mark.parametrize(
    ("element", "value", "sentence"),
    [
        ({"type": "number_input", "is_decimal_allowed": False}, "2.5", "Please enter a whole number."),
        ({"type": "number_input", "is_decimal_allowed": False}, "x", "Please enter a number."),
        (
            {"type": "number_input", "is_decimal_allowed": False, "min_value": "3"},
            "2",
            "Please enter a number of 3 or more.",
        ),
        (
            {"type": "number_input", "is_decimal_allowed": False, "max_value": "3"},
            "4",
            "Please enter a number of 3 or less.",
        ),
        ({"type": "email_text_input"}, "a.example", "Please enter a valid email address."),
        ({"type": "url_text_input"}, "example", "Please enter a valid URL."),
        ({"type": "plain_text_input", "min_length": 3}, "ab", "Please enter at least 3 characters."),
    ],
)
def test_the_members_own_client_refuses_first(tiny: Tiny, element: dict[str, Any], value: str, sentence: str) -> None:
    amara = tiny.slack.member("Amara")
    tiny.client.views_open(trigger_id=trigger(tiny), view=modal(choice("one", "One", element)))
    assert amara.submits({"One": value}).errors == {"one": sentence}
    assert tiny.of("view_submission") == []
