"""A file that a job has made as an answer: whole, or the part that a player asks for (RFC 9110, 14), and never more
than a file to the browser that shows it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from urllib.parse import quote

from fastapi import Request, Response
from fastapi.responses import StreamingResponse

from siseon.jobs.artifact_names import SHOWN, media_type
from siseon.jobs.artifacts import Artifacts, begun

POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; media-src 'self'"
"""Strangers had a hand in what reports say: they run no script, load nothing, and are of no origin."""
CACHE = "private, max-age=0, must-revalidate"
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")
HEADERS = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": POLICY, "Accept-Ranges": "bytes"}


async def sent_file(request: Request, artifacts: Artifacts, artifact: str, name: str, size: int) -> Response:
    """The answer. An artifact never changes: its name is what a client that has it may ask by (``ETag``).

    Raises:
        InputError: ``not_found``: it was removed since its ``size`` was asked for.
    """
    suffix = PurePosixPath(name).suffix.lower().lstrip(".")
    place = "inline" if suffix in SHOWN else "attachment"
    tag = f'"{artifact}"'
    headers = {
        **HEADERS,
        "ETag": tag,
        "Cache-Control": CACHE,
        "Content-Disposition": f"{place}; filename*=UTF-8''{quote(name, safe='')}",
    }
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    span = None
    if request.headers.get("if-range", tag) == tag:
        span = _span(request.headers.get("range"), size)
    if span is not None and not span:
        return Response(status_code=416, headers={**headers, "Content-Range": f"bytes */{size}"})
    part = range(size) if span is None else span
    headers["Content-Length"] = str(len(part))
    if span is not None:
        headers["Content-Range"] = f"bytes {span.start}-{span.stop - 1}/{size}"
    pieces: Iterator[bytes] = iter(())
    if part:
        pieces = await asyncio.to_thread(begun, artifacts.pieces(artifact, span))
    status = 200 if span is None else 206
    return StreamingResponse(pieces, status, headers, media_type(name))


def _span(header: str | None, size: int) -> range | None:
    """The bytes that are asked for; empty: none of them is there; None: all, as where several parts are asked for."""
    match = _RANGE.fullmatch((header or "").replace(" ", ""))
    if match is None or match[1] == match[2] == "":
        return None
    if not match[1]:
        return range(max(0, size - int(match[2])), size) if int(match[2]) else range(0)
    start, stop = int(match[1]), min(size, int(match[2]) + 1 if match[2] else size)
    if match[2] and int(match[2]) < start:
        return None  # not a range
    return range(start, stop) if start < size else range(0)
