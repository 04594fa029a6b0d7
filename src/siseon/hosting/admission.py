"""Who is let in: a request whose answer would come too late is refused at once, while it costs nothing.

Under more load than can be served, a queue only turns answers in time into late ones: every request waits almost as
long as its caller does, and half of the work is done for callers that have given up. So the wait is predicted from
how fast requests have been finishing (Little's law: in flight = rate × time).

Clients take turns (each is a flow of the engine), so one waits for the others only as far as they ask for no more than
it does itself. The same is said of who is refused: those that ask for more than their share come first. Nothing is
kept of a client but what it has in flight, and its place among the last arrivals.
"""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable

from siseon.contracts import CapacityError, FailureCode
from siseon.engine.flow import INTERACTIVE, Flow
from siseon.engine.serving import TURNS_PER_CORE
from siseon.hosting.claims import Claims
from siseon.hosting.flight import Flight

MEMORY = 64
"""Answers over which the pace is averaged: exponentially, the first of them plainly, so that no one answer sets it."""
SAFETY = 0.8
"""Share of the time allowed that the predicted time may take; arrivals are uneven."""
FEW = 4
"""Requests in flight that tell something of the pace where all of them run at once, as on an accelerator."""
ARRIVALS = 64
"""Requests over which it is seen whether more come than can be answered: a second or two where that is so, and longer
than a burst counts for where it is not."""
LOOKED_BACK = 16 * ARRIVALS
"""Requests over which it is seen whose they are: enough to know a client that asks for four fifths of its share."""
KEPT = 8
"""Of so many places of the limit, one is for clients that have less than their share."""


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
        self._timed = 0
        """Answers that have told it, up to ``MEMORY``."""
        self._came: deque[tuple[float, Flow]] = deque()
        """When the last requests came, those that were refused too, and whose they were."""
        self._asked = Claims()
        """How many of those each client has made."""
        self._held = Claims()
        """Requests in flight here, by client."""
        self._counted_until: float | None = None
        """Until when time counts for the pace, since enough requests came together; None while none does."""
        self._busy_s = 0.0
        """What has counted since the last answer."""

    def enter(self, allowed_s: float, waits_s: float = math.inf, client: Flow = INTERACTIVE) -> None:
        """Take a request in.

        ``waits_s``: how long its client is likely to wait, where it has not said so; see ``Impatience``. It counts only
        while the service is ``outrun``, below capacity a queue ends by itself, and what is done for clients that have
        gone is done in spare time; and only for clients that ask for more than their share.

        Raises:
            Overloaded: too many are in flight, or the answer is not to be expected within that time.
        """
        self._note(client)
        ahead, own = self.in_flight, self._held.of(client)
        # Those that are answered before the next of this client, since clients take turns; it too.
        in_turn = self._held.with_at_most(own + 1) + 1
        if self.crowded:
            predicted = min(ahead + 1, self.few + in_turn) * self._pace_s
            useful_s, until = SAFETY * allowed_s, f"{allowed_s:.2f} s are allowed"
            if (
                waits_s < allowed_s
                and in_turn * self._pace_s > SAFETY * waits_s
                and self._asks_too_much(client)
            ):
                useful_s, until = SAFETY * waits_s, f"clients have been hanging up after {waits_s:.2f} s"
            if predicted > useful_s:
                self.refused += 1
                raise Overloaded(
                    f"{ahead} requests are in flight; an answer is expected in {predicted:.2f} s, {until}",
                    max(0.1, predicted - useful_s),
                )
        self._count_time()
        # Counted before looking: processes that look at the same moment are never both let in.
        self.flight.add(1)
        everywhere, open_to_all = self.flight.everywhere(), self.limit - self.limit // KEPT
        has_most = in_turn * everywhere > open_to_all * self.in_flight  # among those of this process
        if everywhere > self.limit or (everywhere > open_to_all and has_most):
            self.flight.add(-1)
            self.refused += 1
            limit = "the limit" if everywhere > self.limit else f"{own} of this client, the limit for one"
            raise Overloaded(f"{everywhere - 1} requests are in flight, {limit}", max(0.1, self._pace_s))
        self._held.add(client)
        if self.in_flight < self.few:
            self._counted_until = None  # the others were the last of a crowd, this one is not of it
        elif self._counted_until is None:
            self._counted_until, self._busy_s = self._clock(), 0.0

    def _note(self, client: Flow) -> None:
        self._came.append((self._clock(), client))
        self._asked.add(client)
        if len(self._came) > LOOKED_BACK:
            self._asked.remove(self._came.popleft()[1])

    def _asks_too_much(self, client: Flow) -> bool:
        """Whether more comes than can be answered, and would if each client had asked for no more than this one. Who
        asks for most does so in any case."""
        if not self.outrun:
            return False
        came = self._came
        could = (came[-1][0] - came[0][0]) / self._pace_s
        return self._asked.with_at_most(self._asked.of(client)) >= min(could, len(came))

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
        came = self._came
        return len(came) > ARRIVALS and came[-1][0] - came[-1 - ARRIVALS][0] < ARRIVALS * self._pace_s

    def leave(self, client: Flow = INTERACTIVE, *, answered: bool, failed: bool = False) -> None:
        """A request has ended; ``answered`` unless it failed or its caller has gone, which is not part of the pace.

        ``failed``: because of what it brought, such as a broken picture. The time until then is not counted for the
        next answer, or a client that sends nothing else would make the answers to others seem slow. That of requests
        which were late or whose callers have gone is counted: under overload there are some for every answer.
        """
        self._count_time()
        if answered and self._counted_until is not None:
            self._timed = min(self._timed + 1, MEMORY)
            self._pace_s += (self._busy_s - self._pace_s) / self._timed
        if answered or failed:
            self._busy_s = 0.0
        self.flight.add(-1)
        self._held.remove(client)
        if not self.in_flight or (self.in_flight < self.few and not answered):
            self._counted_until = None

    def _count_time(self) -> None:
        """Count the time since the last step; in proportion once too few are left in flight to keep all cores busy.

        Where as many requests come together as run at once, they are answered at about the same time. The first of
        these answers alone would say that each takes as long as all of them do.
        """
        if self._counted_until is not None:
            now = self._clock()
            self._busy_s += (now - self._counted_until) * min(1.0, TURNS_PER_CORE * self.in_flight / self.few)
            self._counted_until = now
