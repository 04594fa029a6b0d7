"""The engine in virtual time: an event loop whose clock jumps, and cores on which replicas compute without computing.

Time goes on only when nothing is left to do at the present moment, so the order of work shows exactly and in every run
alike: neither the machine nor what else runs on it. What it does not show is what Python costs, but for ``hop_s``.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from unittest import mock

from siseon.engine import Stage, clock, serving
from siseon.engine.placement.seam import Bell, PlaceStatistics, Replica, Steps

Then = Callable[[], None]


class Cores:
    """Work is done when its share of the cores has done it, as an operating system shares them among threads."""

    def __init__(self, count: int, *, later_first: bool = False) -> None:
        """``later_first``: as many pieces at a time as there are cores, those of later stages before earlier ones."""
        self._count = count
        self._later_first = later_first
        self._left: dict[Then, float] = {}
        self._waiting: list[tuple[int, int, float, Then]] = []
        self._number = 0
        self._at = 0.0
        self.taken: tuple[int, float] | None = None
        """Place of its stage and seconds of the work that the present step has begun."""

    def compute(self, place: int, seconds: float, then: Then) -> None:
        """Do so much work, then call."""
        self._number += 1
        self._waiting.append((-place if self._later_first else 0, self._number, seconds, then))

    def next_end(self, now: float) -> float | None:
        """When the next piece is done, if nothing else comes before; all that has come until now is begun."""
        self._go_on(now)
        self._waiting.sort(key=lambda piece: piece[:2])
        while self._waiting and (not self._later_first or len(self._left) < self._count):
            *_, seconds, then = self._waiting.pop(0)
            self._left[then] = seconds
        return now + min(self._left.values()) / self._speed() if self._left else None

    def end_one(self, now: float) -> Then:
        """What follows the piece that is done at this moment."""
        self._go_on(now)
        then = min(self._left, key=self._left.__getitem__)
        del self._left[then]
        return then

    def _go_on(self, now: float) -> None:
        if self._left:
            worked = (now - self._at) * self._speed()
            self._left = {then: left - worked for then, left in self._left.items()}
        self._at = now

    def _speed(self) -> float:
        return min(1.0, self._count / len(self._left))


class VirtualLoop(asyncio.BaseEventLoop):
    """Runs what is ready in asyncio's order, then goes on to the next timer or the next end of a piece of work."""

    def __init__(self, cores: Cores, hop_s: float) -> None:
        """``hop_s``: how long it takes a thread to wake another, until which that one does nothing."""
        super().__init__()
        self.cores = cores
        self._hop_s = hop_s
        self._now = 0.0

    def time(self) -> float:
        """Seconds since the beginning."""
        return self._now

    def wake(self, sleeper: Then) -> None:
        """From one thread to another."""
        if self._hop_s:
            self.call_later(self._hop_s, sleeper)
        else:
            self.call_soon(sleeper)

    def call_soon_threadsafe(self, callback: Callable[..., object], *args: Any, context: Any = None) -> Any:
        """A batch is delivered."""
        if self._hop_s:
            return self.call_later(self._hop_s, callback, *args, context=context)
        return self.call_soon(callback, *args, context=context)

    def _run_once(self) -> None:
        ready: Any = self._ready  # type: ignore[attr-defined]
        while ready:
            handle = ready.popleft()
            if not handle._cancelled:
                handle._run()
            if self._stopping:  # type: ignore[attr-defined]
                return
        timers: Any = self._scheduled  # type: ignore[attr-defined]
        timers[:] = sorted(timer for timer in timers if not timer._cancelled)  # which is a heap as well
        done = self.cores.next_end(self._now)
        if timers and (done is None or timers[0]._when <= done):
            timer = timers.pop(0)
            timer._scheduled = False
            self._now = max(self._now, timer._when)
            ready.append(timer)
        elif done is not None:
            self._now = done
            self.call_soon(self.cores.end_one(done))
        else:
            raise RuntimeError("nothing can happen any more")

    def _write_to_self(self) -> None:
        """Nobody sleeps."""

    def _process_events(self, event_list: object) -> None:
        """There are none."""


