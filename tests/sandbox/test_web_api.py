from __future__ import annotations

import http.client
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.webhook import WebhookClient

from sandbox.limits import PER_MINUTE, RateLimits
from sandbox.server import Options, Sandbox
from sandbox.web_api import METHODS
from tests.sandbox.conftest import NOW, PEOPLE, PLACES, SCOPES, actions, button, manifest, web_client


def raw(
    sandbox: Sandbox, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
) -> tuple[int, dict[str, str], Any]:
    connection = http.client.HTTPConnection(sandbox.url.removeprefix("http://"), timeout=5)
    try:
        connection.request(method, path, body, headers or {})
        response = connection.getresponse()
        text = response.read().decode()
        fields = {name.lower(): value for name, value in response.getheaders()}
        return response.status, fields, json.loads(text) if text.startswith("{") else text
    finally:
        connection.close()


def refused(call: Callable[..., object], **args: object) -> str:
    with pytest.raises(SlackApiError) as caught:
        call(**args)
    return str(caught.value.response["error"])


def dm(sandbox: Sandbox, name: str) -> str:
    return sandbox.workspace.dm_with(sandbox.workspace.find_member(name).id).id


def place(sandbox: Sandbox, name: str) -> str:
    return sandbox.workspace.find_channel(name).id


def person(sandbox: Sandbox, name: str) -> str:
    return sandbox.workspace.find_member(name).id


@pytest.mark.parametrize("encoding", ["json", "form", "query"])
def test_each_of_slacks_three_encodings_is_understood(sandbox: Sandbox, encoding: str) -> None:
    bearer = {"Authorization": f"Bearer {sandbox.bot_token}"}
    args = {"channel": "#cohort", "text": "hello & <all>", "blocks": [actions(button("Go", "go"))]}
    flat = urlencode({**args, "blocks": json.dumps(args["blocks"])})
    if encoding == "json":
        headers = {**bearer, "Content-Type": "application/json;charset=utf-8"}
        status, _, answer = raw(sandbox, "POST", "/api/chat.postMessage", json.dumps(args).encode(), headers)
    elif encoding == "form":
        headers = {**bearer, "Content-Type": "application/x-www-form-urlencoded"}
        status, _, answer = raw(sandbox, "POST", "/api/chat.postMessage", flat.encode(), headers)
    else:
        status, _, answer = raw(sandbox, "GET", f"/api/chat.postMessage?{flat}", None, bearer)
    assert (status, answer["ok"]) == (200, True)
    assert answer["message"]["text"] == "hello & <all>"
    assert answer["message"]["blocks"][0]["elements"][0]["action_id"] == "go"


def test_auth_test_without_a_body_says_who_the_token_is_and_what_it_may(client: WebClient, sandbox: Sandbox) -> None:
    answer = client.auth_test()
    assert (answer["user_id"], answer["team_id"]) == (sandbox.bot_user_id, sandbox.team_id)
    assert set(answer.headers["x-oauth-scopes"].split(",")) == set(SCOPES)


def test_a_request_for_another_host_or_from_another_site_is_refused(sandbox: Sandbox) -> None:
    for path in ("/api/api.test", "/sandbox/state", "/sandbox/clock"):
        status, _, answer = raw(sandbox, "GET", path, None, {"Host": "evil.example:80"})
        assert status == 403, path
        assert "loopback" in answer["error"]
        status, _, answer = raw(sandbox, "GET", path, None, {"Origin": "https://evil.example"})
        assert status == 403, path
        assert raw(sandbox, "GET", path, None, {"Origin": sandbox.url})[0] == 200, path
    for host in ("127.0.0.1", "localhost:1", "127.0.0.1:99"):
        assert raw(sandbox, "GET", "/api/api.test", None, {"Host": host})[0] == 200, host


@pytest.mark.parametrize(
    ("token", "method", "error"),
    [
        (None, "auth.test", "not_authed"),
        ("xoxb-wrong", "auth.test", "invalid_auth"),
        ("app", "chat.postMessage", "not_allowed_token_type"),
        ("bot", "apps.connections.open", "not_allowed_token_type"),
        ("bot", "chat.fly", "unknown_method"),
        (None, "chat.fly", "unknown_method"),
    ],
)
def test_a_wrong_token_or_method_is_refused_as_slack_does(
    sandbox: Sandbox, token: str | None, method: str, error: str
) -> None:
    given = {"app": sandbox.app_token, "bot": sandbox.bot_token}.get(token or "", token)
    headers = {"Authorization": f"Bearer {given}"} if given else {}
    status, _, answer = raw(sandbox, "POST", f"/api/{method}", b"", headers)
    assert (status, answer["ok"], answer["error"]) == (200, False, error)


