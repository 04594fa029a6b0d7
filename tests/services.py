"""A real server on loopback for each test that asks for one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from networks import Networks
from siseon.hosting import Host
from siseon.service.server import serve
from siseon.settings import Settings

Start = Callable[..., Awaitable[httpx.AsyncClient]]


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
        async with httpx.AsyncClient(base_url=await address, timeout=30, trust_env=False) as client:
            yield client
    finally:
        told.set()
        await task


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
        names = {"detector": networks.detector(boxes), "classifier": networks.classifier()}
        chosen = Settings(
            **{"port": 0, "pipelines": {"inspection": names}, "cache_dir": tmp_path / "cache", **settings}
        )
        registered = chosen.cache_dir / "registered"
        models = networks.manager(registered=registered, run_s=chosen.run_timeout_s, warm_ups=chosen.warm_up)
        return Host(chosen, models=models)

    return make


@pytest.fixture
async def client(host: Callable[..., Host], start: Start) -> httpx.AsyncClient:
    return await start(host())
