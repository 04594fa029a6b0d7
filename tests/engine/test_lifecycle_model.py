"""Random lives of shared and nested stages against a model that only counts who holds what."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from engine.probes import Watched, begun, threads
from siseon.contracts import FailureCode, SiseonError, StageFailed
from siseon.engine import Pipeline

BOUND_S = 40.0
STUCK_S = 0.01


class Pair(Pipeline[int, int]):
    def __init__(self, shared: Watched, own: Watched) -> None:
        self.shared, self.own = shared, own

    async def run(self, item: int) -> int:
        return await self.own(await self.shared(item))


class Nests(Pipeline[int, int]):
    def __init__(self, inner: Pair, own: Watched) -> None:
        self.inner, self.own = inner, own

    async def run(self, item: int) -> int:
        return await self.own((await self.inner(item)).data)


NAMES = ["stage", "one", "two", "outer"]
target = st.sampled_from(NAMES)
stage_name = st.sampled_from(["shared", "a", "b", "c"])


class Lives(RuleBasedStateMachine):
    """Four things that are started and stopped: a stage, two pipelines that share it, one that nests one of them."""

    def __init__(self) -> None:
        super().__init__()
        self.threads_before = threads()
        self.loop = asyncio.new_event_loop()
        self.loop.set_exception_handler(lambda _, context: self.complaints.append(str(context)))
        self.complaints: list[str] = []
        self.stages = {name: Watched() for name in ("shared", "a", "b", "c")}
        shared, a, b, c = self.stages.values()
        one = Pair(shared, a)
        self.things: dict[str, Any] = {
            "stage": shared,
            "one": one,
            "two": Pair(shared, b),
            "outer": Nests(one, c),
        }
        self.uses = {
            "stage": {"shared"},
            "one": {"shared", "a"},
            "two": {"shared", "b"},
            "outer": {"shared", "a", "c"},
        }
        self.holds = dict.fromkeys(NAMES, 0)

    # The model: how many hold a stage, and what that says about what must be.

    def holders(self, stage: str) -> int:
        return sum(count for name, count in self.holds.items() if stage in self.uses[name])

    def armed(self) -> int:
        return sum(len(stage.setup_errors) + len(stage.teardown_errors) for stage in self.stages.values())

    def do(self, work: Callable[[], Awaitable[Any]]) -> Any:
        return self.loop.run_until_complete(asyncio.wait_for(work(), BOUND_S))

    def set(self, gate: str, to: bool) -> None:
        for stage in self.stages.values():
            event = getattr(stage, gate)
            event.set() if to else event.clear()

    async def ended(self, starts: dict[str, Any], stops: dict[str, Any], armed: int) -> None:
        """All starts and stops end; a start that went well holds, a stop gives back; no failure without a cause."""
        for tasks, change in ((stops, -1), (starts, 1)):
            for name, task in tasks.items():
                (outcome,) = await asyncio.gather(task, return_exceptions=True)
                assert outcome is None or isinstance(outcome, StageFailed | asyncio.CancelledError), repr(
                    outcome
                )
                if isinstance(outcome, StageFailed):
                    assert self.armed() < armed, f"{name} failed without a cause: {outcome}"
                if change < 0 or outcome is None:
                    self.holds[name] = max(0, self.holds[name] + change)

    async def one_outcome_each(self, calls: list[Any], *, all_served: bool = False) -> None:
        for number, call in enumerate(calls):
            (outcome,) = await asyncio.gather(call, return_exceptions=True)
            assert isinstance(outcome, SiseonError) or getattr(outcome, "data", outcome) == number, repr(
                outcome
            )
            assert not (all_served and isinstance(outcome, SiseonError)), repr(outcome)

    def amiss(self) -> dict[str, str]:
        """Whatever is not in a state that the model allows."""
        rest = {"new", "closed"}
        allowed = {name: {"open"} if self.holders(name) else rest for name in self.stages}
        allowed |= {name: {"open"} if self.holds[name] else rest for name in ("one", "two", "outer")}
        if self.holds["outer"] and not self.holds["one"]:
            allowed["one"] = {
                "open",
                *rest,
            }  # whether a nested pipeline is itself open is its parent's affair
        found = {name: thing.state for name, thing in (self.stages | self.things).items() if name in allowed}
        wrong = {name: state for name, state in found.items() if state not in allowed[name]}
        loaded = {name: "set up" if stage.is_set_up else "torn down" for name, stage in self.stages.items()}
        return wrong | {
            name: state for name, state in loaded.items() if (state == "set up") != bool(self.holders(name))
        }

    async def settle(self) -> None:
        """What goes on in the background comes to its end, and then all is as the model says."""
        until = time.monotonic() + BOUND_S / 2
        while wrong := self.amiss():
            assert time.monotonic() < until, wrong
            await asyncio.sleep(0.001)

    # What may happen.

    @rule(name=stage_name, at=st.sampled_from(["setup_errors", "teardown_errors"]))
    def something_will_fail(self, name: str, at: str) -> None:
        errors = getattr(self.stages[name], at)
        if not errors:
            errors.append(ValueError("armed"))

    @rule(name=target)
    def start(self, name: str) -> None:
        async def work() -> None:
            await self.ended({name: asyncio.ensure_future(self.things[name].start())}, {}, self.armed())
            await self.settle()

        self.do(work)

    @rule(name=target)
    def stop(self, name: str) -> None:
        async def work() -> None:
            await self.ended({}, {name: asyncio.ensure_future(self.things[name].stop())}, self.armed())
            await self.settle()

        self.do(work)

    @rule(names=st.lists(target, min_size=1, max_size=3, unique=True), cancelled=st.integers(0, 2))
    def start_together_and_cancel_one(self, names: list[str], cancelled: int) -> None:
        async def work() -> None:
            armed = self.armed()
            self.set("loading", False)
            starts = dict(
                zip(names, await begun(*(self.things[name].start() for name in names)), strict=True)
            )
            starts[names[cancelled % len(names)]].cancel()
            await asyncio.sleep(0)
            self.set("loading", True)
            await self.ended(starts, {}, armed)
            await self.settle()

        self.do(work)

    @rule(name=target, calls=st.integers(0, 6), cancel=st.booleans(), again=st.booleans())
    def stop_under_load(self, name: str, calls: int, cancel: bool, again: bool) -> None:
        async def work() -> None:
            armed, held = self.armed(), self.holds[name]
            thing = self.things[name]
            self.set("gate", False)
            tasks = await begun(*(thing(number) for number in range(calls)))
            (stop,) = await begun(thing.stop())
            if cancel:
                stop.cancel()
            starts = dict(zip([name], await begun(thing.start()), strict=True)) if again else {}
            self.set("gate", True)
            await self.one_outcome_each(tasks, all_served=held > 0)
            await self.ended(starts, {name: stop}, armed)
            await self.settle()

        self.do(work)

    @rule(name=target, calls=st.integers(1, 4))
    def stop_while_process_is_stuck(self, name: str, calls: int) -> None:
        async def work() -> None:
            armed, thing = self.armed(), self.things[name]
            self.set("gate", False)
            tasks = await begun(*(thing(number) for number in range(calls)))
            for _ in range(3):
                await asyncio.sleep(0.002)  # the replica takes what it can
            await self.ended({}, {name: asyncio.ensure_future(thing.stop(drain_s=STUCK_S))}, armed)
            stuck = [s for s in self.uses[name] if self.stages[s].inside and not self.holders(s)]
            if stuck:
                (refused,) = await asyncio.gather(thing.start(), return_exceptions=True)
                assert isinstance(refused, StageFailed), repr(refused)
            self.set("gate", True)
            await self.one_outcome_each(tasks)
            await self.settle()

        self.do(work)

    @rule(name=target, calls=st.integers(1, 8), cancelled=st.integers(0, 7))
    def call(self, name: str, calls: int, cancelled: int) -> None:
        async def work() -> None:
            tasks = await begun(*(self.things[name](number) for number in range(calls)))
            if cancelled < calls and not tasks[cancelled].done():
                tasks[cancelled].cancel()
                await asyncio.wait([tasks[cancelled]])
                tasks[cancelled] = asyncio.get_running_loop().create_future()
                tasks[cancelled].set_result(cancelled)
            await self.one_outcome_each(tasks, all_served=self.holds[name] > 0)
            if not self.holds[name] and name != "stage" and not (name == "one" and self.holds["outer"]):
                codes = {task.exception().code for task in tasks if task.exception()}
                assert codes <= {FailureCode.shutting_down}, codes

        self.do(work)

    # What must always be.

    @invariant()
    def nothing_was_misused(self) -> None:
        assert [stage.faults for stage in self.stages.values()] == [[]] * 4
        assert all(stage.most_inside <= stage.replicas for stage in self.stages.values())
        assert self.complaints == []

    @invariant()
    def all_is_as_modelled(self) -> None:
        assert not self.amiss()

    def teardown(self) -> None:
        async def close() -> None:
            self.set("gate", True)
            self.set("loading", True)
            for name, thing in self.things.items():
                for _ in range(self.holds[name]):
                    await asyncio.gather(thing.stop(), return_exceptions=True)
                self.holds[name] = 0
            await self.settle()
            until = time.monotonic() + BOUND_S / 2
            while threads() - self.threads_before:
                assert time.monotonic() < until, threads()
                await asyncio.sleep(0.001)

        try:
            self.do(close)
            self.nothing_was_misused()
        finally:
            self.loop.close()


TestLives = Lives.TestCase
TestLives.settings = settings(
    max_examples=60, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
)
