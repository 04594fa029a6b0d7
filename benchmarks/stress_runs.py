"""Pipelines that call such stages in every way there is, for ``stress.py``."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Coroutine
from typing import Any

from stress_items import Item, Unreadable, make_item
from stress_stages import Wrong

from siseon.contracts import InputError, SiseonError
from siseon.engine import Pipeline

FALLBACK = "fallback"
STEPS = (
    "one",
    "one",
    "with fallback",
    "map",
    "map with fallback",
    "gather",
    "group",
    "stream",
    "stream left",
)
STEPS += ("nested", "nested in time", "sleep", "catch", "raise", "raise a group", "cancel itself")
STEPS += ("leaves a task", "leaves a reader", "feeds many")


class Wild(Pipeline[Item, Any]):
    """Runs the plan of its item over its parts and the pipelines in it."""

    def __init__(
        self,
        parts: list[Wrong],
        inner: list[Wild],
        faults: Callable[[str], None],
        spawn: Callable[[Coroutine[Any, Any, None]], object],
    ) -> None:
        self.parts = parts
        self.inner = inner
        self.faults = faults
        self.spawn = spawn
        self.on_trace = self.on_batch = _listen

    async def run(self, item: Item) -> Any:
        rng = random.Random(item.number)
        answer: Item = item
        for step in item.plan or ("one",):
            answer = await self._step(step, answer, rng)
        return answer

    async def _step(self, step: str, item: Item, rng: random.Random) -> Item:
        stage = rng.choice(self.parts)
        match step:
            case "one":
                return self.same(item, await stage(item))
            case "with fallback":
                answer = await stage(item, timeout=rng.uniform(0, 0.03), fallback=FALLBACK)
                return item if isinstance(answer, str) else self.same(item, answer)
            case "map" | "map with fallback" | "feeds many" | "stream" | "stream left":
                await self._many(step, stage, item, rng)
            case "gather":
                await asyncio.gather(*(self._one(item) for _ in range(rng.randint(1, 6))))
            case "group":
                async with asyncio.TaskGroup() as group:
                    for _ in range(rng.randint(1, 6)):
                        group.create_task(self._one(item))
            case "nested" | "nested in time":
                if self.inner:
                    timeout = rng.uniform(0.001, 0.05) if step == "nested in time" else None
                    result = await rng.choice(self.inner)(item, timeout=timeout)
                    return self.same(item, result.data)
            case "sleep":
                await asyncio.sleep(rng.uniform(0, 0.01))
            case "catch":
                try:
                    await stage(item)
                except SiseonError:
                    return item
            case "raise":
                raise rng.choice([ValueError("run"), Unreadable(), InputError("run"), TimeoutError()])
            case "raise a group":
                raise ExceptionGroup("run", [InputError("run"), ExceptionGroup("in", [Unreadable()])])
            case "cancel itself":
                task = asyncio.current_task()
                assert task is not None
                task.cancel()
            case "leaves a task":
                self.spawn(self._left_task(stage, item))
            case "leaves a reader":
                self.spawn(self._left_reader(stage, item))
                await asyncio.sleep(rng.uniform(0, 0.01))
        return item

    async def _one(self, item: Item) -> None:
        part = make_item(item.number, item.wrongs)
        self.same(part, await random.choice(self.parts)(part))

    async def _many(self, step: str, stage: Wrong, item: Item, rng: random.Random) -> None:
        count = rng.randint(200, 700) if step == "feeds many" else rng.randint(0, 20)
        items = family(item, count)
        if step.startswith("stream"):
            leave = rng.randrange(count) if count and step == "stream left" else None
            async for index, outcome in stage.stream(items):
                if not isinstance(outcome, SiseonError):
                    self.same(items[index], outcome)
                if index == leave:
                    break
            return
        fallback = {"fallback": FALLBACK} if step == "map with fallback" else {}
        timeout = 0.5 if step == "feeds many" else None
        answers = await stage.map(items, timeout=timeout, **fallback)  # type: ignore[call-overload]
        for one, answer in zip(items, answers, strict=True):
            if not isinstance(answer, str):
                self.same(one, answer)

    async def _left_task(self, stage: Wrong, item: Item) -> None:
        for _ in range(5):
            self.same(item, await stage(item))

    async def _left_reader(self, stage: Wrong, item: Item) -> None:
        items = family(item, 200)
        async for index, outcome in stage.stream(items):
            if not isinstance(outcome, SiseonError):
                self.same(items[index], outcome)
            await asyncio.sleep(0.002)

    def same(self, item: Item, answer: Any) -> Any:
        """The answer, if it is this item's own."""
        if not hasattr(answer, "number"):
            self.faults(f"a {type(answer).__name__} for an item")
        elif answer.number != item.number:
            self.faults(f"swapped: {answer.number} in the place of {item.number}")
        return answer


def family(item: Item, count: int) -> list[Item]:
    """Many items of one call; one in ten has the wrongs of the first."""
    items = [
        make_item(item.number + 1000 * (place + 1), item.wrongs if place % 10 == 3 else ())
        for place in range(count)
    ]
    call = random.getrandbits(48)
    for place, one in enumerate(items):
        one.call = call, place
    return items


def _listen(_: object) -> None:
    if random.random() < 0.05:
        raise Unreadable
