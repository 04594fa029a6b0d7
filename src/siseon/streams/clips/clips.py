"""The clips of a service: a recorder for each stream that needs one, and what is to be done when there is an event."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import Self

from siseon.contracts import SiseonError
from siseon.streams.center import Center
from siseon.streams.clips.archive import Archive
from siseon.streams.clips.recorder import Recorder
from siseon.streams.clips.take import Clip
from siseon.streams.clips.writer import Writer
from siseon.streams.hub import Hub
from siseon.streams.libraries import check_video
from siseon.streams.pictures.screens import Screens

LOOK_S = 1.0
"""Between two looks at which streams are to be recorded."""
TIDY_S = 600.0
"""Between two looks for clips that are too old."""

log = logging.getLogger("siseon.streams")


class Clips:
    """``async with Clips(...)`` within that of its writer: at the end what is taken is cut short, and written."""

    def __init__(self, center: Center, screens: Screens, archive: Archive, writer: Writer) -> None:
        self._center = center
        self._screens = screens
        self._archive = archive
        self._writer = writer
        self._recorders: dict[str, tuple[Recorder, asyncio.Task[None]]] = {}
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        loops = (self._record(), self._tidy())
        self._tasks = [asyncio.create_task(each) for each in loops]
        return self

    async def __aexit__(self, *_: object) -> None:
        ending = [*self._tasks, *(task for _, task in self._recorders.values())]
        for task in ending:
            task.cancel()
        await asyncio.wait(ending)

    def event(
        self, hub: Hub, reason: str = "", *, before_s: float | None = None, after_s: float | None = None
    ) -> Clip:
        """Something has happened in a stream: there will be a clip of it, as its options say or as is said here. Events
        that come while a clip is taken make that one longer. On the event loop, at once.

        Raises:
            DependencyMissing: the library that codes videos is not installed.
            CapacityError: clips that are not written yet fill their room.
        """
        check_video()
        options = hub.kept.options.clips
        take = self._recorder(hub).event(
            reason,
            options.before_s if before_s is None else before_s,
            options.after_s if after_s is None else after_s,
        )
        self._writer.unwritten.take(take)
        return take.told(time.monotonic())

    def alarm(self, stream: str, alarm: str) -> None:
        """An alarm of a stream goes on: there will be a clip of it, where the stream's options say so."""
        try:
            hub = self._center.hub(stream)
            if hub.kept.options.clips.on_alarm:
                self.event(hub, alarm)
        except SiseonError as error:
            log.warning("there is no clip of alarm %s: %s", alarm, error.message)

    async def of(self, stream: str, *, before: str | None = None, limit: int = 100) -> list[Clip]:
        """Those of a stream, the newest first; ``before``: that one.

        Raises:
            StoreError: the database cannot be used.
        """
        told = self._writer.unwritten.of(stream)  # first: else one that is written meanwhile is in neither
        found = {clip.id: clip for clip in told if before is None or clip.id < before}
        found |= {clip.id: clip for clip in await self._archive.of(stream, before, limit)}
        return sorted(found.values(), key=lambda clip: clip.id, reverse=True)[:limit]

    async def find(self, stream: str, clip: str) -> Clip:
        """One of a stream.

        Raises:
            InputError: ``not_found``.
            StoreError: the database cannot be used.
        """
        told = (one for one in self._writer.unwritten.of(stream) if one.id == clip)
        return next(told, None) or await self._archive.find(stream, clip)

    async def remove(self, clip: Clip) -> None:
        """Keep one that is ready, or tell one that failed, no longer.

        Raises:
            InputError: ``storage_failed``.
            StoreError: the database cannot be used.
        """
        if clip.failure is None:
            await self._archive.remove([clip])
        self._writer.unwritten.drop(clip.id)

    def _recorder(self, hub: Hub) -> Recorder:
        """The stream's, which runs."""
        recorder, task = self._recorders.get(hub.name, (None, None))
        if recorder is not None and task is not None and recorder.hub is hub and not task.done():
            return recorder
        recorder = Recorder(hub, hub.kept.options.clips, self._screens, self._writer.write, self._writer.room)
        task = asyncio.create_task(recorder.run(), name=f"siseon clips {hub.name}")
        task.add_done_callback(_tell_end)
        self._recorders[hub.name] = recorder, task
        return recorder

    async def _record(self) -> None:
        """Have a recorder for each stream whose last seconds are to be held."""
        while True:
            hubs = {hub.name: hub for hub in self._center.hubs()}
            for name, (recorder, task) in list(self._recorders.items()):
                hub = hubs.get(name)
                changed = hub is None or recorder.options != hub.kept.options.clips
                if changed and recorder.take is None:
                    task.cancel()
                if task.done():
                    del self._recorders[name]
            for hub in hubs.values():
                if hub.kept.options.clips.before_s > 0 and hub.name not in self._recorders:
                    self._recorder(hub)
            await asyncio.sleep(LOOK_S)

    async def _tidy(self) -> None:
        while True:
            await asyncio.sleep(TIDY_S)
            await self._archive.tidy()
            try:
                await self._archive.sweep()
            except SiseonError as error:
                log.warning("videos of no clip stay for now: %s", error.message)


def _tell_end(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and task.exception() is not None:
        log.error("a recorder ended", exc_info=task.exception())
