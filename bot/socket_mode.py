"""The connection to Slack: served until told to stop, drained before it is closed, judged by its last pong."""

import contextlib
import select
import socket
import threading

from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk.socket_mode.client import BaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest

from fellowship.clock import machine_now

PING_SECONDS = 5
STALE_AFTER_SECONDS = 4 * PING_SECONDS
"""A connection without a pong for four pings is dead (the SDK judges it so too)."""

WATCH_SECONDS = 1
"""How often the socket itself is looked at."""

DRAIN_SECONDS = 3
"""Every delivery is answered within three seconds or not at all."""


class Connection(SocketModeHandler):
    """Socket Mode over the SDK's own client."""

    def __init__(self, app: App, app_token: str) -> None:
        super().__init__(app, app_token, ping_interval=PING_SECONDS)
        self._serving = 0
        self._idle = threading.Condition()
        self._closing = threading.Event()
        self._watch = threading.Thread(target=self._watch_socket, name="socket-watch", daemon=True)

    def connect(self) -> None:
        """Connect, and from now on come back soon after the socket has died."""
        super().connect()  # type: ignore[no-untyped-call] # Bolt does not type it
        self._watch.start()

    def _watch_socket(self) -> None:
        """Connect anew when the socket is seen dead twice; the SDK takes five pings for it, which is half a minute.

        Twice, because a socket that Slack closes with a farewell is replaced by the SDK at once.
        """
        suspect = None
        while not self._closing.wait(WATCH_SECONDS):
            session = self.client.current_session
            if session is None or session.sock is None or not _is_dead(session.sock):
                suspect = None
            elif session is not suspect:
                suspect = session
            else:
                # Where Slack cannot be reached, the SDK's monitor goes on trying.
                with contextlib.suppress(Exception):
                    session.disconnect()
                    self.client.connect_to_new_endpoint()
                suspect = None

    def handle(self, client: BaseSocketModeClient, req: SocketModeRequest) -> None:
        """Serve one delivery, its acknowledgement included."""
        with self._idle:
            self._serving += 1
        try:
            super().handle(client, req)  # type: ignore[arg-type] # as above
        finally:
            with self._idle:
                self._serving -= 1
                self._idle.notify_all()

    def pong_age_seconds(self) -> float | None:
        """How long ago Slack last answered a ping; None while there is no connection."""
        session = self.client.current_session
        if session is None or not session.last_ping_pong_time:
            return None
        return machine_now().timestamp() - float(session.last_ping_pong_time)

    def drain_and_close(self) -> None:
        """Let the deliveries under way be acknowledged, then close at once; Slack sends new ones elsewhere."""
        with self._idle:
            self._idle.wait_for(lambda: self._serving == 0, timeout=DRAIN_SECONDS)
        self._closing.set()
        self.client.auto_reconnect_enabled = False
        session = self.client.current_session
        if session is not None and session.sock is not None:
            # The SDK's reader would notice only after its time-out of three seconds.
            with contextlib.suppress(OSError):
                session.sock.shutdown(socket.SHUT_RDWR)
        self.close()  # type: ignore[no-untyped-call] # Bolt does not type it


def _is_dead(sock: socket.socket) -> bool:
    """Whether the other side has gone: the connection was reset or closed. Nothing is read from it."""
    gone = select.POLLHUP | select.POLLERR | int(getattr(select, "POLLRDHUP", 0))
    poll = select.poll()
    try:
        poll.register(sock, gone)
        return any(events & gone for _, events in poll.poll(0))
    except (OSError, ValueError):
        return False  # it is being closed by ourselves
