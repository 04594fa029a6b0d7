"""An event loop whose time is virtual and whose order, where asyncio and threads leave it open, is drawn from a seed.

Callbacks that are ready run in asyncio's order, first in, first out. Everything else that may happen at the same
moment (the steps of replicas, timers that are due, what the episode does from outside) is drawn between any two of
them. Time goes on only when nothing is left to do at the present moment, so a wait that ends later than it may is seen
exactly.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
from collections.abc import Callable, Coroutine
from random import Random
from typing import Any

TICK = 1 / 1024
"""Seconds; all times are multiples of it, so sums are exact and many things fall together."""
MOST_STEPS = 60_000
"""Steps of one episode; one that needs more goes round in circles."""


class Stalled(Exception):
    """Nothing can happen any more, and the episode has not ended."""


class SimulatedTask(asyncio.Task):  # type: ignore[type-arg]
    """Its place in a set does not depend on its address, or no episode could be replayed."""

    number: int

    def __hash__(self) -> int:
        return self.number


class SimulatedFuture(asyncio.Future):  # type: ignore[type-arg]
    """As above."""

    number: int

    def __hash__(self) -> int:
        return self.number


class SimulatedLoop(asyncio.BaseEventLoop):
    """One episode's loop; ``at`` adds steps that are not asyncio's."""

    def __init__(self, random: Random) -> None:
        super().__init__()
        self.random = random
        self.steps = 0
        self.trouble: list[str] = []
        """What asyncio itself complained about."""
        self._now = TICK
        self._numbers = itertools.count()
        self._outside: list[tuple[float, int, Callable[[], None]]] = []
        self._due: list[Callable[[], None]] = []
        self._bias = random.choice((0.02, 0.1, 0.3, 0.6))
        """How likely something from outside comes before a callback that is ready."""
        self.set_task_factory(self._make_task)
        self.set_exception_handler(self._note_trouble)

    def time(self) -> float:
        return self._now

    def at(self, ticks: int, step: Callable[[], None]) -> None:
        """Call after so many ticks, between any two callbacks of that moment."""
        heapq.heappush(self._outside, (self._now + ticks * TICK, next(self._numbers), step))

    def create_future(self) -> SimulatedFuture:
        future = SimulatedFuture.__new__(SimulatedFuture)
        future.number = next(self._numbers)
        future.__init__(loop=self)  # type: ignore[misc]
        return future

    def _make_task(
        self, _: asyncio.AbstractEventLoop, coroutine: Coroutine[Any, Any, Any], context: Any = None
    ) -> SimulatedTask:
        task = SimulatedTask.__new__(SimulatedTask)
        task.number = next(self._numbers)  # before asyncio puts it into a set
        task.__init__(coroutine, loop=self, name=f"task-{task.number}", context=context)  # type: ignore[misc]
        return task

    def _note_trouble(self, _: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        self.trouble.append(f"{context.get('message')}: {context.get('exception')!r}")

    def _write_to_self(self) -> None:
        """Nobody sleeps."""

    def _process_events(self, event_list: object) -> None:
        """There are none."""

    def _run_once(self) -> None:
        ready, due, random = self._ready, self._due, self.random  # type: ignore[attr-defined]
        while not self._stopping:  # type: ignore[attr-defined]
            self.steps += 1
            if self.steps > MOST_STEPS:
                raise Stalled(
                    f"{MOST_STEPS} steps, the last at {self._now / TICK:.0f}: it goes round in circles"
                )
            if ready and not (due and random.random() < self._bias):
                handle = ready.popleft()
                if not handle._cancelled:
                    handle._run()
                continue
            if self._outside and self._outside[0][0] <= self._now:
                self._collect()
            if due:
                index = random.randrange(len(due)) if len(due) > 1 else 0
                due[index], due[-1] = due[-1], due[index]
                due.pop()()
            elif not ready:
                self._go_on()

    def _go_on(self) -> None:
        """The next moment at which something happens."""
        timers = self._scheduled  # type: ignore[attr-defined]
        while timers and timers[0]._cancelled:
            heapq.heappop(timers)._scheduled = False
        moments = [heap[0] for heap in (timers, self._outside) if heap]
        if not moments:
            raise Stalled(f"nothing can happen any more at {self._now / TICK:.0f}")
        times = [moment[0] if isinstance(moment, tuple) else moment._when for moment in moments]
        self._now = max(self._now, min(times))
        self._collect()

    def _collect(self) -> None:
        """All that is due now."""
        timers = self._scheduled  # type: ignore[attr-defined]
        while timers and timers[0]._when <= self._now:
            handle = heapq.heappop(timers)
            handle._scheduled = False
            if not handle._cancelled:
                self._due.append(lambda handle=handle: self._ready.append(handle))  # type: ignore[attr-defined]
        while self._outside and self._outside[0][0] <= self._now:
            self._due.append(heapq.heappop(self._outside)[2])
