"""Who is answered when: the engine's order of work in virtual time, as shipped and in other ways, each on some seeds.

The engine itself runs, its stages only take the time that photos take (``virtual_time.py``): the order shows, neither
the machine nor what else runs on it. Requests are photos with the objects that those of ``coco-dev`` have, in an order
drawn from the seed. Loads: closed loops, Poisson arrivals at a part of what the cores can do, and more than that behind
the door (``hosting/admission.py``), which is told the deadline. There an answer whose classification came late lacks
names, as with ``/detect``; those that lack none are *whole*.
Run: ``python benchmarks/serving/order.py``; five minutes of one core
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from statistics import mean, median
from typing import Any
from unittest import mock

from cells import percentile
from orders import ALL, CORES, LONG_TURNS, OBJECTS, SATURATION, SHIPPED, TURNS_ONLY, WAYS, Way
from virtual_time import virtual_time

sys.path.append(str(Path(__file__).parents[1]))
from spread import spread

from siseon.contracts import SiseonError
from siseon.engine import Flow, Pipeline, lines, places
from siseon.engine.flow import INTERACTIVE
from siseon.hosting.admission import FEW, Admission, Overloaded

DEADLINE_S = 0.5
LEAD_S = 3.0
"""Until an overload counts: as in ``run.py``."""


@dataclass
class Answers:
    """What became of the requests of one run."""

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    lacking: int = 0
    """Answers without some names."""

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.latencies) / self.seconds

    @property
    def whole(self) -> float:
        """Those that lack nothing."""
        return self.rate - self.lacking / self.seconds


Load = Callable[[Pipeline[int, bool], Random, float], Any]


def photos(random: Random) -> Iterator[int]:
    """All of them in some order, again and again."""
    while True:
        yield from random.sample(OBJECTS, len(OBJECTS))


def closed(clients: int) -> Load:
    """So many clients, each of which asks again once it has its answer; from idle to idle."""

    async def load(pipeline: Pipeline[int, bool], random: Random, seconds: float) -> Answers:
        loop, answers, some = asyncio.get_running_loop(), Answers(), photos(random)

        async def client() -> None:
            while (began := loop.time()) < seconds:
                await pipeline(next(some))
                answers.latencies.append(loop.time() - began)

        await asyncio.gather(*(client() for _ in range(clients)))
        answers.seconds = loop.time()
        return answers

    return load


def arriving(share: float, deadline: float | None = None) -> Load:
    """Poisson arrivals at a share of ``SATURATION``; with a deadline behind the door."""

    async def load(pipeline: Pipeline[int, bool], random: Random, seconds: float) -> Answers:
        loop, answers = asyncio.get_running_loop(), Answers(seconds)
        lead = 0.0 if deadline is None else LEAD_S
        few = pipeline.at_work_limit if pipeline.at_work_limit < ALL else FEW  # as ``Host`` does
        door = Admission(ALL, few, loop.time)

        async def ask(due: float, objects: int) -> None:
            if deadline is not None:
                try:
                    door.enter(deadline)
                except Overloaded:
                    return
            answered = False
            try:
                whole = (await pipeline(objects, timeout=deadline)).data
                answered = True
            except SiseonError:
                return
            finally:
                if deadline is not None:
                    door.leave(answered=answered)
            if due >= lead:
                answers.latencies.append(loop.time() - due)
                answers.lacking += not whole

        times = sorted(
            random.uniform(0, lead + seconds) for _ in range(round(share * SATURATION * (lead + seconds)))
        )
        async with asyncio.TaskGroup() as group:
            for due, objects in zip(times, photos(random), strict=False):
                await asyncio.sleep(due - loop.time())
                group.create_task(ask(due, objects))
        return answers

    return load


OVERLOAD = "120 %, 0.5 s"
LOADS = {
    "1 client": closed(1),
    "8 clients": closed(8),
    "32 clients": closed(32),
    "50 %": arriving(0.5),
    "80 %": arriving(0.8),
    OVERLOAD: arriving(1.2, DEADLINE_S),
}


@dataclass(frozen=True)
class Group:
    """Requests in flight in a closed loop, of photos of these sizes."""

    name: str
    in_flight: int
    objects: Sequence[int]
    clients: int
    """How many send them; each is a flow of its own."""


SMALL = [objects for objects in OBJECTS if objects <= 2]
LARGE = [objects for objects in OBJECTS if objects >= 7]
MIXES = (
    (Group("8 clients", 8, OBJECTS, 8),),
    (Group("4 clients with small photos", 4, SMALL, 4), Group("4 with large ones", 4, LARGE, 4)),
    (
        Group("a client with small photos", 1, SMALL, 1),
        Group("one with 16 large ones in flight", 16, LARGE, 1),
    ),
)


def beside(groups: Sequence[Group], *, own: bool) -> Load:
    """The answers of each group; ``own``: clients are flows of their own, else all are one."""

    async def load(pipeline: Pipeline[int, bool], random: Random, seconds: float) -> list[Answers]:
        loop = asyncio.get_running_loop()
        told = [Answers() for _ in groups]

        async def caller(group: Group, answers: Answers, flow: Flow) -> None:
            while (began := loop.time()) < seconds:
                await pipeline(random.choice(group.objects), flow=flow)
                answers.latencies.append(loop.time() - began)

        async with asyncio.TaskGroup() as callers:
            for group, answers in zip(groups, told, strict=True):
                flows = [Flow("client") if own else INTERACTIVE for _ in range(group.clients)]
                for number in range(group.in_flight):
                    callers.create_task(caller(group, answers, flows[number % group.clients]))
        for answers in told:
            answers.seconds = loop.time()
        return told

    return load


def run(way: Way, load: Load, seed: int, seconds: float, hop_s: float) -> Any:
    """One seed's answers."""
    with (
        virtual_time(CORES, later_first=way.later_first, hop_s=hop_s) as loop,
        mock.patch.object(places, "Lines", way.waiting),
        mock.patch.object(lines, "TURN", way.turn),
    ):
        pipeline = way.pipeline(loop, way.at_work, way.batch)

        async def all_of_it() -> Any:
            async with pipeline:
                return await load(pipeline, Random(seed), seconds)

        return loop.run_until_complete(all_of_it())


