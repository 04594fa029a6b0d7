"""Who is let in: a request whose answer would come too late is refused at once, while it costs nothing.

Under more load than can be served, a queue only turns answers in time into late ones: every request waits almost as
long as its caller does, and half of the work is done for callers that have given up. So the wait is predicted from
how fast requests have been finishing (Little's law: in flight = rate × time).
"""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable

from siseon.contracts import CapacityError, FailureCode
from siseon.hosting.flight import Flight

MEMORY = 64
"""Answers over which the pace is averaged, exponentially."""
SAFETY = 0.8
"""Share of the time allowed that the predicted time may take; arrivals are uneven."""
FEW = 4
"""Requests in flight that tell something of the pace where all of them run at once, as on an accelerator."""
ARRIVALS = 64
"""Requests over which it is seen whether more come than can be answered: a second or two where that is so, and longer
than a burst counts for where it is not."""


class Overloaded(CapacityError):
    """``overloaded``, with the seconds after which there may be room."""

    def __init__(self, message: str, retry_after_s: float) -> None:
        super().__init__(
            message, code=FailureCode.overloaded, hint=f"try again in {retry_after_s:.1f} seconds"
        )
        self.retry_after_s = retry_after_s


class Admission:
    """Lets in the requests of one pipeline; used from the event loop's thread alone."""

    def __init__(self, limit: int, few: int = FEW, clock: Callable[[], float] = time.monotonic) -> None:
        """``limit``: requests in flight beyond which all are refused; ``few``: see below."""
        self.limit = limit
        self.flight = Flight()
        self.refused = 0
        """Requests that were not let in, since the start."""
        self.few = few
        """Requests that are let in whatever is predicted: from so many on the pace is measured, and without them it
        would never be measured anew."""
        self._clock = clock
        self._pace_s = 0.0
        """Seconds between two answers while there was always work; 0 before the first."""
        self._arrivals: deque[float] = deque(maxlen=ARRIVALS + 1)
        """When the last requests came, those that were refused too."""
        self._busy_since: float | None = None
        """When the last answer went out, or enough requests came together; None with fewer."""

    def enter(self, allowed_s: float, waits_s: float = math.inf) -> None:
        """Take a request in.

        ``waits_s``: how long its client is likely to wait, where it has not said so; see ``Impatience``. It counts only
        while ``outrun``: below capacity a queue ends by itself, and what is done for clients that have gone is done in
        spare time.

        Raises:
            Overloaded: too many are in flight, or the answer is not to be expected within that time.
        """
        self._arrivals.append(self._clock())
        ahead = self.in_flight
        predicted = (ahead + 1) * self._pace_s
        useful_s = SAFETY * (min(allowed_s, waits_s) if self.outrun else allowed_s)
        if self.crowded and predicted > useful_s:
            until = f"{allowed_s:.2f} s are allowed"
            if useful_s < SAFETY * allowed_s:
                until = f"clients have been hanging up after {waits_s:.2f} s"
            self.refused += 1
            raise Overloaded(
                f"{ahead} requests are in flight; an answer is expected in {predicted:.2f} s, {until}",
                max(0.1, predicted - useful_s),
            )
        # Counted before looking: processes that look at the same moment are never both let in.
        self.flight.add(1)
        if (everywhere := self.flight.everywhere()) > self.limit:
            self.flight.add(-1)
            self.refused += 1
            raise Overloaded(f"{everywhere - 1} requests are in flight, the limit", max(0.1, self._pace_s))
        if self.in_flight == self.few:
            self._busy_since = self._clock()

    @property
    def in_flight(self) -> int:
        """Requests of this process: the wait is predicted from them, since each waits where it came in."""
        return self.flight.here

    @property
    def crowded(self) -> bool:
        """Whether the next request has to wait for others."""
        return self.in_flight >= self.few

    @property
    def outrun(self) -> bool:
        """Whether requests have been coming faster than they can be answered."""
        came = self._arrivals
        return len(came) > ARRIVALS and came[-1] - came[0] < ARRIVALS * self._pace_s

    def leave(self, *, answered: bool) -> None:
        """A request has ended; ``answered`` unless it failed or its caller has gone, which tells no pace."""
        if answered and self._busy_since is not None:
            now = self._clock()
            took = now - self._busy_since
            self._pace_s += (took - self._pace_s) / (MEMORY if self._pace_s else 1)
            self._busy_since = now
        self.flight.add(-1)
        if self.in_flight < self.few:
            self._busy_since = None
