"""How many requests of a pipeline are at work, and who is next.

Stages share their time among all requests that are at work. With more of them than the processor can keep busy
with, each only gets slower, and one with many objects slowest of all; the others wait here, in turn by flow.
Requests that are done at once hold up nobody: while all at work are of that kind, more are let in.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict

from siseon.contracts import CapacityError, FailureCode, Superseded
from siseon.engine import clock
from siseon.engine.context import Request
from siseon.engine.fairness import Contenders, Shares
from siseon.engine.flow import Flow

QUICK_S = 0.002
"""A request that is at work no longer than this is quick: it takes less than to decode one photo."""


class Turns:
    """Counts requests; used from the event loop's thread alone."""

    def __init__(self, at_work: int, in_flight: int, quick: int = 0) -> None:
        """
        Args:
            at_work: requests that compute at once.
            in_flight: those of one flow, the waiting ones included.
            quick: as many as this compute at once while the last that ended was quick and no other is at work for
                longer. One that is not ends that by itself; only those that came in the same moment are with it.
        """
        self.limit = at_work
        self._quick_limit = quick
        self._last_was_quick = False
        self._at_work: dict[Request, float] = {}
        """Since when, in that order."""
        self._in_flight = in_flight
        self._flows: dict[Flow, int] = {}
        self._waiting: dict[Flow, OrderedDict[Request, asyncio.Future[None]]] = {}
        self._shares = Shares()
        self._contenders = Contenders(self._shares)

    def enter(self, request: Request) -> asyncio.Future[None] | None:
        """Take a turn, or the future of one; ``leave`` gives it back, ``give_up`` ends the wait.

        Raises:
            CapacityError: ``overloaded``: the flow is at its limit and its policy is ``reject``.
        """
        flow = request.flow
        self._admit(flow)
        self._flows[flow] = self._flows.get(flow, 0) + 1
        if self._has_room():
            self._at_work[request] = clock.now()
            return None
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        waiting = self._waiting.get(flow)
        if waiting is None:
            self._shares.enter(flow, self._waiting)
            waiting = self._waiting[flow] = OrderedDict()
            self._contenders.add(flow, self._waiting)
        waiting[request] = turn
        return turn

    def give_up(self, request: Request, turn: asyncio.Future[None]) -> None:
        """The request was interrupted while it waited for this turn."""
        if turn.done() and not turn.cancelled():
            self._pass_on(request)  # the turn came together with the cancellation
            return
        if request.verdict is not None:
            request.late_at.append("admission")
        self._forget(request)
        self._uncount(request.flow)

    def leave(self, request: Request) -> None:
        """The request is done; the next one gets its turn."""
        self._last_was_quick = clock.now() - self._at_work[request] < QUICK_S
        self._pass_on(request)

    @property
    def at_work(self) -> int:
        """Requests that compute now."""
        return len(self._at_work)

    def _pass_on(self, request: Request) -> None:
        del self._at_work[request]
        self._uncount(request.flow)
        while self._waiting and self._has_room():
            flow = self._contenders.chosen(self._waiting)
            following, turn = next(iter(self._waiting[flow].items()))
            self._forget(following)
            if not turn.done():  # else it was cancelled a moment ago
                self._shares.charge(flow)
                self._at_work[following] = clock.now()
                turn.set_result(None)

    def _has_room(self) -> bool:
        """Whether one more may compute. It only comes with the end of one, so nobody overtakes those that wait."""
        at_work = len(self._at_work)
        if at_work < self.limit:
            return True
        if not self._last_was_quick or at_work >= self._quick_limit:
            return False
        return clock.now() - next(iter(self._at_work.values())) < QUICK_S

    def _admit(self, flow: Flow) -> None:
        waiting = self._waiting.get(flow, ())
        limit = flow.max_waiting or self._in_flight
        if flow.policy == "drop_oldest":
            if len(waiting) >= limit:
                oldest = next(iter(waiting))
                self._forget(oldest)
                oldest.interrupt(Superseded("a newer item of its flow took its place", stage="admission"))
        elif flow.policy == "reject":
            full = self._flows.get(flow, 0) >= self._in_flight
            if full or (flow.max_waiting is not None and len(waiting) >= limit and not self._has_room()):
                raise CapacityError(
                    f"{self._flows[flow]} requests of flow {flow.name!r} are in flight, the limit",
                    code=FailureCode.overloaded,
                    hint="try again later, or raise max_in_flight",
                )

    def _forget(self, request: Request) -> None:
        waiting = self._waiting.get(request.flow)
        if waiting is not None and waiting.pop(request, None) is not None and not waiting:
            del self._waiting[request.flow]

    def _uncount(self, flow: Flow) -> None:
        self._flows[flow] -= 1
        if not self._flows[flow]:
            del self._flows[flow]
