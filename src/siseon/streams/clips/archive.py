"""Where clips end up: coded beside all else, kept, found again, and removed when they are too old or too many."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Self

from siseon.contracts import SiseonError, StageFailed
from siseon.hosting.background import Background
from siseon.jobs.artifacts import Artifacts, begun
from siseon.streams.center import Center
from siseon.streams.clips import shelf
from siseon.streams.clips.film import Film, film
from siseon.streams.clips.shelf import FOLDER, Limits, artifact_of
from siseon.streams.clips.take import Clip, ClipState, Take

STRAY_S = 3600.0
"""So old, a video that no row names never gets one."""

log = logging.getLogger("siseon.streams")


@dataclass(frozen=True, slots=True)
class Coded:
    """A clip with its video, to be kept."""

    clip: Clip
    data: bytes


class Archive:
    """Of a service. ``async with`` waits, at its end, for the video that is coded."""

    def __init__(self, center: Center) -> None:
        settings = center.host.settings
        self._center = center
        self._place = settings.jobs_artifacts_place
        self._limits = Limits(settings.clips_keep_s, settings.clips_most, settings.clips_bytes)
        self._thread = Background()
        self._artifacts: Artifacts | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await asyncio.to_thread(self._thread.close)

    async def code(self, take: Take) -> Coded:
        """Make the video of a clip of at least one picture.

        Raises:
            StageFailed: it cannot be coded.
        """
        made: list[Film] = []
        await self._thread.run(lambda: made.append(_film(take)))
        return Coded(_clip(take, made[0]), made[0].data)

    async def keep(self, coded: Coded) -> None:
        """Keep a clip; where it failed, the same may be tried again.

        Raises:
            InputError: ``storage_failed``.
            StoreError: the database cannot be used.
        """
        artifacts = await self._opened()
        clip = coded.clip
        await asyncio.to_thread(artifacts.put, artifact_of(clip.stream, clip.id), coded.data)
        await self._center.ask(shelf.keep, clip)
        await self.tidy()

    async def discard(self, clip: Clip) -> None:
        """Remove the video of a clip that was not kept, if it was written.

        Raises:
            InputError: ``storage_failed``.
        """
        artifacts = await self._opened()
        await asyncio.to_thread(artifacts.delete, [artifact_of(clip.stream, clip.id)])

    async def of(self, stream: str, before: str | None, limit: int) -> list[Clip]:
        """Those of a stream, the newest first; ``before``: that one.

        Raises:
            StoreError: the database cannot be used.
        """
        return await self._center.ask(shelf.kept, stream, before=before, limit=limit)

    async def find(self, stream: str, clip: str) -> Clip:
        """One of a stream.

        Raises:
            InputError: ``not_found``.
            StoreError: the database cannot be used.
        """
        return await self._center.ask(shelf.find, stream, clip)

    async def video(self, clip: Clip) -> tuple[int, Iterator[bytes]]:
        """Length of its video, and the video in pieces, which are there from now on; taking them blocks.

        Raises:
            InputError: ``not_found``, ``storage_failed``.
        """
        artifacts = await self._opened()
        name = artifact_of(clip.stream, clip.id)
        size = await asyncio.to_thread(artifacts.size, name)
        return size, await asyncio.to_thread(begun, artifacts.pieces(name))

    async def remove(self, clips: Sequence[Clip]) -> None:
        """Keep them no longer.

        Raises:
            InputError: ``storage_failed``.
            StoreError: the database cannot be used.
        """
        artifacts = await self._opened()
        names = [artifact_of(clip.stream, clip.id) for clip in clips]
        await asyncio.to_thread(artifacts.delete, names)
        await self._center.ask(shelf.forget, clips)

    async def tidy(self) -> None:
        """Remove clips that are too old or too many; those that cannot be removed now stay until the next time."""
        try:
            if over := await self._center.ask(shelf.surplus, self._limits):
                await self.remove(over)
        except SiseonError as error:
            log.warning("old clips stay for now: %s", error.message)

    async def sweep(self) -> None:
        """Remove videos that no row names: a crash came between the two.

        Raises:
            InputError: ``storage_failed``.
            StoreError: the database cannot be used.
        """
        artifacts = await self._opened()
        before = datetime.now(UTC) - timedelta(seconds=STRAY_S)
        found = await asyncio.to_thread(
            artifacts.older, FOLDER, before
        )  # first: newer ones have rows to come
        known = await self._center.ask(shelf.known)
        await asyncio.to_thread(artifacts.delete, [name for name in found if name not in known])

    async def _opened(self) -> Artifacts:
        if self._artifacts is None:
            self._artifacts = await asyncio.to_thread(Artifacts.at, self._place)
        return self._artifacts


def _film(take: Take) -> Film:
    from av.error import FFmpegError

    try:
        return film(take.frames, take.end_s)
    except (FFmpegError, MemoryError) as error:
        raise StageFailed(f"the clip cannot be coded: {type(error).__name__}") from error


def _clip(take: Take, made: Film) -> Clip:
    return Clip(
        id=take.id,
        stream=take.stream,
        state=ClipState.ready,
        at=take.at,
        begins_at=take.frames[0].at,
        reasons=tuple(take.reasons),
        seconds=made.seconds,
        frames=made.frames,
        nbytes=len(made.data),
        width=made.width,
        height=made.height,
    )
