"""The process of ``siseon serve``: listen, load, answer, and on SIGTERM finish what was accepted."""

from __future__ import annotations

import asyncio
import gc
import logging
import signal
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress

import uvicorn
from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

from siseon.contracts import FailureCode, SiseonError, StageFailed
from siseon.engine.mistakes import describe
from siseon.hosting.host import Host
from siseon.service.app import create_app
from siseon.service.connection import Connection
from siseon.service.listening import address_of, listen
from siseon.service.problems import plain_problem
from siseon.service.room import Room, default_limit
from siseon.streams.libraries import has_websockets

CLOSE_S = 5
"""Seconds that open connections get to be closed after the last answer."""
KEEP_ALIVE_S = 75
"""Seconds that a quiet connection stays open: longer than clients keep theirs, or a request may meet the close."""
MAX_MESSAGE = 64 << 10
"""Bytes that the client of a WebSocket may say at once."""
AT_ONCE = 64
"""Connections accepted before anything else gets its turn."""
PAUSE_S = 0.2
FULL_BODY = plain_problem(503, FailureCode.overloaded, "all connections are at work")
FULL = (
    b"HTTP/1.1 503 Service Unavailable\r\ncontent-type: application/problem+json\r\nretry-after: 1\r\n"
    b"connection: close\r\ncontent-length: %d\r\n\r\n" % len(FULL_BODY)
) + FULL_BODY

log = logging.getLogger("siseon.service")


Face = Callable[[FastAPI], ASGIApp]
"""Puts something before the application, on the same port: what it returns is served."""


async def serve_until_signal(
    host: Host, door: socket.socket, on_ready: Callable[[str], None], face: Face | None = None
) -> None:
    """``serve`` until SIGTERM or SIGINT."""
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, told.set)
    await serve(host, on_ready, told, face, door)


async def serve(
    host: Host,
    on_ready: Callable[[str], None],
    told: asyncio.Event,
    face: Face | None = None,
    door: socket.socket | None = None,
) -> None:
    """Serve until ``told`` to stop; ``on_ready`` gets the address when the models are warm. ``door``: where the service
    listens already, which is closed at the end.

    The port is open while the models load, and ``/readyz`` says so. A model that cannot be loaded ends the process.

    Raises:
        SiseonError: the address cannot be used, a model cannot be loaded, or the application, with what ``face`` puts
            before it, cannot start.
    """
    with door or listen(host.settings) as door:
        app: ASGIApp = create_app(host) if face is None else face(create_app(host))
        room = Room(host.settings.max_connections or default_limit())
        address = address_of(door)
        async with running(host, app, room) as (server, loading):
            server.listen(door)
            if await unless(told, loading, server.ended):
                settle()
                on_ready(address)
                await unless(told, server.ended)
            await asyncio.wait((loading,))  # a thread that loads weights cannot be interrupted
            await host.drain()


@asynccontextmanager
async def running(host: Host, app: ASGIApp, room: Room) -> AsyncIterator[tuple[Server, asyncio.Task[None]]]:
    """Inside, the application answers on connections that the server is given, while the host's models load.

    Yields the server and the loading. At the end open requests are answered, then the models are freed.

    Raises:
        SiseonError: the application cannot start.
    """
    server = Server(app, room)
    loading = asyncio.create_task(host.start())
    await asyncio.sleep(0)  # the host is starting before the first request comes in
    server.ended = asyncio.create_task(server.serve(sockets=[]))
    try:
        await unless(server.up, server.ended)
        yield server, loading
    finally:
        server.should_exit = True
        # A thread that loads weights cannot be interrupted: a process that ended meanwhile would be aborted.
        await asyncio.gather(server.ended, loading, return_exceptions=True)
        await host.stop()
        server.ended.result()


async def unless(told: asyncio.Event, *tasks: asyncio.Task[None]) -> bool:
    """Wait for the first of ``tasks``, and raise what it raises; False when ``told`` comes before."""
    telling = asyncio.create_task(told.wait())
    await asyncio.wait((telling, *tasks), return_when=asyncio.FIRST_COMPLETED)
    telling.cancel()
    for task in tasks:
        if task.done():
            task.result()
            return not told.is_set()
    return False


def settle() -> None:
    """What lives as long as the process is not looked through again and again.

    A full collection over it would stop all threads for tens of milliseconds. Where nothing was collected since the
    process began, its few hundred kilobytes of garbage are not worth that once either.
    """
    if gc.isenabled():
        gc.collect()
    gc.freeze()
    gc.enable()


