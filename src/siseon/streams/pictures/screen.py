"""A screen: what all who look at a stream in one way see. Each picture is made once, however many they are.

A viewer that is slow gets the newest picture when it comes back, never those between.
"""

from __future__ import annotations

import asyncio
import math
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from siseon.contracts import Image, SiseonError
from siseon.streams.hub import Answered, Hub, StreamEnded
from siseon.streams.life import State
from siseon.streams.pictures.card import SIZE, Card, card
from siseon.streams.pictures.look import Look, coded
from siseon.streams.pictures.maker import Maker
from siseon.streams.pictures.subject import Choice, Subject
from siseon.streams.rate import Rate

TICK_S = 0.5
"""Between two looks at whether time alone has changed what is to be seen."""


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """What is to be seen now."""

    jpeg: bytes
    state: State
    """Of the stream."""
    number: int | None
    """Of the frame; None: it says why there is none."""
    at: datetime
    """When the frame had come, or that was so, UTC."""


class Screen:
    """One of them. ``run`` it as a task while it has viewers."""

    def __init__(self, hub: Hub, look: Look, maker: Maker) -> None:
        self.shown: Shown | None = None
        self.over = False
        """Nothing more comes."""
        self._hub = hub
        self._look = look
        self._maker = maker
        self._choice = Choice(hub, drawn=look.drawn)
        self._rate = Rate(None)
        self._viewers: set[Viewer] = set()
        self._size = SIZE if look.side >= SIZE[0] else (look.side, look.side * SIZE[1] // SIZE[0])
        self._stirred = asyncio.Event()
        self._news = asyncio.Event()

    def join(self, fps: float) -> Viewer:
        """One more viewer, that gets at most so many pictures a second."""
        viewer = Viewer(self, fps)
        self._viewers.add(viewer)
        self._pace()
        return viewer

    def leave(self, viewer: Viewer) -> bool:
        """One viewer less; whether anybody is left."""
        self._viewers.discard(viewer)
        self._pace()
        return bool(self._viewers)

    @property
    def fps(self) -> float | None:
        """Pictures a second, as many as the most demanding viewer gets."""
        return self._rate.fps

    async def news(self, timeout_s: float) -> None:
        """Wait until something else is to be seen, or nothing more comes, for at most so long."""
        await _set_within(self._news, timeout_s)

    async def run(self) -> None:
        """Show the stream until it ends here or this is cancelled."""
        try:
            async with asyncio.TaskGroup() as group:
                following = [group.create_task(self._follow_outcomes())]
                if not self._look.drawn:
                    following.append(group.create_task(self._follow_frames()))
                await self._show()
                for task in following:
                    task.cancel()
        finally:
            self.over = True
            self._tell()

    async def _follow_outcomes(self) -> None:
        with self._hub.subscribe(most=1) as outcomes:
            async for _ in outcomes:
                self._stirred.set()
        self._stirred.set()

    async def _follow_frames(self) -> None:
        shot = self._hub.shot
        with suppress(StreamEnded):
            while True:
                shot = await self._hub.next_shot(shot)
                self._stirred.set()

    async def _show(self) -> None:
        had: Subject | None = None
        while not self._hub.ended:
            self._stirred.clear()
            subject = self._choice.now(datetime.now(UTC))
            now = time.monotonic()
            if subject == had or (left_s := self._rate.left_s(now)):
                await _set_within(self._stirred, TICK_S if subject == had else left_s)
                continue
            self._rate.take(now)
            had = subject
            self.shown = await self._made(subject)
            self._tell()

    async def _made(self, subject: Subject) -> Shown:
        state = State.connecting if self._hub.state is None else self._hub.state.state
        if isinstance(subject, Card):
            return await self._card(subject, state)
        shot = subject.shot if isinstance(subject, Answered) else subject
        try:
            jpeg, self._size = await self._maker.make(self._hub, subject, self._look, _coded_with_size)
        except SiseonError as error:
            told = Card(self._hub.name, "NO PICTURE", error.message, shot.at, datetime.now(UTC))
            return await self._card(told, state)
        return Shown(jpeg, state, shot.number, shot.at)

    async def _card(self, said: Card, state: State) -> Shown:
        jpeg = await self._maker.run(lambda: coded(card(said, self._size)))
        return Shown(jpeg, state, None, said.now)

    def _pace(self) -> None:
        fps = max((viewer.fps for viewer in self._viewers), default=None)
        if fps != self._rate.fps:
            self._rate = Rate(fps)
            self._stirred.set()

    def _tell(self) -> None:
        self._news.set()
        self._news = asyncio.Event()


class Viewer:
    """One who looks at a screen."""

    def __init__(self, screen: Screen, fps: float) -> None:
        self.fps = fps
        self._screen = screen
        self._rate = Rate(fps)
        self._had: Shown | None = None

    async def next(self, timeout_s: float = math.inf) -> Shown | None:
        """The newest picture when it is ``ready``; None when it is not within the time.

        Raises:
            StreamEnded: there will be none.
        """
        return self.take() if await self.ready(timeout_s) else None

    def take(self) -> Shown | None:
        """The newest picture now: who waited since it was ready gets a newer one, if there is one."""
        self._rate.take(time.monotonic())
        self._had = self._screen.shown
        return self._had

    async def ready(self, timeout_s: float = math.inf) -> bool:
        """Wait until there is another picture than the last and it is due; whether there is within the time.

        Raises:
            StreamEnded: there will be none.
        """
        end = time.monotonic() + timeout_s
        while True:
            now = time.monotonic()
            shown = self._screen.shown
            is_new = shown is not None and shown is not self._had
            left_s = self._left_s(now) if is_new else math.inf
            if not left_s:
                return True
            if self._screen.over:
                raise StreamEnded
            if now >= end:
                return False
            await self._screen.news(min(end - now, left_s))

    def _left_s(self, now: float) -> float:
        """Until another one is due. The screen keeps the pace of those who want as much as it shows."""
        fps = self._screen.fps
        return 0.0 if fps is not None and self.fps >= fps else self._rate.left_s(now)


async def _set_within(event: asyncio.Event, timeout_s: float) -> None:
    """Wait for it, but not longer."""
    with suppress(TimeoutError):
        async with asyncio.timeout(None if math.isinf(timeout_s) else timeout_s):
            await event.wait()


def _coded_with_size(image: Image) -> tuple[bytes, tuple[int, int]]:
    return coded(image), (image.width, image.height)
