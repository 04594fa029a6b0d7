"""What a session has opened: it ends with the session, and what has an end is sent whole."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route, WebSocketRoute
from starlette.types import Message
from starlette.websockets import WebSocket

from siseon.console.lasting import LEAVE_S, POLICY, while_signed_in


async def echo(socket: WebSocket) -> None:
    await socket.accept()
    async for said in socket.iter_text():
        await socket.send_text(said)


async def endless(_: Request) -> Response:
    async def parts() -> AsyncIterator[bytes]:
        while True:
            yield b"more"
            await asyncio.sleep(0)

    return StreamingResponse(parts(), media_type="text/event-stream")


async def impatient(socket: WebSocket) -> None:
    """It stops waiting for a message just when one comes."""
    await socket.accept()
    waiting = asyncio.ensure_future(socket.receive_text())
    await asyncio.sleep(0)
    await socket.app.state.come()
    waiting.cancel()
    await asyncio.wait((waiting,))
    assert waiting.cancelled()
    await socket.send_text(await socket.receive_text())


async def long(request: Request) -> Response:
    async def parts() -> AsyncIterator[bytes]:
        request.app.state.over.set()
        for _ in range(9):
            await asyncio.sleep(0)
            yield b"a part"

    return StreamingResponse(parts(), media_type="application/zip")


async def tidies(socket: WebSocket) -> None:
    await socket.accept()
    async for _ in socket.iter_text():
        pass
    socket.app.state.over.set()
    for _ in range(9):
        await asyncio.sleep(0)


APP = Starlette(
    routes=[
        WebSocketRoute("/", echo),
        WebSocketRoute("/tidies", tidies),
        WebSocketRoute("/impatient", impatient),
        Route("/endless", endless),
        Route("/long", long),
    ]
)


async def served(
    kind: str, path: str, over: asyncio.Event, told: Callable[[Message], object], *first: Message
) -> list[Message]:
    """What a client gets that never leaves."""
    coming: asyncio.Queue[Message] = asyncio.Queue()
    for message in first:
        coming.put_nowait(message)
    got: list[Message] = []

    async def send(message: Message) -> None:
        got.append(message)
        told(message)

    APP.state.over = over
    await serve(kind, path, coming, send, over)
    return got


async def serve(
    kind: str,
    path: str,
    coming: asyncio.Queue[Message],
    send: Callable[[Message], Awaitable[None]],
    over: asyncio.Event,
    leave_s: float = LEAVE_S,
) -> None:
    async def ended() -> None:
        await over.wait()

    scope = {
        "type": kind,
        "path": path,
        "method": "GET",
        "query_string": b"",
        "headers": [],
        "subprotocols": [],
    }
    async with asyncio.timeout(30):
        await while_signed_in(APP, scope, coming.get, send, ended, leave_s)


async def test_a_web_socket_is_closed_when_the_session_ends() -> None:
    over = asyncio.Event()
    first = ({"type": "websocket.connect"}, {"type": "websocket.receive", "text": "here"})
    got = await served(
        "websocket", "/", over, lambda message: over.set() if message.get("text") == "here" else None, *first
    )
    assert [message["type"] for message in got] == ["websocket.accept", "websocket.send", "websocket.close"]
    assert got[-1]["code"] == POLICY


async def test_who_sends_without_a_pause_is_closed_too() -> None:
    over = asyncio.Event()
    said = [{"type": "websocket.receive", "text": "here"}] * 500
    got = await served(
        "websocket",
        "/",
        over,
        lambda message: over.set() if message.get("text") == "here" else None,
        {"type": "websocket.connect"},
        *said,
    )
    assert got[-1]["type"] == "websocket.close"
    assert len(got) < len(said)


async def test_nothing_is_sent_to_a_client_that_left_before_the_session_ended() -> None:
    over = asyncio.Event()
    left = ({"type": "websocket.connect"}, {"type": "websocket.disconnect", "code": 1001})
    got = await served("websocket", "/tidies", over, lambda _: None, *left)
    assert [message["type"] for message in got] == ["websocket.accept"]


async def test_an_answer_without_an_end_is_ended() -> None:
    over = asyncio.Event()
    asked = {"type": "http.request", "body": b"", "more_body": False}
    got = await served(
        "http", "/endless", over, lambda message: over.set() if message.get("body") else None, asked
    )
    assert got[-1] == {"type": "http.response.body", "body": b"", "more_body": False}


async def test_an_answer_that_has_an_end_is_sent_whole() -> None:
    asked = {"type": "http.request", "body": b"", "more_body": False}
    got = await served("http", "/long", asyncio.Event(), lambda _: None, asked)
    assert b"".join(message.get("body", b"") for message in got) == b"a part" * 9


async def test_a_message_that_comes_while_nobody_waits_any_more_is_there_for_the_next() -> None:
    coming: asyncio.Queue[Message] = asyncio.Queue()
    coming.put_nowait({"type": "websocket.connect"})

    async def come() -> None:
        coming.put_nowait({"type": "websocket.receive", "text": "here"})
        while not coming.empty():
            await asyncio.sleep(0)

    APP.state.come = come
    got: list[Message] = []

    async def send(message: Message) -> None:
        got.append(message)

    await serve("websocket", "/impatient", coming, send, asyncio.Event())
    assert [message.get("text") for message in got] == [None, "here"]


@pytest.mark.parametrize(("kind", "path"), [("http", "/endless"), ("websocket", "/")])
async def test_who_reads_nothing_is_not_waited_for(kind: str, path: str) -> None:
    over, coming = asyncio.Event(), asyncio.Queue[Message]()
    first = ({"type": "websocket.connect"}, {"type": "websocket.receive", "text": "here"})
    for message in (
        first if kind == "websocket" else ({"type": "http.request", "body": b"", "more_body": False},)
    ):
        coming.put_nowait(message)

    async def send(message: Message) -> None:
        if message.get("text") or message.get("body"):
            over.set()
            await asyncio.Event().wait()  # its window is full

    await serve(kind, path, coming, send, over, leave_s=0.05)