def test_bad_json_is_refused(sandbox: Sandbox) -> None:
    headers = {"Authorization": f"Bearer {sandbox.bot_token}", "Content-Type": "application/json"}
    assert raw(sandbox, "POST", "/api/auth.test", b"{", headers)[2]["error"] == "invalid_json"
    assert raw(sandbox, "POST", "/api/auth.test", b"[]", headers)[2]["error"] == "json_not_object"


def test_a_missing_scope_names_what_is_needed_and_what_is_provided() -> None:
    with Sandbox(manifest=manifest(scopes=["commands"]), members=["Amara Okafor"], now=NOW) as bare:
        client = web_client(bare)
        with pytest.raises(SlackApiError) as caught:
            client.chat_postMessage(channel=person(bare, "Amara"), text="x")
        answer = caught.value.response
        assert (answer["error"], answer["needed"], answer["provided"]) == ("missing_scope", "chat:write", "commands")
        assert refused(client.conversations_history, channel=dm(bare, "Amara")) == "missing_scope"
        assert refused(client.conversations_open, users=person(bare, "Amara")) == "missing_scope"
        assert refused(client.users_info, user=person(bare, "Amara")) == "missing_scope"
        assert client.auth_test()["ok"]


def test_without_the_email_scope_no_address_is_given() -> None:
    with Sandbox(manifest=manifest(scopes=["users:read"]), members=["Amara Okafor"], now=NOW) as shy:
        profile = web_client(shy).users_info(user=person(shy, "Amara"))["user"]["profile"]
        assert "email" not in profile


def test_posting_to_a_user_opens_the_direct_conversation(client: WebClient, sandbox: Sandbox) -> None:
    answer = client.chat_postMessage(channel=person(sandbox, "Amara"), text="hello")
    assert answer["channel"].startswith("D")
    assert answer["message"]["bot_id"].startswith("B")
    assert answer["channel"] == client.conversations_open(users=person(sandbox, "Amara"))["channel"]["id"]


@pytest.mark.parametrize(
    ("where", "error"),
    [
        ("#elsewhere", "not_in_channel"),
        ("#secret", "channel_not_found"),
        ("#attic", "is_archived"),
        ("#nowhere", "channel_not_found"),
        ("@Dan Stone", "channel_not_found"),
        ("@Other Bot", "cannot_dm_bot"),
    ],
)
def test_posting_is_refused_where_slack_refuses_it(client: WebClient, sandbox: Sandbox, where: str, error: str) -> None:
    channel = person(sandbox, where) if where.startswith("@") else where
    assert refused(client.chat_postMessage, channel=channel, text="x") == error


def test_a_public_scope_posts_where_the_app_is_not() -> None:
    scopes = ["chat:write", "chat:write.public"]
    with Sandbox(manifest=manifest(scopes=scopes), members=PEOPLE, channels=PLACES, now=NOW) as open_house:
        client = web_client(open_house)
        assert client.chat_postMessage(channel="#elsewhere", text="x")["ok"]
        assert refused(client.chat_postMessage, channel="#secret", text="x") == "channel_not_found"


def test_a_closed_messages_tab_refuses_direct_messages() -> None:
    body = manifest(messages_tab_enabled=False)
    with Sandbox(manifest=body, members=["Amara Okafor"], now=NOW) as closed:
        user = person(closed, "Amara")
        assert refused(web_client(closed).chat_postMessage, channel=user, text="x") == "messages_tab_disabled"


def test_a_message_needs_content_and_sound_metadata(client: WebClient) -> None:
    assert refused(client.api_call, api_method="chat.postMessage", json={"channel": "#cohort"}) == "no_text"
    bad = {"event_type": "x"}
    assert refused(client.chat_postMessage, channel="#cohort", text="x", metadata=bad) == "invalid_metadata_format"
    big = {"event_type": "x", "event_payload": {"a": "b" * 20_000}}
    assert refused(client.chat_postMessage, channel="#cohort", text="x", metadata=big) == "metadata_too_large"
    several = {"text": "x", "markdown_text": "y"}
    assert refused(client.chat_postMessage, channel="#cohort", **several) == "markdown_text_conflict"


