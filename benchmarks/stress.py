"""The engine under wrong user code: real threads, a real event loop, hundreds of callers, everything at once.

Against what: its own promise. Every accepted item gets exactly one outcome, its own, and nothing is left behind:
0 hung, 0 swapped, 0 lost, no failure without a name, no exception in the loop, no thread that dies; threads, tasks and
objects back where they began. Prints a table; exits with 1 on any fault.

A seed chooses stages (buckets, costs, serial keys, linger, replicas; shared and nested), what user code does wrong
(``stress_stages.py``, ``stress_runs.py``), flows, cancellations, deadlines, starts and stops, stages that change hands.

Run: ``python benchmarks/stress.py --minutes 10 [--seed 1] [--uvloop] [--without "gets stuck,leaves a reader"]``
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import threading
import time
from collections import Counter
from collections.abc import Coroutine, Sequence
from typing import Any

from machine import machine
from stress_items import RARE, WRONGS, Item, make_item
from stress_runs import FALLBACK, STEPS, Wild, family
from stress_stages import Named, Serial, Wrong
from stress_watch import HUNG_S, Accounts, Watch, kept, resident_mb

from siseon.contracts import SiseonError
from siseon.engine import Flow

CALLERS = 300
WRONG_SHARE = 0.08
"""Of items that have a mistake coming."""
LATE_S = (0.001, 0.05)
LIFE_S = 1.5
"""Mean time between a start and its stop."""
WARM_SHARE = 0.2
"""Of the time, after which memory is measured for the first time."""
GROWTH_MB = 64.0
"""More than an allocator keeps for itself."""
CLOSED = ("new", "closed")
UNTIMED = ("group", "python")
"""Calls that are given no deadline."""


class World:
    """All stages and pipelines of one seed, and those who use them."""

    def __init__(self, seed: int, without: Sequence[str], watch: Watch) -> None:
        self.rng = rng = random.Random(seed)
        self.watch = watch
        self.wrongs = [wrong for wrong in WRONGS if wrong not in without]
        self.weights = [RARE.get(wrong, 1.0) for wrong in self.wrongs]
        self.steps = [step for step in STEPS if step not in without]
        kinds = [Wrong, Named, Serial, Named, Wrong, Serial, Named, Wrong]
        self.stages = [kind(f"s{at}", rng, watch.stage_fault) for at, kind in enumerate(kinds)]
        s = self.stages
        first = self._pipeline([s[0], s[1]], [])
        second = self._pipeline([s[0], s[2], s[3]], [])
        third = self._pipeline([s[3], s[4]], [first])
        fourth = self._pipeline([s[5]], [third, second])
        self.pipelines = [first, second, third, fourth]
        self.flows = [
            Flow(f"{policy} {weight:g} {most}", weight=weight, policy=policy, max_waiting=most)
            for policy in ("reject", "wait", "drop_oldest")
            for weight, most in ((1.0, None), (0.1, 4), (100.0, 64), (2.5, 1))
        ]
        self.holds: Counter[Any] = Counter()
        self.over = False
        self._numbers = 0

    def _pipeline(self, parts: list[Wrong], inner: list[Wild]) -> Wild:
        pipeline = Wild(parts, inner, self.watch.stage_fault, self.watch.spawn)
        pipeline.max_at_work = self.rng.choice([1, 8, 64, None])
        pipeline.max_in_flight = self.rng.choice([16, 1024])
        return pipeline

    # --- who calls -------------------------------------------------------------------------------------------

    async def caller(self, seed: int) -> None:
        """Calls until the time is over, one call after the other."""
        rng = random.Random(seed)
        while not self.over:
            timeout = rng.uniform(*LATE_S) if rng.random() < 0.3 else None
            cancel = rng.choice([0.0, rng.uniform(0, 0.03)]) if rng.random() < 0.2 else None
            item = self.item(rng)
            may = ["cancelled"] if "cancel itself" in item.plan else []
            what, work, may_more = self._work(rng, item, timeout)
            await self.watch.call(
                what, work, timeout=None if what in UNTIMED else timeout, may=[*may, *may_more], cancel=cancel
            )
            if rng.random() < 0.3:
                await asyncio.sleep(rng.uniform(0, 0.02))

    def item(self, rng: random.Random) -> Item:
        """An item with a plan for pipelines, and with mistakes."""
        self._numbers += 1
        wrongs = [
            rng.choices(self.wrongs, self.weights)[0] if rng.random() < WRONG_SHARE else None
            for _ in range(3)
        ]
        plan = rng.choices(self.steps, k=rng.randint(1, 3))
        return make_item(self._numbers * 1_000_000, wrongs, plan)

    def _work(
        self, rng: random.Random, item: Item, timeout: float | None
    ) -> tuple[str, Coroutine[Any, Any, object], Sequence[str]]:
        """One kind of call, and what it may end with besides an answer and a failure with a name."""
        flow = rng.choice([*self.flows, *self.flows, Flow("new")]) if rng.random() < 0.5 else None
        stage = rng.choice(self.stages)
        kind = rng.choices(["pipeline", "one", "map", "stream", "group", "python"], [6, 2, 2, 2, 1, 1])[0]
        match kind:
            case "pipeline":
                return kind, self._request(rng.choice(self.pipelines), item, timeout, flow), ()
            case "one":
                return kind, self._one(stage, item, timeout, flow), ()
            case "map":
                return kind, self._map(rng, stage, item, timeout, flow), ()
            case "stream":
                return kind, self._stream(rng, stage, item, timeout, flow), ()
            case "group":
                return kind, self._group(rng, item), ("ExceptionGroup", "cancelled")
        return kind, self._in_python_time(rng, item), ("TimeoutError",)

    async def _request(self, pipeline: Wild, item: Item, timeout: float | None, flow: Flow | None) -> None:
        try:
            result = await (
                pipeline(item, timeout=timeout, flow=flow) if flow else pipeline(item, timeout=timeout)
            )
        except SiseonError:
            await self._pause(pipeline)
            raise
        pipeline.same(item, result.data)

    async def _one(self, stage: Wrong, item: Item, timeout: float | None, flow: Flow | None) -> None:
        try:
            answer = await stage(item, timeout=timeout, flow=flow)
        except SiseonError:
            await self._pause(stage)
            raise
        self.pipelines[0].same(item, answer)

    async def _map(
        self, rng: random.Random, stage: Wrong, item: Item, timeout: float | None, flow: Flow | None
    ) -> None:
        items = family(item, rng.choice([0, 1, 5, 40]) if timeout is None else rng.choice([5, 40, 1500]))
        if rng.random() < 0.5:
            answers = await stage.map(items, timeout=timeout, fallback=FALLBACK, flow=flow)
        else:
            answers = await stage.map(items, timeout=timeout, flow=flow)
        for one, answer in zip(items, answers, strict=True):
            if not isinstance(answer, str):
                self.pipelines[0].same(one, answer)

    async def _stream(
        self, rng: random.Random, stage: Wrong, item: Item, timeout: float | None, flow: Flow | None
    ) -> None:
        items = family(item, rng.choice([1, 5, 40]))
        leave = rng.randrange(len(items)) if rng.random() < 0.3 else None
        seen: set[int] = set()
        async for index, outcome in stage.stream(items, timeout=timeout, flow=flow):
            if index in seen:
                self.watch.fault("two outcomes of one item", f"{index} of {len(items)}")
            seen.add(index)
            if not isinstance(outcome, SiseonError):
                self.pipelines[0].same(items[index], outcome)
            if index == leave:
                return
        if len(seen) != len(items):
            self.watch.fault("lost", f"{len(items) - len(seen)} of a stream of {len(items)}")

    async def _group(self, rng: random.Random, item: Item) -> None:
        async with asyncio.TaskGroup() as group:
            for _ in range(4):
                one = self.item(rng)
                group.create_task(self._request(rng.choice(self.pipelines), one, None, None))
                group.create_task(self._one(rng.choice(self.stages), item, None, None))

    async def _in_python_time(self, rng: random.Random, item: Item) -> None:
        async with asyncio.timeout(rng.uniform(*LATE_S)):
            await self._request(rng.choice(self.pipelines), item, rng.choice([None, 0.02]), None)

    @staticmethod
    async def _pause(thing: Wild | Wrong) -> None:
        """What is not running refuses at once: try again a little later."""
        if thing.state != "open":
            await asyncio.sleep(0.01)

    # --- who starts and stops -----------------------------------------------------------------------------------

    async def life(self, thing: Wild | Wrong, seed: int) -> None:
        """Start, leave open, stop; twice, halfway, too late."""
        rng = random.Random(seed)
        while not self.over:
            if await self._move(thing, thing.start(), rng, "start"):
                self.holds[thing] += 1
            await asyncio.sleep(min(rng.expovariate(1 / LIFE_S), 5.0))
            if rng.random() < 0.3:
                self._change_hands(rng)
            if rng.random() < 0.8:
                self.holds[thing] -= bool(self.holds[thing])
                await self._move(thing, thing.stop(drain_s=rng.choice([0.0, 0.05, 0.5, 3.0])), rng, "stop")

    async def _move(
        self, thing: Wild | Wrong, work: Coroutine[Any, Any, None], rng: random.Random, what: str
    ) -> bool:
        task = asyncio.ensure_future(work)
        await asyncio.sleep(0)  # it has begun: what is cancelled before that would give no hold back
        if rng.random() < 0.15:
            asyncio.get_running_loop().call_later(rng.choice([0.0, 0.005, 0.05]), task.cancel)
        done, _ = await asyncio.wait([task], timeout=HUNG_S)
        if not done:
            self.watch.hung(task, f"{what} of {thing.__class__.__name__}, {thing.state}")
            return False
        if task.cancelled():
            return False
        error = task.exception()
        if error is not None and not isinstance(error, SiseonError):
            self.watch.fault(f"unnamed {type(error).__name__} at {what}")
        return error is None

    def _change_hands(self, rng: random.Random) -> None:
        """A stage of one pipeline becomes one of another, open or not."""
        one, other = rng.sample(self.pipelines, 2)
        at, to = rng.randrange(len(one.parts)), rng.randrange(len(other.parts))
        one.parts[at], other.parts[to] = other.parts[to], one.parts[at]

    async def close(self) -> None:
        """Give all holds back, and wait until everything is closed."""
        for thing, holds in self.holds.items():
            for _ in range(holds):
                await self._move(thing, thing.stop(drain_s=5.0), random.Random(0), "stop")
        until = time.monotonic() + HUNG_S
        things = [*self.pipelines, *self.stages]
        while any(thing.state not in CLOSED for thing in things) and time.monotonic() < until:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        for thing in things:
            if thing.state not in CLOSED:
                self.watch.fault("not closed", f"{type(thing).__name__} {thing.state}")


def _threads() -> int:
    return sum(thread.name.startswith("siseon-") for thread in threading.enumerate())


async def stress(options: argparse.Namespace, watch: Watch) -> dict[str, object]:
    """Run it; figures for the table."""
    watch.listen(asyncio.get_running_loop())
    accounts = Accounts(watch)
    accounts.open()
    world = World(options.seed, options.without.split(","), watch)
    heartbeat = asyncio.ensure_future(watch.heartbeat())
    tasks_before = len(asyncio.all_tasks())
    seconds = options.minutes * 60
    users = [asyncio.ensure_future(world.caller(options.seed * 10_000 + at)) for at in range(CALLERS)]
    users += [
        asyncio.ensure_future(world.life(thing, options.seed * 20_000 + at))
        for at, thing in enumerate([*world.pipelines, world.stages[0], world.stages[6], world.stages[7]])
    ]
    await asyncio.sleep(seconds * WARM_SHARE)
    warm_mb = resident_mb()
    until = time.monotonic() + seconds * (1 - WARM_SHARE)
    while time.monotonic() < until:
        await asyncio.sleep(min(1.0, until - time.monotonic()))
        accounts.close(world.stages)
    world.over = True
    watch.calm_since = time.monotonic()
    _, left = await asyncio.wait(users, timeout=4 * HUNG_S)
    for task in left:
        watch.hung(task, "a caller at the end")
    for task in users:
        if task.done() and not task.cancelled() and task.exception() is not None:
            raise task.exception() from None  # the harness's own mistake
    await world.close()
    until = time.monotonic() + HUNG_S
    while (_threads() or len(asyncio.all_tasks()) > tasks_before) and time.monotonic() < until:  # noqa: ASYNC110
        await asyncio.sleep(0.05)
    accounts.close(world.stages, last=True)
    if _threads():
        watch.fault("threads left", str(_threads()))
    if len(asyncio.all_tasks()) > tasks_before:
        watch.fault("tasks left", str(len(asyncio.all_tasks()) - tasks_before))
    heartbeat.cancel()
    del users, left
    made: Counter[str] = Counter()
    for stage in world.stages:
        made.update(stage.made)
    alive = kept()
    if alive:
        watch.fault("objects of requests left", str(alive))
    end_mb = resident_mb()
    if end_mb - warm_mb > GROWTH_MB and seconds >= 60:
        watch.fault("memory", f"{end_mb - warm_mb:.0f} MB more")
    if watch.begun != sum(watch.ended.values()):
        watch.fault("lost", f"{watch.begun} calls, {sum(watch.ended.values())} ends")
    return {
        "calls begun, ended": f"{watch.begun:,}, {sum(watch.ended.values()):,}",
        "calls by outcome": _counts(watch.ended),
        "items given to stages, outcomes counted": f"{accounts.items:,}, {sum(accounts.outcomes.values()):,}",
        "items by outcome": _counts(accounts.outcomes),
        "mistakes made": f"{sum(made.values()):,} of {len(made)} kinds",
        "longest call, s": f"{watch.longest_s:.1f}",
        "latest answer after its deadline, s": f"{watch.latest_s:.2f}",
        "longest pause of the loop, s": f"{watch.longest_pause_s:.2f}",
        "memory, MB: warm, end": f"{warm_mb:.0f}, {end_mb:.0f} ({end_mb - warm_mb:+.0f})",
        "hung, swapped, lost": ", ".join(str(watch.faults[kind]) for kind in ("hung", "swapped", "lost")),
        "faults": _counts(watch.faults) or "0",
    }


def _counts(counts: Counter[str]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in counts.most_common())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--uvloop", action="store_true", help="the loop of the service")
    parser.add_argument(
        "--without", default="", help="mistakes and steps to leave out, to see behind a known fault"
    )
    options = parser.parse_args()
    random.seed(options.seed)
    watch = Watch()
    factory = None
    if options.uvloop:
        import uvloop

        factory = uvloop.new_event_loop
    with asyncio.Runner(loop_factory=factory) as runner:
        rows = runner.run(stress(options, watch))
    print(machine())
    print(f"| seed {options.seed}, {options.minutes:g} minutes, {CALLERS} callers | |\n|---|---|")
    for name, value in rows.items():
        print(f"| {name} | {value} |")
    if watch.faults:
        print("\n" + "\n".join(watch.details), file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
