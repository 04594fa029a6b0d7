"""Whose turn it is: flows by weight.

Self-clocked fair queueing (Golestani: "A Self-Clocked Fair Queueing Scheme for Broadband Applications", INFOCOM 1994):
each flow has a tag, the virtual time at which its next item would be done; the lowest tag goes first, is the present
virtual time from then on, and grows by 1 / weight. A flow that comes, or comes back after a pause, has an item's time
before it from the present on: it gains nothing from having been away, and flows that only ever come (one for each
request) do not starve those that stay.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Collection, Container

from siseon.engine.flow import Flow

KEPT = 64
"""Tags and heap entries of idle flows that are kept before those are dropped that mean nothing any more."""


class Shares:
    """The tags of all flows of one queue."""

    def __init__(self) -> None:
        self.virtual = 0.0
        self.tags: dict[Flow, float] = {}
        self._most = KEPT
        """Tags above which it is worth looking for some to drop."""

    def enter(self, flow: Flow, busy: Collection[Flow]) -> None:
        """The flow has work again; ``busy`` are those that have some."""
        if len(self.tags) > self._most:
            self._forget(busy)
            self._most = KEPT + 2 * len(self.tags)
        self.tags[flow] = max(self.tags.get(flow, 0.0), self._done(flow))

    def charge(self, flow: Flow) -> None:
        """One item of the flow was served."""
        self.tags[flow] += 1.0 / flow.weight

    def _done(self, flow: Flow) -> float:
        """When an item of a flow that owes nothing would be done."""
        return self.virtual + 1.0 / flow.weight

    def _forget(self, busy: Collection[Flow]) -> None:
        """Drop the tags of idle flows: those that mean nothing any more; if most of the others are idle too, all."""
        left = {flow: tag for flow, tag in self.tags.items() if flow in busy or tag > self._done(flow)}
        if len(left) > KEPT + 2 * len(busy):
            left = {flow: tag for flow, tag in left.items() if flow in busy}
        self.tags = left


class Contenders:
    """Flows that compete for one thing, lowest tag first.

    Tags only grow, so an entry of the heap may be too low but never too high: it is put right when it comes up.
    """

    def __init__(self, shares: Shares) -> None:
        self._shares = shares
        self._heap: list[tuple[float, int, Flow]] = []
        self._entered: set[Flow] = set()
        self._order = itertools.count()

    def add(self, flow: Flow, present: Collection[Flow]) -> None:
        """The flow, one of those ``present``, competes; more than once does no harm."""
        if flow in self._entered:
            return
        if len(self._heap) > KEPT + 2 * len(present):
            self._heap = [entry for entry in self._heap if entry[2] in present]
            heapq.heapify(self._heap)
            self._entered = {entry[2] for entry in self._heap}
        self._entered.add(flow)
        heapq.heappush(self._heap, (self._shares.tags[flow], next(self._order), flow))

    def first(self, present: Container[Flow]) -> Flow:
        """The flow whose turn it is; entries of those that are not ``present`` any more are dropped."""
        heap, tags = self._heap, self._shares.tags
        while True:
            tag, _, flow = heap[0]
            if flow not in present:
                heapq.heappop(heap)
                self._entered.discard(flow)
            elif tags[flow] > tag:
                heapq.heapreplace(heap, (tags[flow], next(self._order), flow))
            else:
                return flow

    def chosen(self, present: Container[Flow]) -> Flow:
        """The flow whose turn it is, which takes it: time goes on to its tag.

        What is served along with it, to fill its batch, pays but does not move the time: else a flow that comes
        back would start behind those whose turn has not come for long.
        """
        flow = self.first(present)
        self._shares.virtual = max(self._shares.virtual, self._shares.tags[flow])
        return flow
