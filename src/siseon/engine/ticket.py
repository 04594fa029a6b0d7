"""One item on its way through a stage: queued → running → settled → released."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from siseon.engine.call import Call
    from siseon.engine.lines import Line


class State(IntEnum):
    """Where a ticket is. ``settled`` can come before a replica has let go of the item, ``released`` never does."""

    queued = 0
    running = 1
    settled = 2
    released = 3


class Ticket:
    """Which call the item belongs to, and what the queue needs to place it.

    A plain slotted class, because one is made for every item.
    """

    __slots__ = ("bucket", "call", "cost", "index", "item", "key", "line", "queued_at", "state")

    def __init__(
        self,
        call: Call,
        index: int,
        item: object,
        bucket: Any,
        cost: float,
        key: Any,
        queued_at: float,
    ):
        self.call = call
        self.index = index
        self.item = item
        self.bucket = bucket
        """What the user named it by, a ``Bucket`` once the queue has it."""
        self.cost = cost
        self.key = key
        """Items of one key that is not None run one at a time, in order; a ``Key`` once the queue has it."""
        self.queued_at = queued_at
        self.state = State.queued
        self.line: Line | None = None
