"""One episode: drawn from its seed, run to its end, and looked at."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any

from engine.simulation.callers import Asking
from engine.simulation.loop import TICK, Stalled
from engine.simulation.pipelines import Drawn
from engine.simulation.stages import STAGES, Scripted
from engine.simulation.watch import watched
from engine.simulation.world import World
from siseon.contracts import FailureCode, SiseonError
from siseon.engine import Flow

PATIENCE = 400
"""Ticks that callers and keepers have before everything is stopped."""
BOUND = 100_000
"""Ticks within which everything must have ended after that: drains, teardowns and last steps, with room."""


class Episode:
    """What takes part in it."""

    def __init__(self, world: World) -> None:
        random = world.random
        self.world = world
        self.flows = [self._flow(number) for number in range(random.randint(1, 4))]
        self.asking = Asking(world, self.flows)
        self.stages = [
            random.choice(STAGES)(world, f"stage-{number}") for number in range(random.choice((1, 1, 2, 3)))
        ]
        self.pipelines: list[Drawn] = []
        for number in range(random.choice((0, 1, 1, 2))):
            some = random.sample(self.stages, random.randint(1, len(self.stages)))
            inner = random.choice((None, *self.pipelines))
            self.pipelines.append(Drawn(world, f"pipeline-{number}", self.asking, some, inner))
        for flow in self.flows:
            world.note(f"{flow}")
        for stage in self.stages:
            world.note(stage.describe())
        for pipeline in self.pipelines:
            world.note(
                f"{pipeline.title}: {[stage.name for stage in pipeline.parts]}, max_at_work={pipeline.max_at_work}, "
                f"max_in_flight={pipeline.max_in_flight}, inner={pipeline.inner and pipeline.inner.title}"
            )

    def _flow(self, number: int) -> Flow:
        random = self.world.random
        return Flow(
            f"flow-{number}",
            weight=random.choice((0.5, 1.0, 1.0, 2.0, 4.0)),
            policy=random.choice(("reject", "wait", "wait", "drop_oldest")),
            max_waiting=random.choice((None, None, 1, 2, 4)),
        )

    async def run(self) -> None:
        """All of it."""
        random = self.world.random
        keepers = [
            self.world.loop.create_task(
                self._keep(
                    thing, str(getattr(thing, "title", thing.label if isinstance(thing, Scripted) else ""))
                )
            )
            for thing in (*self.stages, *self.pipelines)
            for _ in range(
                random.choice((1, 1, 2)) if thing not in self.stages or random.random() < 0.6 else 0
            )
        ]
        callers = [
            self.asking.interrupted(self._call_often(number), f"caller-{number}")
            for number in range(random.randint(1, 8))
        ]
        await asyncio.wait([*callers, *keepers], timeout=PATIENCE * TICK) if callers or keepers else None
        self.world.note("the end begins")
        for runtime in self.world.runtimes:
            runtime.check_moving()
        for keeper in keepers:
            keeper.cancel()
        ending = [self.world.loop.create_task(self._end(thing)) for thing in (*self.pipelines, *self.stages)]
        await self._all(ending, "stops")
        await self._all(keepers, "keepers")
        await self._all(callers, "callers")
        await self._all(self.asking.left, "tasks left behind")
        self.world.note("what is stuck comes back")
        self.world.unstick()
        for _ in range(200):
            if not any(actor.alive for actor in self.world.actors):
                break
            await asyncio.sleep(BOUND // 200 * TICK)
        await asyncio.sleep(TICK)
        for thing in (*self.pipelines, *self.stages):
            await self._end(thing)
        await asyncio.sleep(100 * TICK)
        self._look()

    async def _all(self, tasks: list[asyncio.Task[Any]], what: str) -> None:
        if not tasks:
            return
        _, pending = await asyncio.wait(tasks, timeout=BOUND * TICK)
        for task in pending:
            where = task.get_coro()
            frames = []
            while where is not None and hasattr(where, "cr_frame") and where.cr_frame is not None:
                frames.append(f"{where.cr_code.co_qualname}:{where.cr_frame.f_lineno}")
                where = where.cr_await
            self.world.wrong(f"one of the {what} hangs: {task.get_name()} in {' > '.join(frames[-4:])}")
            task.cancel()
        for task in tasks:
            if task.done() and not task.cancelled() and task.exception() is not None:
                self.world.wrong(f"one of the {what} failed: {task.exception()!r}")

    def _call_often(self, number: int) -> Any:
        async def calls() -> None:
            random = self.world.random
            for time in range(random.randint(1, 4)):
                await self.asking.pause()
                flow = random.choice(self.flows)
                if self.pipelines and random.random() < 0.6:
                    await random.choice(self.pipelines).ask(number * 10 + time, flow)
                    continue
                try:
                    await self.asking.any(self.stages, flow)
                except SiseonError:
                    continue

        return calls

    async def _keep(self, thing: Any, name: str) -> None:
        """Start and stop, several times, not always to the end."""
        random = self.world.random
        for _ in range(random.choice((1, 1, 2, 3))):
            if random.random() < 0.3:
                await self.asking.pause()
            drain_s = random.choice((0, 1, 5, 50)) * TICK
            steps = [partial(self._start, thing, name)]
            if random.random() < 0.6:
                steps.append(partial(self._stop, thing, name, drain_s))
            for step in steps:
                await asyncio.sleep(
                    random.choice((0, 0, 1, 5, 30, 100)) * TICK if step is not steps[0] else 0
                )
                task = self.world.loop.create_task(step())
                if random.random() < 0.15:
                    self.world.loop.at(random.choice((0, 0, 1, 2, 5)), task.cancel)
                await asyncio.wait([task])
                if not task.cancelled() and task.exception() is not None:
                    self.world.wrong(f"{name}: {task.exception()!r}")

    async def _start(self, thing: Any, name: str) -> None:
        self.world.note(f"start {name}")
        try:
            await thing.start()
        except SiseonError as error:
            self.world.note(f"start of {name} failed: {error}")
            stuck = "still inside process" in str(error) or error.code is FailureCode.shutting_down
            if not stuck and not any(stage.unreliable for stage in self.stages):
                self.world.wrong(f"{name} did not start: {error}")
            return
        self.world.note(f"{name} is started")

    async def _stop(self, thing: Any, name: str, drain_s: float) -> None:
        self.world.note(f"stop {name} within {drain_s / TICK:.0f}")
        try:
            await thing.stop(drain_s=drain_s)
        except SiseonError as error:
            self.world.note(f"stop of {name} failed: {error}")
            if error.code is not FailureCode.stage_failed or not any(
                stage.teardown_fault for stage in self.stages
            ):
                self.world.wrong(f"{name} did not stop: {error}")
            return
        self.world.note(f"{name} is stopped")

    async def _end(self, thing: Any) -> None:
        leases = getattr(thing, "_Stage__calling", None) or thing._Pipeline__serving
        while True:
            await self._stop(thing, thing.title if isinstance(thing, Drawn) else thing.name, 2 * TICK)
            if not leases.holds._leases:
                return

    def _look(self) -> None:
        wrong = self.world.wrong
        for actor in self.world.actors:
            if actor.alive:
                wrong(f"{actor.name} never ends")
        for runtime in self.world.runtimes:
            runtime.check_empty()
        for stage in self.stages:
            if stage.opened:
                wrong(f"{stage.name} was not torn down {stage.opened} times")
            self._check_life(stage.name, stage._Stage__calling.life)  # type: ignore[attr-defined]
        for pipeline in self.pipelines:
            serving = pipeline._Pipeline__serving  # type: ignore[attr-defined]
            self._check_life(pipeline.title, serving.life)
            turns = serving.turns
            if turns.at_work or turns._flows or turns._waiting or serving._requests or serving._guests:
                wrong(
                    f"{pipeline.title} is not empty: {turns.at_work} at work, {len(serving._requests)} requests"
                )
        for line in self.world.loop.trouble:
            wrong(f"asyncio: {line}")
        others = [task for task in asyncio.all_tasks(self.world.loop) if task is not asyncio.current_task()]
        for task in others:
            wrong(f"task {task.get_name()} goes on: {task.get_coro()}")

    def _check_life(self, name: str, life: Any) -> None:
        if life.state not in ("new", "closed") or life._leases or life._leaving or life._steward is not None:
            self.world.wrong(
                f"{name} is {life.state}, {len(life._leases)} leases, {len(life._leaving)} wait for its end"
            )


def play(seed: int, *, verbose: bool = False) -> list[str]:
    """Run the episode of one seed; what was wrong, in order."""
    world = World(seed, verbose=verbose)
    loop = world.loop
    with watched(world):
        try:
            loop.run_until_complete(Episode(world).run())
        except Stalled as stalled:
            world.wrong(str(stalled))
        finally:
            for task in asyncio.all_tasks(loop):
                task.cancel()
            loop._ready.clear()  # type: ignore[attr-defined]
            loop.close()
    return world.wrongs
