"""Pictures on their way from a browser to a page: over HTTP, since an event would be too short for them.

A page opens an address that only it knows; what is sent there is given to the page, whole and within its bound, and is
not kept. Few are in memory at once, whoever sends.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import unquote

from starlette.requests import Request
from starlette.responses import Response

from siseon.console.paths import BASE
from siseon.contracts import FailureCode, InputError

UPLOADS = f"{BASE}/upload"
AT_ONCE = 4
"""Pictures in memory together; the next one waits to be read."""
MOST_OPEN = 2000
"""Addresses; the oldest is forgotten."""
READ_S = 60.0
"""Seconds in which a picture must have come."""
MOST_NAME = 200


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as a browser sends it: its name and kind are the sender's words."""

    name: str
    media_type: str
    data: bytes


Taken = Callable[[Upload], Awaitable[None]]


class Uploads:
    """The addresses that are open now."""

    def __init__(self, most_bytes: int) -> None:
        """``most_bytes``: of one file."""
        self._most_bytes = most_bytes
        self._open: dict[str, Taken] = {}
        self._room = asyncio.Semaphore(AT_ONCE)

    def open(self, taken: Taken) -> str:
        """An address; what is sent there goes to ``taken``."""
        key = secrets.token_urlsafe(18)
        self._open[key] = taken
        if len(self._open) > MOST_OPEN:
            del self._open[next(iter(self._open))]
        return f"{UPLOADS}/{key}"

    def close(self, address: str) -> None:
        """Forget an address."""
        self._open.pop(address.rpartition("/")[2], None)

    async def answer(self, request: Request) -> Response:
        """Take what is sent.

        Raises:
            InputError: nobody waits for it, or it is too long or too late.
        """
        taken = self._open.get(request.url.path.rpartition("/")[2])
        if taken is None or request.method != "POST":
            raise InputError(
                "no page waits for a file at this address",
                code=FailureCode.not_found,
                hint="load the page again",
            )
        async with self._room:
            try:
                data = await asyncio.wait_for(self._read(request), READ_S)
            except TimeoutError:
                raise InputError(
                    f"the file did not come within {READ_S:g} seconds",
                    code=FailureCode.deadline_exceeded,
                    hint="send a smaller picture, or hand it in as a job",
                ) from None
            name = unquote(request.headers.get("x-file-name", ""))[:MOST_NAME] or "picture"
            kind = request.headers.get("content-type", "application/octet-stream")
            await taken(Upload(name, kind, data))
        return Response(status_code=204)

    async def _read(self, request: Request) -> bytes:
        chunks: list[bytes] = []
        length = 0
        async for chunk in request.stream():
            length += len(chunk)
            if length > self._most_bytes:
                raise InputError(
                    f"the file is longer than {self._most_bytes} bytes",
                    code=FailureCode.image_too_large,
                    hint="send less, or raise max_upload_bytes",
                )
            chunks.append(chunk)
        return b"".join(chunks)