class VirtualBell:
    """Counts its tokens, as that of threads does."""

    def __init__(self, loop: VirtualLoop) -> None:
        self._loop = loop
        self._tokens = 0
        self._sleeper: Then | None = None

    def ring(self) -> None:
        """Who sleeps goes on once all has happened that happens at this moment."""
        if self._sleeper is None:
            self._tokens += 1
        else:
            sleeper, self._sleeper = self._sleeper, None
            self._loop.wake(sleeper)

    def sleep(self, sleeper: Then) -> None:
        """Call when it rings."""
        if self._tokens:
            self._tokens -= 1
            self._loop.wake(sleeper)
        else:
            self._sleeper = sleeper


class Actor:
    """Carries steps out as a thread does: at once, but for what they compute."""

    def __init__(self, loop: VirtualLoop, steps: Steps, bell: Bell | None) -> None:
        self._loop = loop
        self._steps = steps
        self._bell = bell
        self._alive = True
        loop.call_soon(self._go_on)

    def is_alive(self) -> bool:
        """Whether something of them is left."""
        return self._alive

    def _go_on(self) -> None:
        cores = self._loop.cores
        for wait in self._steps:
            if wait is not None:
                if not isinstance(self._bell, VirtualBell) or wait.seconds is not None:
                    raise NotImplementedError("stages that linger")
                self._bell.sleep(self._go_on)
                return
            taken, cores.taken = cores.taken, None
            if taken is not None:
                cores.compute(*taken, self._go_on)
                return
        self._alive = False


class VirtualReplica:
    """Takes as long as its items say."""

    def __init__(self, loop: VirtualLoop, stage: VirtualStage) -> None:
        self._loop = loop
        self._stage = stage
        self.credits = stage.replicas

    def open(self) -> None:
        """Nothing is loaded."""

    def run(self, items: Sequence[Any], deadline: float | None) -> object:
        """The items themselves; their time passes before the next step."""
        self._loop.cores.taken = self._stage.place, sum(items)
        return list(items)

    def give_up(self) -> bool:
        """It cannot be stopped."""
        return False

    def close(self) -> None:
        """Nothing to give back."""

    def statistics(self) -> PlaceStatistics:
        """Nothing of its own."""
        return PlaceStatistics()


class VirtualPlacement:
    """Where virtual stages compute."""

    def __init__(self, loop: VirtualLoop) -> None:
        self._loop = loop

    def replicas(self, stage: Any) -> Sequence[Replica]:
        """One, of as many batches at a time as the stage has ``replicas``."""
        return [VirtualReplica(self._loop, stage)]

    def bell(self) -> VirtualBell:
        """A new bell."""
        return VirtualBell(self._loop)

    def start(self, name: str, steps: Steps, bell: Bell | None = None) -> Actor:
        """Beside all others."""
        return Actor(self._loop, steps, bell)


class VirtualStage(Stage[float, float]):
    """Its items are the seconds that they take on a core of their own."""

    def __init__(self, loop: VirtualLoop, place: int, *, replicas: int, batch: int = 1) -> None:
        """``place``: among its pipeline's stages."""
        self.placement = VirtualPlacement(loop)
        self.place, self.replicas, self.max_batch = place, replicas, batch

    def process(self, batch: Sequence[float]) -> Sequence[float]:
        """Nobody calls it: ``VirtualReplica.run`` does its work."""
        raise NotImplementedError


@contextmanager
def virtual_time(cores: int, *, later_first: bool = False, hop_s: float = 0.0) -> Iterator[VirtualLoop]:
    """A loop by whose clock the engine runs, on so many cores; see ``Cores`` and ``VirtualLoop``."""
    loop = VirtualLoop(Cores(cores, later_first=later_first), hop_s)
    with mock.patch.object(clock, "now", loop.time), mock.patch.object(serving, "cores", return_value=cores):
        try:
            yield loop
        finally:
            loop.close()
