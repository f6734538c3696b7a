"""As much of Slack as a click needs: one loopback address that says whose token it is, and counts how often."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self

WORKSPACE_ID = "T0BENCH001"
BOT_USER_ID = "U0BENCHBOT"
APP_ID = "A0BENCH001"


class Loopback:
    """Answers ``auth.test`` while the block lasts. ``calls`` is how many requests of any kind have come."""

    def __init__(self) -> None:
        self.calls = 0
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, name="loopback", daemon=True)

    @property
    def url(self) -> str:
        """What SLACK_API_URL is set to."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/api/"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        loopback = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                loopback.calls += 1
                known = self.path == "/api/auth.test"
                answer = _WHO if known else {"ok": False, "error": "unknown_method"}
                self.rfile.read(int(self.headers.get("Content-Length") or 0))
                body = json.dumps(answer).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as its base class names it
                """Say nothing: the table is what this program prints."""

        return Handler


_WHO = {
    "ok": True,
    "url": "https://bench.example/",
    "team": "Bench",
    "user": "fellowship",
    "team_id": WORKSPACE_ID,
    "user_id": BOT_USER_ID,
    "bot_id": "B0BENCH001",
    "is_enterprise_install": False,
}
