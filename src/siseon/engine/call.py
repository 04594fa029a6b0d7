"""One call of a stage, as its caller sees it: items that get exactly one outcome each.

A call lives in the event loop's thread alone. Replicas hand finished batches over with one
``call_soon_threadsafe`` a batch, so the bookkeeping below needs no lock.
"""

from __future__ import annotations

import asyncio
from typing import Final

from siseon.contracts import SiseonError


class Missing:
    """The outcome of an item that has none yet."""


MISSING: Final = Missing()


class Call:
    """The items of one ``stage(item)`` or ``stage.map(items)`` and their outcomes, in input order."""

    __slots__ = (
        "abandoned",
        "deadline",
        "done",
        "expired",
        "fail_fast",
        "left",
        "outcomes",
        "owner",
        "queued_at",
    )

    def __init__(
        self,
        count: int,
        owner: object,
        *,
        deadline: float | None,
        fail_fast: bool,
        queued_at: float,
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        self.owner = owner
        """The request, or a token of its own outside one: the unit of fairness."""
        self.deadline = deadline
        self.outcomes: list[object] = [MISSING] * count
        self.left = count
        self.fail_fast = fail_fast
        self.queued_at = queued_at
        self.abandoned = False
        self.expired = False
        self.done: asyncio.Future[None] = loop.create_future()

    def deliver(self, index: int, outcome: object) -> None:
        """Take the outcome of one item; the caller wakes with the last one, or with the first failure."""
        if self.outcomes[index] is not MISSING:
            return
        self.outcomes[index] = outcome
        self.left -= 1
        if (not self.left or (self.fail_fast and isinstance(outcome, SiseonError))) and not self.done.done():
            self.done.set_result(None)

    def expire(self) -> None:
        """Wake the caller although items are missing: its own timeout has passed."""
        if not self.done.done():
            self.expired = True
            self.done.set_result(None)

    def missing(self) -> list[int]:
        """Indices of the items that have no outcome yet."""
        return [index for index, outcome in enumerate(self.outcomes) if outcome is MISSING]
