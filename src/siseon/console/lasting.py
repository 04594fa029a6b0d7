"""What a session has opened ends with it: WebSockets, and answers that flow without an end.

A request is looked at once, when it comes. A page that stays open, or the live picture of a camera, would go on for
days after that; so the connection is told that its client has gone, and the client that it may not stay. One who reads
nothing is not waited for. An answer that has an end is sent whole.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = 1008
"""Why a WebSocket is closed (RFC 6455)."""
ENDLESS = (b"multipart/x-mixed-replace", b"text/event-stream")
"""Media types of answers that go on as long as somebody looks."""
LEAVE_S = 5.0
"""For what serves a connection to end when that is over, and for a client to take the word that it is."""


async def while_signed_in(
    app: ASGIApp,
    scope: Scope,
    receive: Receive,
    send: Send,
    over: Callable[[], Awaitable[None]],
    leave_s: float = LEAVE_S,
) -> None:
    """Serve one connection until it ends, or ``over`` returns; then it has ``leave_s`` seconds."""
    connection = _Connection(scope["type"] == "websocket", receive, send)
    serving = asyncio.ensure_future(app(scope, connection.receive, connection.send))
    watch = asyncio.ensure_future(_flowing_still(connection, over))
    try:
        await asyncio.wait((serving, watch), return_when=asyncio.FIRST_COMPLETED)
        if not serving.done():
            await asyncio.wait((serving,), timeout=leave_s)
            serving.cancel()
        await asyncio.wait((serving,))
    finally:
        serving.cancel()
        watch.cancel()
        connection.leave()
    if not serving.cancelled():
        serving.result()
    try:
        async with asyncio.timeout(leave_s):
            await connection.close()
    except TimeoutError:
        pass


async def _flowing_still(connection: _Connection, over: Callable[[], Awaitable[None]]) -> None:
    """Until it is over, and something flows that has no end."""
    await over()
    connection.over.set()
    await connection.endless.wait()


class _Connection:
    """One of them, which may be over before its client leaves."""

    def __init__(self, is_socket: bool, receive: Receive, send: Send) -> None:
        self.over, self.endless = asyncio.Event(), asyncio.Event()
        """It is, and something has begun that goes on until somebody ends it."""
        self._is_socket, self._receive, self._send = is_socket, receive, send
        self._ended = False
        self._coming: asyncio.Future[Message] | None = None
        """The next message: who asks may stop waiting, and it must be there for who asks then."""

    async def receive(self) -> Message:
        """The next message, or that the client has gone."""
        while True:
            coming = self._coming = self._coming or asyncio.ensure_future(self._receive())
            over = asyncio.ensure_future(self.over.wait())
            try:
                await asyncio.wait((coming, over), return_when=asyncio.FIRST_COMPLETED)
            finally:
                over.cancel()
            if self.over.is_set() and self.endless.is_set():
                # Also where a message has come: who sends without a pause would stay.
                return self._gone
            message = await asyncio.shield(coming)
            if self._coming is coming:  # nobody else has taken it
                self._coming = None
                self._ended = self._ended or message["type"].endswith(".disconnect")
                return message

    @property
    def _gone(self) -> Message:
        if self._is_socket:
            return {"type": "websocket.disconnect", "code": POLICY}
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        """On, unless it is over."""
        kind = message["type"]
        await self.close()  # of what only sends, and never asks whether its client is there
        if self._ended:
            return
        if kind == "websocket.accept":
            self.endless.set()
        elif kind == "http.response.start":
            headers = message.get("headers", ())
            if any(
                name.lower() == b"content-type" and value.lower().startswith(ENDLESS)
                for name, value in headers
            ):
                self.endless.set()
        elif kind == "websocket.close" or (
            kind == "http.response.body" and not message.get("more_body", False)
        ):
            self._ended = True
        await self._send(message)

    async def close(self) -> None:
        """Say so to the client, where it is over and something flows still."""
        if self.over.is_set() and self.endless.is_set() and not self._ended:
            self._ended = True
            if self._is_socket:
                await self._send({"type": "websocket.close", "code": POLICY})
            else:
                await self._send({"type": "http.response.body", "body": b"", "more_body": False})

    def leave(self) -> None:
        """Nobody asks any more."""
        if self._coming is not None:
            self._coming.cancel()
