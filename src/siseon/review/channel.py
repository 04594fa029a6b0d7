"""Below HTTP clients: talk to a service byte by byte, to be slow, endless, or gone in the middle.

An ordinary client sends its whole body before it looks for an answer, and cannot show a service that answers
early or never. There is a channel for a socket and one for an ASGI application in this process.
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlsplit

Scope = MutableMapping[str, Any]
AsgiEvent = MutableMapping[str, Any]
Asgi = Callable[
    [Scope, Callable[[], Awaitable[AsgiEvent]], Callable[[AsgiEvent], Awaitable[None]]], Awaitable[None]
]


@dataclass(frozen=True, slots=True)
class Head:
    """The beginning of a POST."""

    url: str
    content_type: str
    length: int
    """Bytes of the body as announced."""
    headers: dict[str, str]


@dataclass(frozen=True, slots=True)
class Talk:
    """How far a request got."""

    status: int
    """0 when no answer came."""
    sent: int
    """Bytes of the body that the service took before it answered."""


class Channel(Protocol):
    """One way to reach a service."""

    async def talk(self, head: Head, body: AsyncIterator[bytes]) -> Talk:
        """Send the body until it ends or the service answers."""
        ...

    async def hang_up(self, head: Head, body: bytes, after_s: float) -> None:
        """Send a whole request and go ``after_s`` seconds later, answered or not."""
        ...


class SocketChannel:
    """HTTP/1.1 over TCP, with TLS for https addresses.

    A service that has crashed refuses connections: that is an answer that never came, not an error of the review.
    """

    async def talk(self, head: Head, body: AsyncIterator[bytes]) -> Talk:
        """Send the body until it ends or the service answers."""
        sent = 0
        try:
            async with self._connected(head) as (reader, writer):
                answer = asyncio.create_task(reader.readline())
                try:
                    async for chunk in body:
                        if answer.done():
                            break
                        writer.write(chunk)
                        await writer.drain()
                        await asyncio.sleep(0)  # drain returns at once while there is room: let the answer in
                        sent += len(chunk)
                    words = (await answer).split()
                    return Talk(int(words[1]) if len(words) > 1 else 0, sent)
                finally:
                    answer.cancel()
        except OSError:
            # Also where a service closes on a body that it refused, and its answer is lost on the way.
            return Talk(0, sent)

    async def hang_up(self, head: Head, body: bytes, after_s: float) -> None:
        """Send a whole request and go ``after_s`` seconds later, answered or not."""
        with contextlib.suppress(OSError):
            async with self._connected(head) as (_, writer):
                writer.write(body)
                await writer.drain()
                await asyncio.sleep(after_s)
                writer.close()
                await writer.wait_closed()

    @contextlib.asynccontextmanager
    async def _connected(
        self, head: Head
    ) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
        """A connection on which the head has been sent; dropped at the end without a farewell."""
        reader, writer = await self._open(head)
        try:
            yield reader, writer
        finally:
            writer.transport.abort()

    async def _open(self, head: Head) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        parts = urlsplit(head.url)
        secure = parts.scheme == "https"
        port = parts.port or (443 if secure else 80)
        context = ssl.create_default_context() if secure else None
        reader, writer = await asyncio.open_connection(parts.hostname, port, ssl=context)
        lines = [f"POST {parts.path or '/'} HTTP/1.1", f"Host: {parts.netloc}", "Connection: close"]
        lines += [f"Content-Type: {head.content_type}", f"Content-Length: {head.length}"]
        lines += [f"{name}: {value}" for name, value in head.headers.items()]
        writer.write("\r\n".join([*lines, "", ""]).encode())
        return reader, writer


class AsgiChannel:
    """Calls an ASGI application as a server would."""

    def __init__(self, app: Asgi) -> None:
        self.app = app

    async def talk(self, head: Head, body: AsyncIterator[bytes]) -> Talk:
        """Send the body until it ends or the service answers."""
        status, sent, answered = 0, 0, asyncio.Event()

        async def receive() -> AsgiEvent:
            nonlocal sent
            if not answered.is_set():
                async for chunk in body:
                    sent += len(chunk)
                    return {"type": "http.request", "body": chunk, "more_body": sent < head.length}
            return {"type": "http.disconnect"}

        async def send(event: AsgiEvent) -> None:
            nonlocal status
            if event["type"] == "http.response.start":
                status = event["status"]
                answered.set()

        await self._call(head, receive, send)
        return Talk(status, sent)

    async def hang_up(self, head: Head, body: bytes, after_s: float) -> None:
        """Send a whole request and go ``after_s`` seconds later, answered or not."""
        events: list[AsgiEvent] = [{"type": "http.request", "body": body, "more_body": False}]
        gone = asyncio.Event()
        asyncio.get_running_loop().call_later(after_s, gone.set)

        async def receive() -> AsgiEvent:
            if events:
                return events.pop()
            await gone.wait()
            return {"type": "http.disconnect"}

        async def send(_: AsgiEvent) -> None:
            """Nobody listens."""

        await self._call(head, receive, send)

    async def _call(
        self,
        head: Head,
        receive: Callable[[], Awaitable[AsgiEvent]],
        send: Callable[[AsgiEvent], Awaitable[None]],
    ) -> None:
        parts = urlsplit(head.url)
        fields = {"host": parts.netloc, "content-type": head.content_type, "content-length": str(head.length)}
        fields |= head.headers
        scope: Scope = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": "POST",
            "scheme": parts.scheme,
            "path": parts.path,
            "raw_path": parts.path.encode(),
            "query_string": parts.query.encode(),
            "root_path": "",
            "headers": [(name.lower().encode(), value.encode()) for name, value in fields.items()],
            "client": ("127.0.0.1", 1),
            "server": (parts.hostname, parts.port or 80),
        }
        # Whatever an application raises is its server's 500; here it shows as an answer that never came.
        with contextlib.suppress(Exception):
            await self.app(scope, receive, send)
