"""Pictures from URLs, safe to offer to strangers.

At each hop the name is resolved once, every address it has is checked, and the connection is opened to one of
those very addresses; HTTP then speaks over that connection and has no means to open another. So a name that changes
its meaning (DNS rebinding), a redirect inwards and a proxy from the environment find no way around.
"""

from __future__ import annotations

import asyncio
import io
import re
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib.metadata import version
from ipaddress import ip_address
from typing import Self
from urllib.parse import unquote, urljoin

import h11
import httpx

from siseon.contracts import Encoded, FailureCode, InputError
from siseon.media.addresses import Address, Network, blocked, parse_url, permitted
from siseon.media.bounds import DEFAULT_BOUNDS

Resolver = Callable[[str, int], Awaitable[Sequence[Address]]]
"""(host, port) to all addresses of the host; raises ``OSError`` for a name that is not known."""

_PORTS = {"http": 80, "https": 443}
_FOR_GOOD = frozenset(range(400, 500)) - {408, 421, 423, 425, 429}
"""What a client has done wrong, apart from the statuses that ask to come back later."""
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_READ_BYTES = 64 << 10
_MAX_HEADER_BYTES = 64 << 10
_PIECES_A_TURN = 64
"""Pieces of a body after which other work gets its turn: thousands of tiny ones can come with one read."""
_NAME_LENGTH = 120
_UNSAFE_IN_NAMES = frozenset("/\\<>:\"'|?*&;`$")


@dataclass(frozen=True, slots=True)
class FetchBounds:
    """Limits on one fetch, and on how many run."""

    max_bytes: int = DEFAULT_BOUNDS.max_bytes
    """Length of the picture's file."""
    connect_s: float = 5.0
    """For the name, the connection and TLS, at each hop."""
    total_s: float = 15.0
    """For the whole fetch: the wait for a turn, all redirects, the last byte."""
    max_redirects: int = 3
    concurrency: int = 16
    """Fetches at once in one Fetcher; further ones wait for their turn."""
    allow: tuple[Network, ...] = ()
    """Networks that are not public and may be fetched from all the same: cameras at home."""


class Fetcher:
    """Fetches pictures within bounds; closed by ``async with`` or ``aclose``."""

    def __init__(
        self,
        bounds: FetchBounds = FetchBounds(),
        *,
        verify: ssl.SSLContext | None = None,
        resolve: Resolver | None = None,
    ) -> None:
        """Nothing is opened yet.

        Args:
            bounds: limits.
            verify: certificates to trust instead of the public authorities'.
            resolve: asked for addresses instead of the system.
        """
        self.bounds = bounds
        self._agent = f"siseon/{version('siseon')}"
        self._tls = verify
        self._resolve = resolve or self._system_addresses
        self._turns = asyncio.Semaphore(bounds.concurrency)
        # Threads of its own: a name server that does not answer must hold up no other work of the process.
        self._name_threads = ThreadPoolExecutor(bounds.concurrency, thread_name_prefix="siseon-names")

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Let go of what is held between fetches; those under way end within their own time."""
        self._name_threads.shutdown(wait=False, cancel_futures=True)

    async def fetch(self, url: str) -> Encoded:
        """The bytes behind a URL, named after the last part of its path.

        Raises:
            InputError: ``url_blocked`` before anything is sent there; ``url_refused`` (404, say);
                ``url_unreachable`` (name not known, refused,
                TLS, too slow, any status but 200, too many redirects); ``image_too_large``; ``empty_upload``.
        """
        bounds = self.bounds
        here = first = parse_url(url)
        try:
            async with asyncio.timeout(bounds.total_s), self._turns:
                for _ in range(bounds.max_redirects + 1):
                    answer = await self._hop(here)
                    if isinstance(answer, bytes):
                        return Encoded(answer, _name(first))
                    here = answer
        except TimeoutError:
            raise _unreachable(here, f"gave no picture within {bounds.total_s:g} s") from None
        except (h11.RemoteProtocolError, OSError):
            # What h11 says would show the answer's bytes to whoever asked.
            raise _unreachable(here, "broke off, or does not speak HTTP") from None
        raise _unreachable(first, f"redirects more than {bounds.max_redirects} times")

    async def _hop(self, url: httpx.URL) -> bytes | httpx.URL:
        """The body, or where to go on."""
        async with self._connection(url) as (reader, writer):
            http = h11.Connection(h11.CLIENT, max_incomplete_event_size=_MAX_HEADER_BYTES)
            writer.write(_request(http, url, self._agent))
            answer = await _next_event(http, reader)
            while isinstance(answer, h11.InformationalResponse):
                answer = await _next_event(http, reader)
            if not isinstance(answer, h11.Response):
                raise _unreachable(url, "does not answer in HTTP")
            headers = httpx.Headers(list(answer.headers))
            if answer.status_code in _REDIRECTS and "location" in headers:
                return _redirected(url, headers["location"])
            if answer.status_code in _FOR_GOOD:
                raise InputError(
                    f"{_host(url)} answered with status {answer.status_code}",
                    code=FailureCode.url_refused,
                    hint="check the address: the same one will not do later either",
                )
            if answer.status_code != httpx.codes.OK:
                raise _unreachable(url, f"answered with status {answer.status_code}")
            if headers.get("content-encoding", "identity").strip().lower() != "identity":
                raise _unreachable(url, "sent compressed data although it was asked not to")
            return await self._body(http, reader, int(headers.get("content-length", 0)))

    async def _body(self, http: h11.Connection, reader: asyncio.StreamReader, declared: int) -> bytes:
        limit = self.bounds.max_bytes
        if declared > limit:
            raise _too_large(f"{declared:,} bytes", limit)
        body, pieces = io.BytesIO(), 0
        while isinstance(piece := await _next_event(http, reader), h11.Data):
            if body.tell() + len(piece.data) > limit:
                raise _too_large(f"more than {limit:,} bytes", limit)
            body.write(piece.data)
            pieces += 1
            if pieces % _PIECES_A_TURN == 0:
                await asyncio.sleep(0)
        if not body.tell():
            raise InputError(
                "the picture behind the URL is empty",
                code=FailureCode.empty_upload,
                hint="open the URL in a browser: it must show a picture",
            )
        return body.getvalue()

    @asynccontextmanager
    async def _connection(
        self, url: httpx.URL
    ) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
        reader, writer = await self._connect(url)
        try:
            yield reader, writer
        finally:
            writer.transport.abort()  # a polite end of TLS would wait for the other side

    async def _connect(self, url: httpx.URL) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A connection to one of the checked addresses, with TLS for the name in the URL."""
        host, port = _host(url), url.port or _PORTS[url.scheme]
        name = host if url.scheme == "https" else None
        tls = self._trusted() if name else None
        now = asyncio.get_running_loop().time
        end = now() + self.bounds.connect_s
        try:
            async with asyncio.timeout_at(end):
                addresses = await self._checked_addresses(url, host, port)
                for left, address in zip(range(len(addresses), 0, -1), addresses, strict=True):
                    try:
                        # One that does not answer leaves time for the others.
                        async with asyncio.timeout((end - now()) / left):
                            return await asyncio.open_connection(
                                str(address), port, ssl=tls, server_hostname=name
                            )
                    except ssl.SSLError as error:
                        why = getattr(error, "verify_message", None) or error.reason or "no reason given"
                        raise _unreachable(url, f"cannot be trusted: TLS fails ({why})") from None
                    except OSError:
                        continue
        except TimeoutError:
            pass
        raise _unreachable(url, f"gives no connection on port {port}")

    async def _checked_addresses(self, url: httpx.URL, host: str, port: int) -> Sequence[Address]:
        """All addresses of the host, none of them forbidden: which one is used must not matter."""
        try:
            addresses: Sequence[Address] = [ip_address(host)]
        except ValueError:
            try:
                addresses = await self._resolve(host, port)
            except OSError:
                addresses = []
        if not addresses:
            raise _unreachable(url, "has no known address")
        if not all(permitted(address, self.bounds.allow) for address in addresses):
            # The address itself is not told: it would map the network behind the service.
            raise blocked(f"{host} has an address that is not public")
        return addresses

    async def _system_addresses(self, host: str, port: int) -> list[Address]:
        found = await asyncio.get_running_loop().run_in_executor(
            self._name_threads, lambda: socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        )
        return [ip_address(endpoint[0]) for *_, endpoint in found]

    def _trusted(self) -> ssl.SSLContext:
        """Made once, and not before it is needed: reading all authorities takes a while."""
        if self._tls is None:
            self._tls = httpx.create_ssl_context(trust_env=False)
        return self._tls


