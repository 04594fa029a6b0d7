"""Videos behind URLs, for applications that look at videos: fetched while the job is submitted, since it must be known
into how many parts they are cut. The rules are those for pictures behind URLs (``media/fetch.py``)."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from pathlib import Path

from siseon.contracts import FailureCode, InputError
from siseon.media.addresses import networks, parse_url
from siseon.media.connect import host_of
from siseon.media.fetch import FetchBounds, Fetcher
from siseon.media.film.opened import SNIFF_BYTES, format_of
from siseon.media.names import free_name, plain_name
from siseon.service.jobs.incoming import Arrived
from siseon.settings import Settings

MOST = 16
"""Of one job."""
PIECE_BYTES = 256 << 10
"""Written at once."""


async def fetched(
    urls: Sequence[str], folder: Path, settings: Settings, beside: Sequence[Arrived]
) -> list[Arrived]:
    """The videos, one after the other, as files in a folder; ``beside``: what came with the request.

    Raises:
        InputError: too many; as ``Fetcher.fetch``; ``unsupported_media``; ``storage_failed``.
    """
    if len(urls) > MOST:
        raise InputError(f"the job has {len(urls)} videos by URL", hint=f"name {MOST} at most")
    bounds = FetchBounds(
        max_bytes=settings.jobs_video_bytes,
        total_s=settings.jobs_upload_s,
        allow=networks(settings.url_allow),
        what="video",
    )
    found = list(beside)
    async with Fetcher(bounds) as fetcher:
        for number, url in enumerate(urls):
            file = await _one(fetcher, url, folder / f"url-{number}")
            file.name = free_name(file.name, {other.name for other in found})
            if any(other.sha256 == file.sha256 for other in found):
                raise InputError(f"{file.name!r} came twice", hint="name each video once")
            found.append(file)
    return found[len(beside) :]


async def _one(fetcher: Fetcher, url: str, path: Path) -> Arrived:
    digest, held, seen = hashlib.sha256(), bytearray(), 0

    def write() -> None:
        digest.update(held)
        with path.open("ab") as file:
            file.write(held)
        held.clear()

    async def take(piece: bytes) -> None:
        nonlocal seen
        held.extend(piece)
        if seen < SNIFF_BYTES <= seen + len(piece) and format_of(bytes(held[:SNIFF_BYTES])) is None:
            raise _no_video(url)
        seen += len(piece)
        if len(held) >= PIECE_BYTES:
            await asyncio.to_thread(write)

    try:
        name = await fetcher.fetch_into(url, take)
        if seen < SNIFF_BYTES and format_of(bytes(held)) is None:
            raise _no_video(url)
        await asyncio.to_thread(write)
    except OSError as error:
        raise InputError(
            f"what is fetched cannot be written: {error.strerror}", code=FailureCode.storage_failed
        ) from None
    return Arrived(plain_name(name), path, is_video=True, nbytes=seen, sha256=digest.hexdigest())


def _no_video(url: str) -> InputError:
    return InputError(
        f"what {host_of(parse_url(url))} sent is no video",
        code=FailureCode.unsupported_media,
        hint="the address must be of the file itself, not of a page that shows it",
    )
