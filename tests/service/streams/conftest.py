"""A service that runs streams, and real cameras on loopback for it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from services import Start, client, host, start
from siseon.hosting import Host
from streams.conftest import clip, serving

__all__ = ["client", "clip", "host", "serving", "start"]

BOUND_S = 60
Add = Callable[..., Awaitable[httpx.Response]]


@pytest.fixture
async def service(host: Callable[..., Host], start: Start) -> httpx.AsyncClient:
    """One that may connect to this machine."""
    return await start(host(streams_allow="127.0.0.0/8"))


@pytest.fixture
def add(service: httpx.AsyncClient) -> Add:
    """Adds a stream to it."""

    async def post(name: str, source: str, **more: Any) -> httpx.Response:
        body = {"name": name, "source": source, "application": "inspection", **more}
        return await service.post("/v1/streams", json=body)

    return post


async def until_state(service: httpx.AsyncClient, name: str, *states: str) -> dict[str, Any]:
    """The stream when it has come into one of these states."""
    async with asyncio.timeout(BOUND_S):
        while True:
            answer = await service.get(f"/v1/streams/{name}")
            info = answer.json()
            if info["state"] is not None and info["state"]["state"] in states:
                return info
            await asyncio.sleep(0.05)
