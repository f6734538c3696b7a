from __future__ import annotations

import contextlib
import http.client
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from slack_sdk import WebClient

from sandbox.page.screen import WINDOW
from sandbox.server import Sandbox
from tests.sandbox.conftest import FORM, NOW, PEOPLE, PLACES, Tiny, actions, button, manifest, modal, options, plain

Json = dict[str, Any]
GONE = "That is not there any more."


@dataclass
class Web:
    """The page's side of a workspace, as a browser on this machine asks it."""

    sandbox: Sandbox

    def ask(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, headers: Mapping[str, str] | None = None
    ) -> tuple[int, Json, dict[str, str]]:
        connection = http.client.HTTPConnection(self.sandbox.url.removeprefix("http://"), timeout=10)
        try:
            connection.request(method, path, None if body is None else json.dumps(body), dict(headers or {}))
            response = connection.getresponse()
            raw = response.read()
            is_json = response.headers.get_content_type() == "application/json"
            named = {name.lower(): value for name, value in response.getheaders()}
            return response.status, json.loads(raw) if is_json else {}, named
        finally:
            connection.close()

    def id(self, name: str) -> str:
        return self.sandbox.workspace.find_member(name).id

    def place(self, name: str) -> str:
        return self.sandbox.workspace.find_channel(name).id

    def screen(self, who: str = "Amara", **wish: str) -> Json:
        status, body, _ = self.ask("GET", f"/page/screen?{urlencode({'as': self.id(who), **wish})}")
        assert status == 200, body
        return body

    def does(self, what: str, who: str, **how: object) -> Json:
        status, body, _ = self.ask("POST", f"/page/{what}", {"as": self.id(who), **how})
        assert status == 200, body
        return body

    def refuses(self, what: str, who: str, **how: object) -> str:
        status, body, _ = self.ask("POST", f"/page/{what}", {"as": self.id(who), **how})
        assert status == 409, (status, body)
        return str(body["error"])


@pytest.fixture
def web(sandbox: Sandbox) -> Web:
    return Web(sandbox)


@pytest.fixture
def tiny_web(tiny: Tiny) -> Web:
    """The page of a workspace with an app that answers."""
    return Web(tiny.sandbox)


def texts(screen: Json) -> list[str]:
    return ["".join(map(str, message.get("spans", ["?"]))) for message in screen["place"]["messages"]]


def opens(web: Web, client: WebClient, who: str, view: Json) -> str:
    """A modal opens before the member. Returns its id."""

    async def right() -> str:
        return web.sandbox.workspace.new_trigger(web.id(who))

    return str(client.views_open(trigger_id=web.sandbox.run(right), view=view)["view"]["id"])


# What is seen


def test_each_kind_of_place_has_its_screen(web: Web, client: WebClient) -> None:
    client.chat_postMessage(channel=web.id("Amara"), text="Hello *you*")
    client.views_publish(user_id=web.id("Amara"), view={"type": "home", "blocks": [{"type": "divider"}]})
    direct = web.screen()
    assert direct["place"]["id"] == "app"
    assert direct["place"]["messages"][0]["spans"] == ["Hello ", ["strong", ["you"]]]
    assert direct["place"]["is_latest"]
    assert web.screen(**{"in": "app/home"})["place"]["home"]["blocks"][0]["type"] == "divider"
    assert web.screen("Ben", **{"in": "app/home"})["place"]["home"] is None
    assert "chat:write" in web.screen(**{"in": "app/about"})["place"]["scopes"]
    assert web.screen(**{"in": web.place("cohort")})["place"]["channel"] == web.place("cohort")
    assert "is not in" in web.screen("Ben", **{"in": web.place("secret")})["place"]["nowhere"]
    assert "no channel" in web.screen(**{"in": "C0NOWHERE0"})["place"]["nowhere"]
    assert [place["name"] for place in direct["places"]] == ["tiny", "attic", "cohort", "elsewhere", "secret"]
    assert [person["name"] for person in direct["people"]] == ["Amara Okafor", "Ben Li", "Cara Novak", "Dan Stone"]


def test_times_are_those_of_the_reader(web: Web, client: WebClient) -> None:
    client.chat_postMessage(channel=web.place("cohort"), text="<!date^1772528400^{time}|then>")
    for who, time in (("Amara", "09:00"), ("Ben", "04:00")):
        screen = web.screen(who, **{"in": web.place("cohort")})
        (message,) = screen["place"]["messages"]
        assert message["time"] == time
        assert message["spans"] == [["date", time]]
        assert screen["clock"]["now"]["words"] == f"Tuesday 3 March 2026, {time}"