class Server(uvicorn.Server):
    """uvicorn, which listens nowhere itself: connections are accepted here, or handed over, into one room.

    It would stop listening at once, and end with the signal: we answer 503 meanwhile, and end with 0.
    """

    ended: asyncio.Task[None]

    def __init__(self, app: ASGIApp, room: Room) -> None:
        self._starting = Starting(app)
        super().__init__(
            uvicorn.Config(
                self._starting,
                interface="asgi3",
                lifespan="on",
                log_config=None,
                access_log=False,
                server_header=False,
                ws="websockets-sansio" if has_websockets() else "none",
                ws_max_size=MAX_MESSAGE,
                ws_per_message_deflate=False,  # pictures are compressed; a small message may unfold to a large one
                timeout_keep_alive=KEEP_ALIVE_S,
                timeout_graceful_shutdown=CLOSE_S,
            )
        )
        self.room = room
        self.up = asyncio.Event()
        """Set when it takes connections."""
        self._door: socket.socket | None = None
        self._taking: set[asyncio.Task[None]] = set()
        self._turned_away: set[socket.socket] = set()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals to those who run the process."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to answer.

        Raises:
            SiseonError: the application cannot start.
        """
        try:
            await super().startup(sockets)
        except SystemExit:  # which would end the process at once, whatever else is under way
            raise self._starting.failure() from None
        self.up.set()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop listening, answer what is under way, end."""
        if self._door is not None:
            asyncio.get_running_loop().remove_reader(self._door)
            self._door.close()
        for connection in list(self._turned_away):
            self._forget(connection)
        await super().shutdown(sockets)

    def listen(self, door: socket.socket) -> None:
        """Accept what comes at a listening socket, which is closed at the end."""
        door.setblocking(False)
        self._door = door
        asyncio.get_running_loop().add_reader(door, self._accept, door)

    def _accept(self, door: socket.socket) -> None:
        for _ in range(AT_ONCE):
            if self.room.is_settling:
                return
            try:
                connection, _address = door.accept()
            except (BlockingIOError, ConnectionError):
                return
            except OSError as error:  # no descriptors, no memory: others use them up
                log.error("a connection cannot be accepted", extra={"reason": error.strerror})
                loop = asyncio.get_running_loop()
                loop.remove_reader(door)
                loop.call_later(PAUSE_S, self._listen_again, door)
                return
            self.take(connection)

    def _listen_again(self, door: socket.socket) -> None:
        if door.fileno() >= 0:
            self.listen(door)

    def take(self, connection: socket.socket) -> None:
        """Answer on a connection that has been accepted, if there is room."""
        if not self.room.make():
            self._turn_away(connection)
            return
        task = asyncio.create_task(self._serve_on(connection))
        self._taking.add(task)
        task.add_done_callback(self._taking.discard)

    async def _serve_on(self, connection: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        try:
            await loop.connect_accepted_socket(
                lambda: Connection(self.config, self.server_state, self.lifespan.state, self.room), connection
            )
        except OSError:  # it is gone already
            connection.close()
            self.room.left_unused()

    def _turn_away(self, connection: socket.socket) -> None:
        """Say 503 and close: a moment later, since a close with unread bytes would take the answer back."""
        connection.setblocking(False)
        with suppress(OSError):
            connection.send(FULL)
            connection.shutdown(socket.SHUT_WR)
        self.room.turned_away()
        self._turned_away.add(connection)
        asyncio.get_running_loop().call_later(PAUSE_S, self._forget, connection)
        if len(self._turned_away) > AT_ONCE // 4:
            self._forget(next(iter(self._turned_away)))

    def _forget(self, connection: socket.socket) -> None:
        connection.close()
        self._turned_away.discard(connection)


class Starting:
    """An application, and what it raises instead of starting."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._raised: BaseException | None = None

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Ask the application; of a request nothing is seen here."""
        return (self._live if scope["type"] == "lifespan" else self._app)(scope, receive, send)

    async def _live(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self._app(scope, receive, send)
        except BaseException as error:
            self._raised = error
            raise

    def failure(self) -> SiseonError:
        """Why it did not start."""
        if isinstance(self._raised, SiseonError):
            return self._raised
        cause = "" if self._raised is None else f": {describe(self._raised)}"
        return StageFailed(f"the application could not start{cause}", hint="the log has the traceback")
