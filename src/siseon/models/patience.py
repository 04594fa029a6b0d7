"""Ends calls into a foreign runtime that take too long: a network may hold an endless loop.

One thread looks at all calls of the process a few times a second, so that a call costs two dictionary operations.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Lock, Thread

LOOK_S = 0.25
"""Seconds between two looks: what is ended is ended this much late at most."""
IDLE_S = 5.0
"""Seconds without a call after which the thread ends; the next call starts another."""


class Patience:
    """The calls that are under way, each with its end. Any thread may use it; it starts its own with the first call."""

    def __init__(self) -> None:
        self._calls: dict[int, tuple[float, Callable[[], object]]] = {}
        self._numbers = itertools.count()
        self._some = Event()
        self._change = Lock()
        self._thread: Thread | None = None
        self._over = False

    @contextmanager
    def at_most(self, seconds: float, end: Callable[[], object]) -> Iterator[None]:
        """Call ``end`` from another thread when what is inside takes longer than ``seconds``."""
        number = next(self._numbers)
        with self._change:
            self._calls[number] = (time.monotonic() + seconds, end)
            if self._thread is None:
                self._thread = Thread(target=self._watch, name="siseon-patience", daemon=True)
                self._thread.start()
        self._some.set()
        if self._over:  # who waited for its turn while the others were ended
            end()
        try:
            yield
        finally:
            self._calls.pop(number, None)

    @property
    def under_way(self) -> int:
        """How many calls are under way."""
        return len(self._calls)

    def end_all(self) -> None:
        """End every call that is under way and every one to come, because the process goes."""
        self._over = True
        for _, end in list(self._calls.values()):
            end()

    def _watch(self) -> None:
        while not self._has_ended():
            while self._calls:
                time.sleep(LOOK_S)
                now = time.monotonic()
                for number, (until, end) in list(self._calls.items()):
                    if until < now and self._calls.pop(number, None) is not None:
                        end()

    def _has_ended(self) -> bool:
        """Wait for a call; whether there was none for long, so that this thread is done."""
        if self._some.wait(IDLE_S):
            self._some.clear()
            return False
        with self._change:
            if self._calls:
                return False
            self._thread = None
            return True