def test_ts_rises_with_programme_time_and_within_it(client: WebClient, sandbox: Sandbox) -> None:
    first, second = (client.chat_postMessage(channel="#cohort", text="x")["ts"] for _ in range(2))
    assert float(first) >= NOW.timestamp()
    assert first < second
    sandbox.advance(NOW + timedelta(days=1), wait=False)
    third = client.chat_postMessage(channel="#cohort", text="x")["ts"]
    assert float(third) == (NOW + timedelta(days=1)).timestamp()


def test_history_is_newest_first_and_honours_bounds_pages_and_metadata(client: WebClient) -> None:
    metadata = {"event_type": "post", "event_payload": {"ref": "r1"}}
    stamps = [client.chat_postMessage(channel="#cohort", text=f"m{n}", metadata=metadata)["ts"] for n in range(5)]
    channel = client.chat_postMessage(channel="#cohort", text="m5")["channel"]
    page = client.conversations_history(channel=channel, limit=4)
    assert [m["text"] for m in page["messages"]] == ["m5", "m4", "m3", "m2"]
    assert page["has_more"]
    rest = client.conversations_history(channel=channel, limit=4, cursor=page["response_metadata"]["next_cursor"])
    assert [m["text"] for m in rest["messages"]] == ["m1", "m0"]
    assert "metadata" not in rest["messages"][0]
    after = client.conversations_history(channel=channel, oldest=stamps[3], include_all_metadata=True)
    assert [m["text"] for m in after["messages"]] == ["m5", "m4"]
    assert after["messages"][1]["metadata"] == metadata
    among = client.conversations_history(channel=channel, oldest=stamps[1], latest=stamps[3], inclusive=True)
    assert [m["text"] for m in among["messages"]] == ["m3", "m2", "m1"]
    assert refused(client.conversations_history, channel=channel, cursor="zz") == "invalid_cursor"


def test_replies_stay_in_their_thread(client: WebClient) -> None:
    parent = client.chat_postMessage(channel="#cohort", text="parent")
    client.chat_postMessage(channel="#cohort", text="reply", thread_ts=parent["ts"])
    channel = parent["channel"]
    thread = client.conversations_replies(channel=channel, ts=parent["ts"])["messages"]
    assert [m["text"] for m in thread] == ["parent", "reply"]
    assert [m["text"] for m in client.conversations_history(channel=channel)["messages"]] == ["parent"]
    assert refused(client.conversations_replies, channel=channel, ts="1.000001") == "thread_not_found"


def test_an_update_keeps_blocks_and_metadata_that_it_does_not_name(client: WebClient) -> None:
    metadata = {"event_type": "post", "event_payload": {"ref": "r1"}}
    blocks = [actions(button("Go", "go"))]
    sent = client.chat_postMessage(channel="#cohort", text="one", blocks=blocks, metadata=metadata)
    args = {"channel": sent["channel"], "ts": sent["ts"]}
    kept = client.chat_update(**args, text="two")["message"]
    assert (kept["text"], kept["blocks"], kept["metadata"]) == ("two", sent["message"]["blocks"], metadata)
    assert kept["edited"]["user"] == sent["message"]["user"]
    assert "blocks" not in client.chat_update(**args, text="three", blocks=[])["message"]
    assert refused(client.chat_update, **args, text="x" * 4001) == "msg_too_long"
    assert refused(client.api_call, api_method="chat.update", json=args) == "no_text"
    assert client.chat_delete(**args)["ok"]
    assert refused(client.chat_update, **args, text="x") == "message_not_found"
    assert refused(client.chat_delete, **args) == "message_not_found"


def test_the_app_edits_only_its_own_messages(client: WebClient, sandbox: Sandbox) -> None:
    outcome = sandbox.driver.member("Amara").types("mine", in_="#cohort")
    args = {"channel": place(sandbox, "cohort"), "ts": str(outcome.ts)}
    assert refused(client.chat_update, **args, text="x") == "cant_update_message"
    assert refused(client.chat_delete, **args) == "cant_delete_message"
    assert client.chat_getPermalink(channel=args["channel"], message_ts=args["ts"])["permalink"].startswith("https://")


