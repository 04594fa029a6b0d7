"""A real server on loopback for each test that asks for one, or for those of a file that leave nothing behind in it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from concurrent.futures import Future
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from networks import Networks
from siseon.hosting import Host
from siseon.service.server import serve
from siseon.settings import Settings

Start = Callable[..., Awaitable[httpx.AsyncClient]]


def client_of(address: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=address, timeout=60, trust_env=False)


@asynccontextmanager
async def served(host: Host) -> AsyncIterator[httpx.AsyncClient]:
    """The host behind a real socket, and a client of it; drained and stopped at the end."""
    address: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    told = asyncio.Event()
    task = asyncio.create_task(serve(host, address.set_result, told))
    try:
        await asyncio.wait((task, address), return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            task.result()
        async with client_of(await address) as client:
            yield client
    finally:
        told.set()
        await task


@contextmanager
def served_aside(make: Callable[[], Host]) -> Iterator[str]:
    """The address of the host behind a real socket, in a thread and an event loop of its own."""
    begun: Future[tuple[str, Callable[[], object]]] = Future()

    async def go() -> None:
        loop, over = asyncio.get_running_loop(), asyncio.Event()
        async with served(make()) as client:
            begun.set_result((str(client.base_url), lambda: loop.call_soon_threadsafe(over.set)))
            await over.wait()

    def run() -> None:
        try:
            asyncio.run(go())
        except BaseException as error:
            if begun.done():
                raise
            begun.set_exception(error)

    thread = threading.Thread(target=run, name="a service aside")
    thread.start()
    try:
        address, end = begun.result(timeout=120)
        yield address
        end()
    finally:
        thread.join()


def inspecting(networks: Networks, folder: Path, boxes: Any = ((0, 0, 1, 1),), **settings: Any) -> Host:
    """A host of ``inspection`` with tiny networks that always answer the same boxes, in that folder."""
    names = {"detector": networks.detector(boxes), "classifier": networks.classifier()}
    chosen = Settings(
        **{"port": 0, "pipelines": {"inspection": names}, "cache_dir": folder / "cache", **settings}
    )
    registered = chosen.cache_dir / "registered"
    models = networks.manager(registered=registered, run_s=chosen.run_timeout_s, warm_ups=chosen.warm_up)
    return Host(chosen, models=models)


@pytest.fixture
async def start() -> AsyncIterator[Start]:
    async with AsyncExitStack() as stack:

        async def begin(host: Host) -> httpx.AsyncClient:
            return await stack.enter_async_context(served(host))

        yield begin


@pytest.fixture
def host(networks: Networks, tmp_path: Path) -> Callable[..., Host]:
    """Makes a host of ``inspection`` with tiny networks that always answer the same boxes, in the test's own folder."""

    def make(boxes: Any = ((0, 0, 1, 1),), **settings: Any) -> Host:
        return inspecting(networks, tmp_path, boxes, **settings)

    return make


@pytest.fixture
async def client(host: Callable[..., Host], start: Start) -> httpx.AsyncClient:
    return await start(host())


@pytest.fixture(scope="module")
def lasting_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("lasting")
    with served_aside(lambda: inspecting(Networks(folder), folder)) as address:
        yield address


@pytest.fixture
async def lasting(lasting_address: str) -> AsyncIterator[httpx.AsyncClient]:
    """As ``client``, of one service for all tests of a file that ask for this one: they change nothing in it."""
    async with client_of(lasting_address) as client:
        yield client
