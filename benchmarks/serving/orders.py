"""The orders of work that ``order.py`` compares: how a request runs, what waits in a stage, how much is at work."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from random import Random
from statistics import mean

from virtual_time import VirtualLoop, VirtualStage

from siseon.applications.inspection.stages import CLASSIFY_BATCH
from siseon.engine import Pipeline, lines, remaining
from siseon.engine.context import Request
from siseon.engine.lines import Bucket, Line, Lines, Waiting
from siseon.engine.serving import TURNS_PER_CORE

CORES = 2
DECODE_S, DETECT_S, CLASSIFY_S = 0.0033, 0.0158, 0.0093
"""A photo's, and each object's: medians by ``by_hand.py``, Intel Xeon."""
OBJECTS = (
    *(4, 3, 7, 1, 1, 12, 12, 8, 0, 6, 2, 2, 4, 3, 4, 1, 3, 4, 2, 3, 2, 2, 2, 1, 6),
    *(3, 10, 6, 2, 0, 1, 3, 0, 4, 0, 7, 1, 2, 0, 3, 4, 13, 2, 4, 0, 1, 3, 3),
)
SATURATION = CORES / (DECODE_S + DETECT_S + CLASSIFY_S * mean(OBJECTS))
"""Photos a second, if no core ever waits."""


class Steps(Pipeline[int, bool]):
    """As an inspection does it; whether all objects were classified."""

    max_in_flight = 1_000_000

    def __init__(self, loop: VirtualLoop, at_work: int | None, batch: int) -> None:
        self.max_at_work = at_work
        self.decode = VirtualStage(loop, 0, replicas=CORES)
        self.detect = VirtualStage(loop, 1, replicas=CORES)
        self.classify = VirtualStage(loop, 2, replicas=CORES, batch=batch)

    async def run(self, item: int) -> bool:
        """``item``: objects."""
        await self.decode(DECODE_S)
        await self.detect(DETECT_S)
        left = remaining()
        left = None if left is None else max(0.0, left - max(0.02, 0.05 * left))  # as ``Inspection`` does
        return None not in await self.classify.map([CLASSIFY_S] * item, timeout=left, fallback=None)


class Whole(Pipeline[int, bool]):
    """A photo after the other on each core, as a worker that does all of a request."""

    max_in_flight = 1_000_000

    def __init__(self, loop: VirtualLoop, at_work: int | None, batch: int) -> None:
        self.max_at_work = at_work
        self.whole = VirtualStage(loop, 0, replicas=CORES)

    async def run(self, item: int) -> bool:
        """``item``: objects."""
        await self.whole(DECODE_S + DETECT_S + CLASSIFY_S * item)
        return True


class Ranked(Lines):
    """The request of the lowest rank is served to its end, in the flow whose turn it is."""

    across_flows = False
    """Whether flows have no turns here: then only in ``Turns``."""

    def rank(self, waiting: Waiting) -> float:
        """The lowest goes first."""
        raise NotImplementedError

    def head(self) -> Line:
        """The first line of the request of the lowest rank."""
        rooms = (
            self._active.values()
            if self.across_flows
            else [self._active[self._contenders.chosen(self._active)]]
        )
        first = self._first(waiting for room in rooms for waiting in room.requests.values())
        return next(iter(first.lines.values()))

    def next_in(self, bucket: Bucket) -> Line | None:
        """The line of the lowest rank among those of a bucket."""
        flows = bucket.flows
        if not flows:
            return None
        some = flows.values() if self.across_flows else [flows[bucket.contenders.chosen(flows)]]
        return self._first(waiting for lines in some for waiting in lines).lines[bucket]

    def served(self, line: Line) -> None:
        """Flows pay, requests have no turns that could end."""
        self._places.charge(line.waiting.room.flow)

    def _first(self, some: Iterable[Waiting]) -> Waiting:
        return min(some, key=self.rank)


class LeastLeft(Ranked):
    """The request with the least work left goes first, but before none that came so long before it: shortest remaining
    processing time, with age."""

    patience_s = 0.02
    """For each item: a request with n of them left goes before any that comes n times as much later."""

    def rank(self, waiting: Waiting) -> float:
        """When it came, and its patience."""
        return came(waiting) + self.patience_s * sum(len(line.tickets) for line in waiting.lines.values())


class LeastLeftForEver(LeastLeft):
    """Without age: a large request waits while there are small ones."""

    patience_s = 1e6


class Oldest(Ranked):
    """The request that came first, whoever sent it."""

    across_flows = True

    def rank(self, waiting: Waiting) -> float:
        """When it came."""
        return came(waiting)


class LongTurns(Lines):
    """A request's turn is not interrupted by those of other flows either: shares are of turns, not of batches."""

    def __init__(self) -> None:
        super().__init__()
        self._in_turn: Waiting | None = None

    def head(self) -> Line:
        """The line in turn, unless it is in the middle of a turn."""
        goes_on = self._in_turn
        if goes_on is None or not goes_on.served or not goes_on.lines:
            line = super().head()
            self._in_turn = line.waiting
            return line
        return next(iter(goes_on.lines.values()))

    def next_in(self, bucket: Bucket) -> Line | None:
        """The same among those of a bucket."""
        goes_on = self._in_turn
        if goes_on is None or not goes_on.served or bucket not in goes_on.lines:
            line = super().next_in(bucket)
            self._in_turn = None if line is None else line.waiting
            return line
        return goes_on.lines[bucket]


class ByChance(Ranked):
    """Any of those that wait."""

    def __init__(self) -> None:
        super().__init__()
        self._random = Random(7)

    def rank(self, waiting: Waiting) -> float:
        """A number."""
        return self._random.random()


def came(waiting: Waiting) -> float:
    """When its request came."""
    assert isinstance(waiting.owner, Request)
    return waiting.owner.trace.start


@dataclass(frozen=True)
class Way:
    """An order of work."""

    name: str
    waiting: type[lines.Lines] = lines.Lines
    """What waits in a stage."""
    at_work: int = TURNS_PER_CORE * CORES
    batch: int = CLASSIFY_BATCH
    turn: int = lines.TURN
    later_first: bool = False
    pipeline: type[Steps | Whole] = Steps


SHIPPED = Way("as shipped")
LONG_TURNS = Way("a flow each, turns not interrupted by other flows", LongTurns)
TURNS_ONLY = Way("a flow each, but in `Turns` only", Oldest)
ALL = 1_000_000
WAYS = (
    SHIPPED,
    Way("a request after the other", pipeline=Whole, at_work=ALL),
    Way("the same, the next by chance", ByChance, pipeline=Whole, at_work=ALL),
    Way("turns of one item", turn=1),
    Way("least left, 20 ms an item", LeastLeft),
    Way("the same, all at work", LeastLeft, at_work=ALL),
    Way("least left without age, all at work", LeastLeftForEver, at_work=ALL),
    Way("8 at work", at_work=8),
    Way("6 at work", at_work=6),
    Way("3 at work", at_work=3),
    Way("8 crops a batch", batch=8),
    Way("8 crops a batch, 6 at work", batch=8, at_work=6),
    Way("later stages first, 2 batches at once", later_first=True),
)
