from __future__ import annotations

import http.client
import json
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from slack_sdk.socket_mode.builtin import SocketModeClient
from slack_sdk.socket_mode.client import BaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse

from sandbox.server import Options, Sandbox
from tests.sandbox.conftest import NOW, PEOPLE, PLACES, actions, button, manifest, web_client

Listener = Callable[[BaseSocketModeClient, SocketModeRequest], None]
QUICK = Options(ack_seconds=0.4, event_retry_seconds=(0.02, 0.05, 0.05))


class Ears:
    """The real Socket Mode client of slack_sdk, and all that it heard."""

    def __init__(self, sandbox: Sandbox, *, acks: bool = True) -> None:
        self.messages: list[dict[str, Any]] = []
        self.requests: list[SocketModeRequest] = []
        self.acks = acks
        self.client = SocketModeClient(
            app_token=sandbox.app_token, web_client=web_client(sandbox), ping_interval=0.2, concurrency=4
        )
        self.client.on_message_listeners.append(self._heard)
        self.client.socket_mode_request_listeners.append(self._asked)
        self.client.connect()

    def _heard(self, message: str) -> None:
        if message.startswith("{"):
            self.messages.append(json.loads(message))

    def _asked(self, client: BaseSocketModeClient, request: SocketModeRequest) -> None:
        self.requests.append(request)
        if self.acks:
            client.send_socket_mode_response(SocketModeResponse(envelope_id=request.envelope_id))

    def kinds(self) -> list[str]:
        return [str(message["type"]) for message in self.messages]


@pytest.fixture(scope="module")
def shared() -> Iterator[Sandbox]:
    with Sandbox(manifest=manifest(), members=PEOPLE, channels=PLACES, now=NOW, options=QUICK) as sandbox:
        yield sandbox


@pytest.fixture
def listening(shared: Sandbox) -> Iterator[Callable[..., Ears]]:
    made: list[Ears] = []

    def listen(**how: bool) -> Ears:
        made.append(Ears(shared, **how))
        shared.wait_for_app(len(made))
        return made[-1]

    yield listen
    for ears in made:
        hang_up(ears.client)
    shared.sockets("abort")
    for ears in made:
        ears.client.close()
    until(lambda: not shared.service.hub.connections)
    shared.disarm()


def hang_up(client: SocketModeClient) -> None:
    """Make the client's close quick: it would wait for a receive of three seconds to end."""
    client.auto_reconnect_enabled = client.default_auto_reconnect_enabled = False
    client.closed = True
    client.message_queue.put(None)


def until(condition: Callable[[], object], seconds: float = 3.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.005)


def test_hello_names_the_app_and_counts_connections_and_pings_are_answered(
    shared: Sandbox, listening: Callable[..., Ears]
) -> None:
    first = listening()
    second = listening()
    until(lambda: first.messages and second.messages)
    assert first.messages[0]["type"] == "hello"
    assert first.messages[0]["connection_info"]["app_id"] == shared.workspace.app_id
    assert [ears.messages[0]["num_connections"] for ears in (first, second)] == [1, 2]
    session = first.client.current_session
    assert session is not None
    until(lambda: session.last_ping_pong_time is not None)
    assert first.client.is_connected()


def test_a_ticket_opens_one_connection_only(shared: Sandbox, listening: Callable[..., Ears]) -> None:
    ears = listening()
    used = ears.client.wss_uri
    assert used is not None
    address = urlsplit(used)
    connection = http.client.HTTPConnection(address.netloc, timeout=5)
    headers = {
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
        "Sec-WebSocket-Version": "13",
    }
    for ticket, status in ((address.query, 403), (f"ticket={shared.service.hub.ticket()}", 101)):
        connection.request("GET", f"{address.path}?{ticket}", headers=headers)
        assert connection.getresponse().status == status
        connection.close()


def test_envelopes_go_to_any_of_several_connections(shared: Sandbox, listening: Callable[..., Ears]) -> None:
    ears = [listening(), listening()]
    amara = shared.driver.member("Amara")
    for n in range(12):
        assert amara.types(f"/say {n}").ok
    until(lambda: sum(len(one.requests) for one in ears) == 12)
    assert all(one.requests for one in ears)
    envelope = next(message for message in ears[0].messages if message["type"] == "slash_commands")
    assert envelope["accepts_response_payload"] is True
    assert "retry_attempt" not in envelope


