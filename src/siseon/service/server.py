"""The process of ``siseon serve``: listen, load, answer, and on SIGTERM finish what was accepted."""

from __future__ import annotations

import asyncio
import gc
import signal
import socket
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from siseon.contracts import FailureCode, InputError
from siseon.hosting.host import Host
from siseon.service.app import create_app
from siseon.service.gate import check_exposure
from siseon.settings import Settings

CLOSE_S = 5
"""Seconds that open connections get to be closed after the last answer."""
KEEP_ALIVE_S = 75
"""Seconds that a quiet connection stays open: longer than clients keep theirs, or a request may meet the close."""
BACKLOG = 2048


def listen(settings: Settings) -> socket.socket:
    """A listening socket at the settings' host and port.

    Raises:
        InputError: the address cannot be used, or would open the service to a network without a token.
    """
    check_exposure(settings)
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        return socket.create_server((settings.host, settings.port), family=family, backlog=BACKLOG)
    except OSError as error:
        raise InputError(
            f"cannot listen at {settings.host}:{settings.port}: {error.strerror or error}",
            code=FailureCode.invalid_input,
            hint="choose another with --port, or stop what listens there",
        ) from None


async def serve_until_signal(host: Host, on_ready: Callable[[str], None]) -> None:
    """``serve`` until SIGTERM or SIGINT."""
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, told.set)
    await serve(host, on_ready, told)


async def serve(host: Host, on_ready: Callable[[str], None], told: asyncio.Event) -> None:
    """Serve until ``told`` to stop; ``on_ready`` gets the address when the models are warm.

    The port is open while the models load, and ``/readyz`` says so. A model that cannot be loaded ends the process.

    Raises:
        SiseonError: the address cannot be used, or a model cannot be loaded.
    """
    app = create_app(host)
    door = listen(host.settings)
    address = address_of(door)
    async with running(host, app, [door]) as (server, loading):
        if await unless(told, loading, server.ended):
            settle()
            on_ready(address)
            await unless(told, server.ended)
        await asyncio.wait((loading,))  # a thread that loads weights cannot be interrupted
        await host.drain()


@asynccontextmanager
async def running(
    host: Host, app: ASGIApp, doors: Sequence[socket.socket] = ()
) -> AsyncIterator[tuple[Server, asyncio.Task[None]]]:
    """Inside, the application answers, at ``doors`` and on connections handed to it, while the host's models load.

    Yields the server and the loading. At the end open requests are answered, then the models are freed.
    """
    server = Server(
        uvicorn.Config(
            app,
            http=Connection,
            lifespan="on",
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_keep_alive=KEEP_ALIVE_S,
            timeout_graceful_shutdown=CLOSE_S,
        )
    )
    loading = asyncio.create_task(host.start())
    await asyncio.sleep(0)  # the host is starting before the first request comes in
    server.ended = asyncio.create_task(server.serve(sockets=list(doors)))
    try:
        await unless(server.up, server.ended)
        yield server, loading
    finally:
        server.should_exit = True
        await server.ended
        await host.stop()


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

    A full collection over it would stop all threads for tens of milliseconds.
    """
    gc.collect()
    gc.freeze()


class Server(uvicorn.Server):
    """uvicorn would stop listening at once, and end with the signal: we answer 503 meanwhile, and end with 0."""

    ended: asyncio.Task[None]

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.up = asyncio.Event()
        """Set when it takes connections."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals to those who run the process."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to answer."""
        await super().startup(sockets)
        self.up.set()

    async def take(self, connection: socket.socket, on_close: Callable[[], None]) -> None:
        """Answer on a connection that was accepted elsewhere; ``on_close`` is called once when it has ended."""
        ours = asyncio.get_running_loop()

        def protocol() -> Connection:
            made = Connection(self.config, self.server_state, self.lifespan.state)
            made.on_close = on_close
            return made

        try:
            await ours.connect_accepted_socket(protocol, connection)
        except OSError:  # it is gone already
            connection.close()
            on_close()


class Connection(HttpToolsProtocol):
    """uvicorn's, which tells its end."""

    on_close: Callable[[], None] | None = None

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection has ended."""
        super().connection_lost(exc)
        if self.on_close is not None:
            self.on_close()


def address_of(door: socket.socket) -> str:
    """The base URL of a listening socket."""
    host, port = door.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
