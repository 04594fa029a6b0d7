"""The bound of fairness: how many batches may begin while a request has an item lined up."""

from __future__ import annotations

from siseon.engine import lines
from siseon.engine.flow import Flow
from siseon.engine.lines import Room


class Turn:
    """How long a request with items lined up has waited, in batches.

    Its flow begins at most a turn's batches for each of the ``ahead`` requests before it and one for itself; meanwhile
    another flow begins at most as many as its weight entitles it to, and one more.
    """

    def __init__(self, room: Room, ahead: int) -> None:
        self.room = room
        self.ahead = ahead
        self.batches = 0
        self.again = False
        self.flows: set[Flow] = set()

    def start_again(self) -> None:
        self.batches = 0
        self.flows.clear()
        self.again = True

    def bound(self) -> int:
        own = self.ahead * lines.TURN + 1
        return int(
            own + sum(flow.weight / self.room.flow.weight * own + 1 for flow in self.flows - {self.room.flow})
        )
