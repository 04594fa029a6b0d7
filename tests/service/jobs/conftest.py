"""A service that accepts jobs, and a worker that runs them, over one database."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from services import Start, client, host, start
from siseon.hosting import Host
from siseon.jobs.process import work

__all__ = ["client", "host", "start"]

Working = Callable[[], AbstractAsyncContextManager[None]]
PATIENCE_S = 60


@pytest.fixture
def here(tmp_path: Path) -> dict[str, Any]:
    """Settings of both."""
    opened = tmp_path / "open"
    opened.mkdir()
    return {
        "cache_dir": tmp_path / "cache",
        "jobs_folder": opened,
        "jobs_items": 1000,
        "jobs_webhook_secret": "a secret of tests",
    }


@pytest.fixture
async def service(host: Callable[..., Host], start: Start, here: dict[str, Any]) -> httpx.AsyncClient:
    return await start(host(**here))


@pytest.fixture
def working(host: Callable[..., Host], here: dict[str, Any]) -> Working:
    """A worker as long as the context lasts."""

    @asynccontextmanager
    async def run() -> AsyncIterator[None]:
        stop, ready = asyncio.Event(), asyncio.Event()
        task = asyncio.create_task(work(host(**here), 4, stop, ready.set))
        waiting = asyncio.create_task(ready.wait())
        await asyncio.wait((task, waiting), return_when=asyncio.FIRST_COMPLETED)
        try:
            yield
        finally:
            stop.set()
            waiting.cancel()
            await task

    return run


async def ended(service: httpx.AsyncClient, job: str) -> dict[str, Any]:
    """The job when it has ended: its events tell when."""
    async with asyncio.timeout(PATIENCE_S):
        await service.get(f"/v1/jobs/{job}/events", timeout=PATIENCE_S)
    return (await service.get(f"/v1/jobs/{job}")).json()