def average(one: Answers) -> float:
    """Seconds, of all answers."""
    return mean(one.latencies)


def cell(name: str, rounds: list[Answers]) -> str:
    """The medians over the seeds: milliseconds, or answers a second in time."""

    def of(figure: Callable[[Answers], float]) -> float:
        return median(map(figure, rounds))

    if name == OVERLOAD:
        return f"{of(lambda one: one.rate):.1f}, whole {of(lambda one: one.whole):.1f}"
    figures = (of(lambda one, p=p: percentile(one.latencies, p)) for p in (50, 95, 99))
    return f"{of(average) * 1000:.0f}: " + " / ".join(f"{figure:.0f}" for figure in figures)


def against(base: list[Answers], rounds: list[Answers], figure: Callable[[Answers], float]) -> str:
    """Ratio to the shipped way, seed by seed: median and range."""
    ratios = [figure(one) / figure(other) for one, other in zip(rounds, base, strict=True)]
    return spread(ratios)


def shares(seeds: int, seconds: float, hop_s: float) -> None:
    """The table of clients that are flows of their own."""
    print("\n| in a closed loop | order | answers/s | mean: p50 / p95 / p99 |\n|---|---|---|---|")
    for groups in MIXES:
        for way, own, order in (
            (SHIPPED, False, "one flow for all"),
            (SHIPPED, True, "as shipped, a flow for each client"),
            (LONG_TURNS, True, LONG_TURNS.name),
            (TURNS_ONLY, True, TURNS_ONLY.name),
        ):
            rounds = [run(way, beside(groups, own=own), seed, seconds, hop_s) for seed in range(seeds)]
            for group, answers in zip(groups, zip(*rounds, strict=True), strict=True):
                rate = median(one.rate for one in answers)
                print(f"| {group.name} | {order} | {rate:.1f} | {cell('', list(answers))} |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=15.0, help="of each load, virtual")
    parser.add_argument("--hop-ms", type=float, default=1.0, help="what it takes a thread to wake another")
    options = parser.parse_args()
    hop_s = options.hop_ms / 1000
    print(
        f"{options.seeds} seeds of {options.seconds:g} s, a thread wakes another in {options.hop_ms:g} ms\n"
    )
    print(f"| order | {' | '.join(LOADS)} |\n|---|{'---|' * len(LOADS)}")
    shipped: dict[str, list[Answers]] = {}
    ratios = []
    for way in WAYS:
        row, ratio = [way.name], [way.name]
        for name, load in LOADS.items():
            rounds = [run(way, load, seed, options.seconds, hop_s) for seed in range(options.seeds)]
            base = shipped.setdefault(name, rounds)
            row.append(cell(name, rounds))
            figures = (
                (lambda one: one.whole,)
                if name == OVERLOAD
                else (average, lambda one: percentile(one.latencies, 95))
            )
            ratio.append(", ".join(against(base, rounds, figure) for figure in figures))
        print(f"| {' | '.join(row)} |", flush=True)
        ratios.append(f"| {' | '.join(ratio)} |")
    print(f"\n| order | {' | '.join(LOADS)} |\n|---|{'---|' * len(LOADS)}")
    print("\n".join(ratios[1:]))
    shares(options.seeds, options.seconds, hop_s)


if __name__ == "__main__":
    main()
