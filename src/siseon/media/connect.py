"""Connections to what a stranger has named: opened to addresses that were checked, and to no others.

At each hop the name is resolved once, every address it has is checked, and the connection is opened to one of
those very addresses. So a name that changes its meaning (DNS rebinding) finds no way around.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from importlib.metadata import version
from ipaddress import ip_address
from types import MappingProxyType
from typing import Literal

import h11
import httpx

from siseon.contracts import FailureCode, InputError
from siseon.media.addresses import Address, Network, blocked, permitted

Resolver = Callable[[str, int], Awaitable[Sequence[Address]]]
"""(host, port) to all addresses of the host; raises ``OSError`` for a name that is not known."""

_PORTS = {"http": 80, "https": 443}
_READ_BYTES = 64 << 10
MAX_HEADER_BYTES = 64 << 10
MOST_HEADS = 10
"""Before an answer may come others that only inform (100, 103): a server could send them for ever."""


class Connector:
    """Opens connections to permitted addresses."""

    def __init__(
        self,
        connect_s: float,
        allow: tuple[Network, ...],
        concurrency: int,
        *,
        verify: ssl.SSLContext | None = None,
        resolve: Resolver | None = None,
    ) -> None:
        """Nothing is opened yet.

        Args:
            connect_s: seconds for the name, the connection and TLS.
            allow: networks that are not public and may be reached all the same.
            concurrency: names that are looked up at once.
            verify: certificates to trust instead of the public authorities'.
            resolve: asked for addresses instead of the system.
        """
        self._connect_s = connect_s
        self._allow = allow
        self._tls = verify
        self._resolve = resolve or self._system_addresses
        # Threads of its own: a name server that does not answer must hold up no other work of the process.
        self._name_threads = ThreadPoolExecutor(concurrency, thread_name_prefix="siseon-names")

    def close(self) -> None:
        """Let go of what is held between connections; those that are open stay open."""
        self._name_threads.shutdown(wait=False, cancel_futures=True)

    @asynccontextmanager
    async def connection(
        self, url: httpx.URL
    ) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
        """An open connection, with TLS for the name in the URL where that says so.

        Raises:
            InputError: ``url_blocked``, ``url_unreachable``.
        """
        reader, writer = await self._connect(url)
        try:
            yield reader, writer
        finally:
            writer.transport.abort()  # a polite end of TLS would wait for the other side

    async def _connect(self, url: httpx.URL) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A connection to one of the checked addresses, with TLS for the name in the URL."""
        host, port = host_of(url), url.port or _PORTS[url.scheme]
        name = host if url.scheme == "https" else None
        tls = self._trusted() if name else None
        now = asyncio.get_running_loop().time
        end = now() + self._connect_s
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
                        raise unreachable(url, f"cannot be trusted: TLS fails ({why})") from None
                    except OSError:
                        continue
        except TimeoutError:
            pass
        raise unreachable(url, f"gives no connection on port {port}")

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
            raise unreachable(url, "has no known address")
        if not all(permitted(address, self._allow) for address in addresses):
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


def request(
    http: h11.Connection,
    url: httpx.URL,
    method: Literal["GET", "POST"] = "GET",
    headers: Mapping[str, str | bytes] = MappingProxyType({}),
    body: bytes = b"",
) -> bytes:
    """The bytes of a request for one answer on a connection of its own."""
    every: dict[str, str | bytes] = {
        "Host": url.netloc.decode("ascii"),
        "User-Agent": f"siseon/{version('siseon')}",
        "Accept": "*/*",
        "Accept-Encoding": "identity",
        "Connection": "close",
        **headers,
    }
    if body:
        every["Content-Length"] = str(len(body))
    coded = [
        (name.encode(), value.encode() if isinstance(value, str) else value) for name, value in every.items()
    ]
    pieces = [http.send(h11.Request(method=method, target=url.raw_path, headers=coded))]
    if body:
        pieces.append(http.send(h11.Data(data=body)))
    pieces.append(http.send(h11.EndOfMessage()))
    return b"".join(piece or b"" for piece in pieces)


async def next_event(http: h11.Connection, reader: asyncio.StreamReader) -> object:
    """What comes next on the connection."""
    while (event := http.next_event()) is h11.NEED_DATA:
        http.receive_data(await reader.read(_READ_BYTES))
    return event


async def head_of_answer(http: h11.Connection, reader: asyncio.StreamReader, url: httpx.URL) -> h11.Response:
    """Status and headers.

    Raises:
        InputError: ``url_unreachable``: it does not answer in HTTP.
    """
    answer: object = None
    for _ in range(MOST_HEADS):
        answer = await next_event(http, reader)
        if not isinstance(answer, h11.InformationalResponse):
            break
    if not isinstance(answer, h11.Response):
        raise unreachable(url, "does not answer in HTTP")
    return answer


def host_of(url: httpx.URL) -> str:
    """Its host, as it is written in messages."""
    return url.raw_host.decode("ascii")


def unreachable(url: httpx.URL, why: str) -> InputError:
    """The failure of a host; it alone is told: paths and queries carry tokens."""
    return InputError(
        f"{host_of(url)} {why}",
        code=FailureCode.url_unreachable,
        hint="open the URL in a browser: it must show the picture at once, without signing in",
    )
