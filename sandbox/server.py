"""Start and stop a workspace: in a thread of this process, or in the foreground. It listens on 127.0.0.1 alone."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any, Literal, Self, TypeVar

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from sandbox.clock import ProgrammeClock
from sandbox.control import Control, tell_sockets
from sandbox.driver import Workspace as Driver
from sandbox.faults import Fault, Faults
from sandbox.file_routes import FileRoutes
from sandbox.limits import RateLimits
from sandbox.manifest import Manifest
from sandbox.page.routes import Page
from sandbox.record import Call, Delivery
from sandbox.service import Service
from sandbox.socket_mode import EVENT_RETRY_SECONDS, Hub
from sandbox.web_api import WebApi, response_url
from sandbox.workspace import Workspace

_T = TypeVar("_T")
_LOOPBACK = {"127.0.0.1", "localhost", "[::1]"}


class _OpenTransport(H11Protocol):
    """HTTP over a transport that the application can reach, so that a fault can reset the connection."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn narrows it
        super().connection_made(transport)
        self.app_state = {**self.app_state, "transport": transport}


class LoopbackOnly:
    """Refuses requests addressed to another host's name, or sent by a page that is not its own."""

    def __init__(self, app: ASGIApp) -> None:
        """Stand before ``app``."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what is addressed to loopback, answer 403 to the rest."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        headers = {name: value.decode("latin-1").lower() for name, value in scope["headers"]}
        host = headers.get(b"host", "")
        name = host if host.endswith("]") else host.rsplit(":", 1)[0]
        # A page of another server on this machine is another site too.
        ours = headers.get(b"origin", f"http://{host}").partition("://")[2] == host
        if name in _LOOPBACK and ours:
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            refused = JSONResponse({"error": "this workspace answers to loopback addresses only"}, status_code=403)
            await refused(scope, receive, send)


@dataclass(frozen=True)
class Options:
    """How a workspace behaves: rate limits, how long an ack may take, when events are delivered again."""

    rate_limits: bool = False
    ack_seconds: float = 3.0
    event_retry_seconds: Sequence[float] = EVENT_RETRY_SECONDS
    team_name: str = "Sandbox"


def build(
    *,
    manifest: Mapping[str, Any],
    members: Iterable[Mapping[str, Any] | str],
    channels: Iterable[Mapping[str, Any]],
    clock: ProgrammeClock,
    tokens: tuple[str | None, str | None] = (None, None),
    options: Options | None = None,
) -> Service:
    """Put a workspace together.

    Raises:
        ValueError: the manifest or the seed is not right.
        sandbox.refusal.NotPossibleError: a channel's member is unknown.
    """
    chosen = options or Options()
    workspace = Workspace(
        manifest=Manifest.parse(manifest),
        members=members,
        channels=channels,
        now=lambda: clock.now,
        team_name=chosen.team_name,
    )
    faults = Faults()
    hub = Hub(workspace, faults, ack_seconds=chosen.ack_seconds, event_retry_seconds=chosen.event_retry_seconds)
    limits = RateLimits(on=chosen.rate_limits)
    return Service(workspace=workspace, clock=clock, faults=faults, limits=limits, hub=hub, tokens=tokens)


def application(service: Service) -> Starlette:
    """The ASGI application of one workspace."""
    control = Control(service)
    web_api = WebApi(service)

    async def respond(request: Request) -> Response:
        return await response_url(service, request)

    async def api(request: Request) -> Response:
        return await web_api(request)

    @contextlib.asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        ticking = asyncio.get_running_loop().create_task(service.clock.tick())
        try:
            yield
        finally:
            ticking.cancel()
            await asyncio.gather(ticking, return_exceptions=True)

    return Starlette(
        routes=[
            Route("/api/{method:path}", api, methods=["GET", "POST"]),
            Route("/response/{key}", respond, methods=["POST"]),
            WebSocketRoute("/link/", service.hub.serve),
            *control.routes(),
            *FileRoutes(service).routes(),
            *Page(control).routes(),
        ],
        middleware=[Middleware(LoopbackOnly)],
        lifespan=lifespan,
    )


def listen(port: int) -> socket.socket:
    """A listening socket on 127.0.0.1; port 0 takes a free one."""
    made = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    made.bind(("127.0.0.1", port))
    made.listen(128)
    return made


class Server(uvicorn.Server):
    """uvicorn that says when it is up, stops at once, and leaves signals to whoever owns the main thread."""

    def __init__(self, service: Service) -> None:
        """Serve this workspace."""
        config = uvicorn.Config(
            application(service),
            http=_OpenTransport,
            ws="websockets-sansio",
            loop="asyncio",
            lifespan="on",
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=1,
        )
        super().__init__(config)
        self.service = service
        self.up = threading.Event()
        self._stop: asyncio.Event | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    @contextlib.contextmanager
    def capture_signals(self) -> Any:  # noqa: ANN401 - uvicorn's own signature has no more to say
        """Capture none."""
        yield

    async def main_loop(self) -> None:
        """Wait until told to stop, then let everything go that would keep the server waiting."""
        self._loop = asyncio.get_running_loop()
        self._stop = asyncio.Event()
        self.up.set()
        await self.on_tick(0)
        await self._stop.wait()
        self.service.clock.close()
        self.service.workspace.touch()
        await self.service.hub.close()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Close every connection now: whoever is connected finds out as from any server that goes."""
        for server in self.servers:
            server.close()
        for listener in sockets or []:
            listener.close()
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        for task in list(self.server_state.tasks):
            task.cancel()
        await asyncio.gather(*self.server_state.tasks, return_exceptions=True)
        for server in self.servers:
            await server.wait_closed()
        await self.lifespan.shutdown()

    def stop(self) -> None:
        """Stop, from any thread."""
        if self._loop is not None and self._stop is not None:
            self._loop.call_soon_threadsafe(self._stop.set)


