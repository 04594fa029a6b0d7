"""Those who ask: of a stage directly or through pipelines, in all the ways there are, and not always to the end."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from engine.simulation.judge import FALLBACK, Asked
from engine.simulation.loop import TICK
from engine.simulation.stages import GOOD, KINDS, NAMELESS, Item, Scripted
from engine.simulation.world import World
from siseon.contracts import SiseonError
from siseon.engine import Flow
from siseon.engine.context import current_request


class Asking:
    """Calls of stages, drawn from the seed."""

    def __init__(self, world: World, flows: list[Flow]) -> None:
        random = world.random
        self.world = world
        self.flows = flows
        self.bad = random.choice((0.0, 0.0, 0.1, 0.4, 1.0))
        self.kinds = random.sample(KINDS, 2)
        self.nameless = random.choice((0.0, 0.0, 0.0, 0.05))
        self.hurry = random.choice((0.0, 0.2, 0.8))
        self.large = random.choice((3, 6, 14))
        self.left: list[asyncio.Task[Any]] = []
        """Tasks that their requests have left behind."""
        self._number = 0

    def item(self, stage: Scripted) -> Item:
        """A new one."""
        random = self.world.random
        self._number += 1
        kind = GOOD
        if random.random() < self.bad:
            kind = random.choice(self.kinds)
        bucket: object = random.randrange(stage.buckets)
        cost = random.choice((0.0, 0.5, 1.0, 1.0, 1.0, 3.0))
        if random.random() < self.nameless:
            if stage.bucketed:
                kind = random.choice(NAMELESS if stage.max_cost is not None else NAMELESS[:2])
            if kind == "moody":
                bucket = f"moody {self._number}"
        return Item(self._number, kind, bucket, cost, random.choice((None, *range(stage.keys))))

    def timeout(self) -> float | None:
        random = self.world.random
        return random.choice((0, 1, 2, 5, 5, 10, 20, 100)) * TICK if random.random() < self.hurry else None

    def _asked(self, stage: Scripted, count: int, flow: Flow | None, one: bool) -> Asked:
        request = current_request.get()
        if flow is None and (request is None or self.world.chance(0.1)):
            flow = self.world.random.choice(self.flows)
        asked = Asked(
            self.world, stage, [self.item(stage) for _ in range(count)], self.timeout(),
            flow or request.flow, one,  # type: ignore[union-attr]
        )  # fmt: skip
        asked.given = flow  # type: ignore[attr-defined]
        return asked

    async def one(self, stage: Scripted, flow: Flow | None = None) -> None:
        """``stage(item)``."""
        asked = self._asked(stage, 1, flow, True)
        options: dict[str, Any] = {"fallback": FALLBACK} if self.world.chance(0.2) else {}
        try:
            answer = await stage(asked.items[0], timeout=asked.timeout, flow=asked.given, **options)
        except SiseonError as error:
            asked.outcome(0, error)
            self._say(asked, error)
            raise
        finally:
            asked.end()
        self._say(asked, answer)
        asked.outcome(0, answer)

    def _say(self, asked: Asked, answer: object) -> None:
        self.world.note(f"{asked.who()} got {answer!r} for {asked.items}")

    async def map(self, stage: Scripted, flow: Flow | None = None) -> None:
        """``stage.map(items)``."""
        asked = self._asked(stage, self.world.random.randint(0, self.large), flow, True)
        options: dict[str, Any] = {"fallback": FALLBACK} if self.world.chance(0.4) else {}
        try:
            answers = await stage.map(asked.items, timeout=asked.timeout, flow=asked.given, **options)
        except SiseonError as error:
            asked.refused(error)
            raise
        finally:
            asked.end()
        self._say(asked, answers)
        if len(answers) != len(asked.items):
            self.world.wrong(f"{len(answers)} answers for {asked.items}")
        for index, answer in enumerate(answers):
            asked.outcome(index, answer)

    async def stream(self, stage: Scripted, flow: Flow | None = None) -> None:
        """``stage.stream(items)``, to the end or not."""
        asked = self._asked(stage, self.world.random.randint(0, self.large), flow, False)
        leaves_after = self.world.random.choice((None, 0, 1, 2))
        outcomes = stage.stream(asked.items, timeout=asked.timeout, flow=asked.given)
        try:
            async for index, outcome in outcomes:
                self.world.note(f"{asked.who()} reads {outcome!r} for {asked.items[index]}")
                asked.outcome(index, outcome)
                if leaves_after is not None and len(asked.outcomes) > leaves_after:
                    break
                if self.world.chance(0.2):
                    paused = self.world.loop.time()
                    try:
                        await self.pause()
                    finally:
                        asked.readers_time += self.world.loop.time() - paused
            else:
                if len(asked.outcomes) != len(asked.items):
                    self.world.wrong(f"a stream of {asked.items} gave {len(asked.outcomes)} outcomes")
        except SiseonError as error:
            asked.refused(error)
            over = asked.request is not None and asked.request.ended
            if asked.outcomes and not over:
                self.world.wrong(f"a stream that gave outcomes raised {error.code}")
            raise
        finally:
            await outcomes.aclose()  # type: ignore[attr-defined]
            asked.end()

    async def pause(self) -> float:
        """Something else that takes time; the seconds."""
        before = self.world.loop.time()
        await asyncio.sleep(self.world.random.choice((0, 0, 1, 2, 5, 20)) * TICK)
        return self.world.loop.time() - before

    async def any(self, stages: list[Scripted], flow: Flow | None = None) -> None:
        """One of the above."""
        way = self.world.random.choice((self.one, self.one, self.map, self.stream))
        await way(self.world.random.choice(stages), flow)

    async def together(self, stages: list[Scripted]) -> None:
        """Several at once."""
        count = self.world.random.randint(2, 3)
        if self.world.chance(0.5):
            await asyncio.gather(
                *(self.any(stages) for _ in range(count)), return_exceptions=self.world.chance(0.5)
            )
            return
        async with asyncio.TaskGroup() as group:
            for _ in range(count):
                group.create_task(self.any(stages))

    def leave_behind(self, stages: list[Scripted]) -> None:
        """A task that nobody waits for."""
        self.left.append(asyncio.get_running_loop().create_task(self._quietly(self.any(stages))))

    @staticmethod
    async def _quietly(work: Awaitable[None]) -> None:
        try:
            await work
        except SiseonError:
            return

    def interrupted(self, work: Callable[[], Awaitable[None]], name: str) -> asyncio.Task[None]:
        """A task that may be cancelled at any moment."""
        task = self.world.loop.create_task(work())  # type: ignore[arg-type]
        task.set_name(name)
        if self.world.chance(0.25):

            def cancel() -> None:
                if not task.done():
                    self.world.note(f"{name} is cancelled")
                    task.cancel()

            self.world.loop.at(self.world.random.randint(0, 60), cancel)
        return task
