"""One call of a stage, as its caller sees it: items that get exactly one outcome each.

A call lives in the event loop's thread alone; replicas hand finished batches over with one
``call_soon_threadsafe`` a batch, so the bookkeeping here needs no lock. What the queue keeps in a call
(``lines``, ``held``, ``backlog``) is guarded by the queue's lock.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING, Final

from siseon.contracts import FailureCode, SiseonError
from siseon.engine.flow import Flow
from siseon.engine.mistakes import is_failure

if TYPE_CHECKING:
    from siseon.engine.context import Request
    from siseon.engine.lines import Line
    from siseon.engine.ticket import Ticket


CANCELLED: Final = FailureCode.cancelled  # reading a member of an enumeration takes longer than making a list


class Missing:
    """The outcome of an item that has none yet."""


MISSING: Final = Missing()


class Call:
    """The items of one ``stage(item)``, ``stage.map`` or ``stage.stream`` and their outcomes, in input order."""

    __slots__ = (
        "abandoned",
        "backlog",
        "cause",
        "deadline",
        "done",
        "fail_fast",
        "failure",
        "flow",
        "held",
        "left",
        "lines",
        "outcomes",
        "queued_at",
        "ready",
        "request",
        "tickets",
    )

    def __init__(
        self,
        count: int,
        request: Request | None,
        flow: Flow,
        *,
        deadline: float | None,
        fail_fast: bool,
        queued_at: float,
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        self.request = request
        self.flow = flow
        self.deadline = deadline
        """``clock.now()`` value after which its items do not run."""
        self.outcomes: list[object] = [MISSING] * count
        self.left = count
        self.fail_fast = fail_fast
        """Whether the first failure wakes the caller."""
        self.failure: SiseonError | None = None
        """The first failure that came, which need not be that of the first item that failed."""
        self.queued_at = queued_at
        self.abandoned = False
        self.cause = CANCELLED
        """Why what is left of it is dropped, once ``abandoned``."""
        self.done: asyncio.Future[None] = loop.create_future()
        self.ready: deque[int] | None = None
        """Indices in the order in which they ended, for those who read them one by one."""
        self.lines: dict[Line, int] = {}
        """Where its items wait, and how many there."""
        self.held = 0
        """Places in the queue that its items hold."""
        self.tickets: list[Ticket] = []
        self.backlog: deque[Ticket] = deque()
        """Its items for which the queue has no room yet."""

    @property
    def owner(self) -> object:
        """The request that it belongs to; outside of any it stands for itself."""
        return self.request or self

    def deliver(self, index: int, outcome: object) -> None:
        """Take the outcome of one item; the caller wakes with the last one, or with the first failure."""
        if self.outcomes[index] is not MISSING:
            return
        self.outcomes[index] = outcome
        self.left -= 1
        if self.failure is None and is_failure(outcome):
            self.failure = outcome
        if self.ready is not None:
            self.ready.append(index)
            self.wake()
        elif not self.left or (self.fail_fast and self.failure is not None):
            self.wake()

    def wake(self) -> None:
        """Let the caller look at what there is."""
        if not self.done.done():
            self.done.set_result(None)

    def expire(self) -> None:
        """Wake the caller although items are missing: its own timeout has passed."""
        if self.left and not self.abandoned:  # also while the reader of a stream is busy with an item
            self.cause = FailureCode.deadline_exceeded
            self.wake()

    def is_over(self) -> bool:
        """Whether nobody waits for the items that have not been fed yet."""
        if self.abandoned or self.cause is FailureCode.deadline_exceeded:
            return True
        return self.ready is None and self.done.done()

    def missing(self) -> list[int]:
        """Indices of the items that have no outcome yet."""
        return [index for index, outcome in enumerate(self.outcomes) if outcome is MISSING]
