"""Where items wait for a replica: bounded, fair between requests, one bucket a batch.

The only structure shared between the event loop (which puts) and the replicas' threads (which take). One
plain lock guards it; a replica that finds nothing sleeps on a ``SimpleQueue``, which is implemented in C
and wakes in microseconds where a ``threading.Condition`` takes tens.
"""

from __future__ import annotations

import time
from collections import OrderedDict, deque
from collections.abc import Hashable, Iterable
from queue import Empty, SimpleQueue
from threading import Lock
from typing import TYPE_CHECKING

from siseon.contracts import CapacityError, FailureCode

if TYPE_CHECKING:
    from siseon.engine.call import Call

# A ticket is one item of one call; a plain slotted class because one is made for every item.


class Ticket:
    """One item that waits: which call it belongs to, and what the queue needs to place it."""

    __slots__ = ("bucket", "call", "cost", "index", "item", "queued_at")

    def __init__(self, call: Call, index: int, item: object, bucket: Hashable, cost: float, queued_at: float):
        self.call = call
        self.index = index
        self.item = item
        self.bucket = bucket
        self.cost = cost
        self.queued_at = queued_at


class ItemQueue:
    """Tickets by bucket, then by request; a batch is filled round-robin over the requests of one bucket."""

    def __init__(self, *, limit: int, max_batch: int, max_cost: float | None, linger_s: float) -> None:
        self.limit = limit
        self.max_batch = max_batch
        self.max_cost = max_cost
        self.linger_s = linger_s
        self._lock = Lock()
        self._buckets: dict[Hashable, OrderedDict[object, deque[Ticket]]] = {}
        self._count = 0
        self._idle = 0
        self._wake: SimpleQueue[None] = SimpleQueue()
        self._closed = False

    def __len__(self) -> int:
        return self._count

    def put(self, tickets: Iterable[Ticket], count: int) -> None:
        """Accept all ``count`` tickets or none.

        Raises:
            CapacityError: ``overloaded`` when they do not fit, ``shutting_down`` after ``close``.
        """
        with self._lock:
            if self._closed:
                raise CapacityError(
                    "the stage is shutting down and takes no new work",
                    code=FailureCode.shutting_down,
                    hint="send the request again: another instance or the restarted one will take it",
                )
            if self._count + count > self.limit:
                raise CapacityError(
                    f"{self._count} items wait already and {count} more would pass the limit of {self.limit}",
                    code=FailureCode.overloaded,
                    hint="try again later, or raise the stage's max_queue or replicas",
                )
            for ticket in tickets:
                requests = self._buckets.setdefault(ticket.bucket, OrderedDict())
                line = requests.get(ticket.call.owner)
                if line is None:
                    line = requests[ticket.call.owner] = deque()
                line.append(ticket)
            self._count += count
            wake = min(self._idle, count)
            self._idle -= wake
        for _ in range(wake):
            self._wake.put(None)

    def discard(self, call: Call) -> int:
        """Remove what still waits of a call whose caller has gone; returns how many items that were."""
        with self._lock:
            before = self._count
            for bucket in list(self._buckets):
                line = self._buckets[bucket].get(call.owner)
                if line is None:
                    continue
                kept = deque(ticket for ticket in line if ticket.call is not call)
                self._count -= len(line) - len(kept)
                self._replace(bucket, call.owner, kept)
            return before - self._count

    def take(self) -> tuple[list[Ticket], list[Ticket]] | None:
        """Block for the next batch: the tickets to run, and those that came late. None after ``close``."""
        while True:
            with self._lock:
                wait = self._linger_left()
                if wait is None or (wait > 0 and not self._closed):
                    if self._closed:
                        return None
                    self._idle += 1
                else:
                    return self._fill()
            try:
                self._wake.get(timeout=wait)
            except Empty:
                self._stop_sleeping()

    def close(self) -> None:
        """Take nothing more; replicas finish what waits and then get None."""
        with self._lock:
            self._closed = True
            wake, self._idle = self._idle, 0
        for _ in range(wake):
            self._wake.put(None)

    def abandon(self) -> list[Ticket]:
        """Empty the queue at the end of a drain that ran out of time; returns what was still waiting."""
        with self._lock:
            left = [t for requests in self._buckets.values() for line in requests.values() for t in line]
            self._buckets.clear()
            self._count = 0
            return left

    def _stop_sleeping(self) -> None:
        """Keep ``idle + tokens == sleepers`` when a linger ends by itself, or a wake-up would be lost."""
        with self._lock:
            if self._idle:
                self._idle -= 1
                return
        self._wake.get()  # a put has counted this replica as woken already: its token is on the way

    def _linger_left(self) -> float | None:
        """Seconds to wait for more items; None when nothing waits; 0 to go at once."""
        if not self._count:
            return None
        if not self.linger_s:
            return 0.0
        requests = self._buckets[self._oldest_bucket()]
        if sum(map(len, requests.values())) >= self.max_batch:
            return 0.0
        head = min((line[0] for line in requests.values()), key=lambda t: t.queued_at)
        until = head.queued_at + self.linger_s
        if head.call.deadline is not None:
            until = min(until, head.call.deadline)
        return max(0.0, until - time.monotonic())

    def _oldest_bucket(self) -> Hashable:
        """The bucket whose head has waited longest, so that a rare bucket is never starved by a busy one."""
        if len(self._buckets) == 1:
            return next(iter(self._buckets))
        return min(self._buckets, key=lambda b: min(line[0].queued_at for line in self._buckets[b].values()))

    def _fill(self) -> tuple[list[Ticket], list[Ticket]]:
        bucket = self._oldest_bucket()
        requests = self._buckets[bucket]
        now = time.monotonic()
        batch: list[Ticket] = []
        expired: list[Ticket] = []
        cost = 0.0
        while requests and len(batch) < self.max_batch:
            owner, line = next(iter(requests.items()))
            ticket = line[0]
            late = ticket.call.deadline is not None and ticket.call.deadline <= now
            if not late and batch and self.max_cost is not None and cost + ticket.cost > self.max_cost:
                break
            line.popleft()
            self._count -= 1
            if line:
                requests.move_to_end(owner)
            else:
                del requests[owner]
            if late:
                expired.append(ticket)
            else:
                cost += ticket.cost
                batch.append(ticket)
        if not requests:
            del self._buckets[bucket]
        return batch, expired

    def _replace(self, bucket: Hashable, owner: object, line: deque[Ticket]) -> None:
        if line:
            self._buckets[bucket][owner] = line
            return
        del self._buckets[bucket][owner]
        if not self._buckets[bucket]:
            del self._buckets[bucket]
