"""How long clients wait who do not say it: learned from those that hung up.

A service that works for clients that have gone answers nobody: beyond its capacity every request waits until just
before its client leaves, and the work for it is lost. A deadline in the request prevents that; most clients send none.

So that nobody is refused for what strangers do: admission heeds it only while more comes than can be answered
(``Admission.outrun``), clients that go together count as one, and it is forgotten once others have waited longer and
were answered.
"""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable
from statistics import median

SEEN = 64
"""Requests that are looked back upon."""
FRESH_S = 300.0
"""How far, at most: hang-ups of a whole night say nothing of now."""
ENOUGH = 6
"""Of them that must have hung up before anything is concluded."""
SHARE = 0.125
"""Of them that must, too: a few clients in a hurry do not speak for the others. With twice that, the second in which an
overload begins is spent on clients that have gone."""
STAY = 0.5
"""Share of the clients still waiting for whom an answer is worth its work."""
REMEMBERED_S = 60.0
"""After the last hang-up that told something; then more are let in again, and so it is learned anew."""
MOMENT_S = 0.1
"""Hang-ups within it, without an answer between them, are one: forty clients of one program speak for one."""


class Impatience:
    """What the last requests of one pipeline tell; used from the event loop's thread alone."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._took: deque[float] = deque(maxlen=SEEN)
        """Seconds of the last answers, kept apart: a crowd that hangs up together does not push them out."""
        self._seen: deque[tuple[float, float, bool]] = deque(maxlen=SEEN)
        """When each ended, the seconds that it was here, and whether it was answered."""
        self._waits_s = math.inf
        self._until = 0.0
        self._stayed = 0
        """Clients in a row that waited longer than that and were answered."""
        self._gone_at = -math.inf
        """When the last one went that counted, unless somebody has been answered since."""

    def left(self, after_s: float, *, answered: bool) -> None:
        """A request was answered so many seconds after it was let in, or its client went then.

        A client that goes sooner than others are answered did not go because it waited: it has asked for something
        else meanwhile, say.
        """
        now = self._clock()
        if answered:
            self._took.append(after_s)
            self._gone_at = -math.inf
            if after_s > self._waits_s:
                self._stayed += 1
                if self._stayed >= ENOUGH:
                    self._waits_s = math.inf
        elif now - self._gone_at < MOMENT_S or not self._took or after_s < median(self._took):
            return
        self._seen.append((now, after_s, answered))
        if not answered:
            self._gone_at = now
            self._stayed = 0
            self._conclude(now)

    def waits_s(self) -> float:
        """Seconds after which a client is likely to be gone; infinite where nothing is known."""
        if self._clock() > self._until:
            self._waits_s = math.inf
        return self._waits_s

    def _conclude(self, now: float) -> None:
        """When clients go, by the share of those still here who go: one that was answered would have waited longer.

        Source: Kaplan and Meier, "Nonparametric Estimation from Incomplete Observations", 1958.
        """
        seen = sorted((after_s, answered) for at, after_s, answered in self._seen if now - at <= FRESH_S)
        gone = sum(not answered for _, answered in seen)
        if gone < max(ENOUGH, SHARE * len(seen)):
            return
        stay = 1.0
        for before, (after_s, answered) in enumerate(seen):
            if not answered:
                stay *= 1 - 1 / (len(seen) - before)
                if stay <= STAY:
                    self._waits_s, self._until = after_s, now + REMEMBERED_S
                    return
