"""Records one stream: its last seconds all the time, and clips out of them when there are events."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from datetime import UTC, datetime

from siseon.streams.clips.options import ClipOptions
from siseon.streams.clips.ring import Frame, Ring
from siseon.streams.clips.room import Room
from siseon.streams.clips.take import Take
from siseon.streams.hub import Hub, StreamEnded
from siseon.streams.pictures.look import Look
from siseon.streams.pictures.screen import Viewer
from siseon.streams.pictures.screens import Screens

LOOK_S = 0.5
"""Between two looks at whether a clip is over, where no picture comes."""


class Recorder:
    """One stream's. ``run`` it as a task; it ends when nothing is to be recorded any more.

    What it records is what a viewer sees: where the signal is lost, the clip shows that.
    """

    def __init__(
        self,
        hub: Hub,
        options: ClipOptions,
        screens: Screens,
        finished: Callable[[Take], object],
        room: Room,
    ) -> None:
        """``finished`` gets each clip when it is over; ``room``: for their pictures."""
        self.hub = hub
        self.options = options
        self.take: Take | None = None
        """The clip that is taken now: events that come together are one."""
        self._screens = screens
        self._finished = finished
        self._room = room
        self._ring = Ring(options.before_s)

    @property
    def is_needed(self) -> bool:
        """Whether there is something to record."""
        return not self.hub.ended and (self.options.before_s > 0 or self.take is not None)

    def event(self, reason: str, before_s: float, after_s: float) -> Take:
        """Something has happened: the clip that will show it.

        Raises:
            CapacityError: there is no room for another one.
        """
        now_s, now = time.monotonic(), datetime.now(UTC)
        if self.take is None:
            self._room.check()
            identifier = f"{int(now.timestamp() * 1000):013d}{secrets.token_hex(4)}"
            frames = self._ring.since(now_s - before_s) if before_s > 0 else []
            reasons = [reason] if reason else []
            self.take = Take(
                identifier, self.hub.name, now, now_s, now_s + after_s, reasons, frames, self._room
            )
        else:
            self.take.extend(now_s + after_s, reason)
        return self.take

    async def run(self) -> None:
        """Record until nothing is to be recorded; a clip that is taken when it is cancelled ends there."""
        look = Look(drawn=False, side=self.options.width)
        try:
            with self._screens.viewing(self.hub, look, self.options.fps) as viewer:
                while self.is_needed:
                    await self._next(viewer)
        except StreamEnded:
            pass
        finally:
            self._finish()

    async def _next(self, viewer: Viewer) -> None:
        shown = await viewer.next(LOOK_S)
        now_s = time.monotonic()
        if shown is not None:
            frame = Frame(now_s, datetime.now(UTC), shown.jpeg)
            self._ring.put(frame)
            if self.take is not None:
                self.take.put(frame)
        if self.take is not None and now_s >= self.take.end_s:
            self._finish()

    def _finish(self) -> None:
        take, self.take = self.take, None
        if take is not None:
            take.end_s = min(take.end_s, time.monotonic())
            self._finished(take)
