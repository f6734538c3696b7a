"""Socket Mode: tickets, hello, envelopes, acks, refresh, and delivery again of events that nobody acknowledged.

Source: docs.slack.dev/apis/events-api/using-socket-mode.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import random
import time
import uuid
from collections.abc import Coroutine, Sequence
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect

from sandbox.faults import Fault, Faults
from sandbox.record import Attempt, Delivery
from sandbox.waiting import Change
from sandbox.workspace import Workspace

MOST_CONNECTIONS = 10
EVENT_RETRY_SECONDS = (0.0, 60.0, 300.0)
"""When an unacknowledged event is delivered again: at once, after a minute, after five (apis/events-api)."""


class Connection:
    """One WebSocket of the app."""

    def __init__(self, number: int, socket: WebSocket) -> None:
        """Wrap an accepted socket."""
        self.number = number
        self.socket = socket
        self.leaving = False
        self._sending = asyncio.Lock()

    async def send(self, body: dict[str, Any]) -> bool:
        """Whether the text went out; a socket that is gone says no."""
        async with self._sending:
            try:
                await self.socket.send_text(json.dumps(body))
            except (WebSocketDisconnect, RuntimeError, OSError):
                return False
        return True

    def abort(self) -> None:
        """Reset the TCP connection, with no closing handshake."""
        self.socket.state.transport.abort()


class Hub:
    """The app's connections, and everything that is delivered over them."""

    def __init__(
        self,
        workspace: Workspace,
        faults: Faults,
        *,
        ack_seconds: float,
        event_retry_seconds: Sequence[float] = EVENT_RETRY_SECONDS,
    ) -> None:
        """No connection yet; ``ack_seconds`` is how long an envelope may stay unacknowledged (Slack: 3)."""
        self.workspace = workspace
        self.faults = faults
        self.ack_seconds = ack_seconds
        self.event_retry_seconds = tuple(event_retry_seconds)
        self.connections: list[Connection] = []
        self.change = Change()
        self.deliveries: list[Delivery] = []
        self._tickets: set[str] = set()
        self._numbers = itertools.count(1)
        self._random = random.Random(workspace.team_id)  # noqa: S311 - which connection carries an envelope is no secret
        self._acks: dict[str, asyncio.Future[dict[str, Any]]] = {}
        self._tasks: set[asyncio.Task[Any]] = set()

    # Connecting

    def ticket(self) -> str:
        """A ticket for one connection."""
        made = str(uuid.uuid4())
        self._tickets.add(made)
        return made

    async def serve(self, socket: WebSocket) -> None:
        """Hold one connection: hello, then acks until it ends."""
        ticket = socket.query_params.get("ticket", "")
        if ticket not in self._tickets:
            await socket.close()
            return
        self._tickets.discard(ticket)
        await socket.accept()
        connection = Connection(next(self._numbers), socket)
        if len(self.connections) >= MOST_CONNECTIONS:
            await connection.send({"type": "disconnect", "reason": "too_many_websockets"})
            await socket.close()
            return
        self.connections.append(connection)
        await connection.send(self._hello())
        self.change.fire()
        self.workspace.touch()
        try:
            while True:
                self._receive(await socket.receive_text())
        except WebSocketDisconnect:
            pass
        finally:
            self.connections.remove(connection)
            self.change.fire()
            self.workspace.touch()

    def _hello(self) -> dict[str, Any]:
        return {
            "type": "hello",
            "num_connections": len(self.connections),
            "debug_info": {"host": "applink-sandbox", "build_number": 1, "approximate_connection_time": 18060},
            "connection_info": {"app_id": self.workspace.app_id},
        }

    def _receive(self, text: str) -> None:
        try:
            body = json.loads(text)
        except ValueError:
            return
        waiting = self._acks.get(body.get("envelope_id", "")) if isinstance(body, dict) else None
        if waiting is not None and not waiting.done():
            payload = body.get("payload")
            waiting.set_result(payload if isinstance(payload, dict) else {})

    async def refresh(self, reason: str = "refresh_requested") -> None:
        """Ask every connection to renew itself (``warning`` or ``refresh_requested``); a refresh then closes it."""
        for connection in list(self.connections):
            host = {"host": "applink-sandbox"}
            await connection.send({"type": "disconnect", "reason": reason, "debug_info": host})
            if reason != "warning":
                connection.leaving = True
                self.spawn(self._close_soon(connection))

    async def _close_soon(self, connection: Connection) -> None:
        await asyncio.sleep(0.2)
        with contextlib.suppress(RuntimeError, WebSocketDisconnect):
            await connection.socket.close()

    def abort_all(self) -> None:
        """Reset every connection."""
        for connection in list(self.connections):
            connection.abort()

    def spawn(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Run work beside the request that asked for it; it ends with the workspace at the latest."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return task

    def _done(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            asyncio.get_running_loop().call_exception_handler(
                {"message": "work beside a request failed", "exception": task.exception(), "task": task}
            )

    async def close(self) -> None:
        """Stop everything that still runs."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    # Delivering

    async def deliver(self, kind: str, payload: dict[str, Any], *, channels: set[str]) -> Delivery:
        """Deliver one interaction or command, and wait for its ack (``failure`` says why there is none)."""
        delivery = self._new(kind, payload)
        await self._attempt(delivery, channels, 0, "")
        return delivery

    def deliver_event(self, payload: dict[str, Any], *, channels: set[str]) -> None:
        """Deliver an event beside whatever happens now, and again while it stays unacknowledged."""
        delivery = self._new("events_api", payload)
        self.spawn(self._persist(delivery, channels))

    async def _persist(self, delivery: Delivery, channels: set[str]) -> None:
        await self._attempt(delivery, channels, 0, "")
        for number, pause in enumerate(self.event_retry_seconds, 1):
            if delivery.acked:
                return
            await asyncio.sleep(pause)
            await self._attempt(delivery, channels, number, "timeout")

    def _new(self, kind: str, payload: dict[str, Any]) -> Delivery:
        what = payload.get("event", payload).get("type", kind) if kind != "slash_commands" else kind
        delivery = Delivery(len(self.deliveries) + 1, kind, what, payload, self.workspace.now().isoformat())
        self.deliveries.append(delivery)
        return delivery

    async def _attempt(self, delivery: Delivery, channels: set[str], number: int, reason: str) -> None:
        began = time.monotonic()
        faults = {fault.name: fault for fault in self.faults.for_delivery({delivery.type, delivery.kind}, channels)}
        delivery.faults.extend(faults)
        body: dict[str, Any] = {
            "envelope_id": str(uuid.uuid4()),
            "type": delivery.type,
            "payload": delivery.payload,
            "accepts_response_payload": delivery.type != "events_api",
        }
        if delivery.type == "events_api":
            body |= {"retry_attempt": number, "retry_reason": reason}
        sent = await self._send(delivery, body, faults)
        if not sent:
            delivery.failure = "dispatch_failed"
            self.workspace.touch()
            return
        answer = await self._ack(body["envelope_id"], began, lost="lost_ack" in faults)
        if answer is None:
            delivery.failure = "operation_timeout"
        else:
            delivery.acked, delivery.ack_payload, delivery.failure = True, answer, None
            delivery.milliseconds = (time.monotonic() - began) * 1000
        self.workspace.touch()

    async def _ack(self, envelope_id: str, began: float, *, lost: bool) -> dict[str, Any] | None:
        waiting = self._acks[envelope_id]
        try:
            left = max(0.0, self.ack_seconds - (time.monotonic() - began))
            if lost:
                await asyncio.sleep(left)
                return None
            return await asyncio.wait_for(waiting, left)
        except TimeoutError:
            return None
        finally:
            del self._acks[envelope_id]

    async def _send(self, delivery: Delivery, body: dict[str, Any], faults: dict[str, Fault]) -> bool:
        if "disconnect" in faults:
            if self.connections:
                self._random.choice(self.connections).abort()
            return False
        self._acks[body["envelope_id"]] = asyncio.get_running_loop().create_future()
        if not await self._send_once(delivery, body):
            del self._acks[body["envelope_id"]]
            return False
        if "duplicate" in faults:
            await self._send_once(delivery, body)
        if "late" in faults:
            self.spawn(self._send_late(delivery, body, faults["late"].seconds))
        return True

    async def _send_late(self, delivery: Delivery, body: dict[str, Any], seconds: float) -> None:
        await asyncio.sleep(seconds)
        await self._send_once(delivery, body)
        self.workspace.touch()

    async def _send_once(self, delivery: Delivery, body: dict[str, Any]) -> bool:
        choices = list(self.connections)
        self._random.shuffle(choices)
        choices.sort(key=lambda connection: connection.leaving)
        for connection in choices:
            if await connection.send(body):
                delivery.attempts.append(
                    Attempt(
                        connection.number,
                        self.workspace.now().isoformat(),
                        body["envelope_id"],
                        body.get("retry_attempt", 0),
                        body.get("retry_reason", ""),
                    )
                )
                return True
        return False
