"""What a session has opened ends with it: WebSockets, and answers that flow without an end.

A request is looked at once, when it comes. A page that stays open, or the live picture of a camera, would go on for
days after that; so the connection is told that its client has gone, and the client that it may not stay. An answer that
has an end is sent whole.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = 1008
"""Why a WebSocket is closed (RFC 6455)."""
ENDLESS = (b"multipart/x-mixed-replace", b"text/event-stream")
"""Media types of answers that go on as long as somebody looks."""


async def while_signed_in(
    app: ASGIApp, scope: Scope, receive: Receive, send: Send, over: Callable[[], Awaitable[None]]
) -> None:
    """Serve one connection until it ends, or ``over`` returns."""
    connection = _Connection(scope["type"] == "websocket", receive, send)
    watch = asyncio.ensure_future(over())
    watch.add_done_callback(lambda done: connection.over.set() if not done.cancelled() else None)
    try:
        await app(scope, connection.receive, connection.send)
    finally:
        watch.cancel()
    await connection.close()


class _Connection:
    """One of them, which may be over before its client leaves."""

    def __init__(self, is_socket: bool, receive: Receive, send: Send) -> None:
        self.over = asyncio.Event()
        self._is_socket, self._receive, self._send = is_socket, receive, send
        self._endless = self._ended = False
        """It has begun, and goes on until somebody ends it; it has ended."""

    async def receive(self) -> Message:
        """The next message, or that the client has gone."""
        coming, over = asyncio.ensure_future(self._receive()), asyncio.ensure_future(self.over.wait())
        try:
            await asyncio.wait((coming, over), return_when=asyncio.FIRST_COMPLETED)
            if not (self.over.is_set() and self._endless):
                message = await coming
                self._ended = self._ended or message["type"].endswith(".disconnect")
                return message
            await self.close()  # also where a message has come: who sends without a pause would stay
            return (
                {"type": "websocket.disconnect", "code": POLICY}
                if self._is_socket
                else {"type": "http.disconnect"}
            )
        finally:
            coming.cancel()
            over.cancel()

    async def send(self, message: Message) -> None:
        """On, unless it is over."""
        kind = message["type"]
        await self.close()  # of what only sends, and never asks whether its client is there
        if self._ended:
            return
        if kind == "websocket.accept":
            self._endless = True
        elif kind == "http.response.start":
            headers = message.get("headers", ())
            self._endless = any(
                name.lower() == b"content-type" and value.lower().startswith(ENDLESS)
                for name, value in headers
            )
        elif kind == "websocket.close" or (
            kind == "http.response.body" and not message.get("more_body", False)
        ):
            self._ended = True
        await self._send(message)

    async def close(self) -> None:
        """Say so to the client, where it is over and something flows still."""
        if self.over.is_set() and self._endless and not self._ended:
            self._ended = True
            if self._is_socket:
                await self._send({"type": "websocket.close", "code": POLICY})
            else:
                await self._send({"type": "http.response.body", "body": b"", "more_body": False})
