"""Ends calls into a foreign runtime that take too long: a network may hold an endless loop.

One thread looks at all calls of the process a few times a second, so that a call costs two dictionary operations: right
after a network nothing of Python is in the processor's caches, and waking somebody would cost more than the rest.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Lock, Thread

LOOK_S = 0.25
"""Seconds between two looks: what is ended is ended this much late at most."""
IDLE_S = 5.0
"""Seconds without a call after which the thread ends; the next call starts another."""


class Patience:
    """The calls that are under way, each with its end. Any thread may use it; it starts its own with the first call."""

    def __init__(self) -> None:
        self._calls: dict[int, tuple[float, Callable[[], object]]] = {}
        self._newest = 0
        """Number of the last call."""
        self._change = Lock()
        self._thread: Thread | None = None
        self._over = False

    def at_most(self, seconds: float, end: Callable[[], object]) -> AtMost:
        """A block: ``end`` is called from another thread when what is inside takes longer than ``seconds``."""
        return AtMost(self, seconds, end)

    @property
    def under_way(self) -> int:
        """How many calls are under way."""
        return len(self._calls)

    def end_all(self) -> None:
        """End every call that is under way and every one to come, because the process goes."""
        self._over = True
        for _, end in list(self._calls.values()):
            end()

    def enter(self, seconds: float, end: Callable[[], object]) -> int:
        """A call begins; its number, for ``leave``."""
        with self._change:
            self._newest = number = self._newest + 1
            self._calls[number] = (time.monotonic() + seconds, end)
            if self._thread is None:
                self._thread = Thread(target=self._watch, name="siseon-patience", daemon=True)
                self._thread.start()
        if self._over:  # who waited for its turn while the others were ended
            end()
        return number

    def leave(self, number: int) -> None:
        """The call of this number is over."""
        self._calls.pop(number, None)

    def _watch(self) -> None:
        newest, since = 0, time.monotonic()
        while True:
            time.sleep(LOOK_S)
            now = time.monotonic()
            for number, (until, end) in list(self._calls.items()):
                if until < now and self._calls.pop(number, None) is not None:
                    end()
            with self._change:
                if self._calls or self._newest != newest:
                    newest, since = self._newest, now
                elif now - since >= IDLE_S:
                    self._thread = None
                    return


class AtMost:
    """What ``at_most`` gives: a class, because a generator's block takes longer, at every run of a network."""

    __slots__ = ("_end", "_number", "_patience", "_seconds")

    def __init__(self, patience: Patience, seconds: float, end: Callable[[], object]) -> None:
        self._patience, self._seconds, self._end = patience, seconds, end

    def __enter__(self) -> None:
        self._number = self._patience.enter(self._seconds, self._end)

    def __exit__(self, *_: object) -> None:
        self._patience.leave(self._number)
