"""The process of ``siseon serve``: listen, load, answer, and on SIGTERM finish what was accepted."""

from __future__ import annotations

import asyncio
import gc
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn

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
        InputError: the address can not be used, or would open the service to a network without a token.
    """
    check_exposure(settings)
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        return socket.create_server((settings.host, settings.port), family=family, backlog=BACKLOG)
    except OSError as error:
        raise InputError(
            f"can not listen at {settings.host}:{settings.port}: {error.strerror or error}",
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

    The port is open while the models load, and ``/readyz`` says so. A model that can not be loaded ends the process.

    Raises:
        SiseonError: the address can not be used, or a model can not be loaded.
    """
    app = create_app(host)
    door = listen(host.settings)
    server = _Server(
        uvicorn.Config(
            app,
            http="httptools",
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
    serving = asyncio.create_task(server.serve(sockets=[door]))
    stopping = asyncio.create_task(told.wait())
    try:
        await asyncio.wait((loading, stopping, serving), return_when=asyncio.FIRST_COMPLETED)
        if loading.done():
            loading.result()
            # What lives as long as the process is not looked through again and again: a full collection over it
            # would stop all threads for tens of milliseconds.
            gc.collect()
            gc.freeze()
            on_ready(_address(door))
            await asyncio.wait((stopping, serving), return_when=asyncio.FIRST_COMPLETED)
        await asyncio.wait((loading,))  # a thread that loads weights can not be interrupted
        await host.drain()
    finally:
        stopping.cancel()
        server.should_exit = True
        await serving
        await host.stop()


class _Server(uvicorn.Server):
    """uvicorn would stop listening at once, and end with the signal: we answer 503 meanwhile, and end with 0."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals to ``serve_until_signal``."""
        yield


def _address(door: socket.socket) -> str:
    host, port = door.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
