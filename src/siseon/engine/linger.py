"""Batches that wait to fill up, for stages with ``linger_ms``: which of them may go now."""

from __future__ import annotations

import heapq
import itertools

from siseon.engine import clock
from siseon.engine.lines import Bucket, Line, Lines
from siseon.engine.ticket import Ticket

KEPT = 64
"""Entries of tickets that have gone which may stand behind others."""


class Linger:
    """When each ticket's batch goes at the latest, and the buckets that are full before."""

    def __init__(self, seconds: float, max_batch: int, max_cost: float | None) -> None:
        self._seconds = seconds
        self._max_batch = max_batch
        self._max_cost = max_cost
        self._due: list[tuple[float, int, Ticket]] = []
        self._order = itertools.count()
        self._full: dict[Bucket, None] = {}
        self._lined_up = 0

    def added(self, ticket: Ticket) -> None:
        """The ticket is lined up."""
        self._lined_up += 1
        heapq.heappush(self._due, (self._due_at(ticket), next(self._order), ticket))
        if self._is_full(ticket.bucket):
            self._full[ticket.bucket] = None

    def removed(self, ticket: Ticket) -> None:
        """The ticket is not lined up any more."""
        if ticket.bucket in self._full and not self._is_full(ticket.bucket):
            del self._full[ticket.bucket]
        due = self._due
        while due and due[0][2].line is None:
            heapq.heappop(due)
        self._lined_up -= 1
        if len(due) > KEPT + 2 * self._lined_up:  # those in the middle would keep their pictures
            self._due = [entry for entry in due if entry[2].line is not None]
            heapq.heapify(self._due)

    def next(self, lines: Lines, closed: bool) -> tuple[Line | None, float | None]:
        """The line to serve, or none and the seconds after which the first is due; something is lined up."""
        head = lines.head()
        now = clock.now()
        if closed or head.bucket in self._full or self._due_at(next(iter(head.tickets))) <= now:
            return head, 0.0
        if self._full:
            return lines.next_in(next(iter(self._full))), 0.0
        at, _, ticket = self._due[0]
        return (lines.next_in(ticket.bucket), 0.0) if at <= now else (None, at - now)

    def clear(self) -> None:
        """Nothing waits any more."""
        self._due.clear()
        self._lined_up = 0
        self._full.clear()

    def _is_full(self, bucket: Bucket) -> bool:
        if bucket.count >= self._max_batch:
            return True
        return self._max_cost is not None and bucket.cost >= self._max_cost

    def _due_at(self, ticket: Ticket) -> float:
        """Lingering takes at most half of the time that an item has."""
        due = ticket.queued_at + self._seconds
        deadline = ticket.call.deadline
        return due if deadline is None else min(due, (ticket.queued_at + deadline) / 2)
