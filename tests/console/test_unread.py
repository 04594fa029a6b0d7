"""A browser that lives and reads nothing: what it is told is bounded, and the connection ends."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

import engineio
import uvicorn
from websockets.asyncio.client import connect

from siseon.console.unread import MOST_UNREAD, bound_unread

TOLD = "x" * 100_000


@contextlib.asynccontextmanager
async def serving(app: object) -> AsyncIterator[int]:
    """A server of its own; its port."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="critical", ws="websockets-sansio"))  # type: ignore[arg-type]
    running = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        await running


async def test_a_page_that_reads_nothing_is_cut_off_before_it_fills_the_memory() -> None:
    server = engineio.AsyncServer(async_mode="asgi", cors_allowed_origins="*")
    bound_unread(server)
    known: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    left = asyncio.Event()
    server.on("connect", lambda session, _: known.set_result(session))
    server.on("disconnect", lambda *_: left.set())
    async with serving(engineio.ASGIApp(server)) as port, asyncio.timeout(60):
        url = f"ws://127.0.0.1:{port}/engine.io/?EIO=4&transport=websocket"
        async with connect(url, proxy=None, max_queue=1, compression=None) as page:
            session = await known
            waiting = server.sockets[session].queue
            most = 0
            for _ in range(3 * MOST_UNREAD):
                await server.send(session, TOLD)
                most = max(most, waiting.qsize())
                await asyncio.sleep(0)
            assert MOST_UNREAD // 2 < most <= MOST_UNREAD
            async for _ in page:  # what had gone out already; then it is over
                pass
        await left.wait()


async def test_a_page_that_reads_is_told_all() -> None:
    server = engineio.AsyncServer(async_mode="asgi", cors_allowed_origins="*")
    bound_unread(server)
    known: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    server.on("connect", lambda session, _: known.set_result(session))
    async with serving(engineio.ASGIApp(server)) as port, asyncio.timeout(60):
        url = f"ws://127.0.0.1:{port}/engine.io/?EIO=4&transport=websocket"
        async with connect(url, proxy=None) as page:
            await page.recv()
            for number in range(2 * MOST_UNREAD):
                await server.send(await known, str(number))
                assert await page.recv() == f"4{number}"
