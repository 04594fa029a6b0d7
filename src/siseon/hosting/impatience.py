"""How long clients wait who do not say it: learned from those that hung up.

A service that works for clients that have gone answers nobody: beyond its capacity every request waits until just
before its client leaves, and the work for it is lost. A deadline in the request prevents that; most clients send none.
"""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable
from statistics import median

SEEN = 64
"""Requests that are looked back upon."""
ENOUGH = 6
"""Of them that must have hung up before anything is concluded."""
REMEMBERED_S = 60.0
"""After the last hang-up that told something; then more are let in again, and so it is learned anew."""


class Impatience:
    """What the last requests of one pipeline tell; used from the event loop's thread alone."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._seen: deque[tuple[float, bool]] = deque(maxlen=SEEN)
        """Seconds that each was here, and whether it was answered."""
        self._waits_s = math.inf
        self._until = 0.0

    def left(self, after_s: float, *, answered: bool) -> None:
        """A request was answered so many seconds after it came in, or its client went then.

        A client that goes sooner than others are answered did not go because it waited: it has asked for something
        else meanwhile, say.
        """
        served = [seconds for seconds, was in self._seen if was]
        if not answered and served and after_s < median(served):
            return
        self._seen.append((after_s, answered))
        if answered:
            return
        gone = [seconds for seconds, was in self._seen if not was]
        if len(gone) >= ENOUGH:
            self._waits_s = median(gone)
            self._until = self._clock() + REMEMBERED_S

    def waits_s(self) -> float:
        """Seconds after which a client is likely to be gone; infinite where nothing is known."""
        if self._clock() > self._until:
            self._waits_s = math.inf
        return self._waits_s