def test_messages_are_unread_until_the_member_reads_types_or_acts(web: Web, client: WebClient) -> None:
    def unread(who: str, place: str) -> int:
        return next(int(each["unread"]) for each in web.screen(who)["places"] if each["id"] == place)

    cohort = web.place("cohort")
    first = client.chat_postMessage(channel=cohort, text="one")["ts"]
    client.chat_postMessage(channel=cohort, text="two")
    client.chat_postMessage(channel=cohort, text="a reply", thread_ts=first)
    client.chat_postEphemeral(channel=cohort, user=web.id("Ben"), text="for Ben")
    assert (unread("Amara", cohort), unread("Ben", cohort)) == (2, 3)
    web.does("read", "Ben", **{"in": cohort, "ts": first})
    assert unread("Ben", cohort) == 2
    web.does("type", "Amara", **{"in": cohort, "text": "three"})
    assert (unread("Amara", cohort), unread("Ben", cohort)) == (0, 3)
    client.chat_postMessage(channel=web.id("Amara"), text="Hello")
    assert (unread("Amara", "app"), unread("Ben", "app")) == (1, 0)
    assert next(each["unread"] for each in web.screen("Ben")["people"] if each["name"] == "Amara Okafor") == 1


def test_an_ephemeral_message_is_before_one_member_alone_and_in_no_count_of_replies(
    web: Web, client: WebClient
) -> None:
    cohort = web.place("cohort")
    first = str(client.chat_postMessage(channel=cohort, text="one")["ts"])
    client.chat_postEphemeral(channel=cohort, user=web.id("Ben"), text="for Ben", thread_ts=first)
    client.chat_postEphemeral(channel=cohort, user=web.id("Ben"), text="also for Ben")
    assert texts(web.screen("Ben", **{"in": cohort})) == ["one", "also for Ben"]
    assert texts(web.screen("Amara", **{"in": cohort})) == ["one"]
    assert web.screen("Amara", **{"in": cohort})["place"]["messages"][0]["replies"] == 0
    assert len(web.screen("Ben", **{"in": cohort, "thread": first})["thread"]["messages"]) == 2
    assert len(web.screen("Amara", **{"in": cohort, "thread": first})["thread"]["messages"]) == 1


def test_a_window_of_messages_can_be_moved_to_both_ends(web: Web, client: WebClient) -> None:
    cohort = web.place("cohort")
    for number in range(WINDOW + 50):
        client.chat_postMessage(channel=cohort, text=str(number))
    latest = web.screen(**{"in": cohort})["place"]
    assert (latest["first"], len(latest["messages"]), latest["count"]) == (51, WINDOW, WINDOW + 50)
    assert latest["is_latest"]
    assert latest["later"] is None
    earlier = web.screen(**{"in": cohort, "end": latest["earlier"]})["place"]
    assert earlier["first"] == 1
    assert earlier["earlier"] is None
    assert not earlier["is_latest"]
    # A window moves by less than it holds, so that one can read on.
    assert earlier["messages"][-1]["ts"] >= latest["messages"][0]["ts"]
    start = web.screen(**{"in": cohort, "end": latest["start"]})["place"]
    assert texts({"place": start}) == [str(number) for number in range(WINDOW)]
    assert web.screen(**{"in": cohort, "end": start["later"]})["place"]["is_latest"] == (start["later"] is None)


def test_half_a_character_breaks_nobodys_screen(web: Web, client: WebClient) -> None:
    cohort = web.place("cohort")
    posted = client.chat_postMessage(channel=cohort, text="half \ud83d")
    assert posted["ok"]
    web.does("type", "Ben", **{"in": cohort, "text": "half \ud83d"})
    assert texts(web.screen(**{"in": cohort})) == ["half \ud83d", "half \ud83d"]
    assert "\\ud83d" in ascii(web.refuses("type", "Ben", **{"in": "\ud83d", "text": "x"}))


# What is done