def test_an_ephemeral_message_is_for_one_member_of_the_channel(client: WebClient, sandbox: Sandbox) -> None:
    slack = sandbox.driver
    amara, channel = person(sandbox, "Amara"), place(sandbox, "cohort")
    sent = client.chat_postEphemeral(channel=channel, user=amara, text="psst")
    assert slack.member("Amara").messages("#cohort")[-1].ephemeral
    assert slack.member("Ben").messages("#cohort") == []
    assert client.conversations_history(channel=channel)["messages"] == []
    assert refused(client.chat_update, channel=channel, ts=sent["message_ts"], text="x") == "message_not_found"
    cara = person(sandbox, "Cara")
    assert refused(client.chat_postEphemeral, channel=channel, user=cara, text="x") == "user_not_in_channel"


def test_conversations_are_listed_with_what_the_app_may_know(client: WebClient, sandbox: Sandbox) -> None:
    public = client.conversations_list(exclude_archived=True)["channels"]
    assert [c["name"] for c in public] == ["cohort", "elsewhere"]
    assert [c["is_member"] for c in public] == [True, False]
    private = client.conversations_list(types="private_channel")["channels"]
    assert [c["name"] for c in private] == ["evaluation"]
    page = client.conversations_list(limit=1)
    assert page["response_metadata"]["next_cursor"]
    assert refused(client.conversations_list, types="moon") == "invalid_types"
    assert refused(client.conversations_info, channel=place(sandbox, "secret")) == "channel_not_found"
    assert refused(client.conversations_members, channel=place(sandbox, "secret")) == "channel_not_found"
    mine = client.users_conversations(types="public_channel,private_channel")["channels"]
    assert [c["name"] for c in mine] == ["cohort", "evaluation", "attic"]


def test_opening_conversations_and_people_that_are_gone(client: WebClient, sandbox: Sandbox) -> None:
    assert refused(client.conversations_open, users=person(sandbox, "Dan")) == "user_disabled"
    assert refused(client.conversations_open, users="UNOBODY000") == "user_not_found"
    assert refused(client.conversations_open, users=",".join(["U1"] * 9)) == "too_many_users"
    assert refused(client.users_info, user="UNOBODY000") == "user_not_found"
    assert client.users_info(user=person(sandbox, "Dan"))["user"]["deleted"]
    again = client.conversations_open(users=person(sandbox, "Ben"), return_im=True)
    assert again["channel"]["user"] == person(sandbox, "Ben")
    assert client.conversations_open(users=person(sandbox, "Ben"))["already_open"]


def test_joining_and_inviting(client: WebClient, sandbox: Sandbox) -> None:
    channel = place(sandbox, "elsewhere")
    assert refused(client.conversations_invite, channel=channel, users=person(sandbox, "Ben")) == "not_in_channel"
    client.conversations_join(channel=channel)
    client.conversations_invite(channel=channel, users=person(sandbox, "Ben"))
    members = client.conversations_members(channel=channel)["members"]
    assert members == [person(sandbox, "Amara"), sandbox.bot_user_id, person(sandbox, "Ben")]
    assert refused(client.conversations_invite, channel=channel, users=person(sandbox, "Ben")) == "already_in_channel"


def test_users_carry_zone_and_offset_at_programme_time(client: WebClient, sandbox: Sandbox) -> None:
    user = client.users_info(user=person(sandbox, "Ben"), include_locale=True)["user"]
    assert (user["tz"], user["tz_offset"], user["locale"]) == ("America/New_York", -5 * 3600, "en-GB")
    sandbox.advance(datetime(2026, 7, 1, tzinfo=UTC), wait=False)
    assert client.users_info(user=user["id"])["user"]["tz_offset"] == -4 * 3600
    assert client.users_lookupByEmail(email="BEN@example.org")["user"]["id"] == user["id"]
    assert refused(client.users_lookupByEmail, email="dan.stone@example.org") == "users_not_found"
    everyone = client.users_list(limit=2)
    assert len(everyone["members"]) == 2
    assert client.team_info()["team"]["id"] == sandbox.team_id
    assert client.bots_info()["bot"]["user_id"] == sandbox.bot_user_id


