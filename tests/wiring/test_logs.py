"""Nothing that somebody typed, and no token, reaches a log, whoever writes it."""

import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from bot.logs import configure

CANARY = "canary-in-an-error"


@pytest.fixture(autouse=True)
def _as_it_was() -> Iterator[None]:
    """What a test configures is undone: the stream it wrote to is gone afterwards."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def _fail() -> None:
    raise ValueError(CANARY)


def test_our_events_are_json_with_a_time(capsys: pytest.CaptureFixture[str]) -> None:
    configure("INFO")
    structlog.get_logger().info("deed_done", kind="wave.close")
    event = json.loads(capsys.readouterr().err)
    assert (event["event"], event["kind"], event["level"]) == ("deed_done", "wave.close", "info")
    assert event["timestamp"].endswith("Z")


def test_a_library_is_named_and_its_text_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    configure("DEBUG")
    try:
        _fail()
    except ValueError:
        logging.getLogger("slack_bolt.App").exception("Failed to run listener with %s", {"text": CANARY})
    logged = capsys.readouterr().err
    assert CANARY not in logged
    event = json.loads(logged)
    assert (event["logger"], event["level"], event["error"]) == ("slack_bolt.App", "error", "ValueError")


def test_libraries_below_warning_are_silent(capsys: pytest.CaptureFixture[str]) -> None:
    configure("DEBUG")
    logging.getLogger("slack_sdk.web.base_client").info("Sending a request %s", CANARY)
    assert capsys.readouterr().err == ""