class Sandbox:
    """A workspace in a thread of this process: ``with Sandbox(manifest=…, members=[…]) as sandbox:``."""

    def __init__(  # noqa: PLR0913 - the parts of a seed, each named by its caller
        self,
        *,
        manifest: Mapping[str, Any],
        members: Iterable[Mapping[str, Any] | str] = (),
        channels: Iterable[Mapping[str, Any]] = (),
        now: datetime | None = None,
        running: bool | None = None,
        port: int = 0,
        bot_token: str | None = None,
        app_token: str | None = None,
        options: Options | None = None,
    ) -> None:
        """Take the seed; nothing listens before ``start``. The clock stands still when ``now`` is given, else runs."""
        if now is not None and now.tzinfo is None:
            raise ValueError("programme time needs an offset from UTC")
        self._port = port
        ticking = now is None if running is None else running
        self.clock = ProgrammeClock(now, running=ticking)
        self.service = build(
            manifest=manifest,
            members=members,
            channels=channels,
            clock=self.clock,
            tokens=(bot_token, app_token),
            options=options,
        )
        self._server: Server | None = None
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    def start(self) -> Self:
        """Listen. On return the address answers."""
        listener = listen(self._port)
        self.service.base_url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        server = Server(self.service)
        self._server = server
        self._thread = threading.Thread(target=self._run, args=(server, listener), name="sandbox", daemon=True)
        self._thread.start()
        if not server.up.wait(10):
            raise RuntimeError("the workspace did not start within 10 s")
        return self

    def _run(self, server: Server, listener: socket.socket) -> None:
        with asyncio.Runner() as runner:
            self._loop = runner.get_loop()
            runner.run(server.serve(sockets=[listener]))

    def stop(self) -> None:
        """Stop listening; every connection is closed and the thread has ended on return."""
        if self._server is not None and self._thread is not None:
            self._server.stop()
            self._thread.join(10)
            self._server = self._thread = self._loop = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def run(self, work: Callable[[], Awaitable[_T]]) -> _T:
        """Do something on the loop that owns the workspace, and wait for it."""
        if self._loop is None:
            raise RuntimeError("the workspace is not started")

        async def doing() -> _T:
            return await work()

        coroutine: Coroutine[Any, Any, _T] = doing()
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result()

    # What tests read

    @property
    def url(self) -> str:
        """The workspace's address, without a slash at the end."""
        return self.service.base_url

    @property
    def api_url(self) -> str:
        """The Web API's address, with a slash at the end: a WebClient's ``base_url``."""
        return f"{self.url}/api/"

    @property
    def bot_token(self) -> str:
        """The app's xoxb token."""
        return self.service.bot_token

    @property
    def app_token(self) -> str:
        """The app's xapp token."""
        return self.service.app_token

    @property
    def bot_user_id(self) -> str:
        """The app's user id."""
        return self.workspace.bot_user_id

    @property
    def team_id(self) -> str:
        """The workspace's id."""
        return self.workspace.team_id

    @property
    def workspace(self) -> Workspace:
        """The state; read it freely, change it only through ``run``."""
        return self.service.workspace

    @property
    def calls(self) -> list[Call]:
        """Every Web API call so far, whole."""
        return self.service.calls

    @property
    def deliveries(self) -> list[Delivery]:
        """Every interaction and event delivered so far, whole."""
        return self.service.hub.deliveries

    @property
    def driver(self) -> Driver:
        """A driver of this workspace, over HTTP like any other."""
        return Driver(self.url)

    @property
    def now(self) -> datetime:
        """Programme time, in UTC."""
        return self.clock.now

    def advance(
        self,
        to: datetime | Literal["next"] | None = None,
        *,
        by: timedelta | None = None,
        wait: bool = True,
        seconds: float = 60.0,
    ) -> list[datetime]:
        """Move programme time as ``POST /sandbox/clock/advance`` does; the instants stepped to."""
        target = self.clock.now + by if by is not None else to
        if target is None:
            raise ValueError("say to when, or by how much")
        return self.run(lambda: self.clock.advance(target, wait=wait, seconds=seconds))[1]

    def arm(self, name: str, **how: Any) -> Fault:  # noqa: ANN401 - the arguments of Faults.arm
        """Arm a fault: see ``sandbox.faults.Faults.arm``."""

        async def arming() -> Fault:
            return self.service.faults.arm(name, **how)

        return self.run(arming)

    def disarm(self) -> None:
        """Disarm every fault."""

        async def disarming() -> None:
            self.service.faults.disarm()

        self.run(disarming)

    def sockets(self, what: str) -> None:
        """``warning``, ``refresh``, ``link_disabled`` or ``abort`` every Socket Mode connection."""
        self.run(lambda: tell_sockets(self.service.hub, what))

    def wait_for_app(self, connections: int = 1, seconds: float = 10.0) -> None:
        """Return when so many Socket Mode connections are open.

        Raises:
            TimeoutError: they were not within ``seconds``.
        """
        hub = self.service.hub
        if not self.run(lambda: hub.change.until(lambda: len(hub.connections) >= connections, seconds)):
            raise TimeoutError(f"{len(hub.connections)} of {connections} connections after {seconds:g} s")