def test_what_is_pressed_is_the_one_in_that_place_though_two_look_the_same(tiny: Tiny, tiny_web: Web) -> None:
    cohort = tiny_web.place("cohort")
    posted = [
        tiny.client.chat_postMessage(
            channel=cohort,
            text="x",
            blocks=[
                actions(button("Yes", "first", f"{n}a"), button("Yes", "second", f"{n}b")),
                actions(button("Yes", "first", f"{n}c"), block_id="row 2"),
            ],
        )["ts"]
        for n in range(2)
    ]
    for ts, block, action, value in (
        (posted[0], "row", "second", "0b"),
        (posted[1], "row 2", "first", "1c"),
        (posted[0], "row", "first", "0a"),
    ):
        at = {"channel": cohort, "ts": ts}
        assert tiny_web.does("press", "Ben", at=at, block=block, action=action)["ok"]
        sent = tiny.last("block_actions")
        assert (sent["actions"][0]["value"], sent["message"]["ts"], sent["user"]["id"]) == (
            value,
            ts,
            tiny_web.id("Ben"),
        )


def test_an_option_is_the_one_with_that_value_though_two_look_the_same(tiny: Tiny, tiny_web: Web) -> None:
    same = [{"text": plain("Same"), "value": value} for value in ("one", "two")]
    radio = {"type": "radio_buttons", "action_id": "radio", "options": same}
    more = {"type": "overflow", "action_id": "more", "options": same}
    ts = tiny.client.chat_postMessage(channel=tiny_web.id("Ben"), text="x", blocks=[actions(radio, more)])["ts"]
    at = {"channel": tiny_web.sandbox.workspace.dm_with(tiny_web.id("Ben")).id, "ts": ts}
    tiny_web.does("enter", "Ben", at=at, block="row", action="radio", value="two")
    assert tiny.last("block_actions")["actions"][0]["selected_option"]["value"] == "two"
    assert tiny_web.screen("Ben")["place"]["messages"][0]["blocks"][0]["elements"][0]["now"] == "two"
    tiny_web.does("press", "Ben", at=at, block="row", action="more", value="two")
    assert tiny.last("block_actions")["actions"][0]["selected_option"]["value"] == "two"
    assert "no option 'Same'" in tiny_web.refuses("enter", "Ben", at=at, block="row", action="radio", value="Same")


def test_what_is_not_there_any_more_is_told(web: Web, client: WebClient) -> None:
    cohort = web.place("cohort")
    pick = {"type": "static_select", "action_id": "pick", "options": options("A")}
    ts = client.chat_postMessage(channel=cohort, text="x", blocks=[actions(pick)])["ts"]
    at = {"channel": cohort, "ts": ts}
    for wrong in (
        {"at": at, "block": "row", "action": "other"},
        {"at": at, "block": "other", "action": "pick"},
        {"at": {"channel": cohort, "ts": "1.000001"}, "block": "row", "action": "pick"},
        {"at": {"view": "V0NOWHERE00"}, "block": "row", "action": "pick"},
    ):
        assert web.refuses("enter", "Ben", value="a", **wrong) == GONE
    client.chat_delete(channel=cohort, ts=ts)
    assert web.refuses("enter", "Ben", value="a", at=at, block="row", action="pick") == GONE


def test_a_form_takes_what_was_typed_with_its_submission(tiny: Tiny, tiny_web: Web) -> None:
    view = opens(tiny_web, tiny.client, "Amara", FORM)
    typed = {"block": "name", "action": "value", "value": "z" * 21}
    assert tiny_web.does("submit", "Amara", view=view, values=[typed])["errors"] == {
        "name": "Please enter at most 20 characters."
    }
    modal_ = tiny_web.screen()["modal"]
    assert modal_["errors"]
    assert modal_["blocks"][0]["element"]["now"] == "z" * 21
    assert tiny_web.does("submit", "Amara", view=view, values=[{**typed, "value": "Amara"}])["closed"]
    assert tiny.last("view_submission")["view"]["state"]["values"]["name"]["value"]["value"] == "Amara"
    assert tiny_web.refuses("submit", "Amara", view=view) == "That form is not open any more."