def test_ids_are_the_same_in_two_workspaces_with_one_seed() -> None:
    seen = []
    for _ in range(2):
        with Sandbox(manifest=manifest(), members=PEOPLE, channels=PLACES, now=NOW) as one:
            sent = web_client(one).chat_postMessage(channel="#cohort", text="x", blocks=[{"type": "divider"}])
            seen.append((one.bot_token, one.bot_user_id, sorted(one.workspace.channels), sent["message"]))
    assert seen[0] == seen[1]


def test_rate_limits_when_switched_on_answer_429_for_one_method_only() -> None:
    options = Options(rate_limits=True)
    with Sandbox(manifest=manifest(), members=PEOPLE, channels=PLACES, now=NOW, options=options) as strict:
        client = web_client(strict)
        client.chat_postMessage(channel="#cohort", text="1")
        with pytest.raises(SlackApiError) as caught:
            client.chat_postMessage(channel="#cohort", text="2")
        assert caught.value.response.status_code == 429
        assert int(caught.value.response.headers["retry-after"]) >= 1
        assert client.chat_postMessage(channel=person(strict, "Ben"), text="another channel")["ok"]
        for _ in range(20):
            client.users_list()
        assert refused(client.users_list) == "ratelimited"
        assert client.users_info(user=person(strict, "Ben"))["ok"]


def test_a_rate_limit_window_passes_with_its_clock() -> None:
    moment = 0.0
    limits = RateLimits(on=True, monotonic=lambda: moment)
    assert limits.take("apps.connections.open", "t1", None) is None
    moment = 10.5
    assert limits.take("apps.connections.open", "t1", None) == 50
    moment = 60.0
    assert limits.take("apps.connections.open", "t1", None) is None
    assert RateLimits(on=False).take("x", "t1", None) is None


def test_every_method_can_be_named_and_has_a_known_tier() -> None:
    assert {method.tier for method in METHODS.values()} <= PER_MINUTE.keys()


def response_url(sandbox: Sandbox, message_ts: str | None = None) -> str:
    amara = person(sandbox, "Amara")
    return sandbox.service.response_url(amara, place(sandbox, "cohort"), message_ts)


def test_a_response_url_answers_five_times_and_no_more(sandbox: Sandbox) -> None:
    hook = WebhookClient(response_url(sandbox))
    assert [hook.send(text=f"r{n}").body for n in range(5)] == ["ok"] * 5
    last = hook.send(text="r5")
    assert (last.status_code, json.loads(last.body)["error"]) == (404, "used_url")
    seen = sandbox.driver.member("Amara").messages("#cohort")
    assert [(m.plain, m.ephemeral) for m in seen] == [(f"r{n}", True) for n in range(5)]


def test_a_response_url_dies_after_thirty_minutes_of_programme_time(sandbox: Sandbox) -> None:
    hook = WebhookClient(response_url(sandbox))
    sandbox.advance(NOW + timedelta(minutes=30), wait=False)
    assert hook.send(text="just in time").status_code == 200
    sandbox.advance(NOW + timedelta(minutes=30, seconds=1), wait=False)
    late = hook.send(text="late")
    assert (late.status_code, json.loads(late.body)["error"]) == (404, "expired_url")


def test_a_response_url_replaces_deletes_and_speaks_to_the_channel(client: WebClient, sandbox: Sandbox) -> None:
    sent = client.chat_postMessage(channel="#cohort", text="one", blocks=[actions(button("Go", "go"))])
    hook = WebhookClient(response_url(sandbox, sent["ts"]))
    hook.send(text="two", replace_original=True)
    ben = sandbox.driver.member("Ben")
    assert [m.plain for m in ben.messages("#cohort")] == ["two"]
    hook.send(text="to everyone", response_type="in_channel")
    assert [m.plain for m in ben.messages("#cohort")] == ["two", "to everyone"]
    hook.send(delete_original=True)
    assert [m.plain for m in ben.messages("#cohort")] == ["to everyone"]
    bad = hook.send(blocks=[{"type": "nonsense"}])
    assert (bad.status_code, json.loads(bad.body)["error"]) == (400, "invalid_blocks")
