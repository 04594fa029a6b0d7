"""Server-sent events (WHATWG HTML, 9.2): a client that comes back goes on where it was."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable

from fastapi.responses import StreamingResponse

from siseon.contracts import InputError, SiseonError

MEDIA_TYPE = "text/event-stream"
LAST_EVENT = "Last-Event-ID"
RETRY_MS = 1000
"""After which a client that was cut off comes back."""
LOOK_S = 0.5
"""Between two looks at whether the service is to end."""
QUIET_S = 15.0
"""After so long without an event a comment is sent: it finds clients that have gone, and keeps proxies patient."""
MOST_DIGITS = 18


def described(event: str) -> dict[str, object]:
    """The content of an answer for the OpenAPI document; ``event`` is the schema of what each `data:` holds."""
    reference = {"$ref": f"#/components/schemas/{event}"}
    schema = {"type": "string", "contentMediaType": MEDIA_TYPE, "contentSchema": reference}
    return {MEDIA_TYPE: {"schema": schema}}


def last_seen(header: str | None) -> int:
    """The event after which a client goes on: all, when it says nothing.

    Raises:
        InputError: it is not the id of an event.
    """
    if header is None or header == "":
        return 0
    if not (header.isascii() and header.isdigit() and len(header) <= MOST_DIGITS):
        raise InputError(
            f"{LAST_EVENT}: {header[:40]!r} is not the id of an event", hint="send the number after `id:`"
        )
    return int(header)


def event(kind: str, data: str, identifier: int | None = None) -> bytes:
    """One of them; ``data`` is JSON in one line. Without an ``identifier`` a client that comes back cannot name it."""
    named = "" if identifier is None else f"id: {identifier}\n"
    return f"{named}event: {kind}\ndata: {data}\n\n".encode()


def answer(events: AsyncGenerator[bytes, None], goes_on: Callable[[], bool]) -> StreamingResponse:
    """The answer that tells them until there are no more, or until ``goes_on`` says no."""
    return StreamingResponse(
        _stream(events, goes_on), media_type=MEDIA_TYPE, headers={"Cache-Control": "no-store"}
    )


async def _stream(events: AsyncGenerator[bytes, None], goes_on: Callable[[], bool]) -> AsyncIterator[bytes]:
    coming: asyncio.Task[bytes | None] | None = None
    quiet = 0.0
    yield f"retry: {RETRY_MS}\n\n".encode()
    try:
        while goes_on():
            if coming is None:
                coming = asyncio.create_task(_next(events))
            done, _ = await asyncio.wait((coming,), timeout=LOOK_S)
            if done:
                told, coming, quiet = coming.result(), None, 0.0
                if told is None:  # ended, or removed
                    return
                yield told
            elif (quiet := quiet + LOOK_S) >= QUIET_S:
                yield b": \n\n"
                quiet = 0.0
    except SiseonError:  # the database is away, and the client comes back
        return
    finally:
        if coming is not None:
            coming.cancel()
            await asyncio.gather(coming, return_exceptions=True)
        await events.aclose()


async def _next(events: AsyncIterator[bytes]) -> bytes | None:
    return await anext(events, None)