@pytest.mark.parametrize(
    ("zone", "local", "instant", "back"),
    [
        ("Europe/London", "2026-03-28T09:30", datetime(2026, 3, 28, 9, 30, tzinfo=UTC), "2026-03-28T09:30"),
        ("Europe/London", "2026-03-29T09:30", datetime(2026, 3, 29, 8, 30, tzinfo=UTC), "2026-03-29T09:30"),
        # An hour that this day does not have: the clock is put forward over it.
        ("Europe/London", "2026-03-29T01:30", datetime(2026, 3, 29, 1, 30, tzinfo=UTC), "2026-03-29T02:30"),
        # An hour that this day has twice: the first of them.
        ("Europe/London", "2026-10-25T01:30", datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "2026-10-25T01:30"),
        ("America/New_York", "2026-03-08T03:00", datetime(2026, 3, 8, 7, 0, tzinfo=UTC), "2026-03-08T03:00"),
    ],
)
def test_a_date_and_time_is_entered_in_the_members_zone(
    web: Web, client: WebClient, zone: str, local: str, instant: datetime, back: str
) -> None:
    web.sandbox.workspace.members[web.id("Cara")].tz = zone
    block = {
        "type": "input",
        "block_id": "when",
        "label": plain("When"),
        "element": {"type": "datetimepicker", "action_id": "value"},
    }
    view = opens(web, client, "Cara", modal(block))
    web.does("enter", "Cara", at={"view": view}, block="when", action="value", value=local)
    (opened,) = web.sandbox.workspace.stack(web.id("Cara"))
    assert opened.state["when"]["value"]["selected_date_time"] == instant.timestamp()
    assert web.screen("Cara")["modal"]["blocks"][0]["element"]["now"] == back


# Nobody acts for another


def test_a_member_reaches_nothing_that_is_anothers(web: Web, client: WebClient) -> None:
    secret, cohort = web.place("secret"), web.place("cohort")
    view = opens(web, client, "Amara", FORM)
    field = {"at": {"view": view}, "block": "name", "action": "value", "value": "x"}
    assert web.refuses("enter", "Ben", **field) == GONE
    assert web.refuses("submit", "Ben", view=view) == "That form is not open any more."
    assert web.refuses("close", "Ben", view=view) == "That form is not open any more."
    pick = {"type": "static_select", "action_id": "pick", "options": options("A")}
    seen = client.chat_postEphemeral(channel=cohort, user=web.id("Amara"), text="x", blocks=[actions(pick)])
    at = {"channel": cohort, "ts": seen["message_ts"]}
    assert web.refuses("enter", "Ben", at=at, block="row", action="pick", value="a") == GONE
    assert "is not in" in web.refuses("type", "Ben", **{"in": secret, "text": "hello"})
    assert "is not in" in web.refuses("read", "Ben", **{"in": secret})
    assert "is not in" in web.refuses(
        "enter", "Ben", at={"channel": secret, "ts": "1"}, block="row", action="pick", value="a"
    )
    private = web.sandbox.workspace.dm_with(web.id("Amara")).id
    assert "is not in" in web.refuses("type", "Ben", **{"in": private, "text": "hello"})
    assert "nowhere" in web.screen("Ben", **{"in": private})["place"]
    assert web.screen("Ben")["modal"] is None
    web.sandbox.driver.deactivate("Ben")
    assert "deactivated" in web.refuses("type", "Ben", **{"in": cohort, "text": "hello"})


# Time


def test_what_came_while_one_looked_away_is_counted_by_member(web: Web, client: WebClient) -> None:
    client.chat_postMessage(channel=web.id("Amara"), text="before")
    moved = web.does("move", "Ben", days=1)
    assert moved["moved"]
    for who, times in (("Ben", 2), ("Amara", 1)):
        for _ in range(times):
            client.chat_postMessage(channel=web.id(who), text="hello")
    client.chat_postMessage(channel=web.place("cohort"), text="hello all")
    web.does("type", "Amara", **{"in": web.place("cohort"), "text": "a member's own"})
    client.chat_postEphemeral(channel=web.place("cohort"), user=web.id("Ben"), text="for Ben alone")
    _, body, _ = web.ask("GET", f"/page/meanwhile/{moved['mark']}")
    assert [(one["name"], one["count"]) for one in body["sent"]] == [("Ben Li", 2), ("#cohort", 1), ("Amara Okafor", 1)]
    status, body, _ = web.ask("GET", "/page/meanwhile/99")
    assert (status, body["error"]) == (409, "Time was never moved there.")