def _request(http: h11.Connection, url: httpx.URL, agent: str) -> bytes:
    headers = {
        "Host": url.netloc.decode("ascii"),
        "User-Agent": agent,
        "Accept": "*/*",
        "Accept-Encoding": "identity",
        "Connection": "close",
    }
    request = h11.Request(method="GET", target=url.raw_path, headers=list(headers.items()))
    return (http.send(request) or b"") + (http.send(h11.EndOfMessage()) or b"")


async def _next_event(http: h11.Connection, reader: asyncio.StreamReader) -> object:
    while (event := http.next_event()) is h11.NEED_DATA:
        http.receive_data(await reader.read(_READ_BYTES))
    return event


def _redirected(url: httpx.URL, location: str) -> httpx.URL:
    try:
        # What has a scheme is judged as it was written; urljoin would mend some odd forms.
        target = parse_url(location if _SCHEME.match(location) else urljoin(str(url), location))
    except InputError as error:
        raise blocked(f"{_host(url)} redirects to a URL that is refused: {error.message}") from None
    except ValueError:  # urljoin on brackets that hold no address
        raise blocked(f"{_host(url)} redirects to a URL that is not valid") from None
    if url.scheme == "https" and target.scheme == "http":
        raise blocked(f"{_host(url)} redirects from https to http")
    return target


def _name(url: httpx.URL) -> str:
    """The last part of the path without what is special to shells, pages or terminals; else the host."""
    last = unquote(url.raw_path.decode("ascii").partition("?")[0].rpartition("/")[2])
    safe = "".join(c if c.isprintable() and c not in _UNSAFE_IN_NAMES else "_" for c in last)
    return safe.strip(". ")[:_NAME_LENGTH] or _host(url)[:_NAME_LENGTH]


def _host(url: httpx.URL) -> str:
    return url.raw_host.decode("ascii")


def _unreachable(url: httpx.URL, why: str) -> InputError:
    # Only the host is told: paths and queries carry tokens.
    return InputError(
        f"{_host(url)} {why}",
        code=FailureCode.url_unreachable,
        hint="open the URL in a browser: it must show the picture at once, without signing in",
    )


def _too_large(what: str, limit: int) -> InputError:
    return InputError(
        f"the picture behind the URL has {what}, the limit is {limit:,}",
        code=FailureCode.image_too_large,
        hint="send a smaller picture, or raise max_bytes in FetchBounds",
    )
