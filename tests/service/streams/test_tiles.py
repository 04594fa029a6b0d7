"""Many streams over one WebSocket: what was asked for, the newest of it, and no more connections than may be."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from service.streams.conftest import BOUND_S, until_state
from service.test_websocket import address
from services import served
from streams.pictures.hubs import pixels


@asynccontextmanager
async def tiles(service: Any, **order: Any) -> AsyncIterator[ClientConnection]:
    async with asyncio.timeout(BOUND_S), connect(address(service), proxy=None, max_size=None) as socket:
        if order:
            await socket.send(json.dumps(order))
        yield socket


async def tile(socket: ClientConnection) -> tuple[dict[str, Any], Any]:
    """The next picture: its head, and its pixels."""
    message = await socket.recv()
    assert isinstance(message, bytes), message
    head, _, jpeg = message.partition(b"\n")
    return json.loads(head), pixels(jpeg)


async def failure(socket: ClientConnection) -> dict[str, Any]:
    while isinstance(message := await socket.recv(), bytes):
        pass
    return json.loads(message)


async def closed_with(socket: ClientConnection) -> int:
    """The code with which it is closed at last."""
    try:
        while True:
            await socket.recv()
    except ConnectionClosed as closed:
        return 0 if closed.rcvd is None else closed.rcvd.code


@pytest.fixture
async def two(service, add, serving, clip):
    server = serving(clip=clip)
    for name in ("gate", "yard"):
        await add(name, server.url("/clip"), options={"fps": 10})
        await until_state(service, name, "live")
    return server


async def test_several_streams_come_over_one_connection_and_another_request_replaces_them(service, two):
    async with tiles(service, streams=["gate", "yard"], width=160, fps=10) as socket:
        seen: set[str] = set()
        while len(seen) < 2:
            head, picture = await tile(socket)
            assert max(picture.shape) <= 160
            if head["state"] == "live" and head["number"] is not None:
                seen.add(head["stream"])
        await socket.send(json.dumps({"streams": ["yard"], "width": 160, "fps": 10}))
        in_a_row = 0
        while in_a_row < 10:  # before that, what was under way
            head, _ = await tile(socket)
            in_a_row = in_a_row + 1 if head["stream"] == "yard" else 0


async def test_a_lost_camera_is_told_and_shown(service, two):
    async with tiles(service, streams=["gate"], fps=5) as socket:
        await tile(socket)
        two.kill()
        while (head := (await tile(socket))[0])["state"] == "live":
            pass
        assert head["number"] is None


async def test_what_cannot_be_shown_is_a_failure_and_the_rest_goes_on(service, two):
    async with tiles(service, streams=["none", "gate"]) as socket:
        told = await failure(socket)
        assert (told["stream"], told["failure"]["code"]) == ("none", "stream_not_found")
        for bad in ("{", '{"streams": ["gate"], "width": 99}', json.dumps({"streams": ["x"] * 101}), b"\x00"):
            await socket.send(bad)
            assert (await failure(socket))["failure"]["code"] == "invalid_input"
        await tile(socket)
        await service.delete("/v1/streams/gate")
        assert (await failure(socket))["stream"] == "gate"


async def test_a_client_that_reads_nothing_holds_up_no_other_and_a_long_message_ends_its_own(service, two):
    async with tiles(service, streams=["gate", "yard"], width=1280, fps=25) as deaf:
        deaf.transport.pause_reading()
        async with tiles(service, streams=["gate", "yard"], width=160, fps=25) as socket:
            for _ in range(30):
                await tile(socket)
            await socket.send("x" * (65 << 10))
            assert await closed_with(socket) == 1009
        deaf.transport.abort()


async def test_it_counts_as_a_viewer_and_ends_with_the_service(host, serving, clip):
    server = serving(clip=clip)
    async with asyncio.timeout(BOUND_S):
        async with served(host(streams_allow="127.0.0.0/8", stream_viewers=1)) as service:
            body = {"name": "gate", "source": server.url("/clip"), "application": "inspection"}
            await service.post("/v1/streams", json=body)
            socket = await connect(address(service), proxy=None)
            await socket.send(json.dumps({"streams": ["gate"]}))
            await tile(socket)
            with pytest.raises(InvalidStatus) as refused:
                await connect(address(service), proxy=None)
            assert json.loads(refused.value.response.body)["code"] == "overloaded"
        assert await closed_with(socket) in (1001, 1012)