def test_a_day_is_a_day_of_the_members_whatever_the_clock_does(web: Web) -> None:
    web.does("move", "Amara", local="2026-03-28T09:00")
    assert web.sandbox.now == datetime(2026, 3, 28, 9, 0, tzinfo=UTC)
    web.does("move", "Amara", days=1)
    assert web.sandbox.now == datetime(2026, 3, 29, 8, 0, tzinfo=UTC)
    refusal = web.refuses("move", "Amara", local="2026-03-01T09:00")
    assert refusal == "Time does not go back: it is Sunday 29 March 2026, 09:00."


def test_time_moves_at_once_where_no_app_lives_by_it(web: Web) -> None:
    began = datetime.now(UTC)
    assert web.does("move", "Amara", days=7)["moved"]
    assert not web.does("move", "Amara", to="next")["moved"]
    assert datetime.now(UTC) - began < timedelta(seconds=5)


# Who may ask at all


FILES = ("/", *(f"/page/static/{name}" for name in ("main.js", "dom.js", "page.css", "icon.svg", "index.html")))


@pytest.mark.parametrize("path", FILES)
def test_every_file_of_the_page_comes_with_its_policy(web: Web, path: str) -> None:
    status, _, headers = web.ask("GET", path)
    assert status == 200
    policy = headers["content-security-policy"].split("; ")
    assert {"default-src 'none'", "script-src 'self'", "base-uri 'none'", "frame-ancestors 'none'"} <= set(policy)
    assert {"require-trusted-types-for 'script'", "trusted-types 'none'", "form-action 'none'"} <= set(policy)
    assert not [word for word in ("unsafe", "*", "data:", "http") if word in headers["content-security-policy"]]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-opener-policy"] == "same-origin"


@pytest.mark.parametrize(
    "path", ["/page/static/..%2froutes.py", "/page/static/..", "/page/static/none.js", "/page/routes.py"]
)
def test_nothing_but_the_files_of_the_page_is_given(web: Web, path: str) -> None:
    assert web.ask("GET", path)[0] == 404


ASKED = [
    ("GET", "/"),
    ("GET", "/page/static/main.js"),
    ("GET", "/page/screen"),
    ("GET", "/page/changes"),
    ("GET", "/page/developer"),
    *(("POST", f"/page/{what}") for what in ("type", "press", "enter", "submit", "close", "home", "read", "move")),
]
STRANGERS = [
    {"Host": "evil.example"},
    {"Host": "127.0.0.1.evil.example:80"},
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://127.0.0.1:1"},
    {"Origin": "http://127.0.0.1.evil.example"},
    {"Origin": "http://localhost@evil.example"},
]


@pytest.mark.parametrize(("method", "path"), ASKED)
def test_nobody_from_elsewhere_is_answered(web: Web, method: str, path: str) -> None:
    for headers in STRANGERS:
        body = {"as": web.id("Amara"), "text": "x", "in": "app"} if method == "POST" else None
        assert web.ask(method, path, body, headers)[0] == 403, headers
    assert not web.sandbox.workspace.messages.get(web.sandbox.workspace.dm_with(web.id("Amara")).id)


def test_the_workspace_listens_on_loopback_alone(web: Web) -> None:
    server = web.sandbox._server
    assert server is not None
    assert {address.getsockname()[0] for each in server.servers for address in each.sockets} == {"127.0.0.1"}


def test_the_stream_tells_of_a_change_and_ends_with_the_workspace() -> None:
    with contextlib.ExitStack() as open_:
        running = Sandbox(manifest=manifest(), members=PEOPLE, channels=PLACES, now=NOW).start()
        open_.callback(running.stop)
        connection = open_.enter_context(
            contextlib.closing(http.client.HTTPConnection(running.url.removeprefix("http://"), timeout=5))
        )
        connection.request("GET", "/page/changes")
        response = open_.enter_context(connection.getresponse())
        assert response.headers.get_content_type() == "text/event-stream"
        first = response.readline()
        assert first.startswith(b"data: ")
        assert response.readline() == b"\n"
        running.driver.member("Amara").types("hello", in_="#cohort")
        assert response.readline() not in {first, b""}
        running.stop()
        with contextlib.suppress(http.client.HTTPException, ConnectionError):
            while response.readline():
                pass


@pytest.mark.parametrize("body", [{}, {"as": "Amara"}, {"as": "Amara", "at": 7, "block": "b", "action": "a"}])
def test_what_is_not_understood_is_said(web: Web, body: Json) -> None:
    assert web.ask("POST", "/page/enter", body)[0] == 400
