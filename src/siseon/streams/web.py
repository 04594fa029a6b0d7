"""Pictures of a camera over HTTP: one stream of JPEGs (MJPEG), or an address that gives one picture each time.

Connections are opened by ``media/connect.py``, by its rules. The reader's thread has an event loop of its own, in which
each wait is short, so that a stop is never held up.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine, Generator, Mapping
from contextlib import AsyncExitStack
from functools import partial
from threading import Event
from typing import Any, TypeVar

import h11
import httpx

from siseon.contracts import Encoded, FailureCode, InputError
from siseon.media.connect import MAX_HEADER_BYTES, Connector, head_of_answer, next_event, request
from siseon.media.read import read
from siseon.streams.address import Address
from siseon.streams.causes import Cause, Lost
from siseon.streams.multipart import Parts
from siseon.streams.options import StreamOptions
from siseon.streams.video import View

SNAPSHOT_S = 1.0
"""Between two pictures of an address that gives one each time, where no rate is asked for."""
_TICK_S = 0.1
"""How long a wait goes on before the thread looks whether it is to end."""

T = TypeVar("T")


def web(name: str, address: Address, options: StreamOptions, ending: Event) -> Generator[View, None, None]:
    """Pictures as they come, until the session ends; each is a file whose header was read.

    Raises:
        Lost: why there are no more.
    """
    with asyncio.Runner() as runner:
        session = _Session(address, options, ending)
        try:
            while not ending.is_set():
                for data in runner.run(session.pictures()):
                    yield partial(Encoded, data, name)
        finally:
            runner.run(session.close())


class _Session:
    """One connection after the other, in the thread's loop."""

    def __init__(self, address: Address, options: StreamOptions, ending: Event) -> None:
        self._url = httpx.URL(address.plain_url)
        self._address = address
        self._options = options
        self._ending = ending
        self._connector = Connector(options.open_s, options.allow, 1)
        self._auth: httpx.Auth | None = None
        self._stack = AsyncExitStack()
        self._parts: Parts | None = None
        self._due = 0.0
        self._shown = time.monotonic()

    async def close(self) -> None:
        await self._stack.aclose()
        self._connector.close()

    async def pictures(self) -> list[bytes]:
        """What has come, whole and within bounds: none, one, or several of them."""
        found = await (self._asked() if self._parts is None else self._more(self._parts))
        good = [data for data in found if self._is_picture(data)]
        now = time.monotonic()
        if good:
            self._shown = now
        elif now - self._shown > self._options.key_s:
            raise Lost(Cause.undecodable)
        return good

    async def _asked(self) -> list[bytes]:
        """Ask once: for one picture, or for the beginning of a stream of them."""
        while (left := self._due - time.monotonic()) > 0:
            if self._ending.is_set():
                return []
            await asyncio.sleep(min(left, _TICK_S))
        self._due = max(self._due, time.monotonic() - SNAPSHOT_S) + 1 / (self._options.fps or 1 / SNAPSHOT_S)
        answer = await self._answer()
        kind = httpx.Headers(list(answer.headers)).get("content-type", "")
        limit = self._options.bounds.max_bytes
        if kind.lower().startswith("multipart/"):
            self._parts = Parts(kind, limit)
            return []
        if not kind.lower().startswith("image/"):
            raise Lost(Cause.not_video, "it answers with a page, not with pictures")
        body, end = bytearray(), time.monotonic() + self._options.key_s
        while isinstance(piece := await self._within(self._event()), h11.Data):
            body += piece.data
            if len(body) > limit:
                raise Lost(Cause.too_large, f"a picture of more than {limit:,} bytes")
            if time.monotonic() > end:
                raise Lost(Cause.silent, "a picture comes too slowly")
        await self._stack.aclose()
        return [bytes(body)]

    async def _more(self, parts: Parts) -> list[bytes]:
        """What the stream brings next."""
        piece = await self._within(self._event())
        if not isinstance(piece, h11.Data):
            raise Lost(Cause.ended)
        return parts.feed(bytes(piece.data))

    async def _answer(self) -> h11.Response:
        """The head of a good answer; the password is said when it is asked for, in the way that is asked for."""
        for _ in range(3):  # without, then to a challenge, then with what digest has to know first
            sent = httpx.Request("GET", self._url)
            flow = (self._auth or httpx.Auth()).sync_auth_flow(sent)
            answer = await self._sent(next(flow))
            if answer.status_code != httpx.codes.UNAUTHORIZED:
                break
            headers = httpx.Headers(list(answer.headers))
            if self._auth is None:
                self._auth = self._answering(headers.get_list("www-authenticate", split_commas=True))
                continue
            if (again := _to_challenge(flow, httpx.Response(401, headers=headers, request=sent))) is not None:
                answer = await self._sent(again)
            break
        status = answer.status_code
        if status in (401, 403):
            raise Lost(Cause.unauthorized)
        if status in (404, 410):
            raise Lost(Cause.not_found)
        if status != httpx.codes.OK:
            raise Lost(Cause.broken, f"it answered with status {status}")
        return answer

    def _answering(self, challenges: list[str]) -> httpx.Auth:
        address = self._address
        if not address.user and not address.password:
            raise Lost(Cause.unauthorized, "it asks for user and password")
        if any(
            challenge.lower().startswith("digest") for challenge in challenges
        ):  # basic tells the password
            return httpx.DigestAuth(address.user, address.password)
        return httpx.BasicAuth(address.user, address.password)

    async def _sent(self, asking: httpx.Request) -> h11.Response:
        await self._stack.aclose()
        # As bytes: a user's name need not be ASCII.
        own: dict[str, str | bytes] = {
            name.decode(): value for name, value in asking.headers.raw if name.lower() == b"authorization"
        }
        return await self._within(self._head(own))

    async def _head(self, headers: Mapping[str, str | bytes]) -> h11.Response:
        reader, writer = await self._stack.enter_async_context(self._connector.connection(self._url))
        self._reader, self._http = (
            reader,
            h11.Connection(h11.CLIENT, max_incomplete_event_size=MAX_HEADER_BYTES),
        )
        writer.write(request(self._http, self._url, headers=headers))
        return await head_of_answer(self._http, reader, self._url)

    async def _event(self) -> object:
        return await next_event(self._http, self._reader)

    async def _within(self, doing: Coroutine[Any, Any, T]) -> T:
        """The outcome, unless it takes too long or the stream is to end.

        Raises:
            Lost: why not.
        """
        task = asyncio.ensure_future(doing)
        end = time.monotonic() + self._options.read_s
        try:
            while not task.done():
                if self._ending.is_set():
                    raise Lost(Cause.asked)
                if time.monotonic() > end:
                    raise Lost(Cause.silent)
                await asyncio.wait([task], timeout=_TICK_S)
            return task.result()
        except InputError as error:
            blocked = error.code is FailureCode.url_blocked
            raise Lost(Cause.blocked if blocked else Cause.unreachable) from None
        except (h11.RemoteProtocolError, OSError):
            raise Lost(Cause.broken) from None
        finally:
            if not task.done():
                task.cancel()
                await asyncio.wait([task])

    def _is_picture(self, data: bytes) -> bool:
        try:
            read(data, self._options.bounds)
        except InputError as error:
            if error.code is FailureCode.image_too_large:
                raise Lost(Cause.too_large, error.message) from None
            return False
        return True


def _to_challenge(
    flow: Generator[httpx.Request, httpx.Response, None], refusal: httpx.Response
) -> httpx.Request | None:
    """What is said to a challenge; None: all has been said.

    Raises:
        Lost: ``unauthorized``: it is none that can be answered.
    """
    try:
        return flow.send(refusal)
    except StopIteration:
        return None
    except (
        httpx.ProtocolError,
        LookupError,
        ValueError,
        NotImplementedError,
    ):  # all that httpx makes of them
        raise Lost(Cause.unauthorized, "its challenge cannot be answered") from None
