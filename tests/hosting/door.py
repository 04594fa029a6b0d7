"""A pipeline behind its door in virtual time: hours of requests, hang-ups and refusals in a second, none by chance."""

from __future__ import annotations

import heapq
import math
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from random import Random

from siseon.engine.fairness import Contenders, Shares
from siseon.engine.flow import INTERACTIVE, Flow
from siseon.engine.serving import TURNS_PER_CORE
from siseon.hosting.admission import Admission, Overloaded
from siseon.hosting.impatience import Impatience

AT_WORK = 2 * TURNS_PER_CORE
"""As on two cores."""
PER_SECOND = 40.0
"""What the pipeline answers when it always has work."""
ALLOWED_S = 30.0


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@dataclass(eq=False)
class Visitor:
    """One request."""

    at: float
    patience_s: float
    honest: bool = True
    client: Flow = INTERACTIVE
    work_s: float = 0.0
    """What is left of it."""
    let_in: float = math.nan
    crowded: bool = False


@dataclass
class Figures:
    """What became of the honest."""

    asked: int = 0
    refused: int = 0
    answered: int = 0
    hung_up: int = 0
    waited_s: float = 0.0
    """All of the answered together."""


class Waiting:
    """Who waits for a turn: clients in turn, by the engine's rule; those of one in their order."""

    def __init__(self) -> None:
        self.of: dict[Flow, OrderedDict[Visitor, None]] = {}
        self._shares = Shares()
        self._contenders = Contenders(self._shares)

    def add(self, one: Visitor) -> None:
        if one.client not in self.of:
            self._shares.enter(one.client, self.of)
            self.of[one.client] = OrderedDict()
            self._contenders.add(one.client, self.of)
        self.of[one.client][one] = None

    def remove(self, one: Visitor) -> None:
        del self.of[one.client][one]
        if not self.of[one.client]:
            del self.of[one.client]

    def next(self) -> Visitor:
        client = self._contenders.chosen(self.of)
        one = next(iter(self.of[client]))
        self.remove(one)
        self._shares.charge(client)
        return one

    def __contains__(self, one: Visitor) -> bool:
        return one in self.of.get(one.client, ())


def honest(
    random: Random,
    load: float,
    seconds: float,
    patience_s: float = math.inf,
    since: float = 0.0,
    clients: Sequence[Flow] = (INTERACTIVE,),
) -> Iterator[Visitor]:
    """Poisson arrivals at so much of what the pipeline can do, of one client or several."""
    at = since
    while (at := at + random.expovariate(load * PER_SECOND)) < since + seconds:
        yield Visitor(at, patience_s, client=random.choice(clients))


def flood(
    random: Random, load: float, seconds: float, patience_s: float, clients: Sequence[Flow]
) -> Iterator[Visitor]:
    """The same by strangers."""
    for one in honest(random, load, seconds, patience_s, clients=clients):
        one.honest = False
        yield one


def bursts(
    random: Random,
    count: int,
    every_s: float,
    seconds: float,
    patience_s: float,
    spread_s: float = 0.0,
    client: Flow = INTERACTIVE,
) -> Iterator[Visitor]:
    """Requests together, or over ``spread_s``, again and again, whose clients hang up."""
    for number in range(1, int(seconds / every_s)):
        for _ in range(count):
            yield Visitor(
                number * every_s + random.uniform(0, spread_s), patience_s, honest=False, client=client
            )


def serve(
    random: Random, *visitors: Iterable[Visitor], counted_from: float = 0.0, limit: int = 4096
) -> Figures:
    """All of them, as ``Host.run`` takes them in; those at work share the cores, the others wait for their turn."""
    clock = Clock()
    admission, impatience = Admission(limit, AT_WORK, clock), Impatience(clock)
    waiting = Waiting()
    at_work: dict[Visitor, None] = {}
    leaving: list[tuple[float, int, Visitor]] = []
    figures = Figures()

    def counts(one: Visitor) -> bool:
        return one.honest and one.at >= counted_from

    def end(one: Visitor, *, answered: bool) -> None:
        if one in waiting:
            waiting.remove(one)
        at_work.pop(one, None)
        admission.leave(one.client, answered=answered)
        if answered or one.crowded:
            impatience.left(clock.now - one.let_in, answered=answered)
        if counts(one):
            figures.answered += answered
            figures.hung_up += not answered
            figures.waited_s += answered * (clock.now - one.let_in)
        while waiting.of and len(at_work) < AT_WORK:
            at_work[waiting.next()] = None

    def come(one: Visitor, number: int) -> None:
        one.crowded, one.work_s = admission.crowded, random.expovariate(PER_SECOND)
        figures.asked += counts(one)
        try:
            admission.enter(ALLOWED_S, impatience.waits_s(), one.client)
        except Overloaded:
            figures.refused += counts(one)
            return
        one.let_in = clock.now
        if len(at_work) < AT_WORK:
            at_work[one] = None
        else:
            waiting.add(one)
        heapq.heappush(leaving, (one.at + one.patience_s, number, one))

    for number, visitor in enumerate(sorted(chain(*visitors), key=lambda one: one.at)):
        while True:
            first = min(at_work, key=lambda one: one.work_s, default=None)
            done = math.inf if first is None else clock.now + first.work_s * len(at_work)
            gone = leaving[0][0] if leaving else math.inf
            at = min(visitor.at, done, gone)
            for one in at_work:
                one.work_s -= (at - clock.now) / len(at_work)
            clock.now = at
            if at == visitor.at:
                break
            if at == done and first is not None:
                end(first, answered=True)
            else:
                _, _, one = heapq.heappop(leaving)
                if one in waiting or one in at_work:
                    end(one, answered=False)
        come(visitor, number)
    return figures
