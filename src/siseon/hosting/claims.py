"""How much each client has of something that all share, and what a fair share of it would be.

Max-min fair: what there is goes round in turns, one to each that still wants some. Who has had ``mine`` of it is within
its share as long as there is enough for everybody to have as many, or all that they want.
"""

from __future__ import annotations

from siseon.engine import Flow


class Claims:
    """Counts by client. Every step takes the same time however many clients there are."""

    def __init__(self) -> None:
        self._of: dict[Flow, int] = {}
        self._at_least: list[int] = [0]
        """At k, from 1: clients that have k or more."""

    def of(self, client: Flow) -> int:
        """What it has."""
        return self._of.get(client, 0)

    def add(self, client: Flow) -> None:
        """One more."""
        count = self._of[client] = self.of(client) + 1
        if count == len(self._at_least):
            self._at_least.append(1)
        else:
            self._at_least[count] += 1

    def remove(self, client: Flow) -> None:
        """One less."""
        count = self._of[client]
        self._at_least[count] -= 1
        if count == 1:
            del self._of[client]
        else:
            self._of[client] = count - 1

    def with_at_most(self, each: int) -> int:
        """What all have together, if of each client no more than ``each`` counts."""
        return sum(self._at_least[1 : each + 1])
