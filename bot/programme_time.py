"""Programme time served by a local workspace, so that a separate process lives six weeks in seconds.

Accepted only while Slack itself is a server on this machine (bot/settings.py). The workspace moves time from one due
item to the next and waits until everybody who listens has lived it.
"""

import datetime as dt
import json
import threading
import urllib.request
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import structlog

log = structlog.get_logger()

POLL_SECONDS = 30
"""The workspace answers a waiting client within 20 s, whether or not time has moved."""


class ServedClock:
    """The time that the workspace serves, as last heard."""

    def __init__(self, url: str) -> None:
        """Ask once, so that there is a time from the start; raises OSError when nobody serves it."""
        self._url = url.rstrip("/")
        answer = self._call(self._url, None)
        self._at = _instant(answer)
        self._version = int(answer["version"])
        self._running = bool(answer.get("running"))

    def now(self) -> dt.datetime:
        """The workspace's time: while it stands still, as last told; while it runs, asked for."""
        if self._running:
            # Only the time: which version has been lived is the listener's to say.
            self._at = _instant(self._call(self._url, None))
        return self._at

    def wait(self, client: str, next_due: dt.datetime | None, upcoming: list[tuple[dt.datetime, str]]) -> bool:
        """Say that everything due by now is done and what comes next, and wait; True when time has moved."""
        body = {
            "client": client,
            "seen": self._version,
            "next_due": next_due.isoformat() if next_due else None,
            "upcoming": [{"at": at.isoformat(), "what": what} for at, what in upcoming],
        }
        before = self._version
        answer = self._call(f"{self._url}/wait", body)
        self._at, self._version = _instant(answer), int(answer["version"])
        self._running = bool(answer.get("running", self._running))
        return self._version != before

    @staticmethod
    def _call(url: str, body: dict[str, Any] | None) -> dict[str, Any]:
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(url, data, {"Content-Type": "application/json"})  # noqa: S310 - loopback http, checked by settings
        with urllib.request.urlopen(request, timeout=POLL_SECONDS) as response:  # noqa: S310 - as above
            if response.status != HTTPStatus.OK:
                raise OSError(response.status)
            answer: dict[str, Any] = json.load(response)
            return answer


def _instant(answer: dict[str, Any]) -> dt.datetime:
    return dt.datetime.fromisoformat(str(answer["now"])).astimezone(dt.UTC)


class Listener:
    """Lives each moment that the workspace serves, then waits for the next."""

    def __init__(
        self,
        clock: ServedClock,
        client: str,
        live: Callable[[], None],
        coming: Callable[[], list[tuple[dt.datetime, str]]],
    ) -> None:
        self._clock = clock
        self._client = client
        self._live = live
        self._coming = coming
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="programme-time", daemon=True)

    def start(self) -> None:
        """Listen from now on."""
        self._thread.start()

    def stop(self) -> None:
        """Stop listening. A wait that is under way ends by itself or with the process."""
        self._stopping.set()

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._live()
                coming = self._coming()
                self._clock.wait(self._client, coming[0][0] if coming else None, coming)
            except Exception as failure:  # noqa: BLE001 - the listener must outlive a bad moment; it is reported
                if self._stopping.is_set():
                    return
                log.warning("programme_time_interrupted", error=type(failure).__name__)
                self._stopping.wait(0.2)
