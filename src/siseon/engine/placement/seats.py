"""Cores that batches sit on: of stages that keep one busy all the time, no more run at once than there are cores.

More threads than cores take turns on them every few milliseconds, and each finds its caches full of the others'
pictures and weights. Who has sat for long gives way to who waits: a ``process`` that hangs is waited for once.
"""

from __future__ import annotations

from queue import Empty, SimpleQueue
from threading import Lock

from siseon.engine import clock
from siseon.engine.trace import current_figures

LONG_S = 0.05
"""After which a seat may be taken over: twice as long as a batch of a network usually takes. Seats know no flows: with
five times as long, a lone request waits 0.2 s for a job whose batches take 0.1 s, at each of its stages."""

LEAST_S = 0.001
"""Between two looks at who has sat for long."""


class Seats:
    """So many; used from any thread."""

    def __init__(self, count: int) -> None:
        self._free: SimpleQueue[None] = SimpleQueue()  # in C, as that of ``ThreadBell``
        for _ in range(count):
            self._free.put(None)
        self._guard = Lock()
        self._taken: dict[object, float] = {}
        """Since when, the longest first."""

    def take(self) -> object:
        """Wait for a seat, which counts as a part of the batch's wait, and sit; ``give`` it back."""
        try:
            self._free.get_nowait()
        except Empty:
            self._wait()
        seat = object()
        with self._guard:
            self._taken[seat] = clock.now()
        return seat

    def give(self, seat: object) -> None:
        """Get up, unless somebody else has it by now."""
        with self._guard:
            kept = self._taken.pop(seat, None) is not None
        if kept:
            self._free.put(None)

    def _wait(self) -> None:
        since = clock.now()
        found = False
        while not found:
            try:
                self._free.get(timeout=self._left_s())
                found = True
            except Empty:
                found = self._take_over()
        figures = current_figures.get()
        if figures is not None:
            figures.waited_s += clock.now() - since

    def _left_s(self) -> float:
        """Until the one who has sat longest has sat for long."""
        with self._guard:
            since = next(iter(self._taken.values()), None)
        return LONG_S if since is None else max(LEAST_S, LONG_S - (clock.now() - since))

    def _take_over(self) -> bool:
        """Whether one had sat for long; it sits there no more."""
        with self._guard:
            for seat, since in self._taken.items():
                if clock.now() - since < LONG_S:
                    return False
                del self._taken[seat]
                return True
        return False
