from __future__ import annotations

import http.client
import time
from pathlib import Path
from urllib.error import URLError

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_handlers import ConnectionErrorRetryHandler
from slack_sdk.web import SlackResponse

from sandbox.faults import CALL_FAULTS
from sandbox.server import Sandbox

BROKEN = (URLError, ConnectionError, http.client.HTTPException)


def texts(sandbox: Sandbox) -> list[str]:
    return [message.text for message in sandbox.workspace.messages[sandbox.workspace.find_channel("cohort").id]]


def post(client: WebClient, text: str = "x") -> SlackResponse:
    return client.chat_postMessage(channel="#cohort", text=text)


def test_429_carries_retry_after_and_nothing_happens(client: WebClient, sandbox: Sandbox) -> None:
    sandbox.arm("429", method="chat.postMessage", retry_after=7)
    with pytest.raises(SlackApiError) as caught:
        post(client)
    response = caught.value.response
    assert (response.status_code, response["error"], response.headers["retry-after"]) == (429, "ratelimited", "7")
    assert texts(sandbox) == []
    assert post(client)["ok"]


@pytest.mark.parametrize(("name", "happened"), [("500_before", []), ("500_after", ["x"])])
def test_a_500_comes_before_or_after_the_effect(
    client: WebClient, sandbox: Sandbox, name: str, happened: list[str]
) -> None:
    sandbox.arm(name)
    with pytest.raises(SlackApiError) as caught:
        post(client)
    assert caught.value.response.status_code == 500
    assert texts(sandbox) == happened


@pytest.mark.parametrize(("name", "happened"), [("drop_before", []), ("drop_after", ["x"])])
def test_the_connection_is_reset_before_or_after_the_effect(
    client: WebClient, sandbox: Sandbox, name: str, happened: list[str]
) -> None:
    sandbox.arm(name)
    with pytest.raises(BROKEN):
        post(client)
    assert texts(sandbox) == happened
    assert sandbox.calls[-1].answer is None
    assert post(client, "y")["ok"]


def test_the_sdks_own_retry_posts_twice_when_the_answer_is_lost(sandbox: Sandbox) -> None:
    retrying = WebClient(
        sandbox.bot_token, base_url=sandbox.api_url, retry_handlers=[ConnectionErrorRetryHandler(max_retry_count=1)]
    )
    sandbox.arm("drop_after")
    assert post(retrying)["ok"]
    assert texts(sandbox) == ["x", "x"]


def test_an_internal_error_may_hide_an_effect(client: WebClient, sandbox: Sandbox) -> None:
    sandbox.arm("internal_error_after")
    with pytest.raises(SlackApiError) as caught:
        post(client)
    assert (caught.value.response.status_code, caught.value.response["error"]) == (200, "internal_error")
    assert texts(sandbox) == ["x"]


def test_a_hang_outlasts_an_impatient_client_while_the_effect_stands(sandbox: Sandbox) -> None:
    sandbox.arm("hang", seconds=0.5)
    impatient = WebClient(sandbox.bot_token, base_url=sandbox.api_url, timeout=1, retry_handlers=[])
    began = time.monotonic()
    assert post(impatient)["ok"]
    assert time.monotonic() - began >= 0.5
    sandbox.arm("hang", seconds=2)
    with pytest.raises((TimeoutError, *BROKEN)):
        post(impatient, "y")
    assert texts(sandbox) == ["x", "y"]


def test_a_fault_has_a_count_a_method_and_a_channel(client: WebClient, sandbox: Sandbox) -> None:
    sandbox.arm("internal_error_after", method="chat.post*", channel="#cohort", count=2)
    assert client.auth_test()["ok"]
    assert client.chat_postMessage(channel=sandbox.workspace.find_member("Amara").id, text="x")["ok"]
    channel_id = sandbox.workspace.find_channel("cohort").id
    for channel in ("#cohort", channel_id):
        with pytest.raises(SlackApiError):
            client.chat_postMessage(channel=channel, text="x")
    assert post(client)["ok"]
    assert sandbox.service.faults.armed == []


def test_a_fault_without_end_is_disarmed(client: WebClient, sandbox: Sandbox) -> None:
    sandbox.driver.arm("429", count=None, skip=1)
    assert client.auth_test()["ok"]
    for _ in range(3):
        with pytest.raises(SlackApiError):
            client.auth_test()
    sandbox.driver.disarm()
    assert client.auth_test()["ok"]


def test_every_fault_of_a_call_is_tried_here() -> None:
    text = Path(__file__).read_text()
    assert [name for name in CALL_FAULTS if f'"{name}"' not in text] == []


def test_the_call_log_holds_calls_whole_and_names_the_fault(client: WebClient, sandbox: Sandbox) -> None:
    sandbox.arm("500_after", method="chat.postMessage")
    with pytest.raises(SlackApiError):
        post(client, "kept whole")
    call = sandbox.calls[-1]
    assert (call.method, call.args["text"], call.status, call.fault) == (
        "chat.postMessage",
        "kept whole",
        500,
        "500_after",
    )
    assert not call.ok
    assert sandbox.bot_token not in repr(sandbox.calls)
    assert [entry["fault"] for entry in sandbox.driver.calls("chat.postMessage")] == ["500_after"]