@pytest.mark.parametrize("how", ["warning", "refresh", "abort"])
def test_the_client_comes_back_after(shared: Sandbox, listening: Callable[..., Ears], how: str) -> None:
    ears = listening()
    before = shared.service.hub.connections[0].number
    shared.sockets(how)
    until(lambda: any(connection.number > before for connection in shared.service.hub.connections))
    until(ears.client.is_connected)
    until(lambda: ears.kinds().count("hello") == 2, 6)  # after a warning the client keeps the old socket for 3 s
    until(lambda: shared.driver.member("Amara").types("/say still there").ok)
    if how != "abort":
        reason = next(m["reason"] for m in ears.messages if m["type"] == "disconnect")
        assert reason == ("warning" if how == "warning" else "refresh_requested")


def test_an_event_without_an_ack_is_delivered_again_with_its_reason(
    shared: Sandbox, listening: Callable[..., Ears]
) -> None:
    ears = listening(acks=False)
    shared.driver.member("Amara").opens_home()
    until(lambda: len(ears.requests) == 4, 5)
    assert [(request.retry_attempt, request.retry_reason) for request in ears.requests] == [
        (0, ""),
        (1, "timeout"),
        (2, "timeout"),
        (3, "timeout"),
    ]
    assert len({request.envelope_id for request in ears.requests}) == 4
    assert len({request.payload["event_id"] for request in ears.requests}) == 1


def test_an_interaction_is_not_delivered_again(shared: Sandbox, listening: Callable[..., Ears]) -> None:
    ears = listening(acks=False)
    outcome = shared.driver.member("Amara").types("/say hello")
    assert outcome.notice == '/say failed with the error "operation_timeout"'
    assert len(ears.requests) == 1


def test_with_nobody_connected_the_member_is_told_at_once(shared: Sandbox) -> None:
    began = time.monotonic()
    outcome = shared.driver.member("Amara").types("/say hello")
    assert outcome.notice == '/say failed with the error "dispatch_failed"'
    assert time.monotonic() - began < QUICK.ack_seconds


def test_a_duplicate_is_the_same_envelope_twice(shared: Sandbox, listening: Callable[..., Ears]) -> None:
    ears = listening()
    shared.arm("duplicate", method="slash_commands")
    assert shared.driver.member("Amara").types("/say twice").ok
    until(lambda: len(ears.requests) == 2)
    assert len({request.envelope_id for request in ears.requests}) == 1
    assert shared.driver.member("Amara").types("/say once").ok
    until(lambda: len(ears.requests) == 3)


def test_a_late_delivery_comes_again_after_its_time(shared: Sandbox, listening: Callable[..., Ears]) -> None:
    ears = listening()
    shared.arm("late", method="slash_commands", seconds=0.15)
    assert shared.driver.member("Amara").types("/say later").ok
    assert len(ears.requests) == 1
    until(lambda: len(ears.requests) == 2)
    assert ears.requests[0].envelope_id == ears.requests[1].envelope_id


def test_a_lost_ack_is_a_failure_for_the_member_although_the_app_answered(
    shared: Sandbox, listening: Callable[..., Ears]
) -> None:
    ears = listening()
    shared.arm("lost_ack", method="slash_commands")
    outcome = shared.driver.member("Amara").types("/say lost")
    assert outcome.notice == '/say failed with the error "operation_timeout"'
    assert len(ears.requests) == 1
    shared.arm("lost_ack", method="app_home_opened")
    shared.driver.member("Amara").opens_home()
    until(lambda: len(ears.requests) == 3)
    assert ears.requests[2].retry_attempt == 1


def test_a_disconnect_loses_the_envelope_and_the_client_comes_back(
    shared: Sandbox, listening: Callable[..., Ears]
) -> None:
    ears = listening()
    shared.arm("disconnect", method="slash_commands")
    assert shared.driver.member("Amara").types("/say gone").notice == '/say failed with the error "dispatch_failed"'
    assert ears.requests == []
    until(lambda: ears.kinds().count("hello") == 2)


def test_a_fault_may_be_for_one_channel_and_skip_some(shared: Sandbox, listening: Callable[..., Ears]) -> None:
    listening()
    amara = shared.driver.member("Amara")
    shared.arm("disconnect", channel="#cohort", skip=1)
    assert amara.types("/say elsewhere").ok
    assert amara.types("/say skipped", in_="#cohort").ok
    assert not amara.types("/say struck", in_="#cohort").ok


def test_a_click_reaches_the_client_with_its_message(shared: Sandbox, listening: Callable[..., Ears]) -> None:
    ears = listening()
    amara = shared.driver.member("Amara")
    web_client(shared).chat_postMessage(channel=amara.id, text="x", blocks=[actions(button("Go", "go"))])
    assert amara.clicks("Go").ok
    # An event of an earlier test may still be delivered again meanwhile.
    until(lambda: [each for each in ears.requests if each.type == "interactive"])
    [click] = [each for each in ears.requests if each.type == "interactive"]
    assert click.payload["actions"][0]["action_id"] == "go"
    assert click.payload["message"]["text"] == "x"
