"""A real web server on loopback that says exactly the bytes a test wants, and counts who came."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from ipaddress import ip_address

import pytest

from siseon.contracts import FailureCode, InputError
from siseon.media.addresses import Address
from siseon.media.fetch import Fetcher

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class Site:
    """Answers by path: bytes are sent as they are, a coroutine speaks for itself."""

    def __init__(self) -> None:
        self.port = 0
        self.connections = 0
        self.gone = 0
        """Clients that have closed their connection."""
        self.requests: list[str] = []
        self.answers: dict[str, bytes | Talk] = {}
        self.otherwise = status("404 Not Found", b"nothing here")
        self.first: Talk | None = None
        """Speaks instead of reading a request."""
        self.changed = asyncio.Condition()

    def url(self, path: str = "/", host: str = "127.0.0.1", scheme: str = "http") -> str:
        return f"{scheme}://{host}:{self.port}{path}"

    async def until(self, holds: Callable[[], bool]) -> None:
        """Wait for something that clients do; the limit only ends a test that has failed."""
        async with asyncio.timeout(60), self.changed:
            await self.changed.wait_for(holds)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            await self._told()
            if self.first is not None:
                await self.first(reader, writer)
            else:
                request = (await reader.readuntil(b"\r\n\r\n")).decode()
                self.requests.append(request)
                await self._told()
                answer = self.answers.get(request.split()[1], self.otherwise)
                if isinstance(answer, bytes):
                    writer.write(answer)
                else:
                    await answer(reader, writer)
            if writer.can_write_eof():
                writer.write_eof()
                await reader.read()
        except (OSError, EOFError):
            pass
        finally:
            writer.close()
            self.gone += 1
            await self._told()

    async def _told(self) -> None:
        async with self.changed:
            self.changed.notify_all()


@asynccontextmanager
async def open_site(host: str = "127.0.0.1", tls: ssl.SSLContext | None = None) -> AsyncIterator[Site]:
    site = Site()
    talks: dict[asyncio.Task[None], asyncio.StreamWriter] = {}

    def begin(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talks[asyncio.ensure_future(site.serve(reader, writer))] = writer

    server = await asyncio.start_server(begin, host, 0, ssl=tls)
    site.port = server.sockets[0].getsockname()[1]
    try:
        yield site
    finally:
        server.close()
        for talk, writer in talks.items():
            talk.cancel()
            # A talk that has not begun closes nothing, and one that a client does not read to its end waits for it.
            writer.transport.abort()
        await asyncio.gather(*talks, return_exceptions=True)
        await asyncio.sleep(0)  # what was aborted lets go of its socket in the loop's next round


def status(line: str, body: bytes = b"", *headers: str) -> bytes:
    lines = [f"HTTP/1.1 {line}", *headers, f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "", ""]).encode() + body


def ok(body: bytes, *headers: str) -> bytes:
    return status("200 OK", body, *headers)


def redirect(location: str, line: str = "302 Found") -> bytes:
    return status(line, b"moved", f"Location: {location}")


async def hang(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    """Say nothing until the client goes."""
    while await reader.read(1 << 16):
        pass


class Names:
    """A resolver with the answers of a test; all else is loopback, as after a hostile registration."""

    def __init__(self, *answers: str) -> None:
        self.answers = list(answers) or ["127.0.0.1"]
        self.asked: list[str] = []

    async def __call__(self, host: str, port: int) -> list[Address]:
        self.asked.append(host)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return [ip_address(text) for text in answer.split()]


async def refused(fetcher: Fetcher, url: str, code: FailureCode) -> InputError:
    with pytest.raises(InputError) as caught:
        await fetcher.fetch(url)
    assert caught.value.code is code, caught.value.message
    assert caught.value.hint
    return caught.value
