"""Pictures from URLs, safe to offer to strangers.

Each hop is judged, and connected to, by ``connect.py``; HTTP then speaks over that connection and has no means to open
another. So a redirect inwards and a proxy from the environment find no way around.
"""

from __future__ import annotations

import asyncio
import io
import re
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal, Self
from urllib.parse import unquote, urljoin

import h11
import httpx

from siseon.contracts import Encoded, FailureCode, InputError
from siseon.media.addresses import Network, blocked, parse_url
from siseon.media.bounds import DEFAULT_BOUNDS
from siseon.media.connect import (
    MAX_HEADER_BYTES,
    Connector,
    Resolver,
    head_of_answer,
    host_of,
    next_event,
    request,
    unreachable,
)

Take = Callable[[bytes], Awaitable[None]]
"""Is given a body piece by piece."""
_FOR_GOOD = frozenset(range(400, 500)) - {408, 421, 423, 425, 429}
"""What a client has done wrong, apart from the statuses that ask to come back later."""
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
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
    what: Literal["picture", "video"] = "picture"
    """Is fetched, for messages and codes."""


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
        self._turns = asyncio.Semaphore(bounds.concurrency)
        self._connector = Connector(
            bounds.connect_s, bounds.allow, bounds.concurrency, verify=verify, resolve=resolve
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Let go of what is held between fetches; those under way end within their own time."""
        self._connector.close()

    async def fetch(self, url: str) -> Encoded:
        """The bytes behind a URL, named after the last part of its path.

        Raises:
            InputError: ``url_blocked`` before anything is sent there; ``url_refused`` (404, say);
                ``url_unreachable`` (name not known, refused,
                TLS, too slow, any status but 200, too many redirects); ``image_too_large``; ``empty_upload``.
        """
        body = io.BytesIO()

        async def take(piece: bytes) -> None:
            body.write(piece)

        name = await self.fetch_into(url, take)
        return Encoded(body.getvalue(), name)

    async def fetch_into(self, url: str, take: Take) -> str:
        """The same of what no memory should hold: ``take`` gets it piece by piece; its name.

        Raises:
            InputError: as ``fetch``, and what ``take`` raises.
        """
        bounds = self.bounds
        here = first = parse_url(url)
        try:
            async with asyncio.timeout(bounds.total_s), self._turns:
                for _ in range(bounds.max_redirects + 1):
                    there = await self._hop(here, take)
                    if there is None:
                        return _name(first)
                    here = there
        except TimeoutError:
            raise unreachable(here, f"gave no {bounds.what} within {bounds.total_s:g} s") from None
        except (h11.RemoteProtocolError, OSError):
            # What h11 says would show the answer's bytes to whoever asked.
            raise unreachable(here, "broke off, or does not speak HTTP") from None
        raise unreachable(first, f"redirects more than {bounds.max_redirects} times")

    async def _hop(self, url: httpx.URL, take: Take) -> httpx.URL | None:
        """Where to go on; None: the body was taken."""
        async with self._connector.connection(url) as (reader, writer):
            http = h11.Connection(h11.CLIENT, max_incomplete_event_size=MAX_HEADER_BYTES)
            writer.write(request(http, url))
            answer = await head_of_answer(http, reader, url)
            headers = httpx.Headers(list(answer.headers))
            if answer.status_code in _REDIRECTS and "location" in headers:
                return _redirected(url, headers["location"])
            if answer.status_code in _FOR_GOOD:
                raise InputError(
                    f"{host_of(url)} answered with status {answer.status_code}",
                    code=FailureCode.url_refused,
                    hint="check the address: the same one will not do later either",
                )
            if answer.status_code != httpx.codes.OK:
                raise unreachable(url, f"answered with status {answer.status_code}")
            if headers.get("content-encoding", "identity").strip().lower() != "identity":
                raise unreachable(url, "sent compressed data although it was asked not to")
            await self._body(http, reader, int(headers.get("content-length", 0)), take)
            return None

    async def _body(
        self, http: h11.Connection, reader: asyncio.StreamReader, declared: int, take: Take
    ) -> None:
        bounds = self.bounds
        if declared > bounds.max_bytes:
            raise _too_large(f"{declared:,} bytes", bounds)
        length, pieces = 0, 0
        while isinstance(piece := await next_event(http, reader), h11.Data):
            length += len(piece.data)
            if length > bounds.max_bytes:
                raise _too_large(f"more than {bounds.max_bytes:,} bytes", bounds)
            await take(bytes(piece.data))
            pieces += 1
            if pieces % _PIECES_A_TURN == 0:
                await asyncio.sleep(0)
        if not length:
            raise InputError(
                f"the {bounds.what} behind the URL is empty",
                code=FailureCode.empty_upload,
                hint=f"open the URL in a browser: it must show a {bounds.what}",
            )


def _redirected(url: httpx.URL, location: str) -> httpx.URL:
    try:
        # What has a scheme is judged as it was written; urljoin would mend some odd forms.
        target = parse_url(location if _SCHEME.match(location) else urljoin(str(url), location))
    except InputError as error:
        raise blocked(f"{host_of(url)} redirects to a URL that is refused: {error.message}") from None
    except ValueError:  # urljoin on brackets that hold no address
        raise blocked(f"{host_of(url)} redirects to a URL that is not valid") from None
    if url.scheme == "https" and target.scheme == "http":
        raise blocked(f"{host_of(url)} redirects from https to http")
    return target


def _name(url: httpx.URL) -> str:
    """The last part of the path without what is special to shells, pages or terminals; else the host."""
    last = unquote(url.raw_path.decode("ascii").partition("?")[0].rpartition("/")[2])
    safe = "".join(c if c.isprintable() and c not in _UNSAFE_IN_NAMES else "_" for c in last)
    return safe.strip(". ")[:_NAME_LENGTH] or host_of(url)[:_NAME_LENGTH]


def _too_large(has: str, bounds: FetchBounds) -> InputError:
    return InputError(
        f"the {bounds.what} behind the URL has {has}, the limit is {bounds.max_bytes:,}",
        code=FailureCode.image_too_large if bounds.what == "picture" else FailureCode.video_too_large,
        hint=f"send a smaller {bounds.what}, or raise max_bytes in FetchBounds",
    )
