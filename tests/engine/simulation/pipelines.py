"""Pipelines whose ``run`` is drawn while it runs, and the requests that are made of them."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

from engine.simulation.callers import Asking
from engine.simulation.judge import check_request
from engine.simulation.loop import TICK
from engine.simulation.stages import Scripted
from engine.simulation.world import World
from siseon.contracts import FailureCode, SiseonError
from siseon.engine import Flow, Pipeline, serving
from siseon.engine.context import current_request
from siseon.engine.turns import QUICK_S


class Ask:
    """What a request asks for, and the failures that came up on its way."""

    def __init__(self, number: int, *, part: bool = False) -> None:
        self.number = number
        self.part = part
        """Of another request."""
        self.codes: set[FailureCode] = set()
        self.stubborn = False


class Drawn(Pipeline[Ask, Any]):
    """Some stages, perhaps another pipeline."""

    def __init__(
        self, world: World, name: str, asking: Asking, stages: list[Scripted], inner: Drawn | None
    ) -> None:
        random = world.random
        self.world = world
        self.asking = asking
        self.title = name
        self.parts = stages
        self.inner = inner
        self.max_at_work = random.choice((1, 1, 2, 3, None))
        self.max_in_flight = random.choice((1, 2, 3, 64))
        self.at_work: dict[Ask, float] = {}
        """Since when."""
        self.in_flight: Counter[Flow] = Counter()

    async def run(self, ask: Ask) -> int:
        if not ask.part:
            self._check_room()
            self.at_work[ask] = self.world.loop.time()
        try:
            for _ in range(self.world.random.randint(1, 3)):
                await self._do(ask)
        finally:
            self.at_work.pop(ask, None)
        return ask.number

    def _check_room(self) -> None:
        """One more is at work: within the limit, or all others have just begun and nobody drew a limit."""
        others = self.at_work.values()
        if len(others) < self.at_work_limit:
            return
        self.world.note(f"{self.title}: one more than {self.at_work_limit} at work")
        late = min(others) <= self.world.loop.time() - QUICK_S
        if self.max_at_work is not None or len(others) >= serving.QUICK_PER_CORE or late:
            since = [round((self.world.loop.time() - since) / TICK) for since in others]
            self.world.wrong(f"{self.title}: one more at work than {self.at_work_limit}, for {since} ticks")

    async def _do(self, ask: Ask) -> None:
        way = self.world.random.choice(
            ("any", "any", "any", "together", "pause", "leave", "nest", "raise", "stubborn")
        )
        quiet = self.world.chance(0.4)
        try:
            if way == "together":
                await self.asking.together(self.parts)
            elif way == "pause":
                await self.asking.pause()
            elif way == "leave":
                self.asking.leave_behind(self.parts)
            elif way == "nest" and self.inner is not None:
                await self._nest(ask, self.inner)
            elif way == "raise" and self.world.chance(0.3):
                raise RuntimeError("of the pipeline's own")
            elif way == "stubborn":
                await self._stubborn(ask)
            else:
                await self.asking.any(self.parts)
        except* SiseonError as group:
            codes = {leaf.code for leaf in _leaves(group) if isinstance(leaf, SiseonError)}
            ask.codes |= codes
            if not quiet:
                raise
            # A task group prefers its tasks' failures to the interruption that came with them.
            task = asyncio.current_task()
            ask.stubborn |= task is not None and task.cancelling() > 0
        except* RuntimeError:
            ask.codes.add(FailureCode.stage_failed)
            raise

    async def _stubborn(self, ask: Ask) -> None:
        """Does not go at once when it is told to."""
        try:
            await self.asking.pause()
        except asyncio.CancelledError:
            ask.stubborn = True
            await asyncio.sleep(3 * TICK)
            raise

    async def _nest(self, ask: Ask, inner: Drawn) -> None:
        part = Ask(ask.number, part=True)
        timeout = self.asking.timeout()
        began = self.world.loop.time()
        try:
            result = await inner(part, timeout=timeout)
        except SiseonError as error:
            late = timeout is not None and self.world.loop.time() >= began + timeout
            if error.code not in part.codes and not (late and error.code is FailureCode.deadline_exceeded):
                self.world.wrong(f"{inner.title}, nested, ended with {error.code}: {error}; it may not")
            raise
        finally:
            ask.stubborn |= part.stubborn
        if result.data != ask.number:
            self.world.wrong(f"{inner.title} gave {result.data} to {ask.number}")

    async def ask(self, number: int, flow: Flow) -> None:
        """One request, looked at from outside."""
        ask = Ask(number)
        timeout = self.asking.timeout()
        began, others = self.world.loop.time(), self.in_flight[flow]
        open_then = self.state == "open"
        self.in_flight[flow] += 1
        self.world.note(f"request {number} to {self.title} within {timeout}, {flow.name}")
        try:
            result = await self(ask, timeout=timeout, flow=flow)
        except SiseonError as error:
            self.world.note(f"request {number} ended with {error.code}")
            least = min(self.max_in_flight, flow.max_waiting or self.max_in_flight)
            check_request(
                self.world,
                f"request {number} to {self.title}",
                error,
                late=timeout is not None and self.world.loop.time() >= began + timeout,
                crowded=flow.policy == "reject" and others >= least,
                flow=flow,
                closing=not open_then or self.state != "open",
                codes=ask.codes,
            )
        else:
            self.world.note(f"request {number} is answered")
            if result.data != number:
                self.world.wrong(f"request {number} got {result.data}")
        finally:
            self.in_flight[flow] -= 1
            over = 0.0 if timeout is None else self.world.loop.time() - began - timeout
            if (
                over > TICK / 1000 and not ask.stubborn
            ):  # sums are not exact once a time is not a multiple of it
                self.world.wrong(f"request {number} ended {over / TICK:.0f} ticks after its deadline")
            if current_request.get() is not None:
                self.world.wrong(f"request {number} is still the current one")


def _leaves(error: BaseException) -> list[BaseException]:
    if not isinstance(error, BaseExceptionGroup):
        return [error]
    return [leaf for part in error.exceptions for leaf in _leaves(part)]
