"""Random lives of a host against a model that counts who needs which network: starts, stops, swaps, loans, loads and
unloads by clients, and requests, one after the other and at the same time, cancelled and failing anywhere."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from types import SimpleNamespace
from typing import Any
from unittest import mock

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from engine.probes import threads
from networks import Networks
from siseon.applications.options import Choices
from siseon.contracts import FailureCode, ModelError, ModelRef, SiseonError
from siseon.engine import Pipeline, Stage, Trace
from siseon.hosting import Host
from siseon.hosting.repository import Repository
from siseon.models import Model, ModelHold
from siseon.models.loading import Loading
from siseon.settings import Settings

BOUND_S = 40.0
"""Of whatever happens: reached only where something hangs."""
NAMES = ("a", "b", "c")
"""Of the networks."""
SERVED = "look"
NOT_READY = {FailureCode.model_not_ready, FailureCode.shutting_down}

name = st.sampled_from(NAMES)
moment = st.sampled_from(["never", "at once", "under way"])
"""When a caller is cancelled."""


class Faults:
    """What holds loads, starts and batches of stages, and what they raise next."""

    def __init__(self) -> None:
        self.loading, self.running = threading.Event(), threading.Event()
        self.loading.set()
        self.running.set()
        self.begun = threading.Event()
        """Set when something is loaded or set up."""
        self.armed: dict[str, set[str]] = {"load": set(), "setup": set(), "teardown": set()}
        """By what raises: the networks, each once."""
        self.load_as_ever = Loading.load

    def count(self) -> int:
        return sum(map(len, self.armed.values()))

    def hold(self, what: str, network: str) -> None:
        self.begun.set()
        assert self.loading.wait(BOUND_S)
        self.fail(what, network)

    def fail(self, what: str, network: str) -> None:
        if network in self.armed[what]:
            self.armed[what].discard(network)
            raise ModelError(f"{what} of {network} fails", code=FailureCode.model_load_failed)

    def load(self, loading: Loading, card: Any, patience: Any) -> Any:
        """In the place of ``Loading.load``."""
        self.hold("load", card.name)
        return self.load_as_ever(loading, card, patience)


class Look(Stage[int, str]):
    """Says which network it has."""

    max_batch = 2

    def __init__(self, model: Model, faults: Faults) -> None:
        self.model, self.faults = model, faults
        self.hold = ModelHold(model.acquire)

    def setup(self) -> None:
        with self.hold.setting_up():
            self.faults.hold("setup", self.model.card.name)

    def process(self, batch: Sequence[int]) -> Sequence[str]:
        assert self.faults.running.wait(BOUND_S)
        assert self.model.loaded
        return [self.model.card.name] * len(batch)

    def teardown(self) -> None:
        self.hold.end()
        self.faults.fail("teardown", self.model.card.name)

    def models(self) -> Sequence[ModelRef]:
        return [self.model.ref]


class Looking(Pipeline[int, str]):
    def __init__(self, model: Model, faults: Faults) -> None:
        self.look = Look(model, faults)

    async def run(self, item: int) -> str:
        return await self.look(item)


class LookOptions(Choices):
    network: str = "a"
    """Its name."""


class Lives(RuleBasedStateMachine):
    def __init__(self, networks: Networks) -> None:
        super().__init__()
        self.threads_before = threads()
        self.loop = asyncio.new_event_loop()
        self.complaints: list[str] = []
        self.loop.set_exception_handler(lambda _, context: self.complaints.append(str(context)))
        self.faults = faults = Faults()
        application = SimpleNamespace(
            kind=lambda models, options, *, bounds: Looking(models[options.network], faults),
            options=LookOptions,
            choices=Choices,
        )
        self.patches = [
            mock.patch("siseon.hosting.host.find", return_value=application),
            mock.patch.object(Loading, "load", lambda *words: faults.load(*words)),
        ]
        for patch in self.patches:
            patch.start()
        self.networks = networks
        self.begin()

    def begin(self) -> None:
        chosen = Settings(pipelines={SERVED: {}}, cache_dir=self.networks.folder / "cache")
        self.host = Host(chosen, models=self.networks.manager())
        self.repository = Repository(self.host)
        # The model.
        self.state = "new"
        """``failed``: a start has, and may be tried again; ``over``: it was stopped."""
        self.current = "a"
        self.lent: dict[Pipeline[Any, Any], str] = {}
        self.kept: set[str] = set()
        """By clients."""

    def model(self, network: str) -> Model:
        return self.host.models[network]

    def needed(self) -> set[str]:
        """The networks that somebody needs, and nobody else is loaded."""
        return {*self.lent.values(), *self.kept, *([self.current] if self.state == "ready" else [])}

    def amiss(self) -> list[str]:
        """Whatever is not as the model says."""
        states = {"failed": "stopped", "over": "stopped"}
        served = self.host.served[SERVED]
        expected = {
            "the host": (self.host.state, {states.get(self.state, self.state)}),
            "its pipeline": (
                served.pipeline.state,
                {"open"} if self.state == "ready" else {"new", "closed"},
            ),
            "what it was asked for": (served.options.network, {self.current}),
            "requests at the door": (self.host.door.here, {0}),
            "requests in the pipeline": (served.admission.flight.here, {0}),
        }
        expected |= {f"lent {network}": (one.state, {"open"}) for one, network in self.lent.items()}
        for network in NAMES:
            loaded = {"loaded"} if network in self.needed() else {"unloaded"}
            if self.state == "failed":  # its networks may stay, as long as nobody holds them
                loaded |= {"loaded"}
            expected[network] = (self.model(network).state, loaded)
        return [f"{what}: {found!r}" for what, (found, allowed) in expected.items() if found not in allowed]

    # How things are done.

    def do(self, work: Callable[[], Awaitable[Any]]) -> None:
        async def settled() -> None:
            await work()
            await self.until(lambda: not self.amiss(), self.amiss)

        self.loop.run_until_complete(asyncio.wait_for(settled(), BOUND_S))

    async def until(self, happened: Callable[[], object], said: Callable[[], object] = str) -> None:
        end = time.monotonic() + BOUND_S / 2
        while not happened():
            assert time.monotonic() < end, said()
            await asyncio.sleep(0.001)

    async def ended(self, work: Awaitable[Any], cancelled: str) -> Any:
        """What comes of it: its value or what it raised, which must have a cause."""
        armed, was = self.faults.count(), self.state
        self.faults.begun.clear()
        if cancelled != "never":
            self.faults.loading.clear()
        task = asyncio.ensure_future(work)
        if cancelled == "under way":
            await self.until(lambda: self.faults.begun.is_set() or task.done())
        await asyncio.sleep(0)
        if cancelled != "never":
            task.cancel()
            await asyncio.sleep(0)
        self.faults.loading.set()
        (outcome,) = await asyncio.gather(task, return_exceptions=True)
        if isinstance(outcome, SiseonError):
            refused = was != "ready" and outcome.code in NOT_READY
            assert refused or self.faults.count() < armed, f"it failed without a cause: {outcome!r}"
        elif isinstance(outcome, asyncio.CancelledError):
            assert cancelled != "never"
        else:
            assert not isinstance(outcome, BaseException), repr(outcome)
        return outcome

    async def begun(self, count: int) -> list[asyncio.Task[str]]:
        """Requests, which wait in a stage until ``running`` is set."""
        tasks = [asyncio.create_task(self.ask(number)) for number in range(count)]
        for _ in range(5):
            await asyncio.sleep(0)
        return tasks

    async def ask(self, number: int) -> str:
        with self.host.accepted():
            served = self.host.served[SERVED]
            return (await served.run(number, trace=Trace(), timeout=BOUND_S)).data

    async def answered(self, requests: Sequence[asyncio.Task[str]], by: set[str], *, was: str) -> None:
        """Each request that was let in has an answer, by one of these networks; others are told so."""
        for outcome in await asyncio.gather(*requests, return_exceptions=True):
            if was == "ready":
                assert outcome in by, repr(outcome)
            else:
                assert isinstance(outcome, SiseonError), repr(outcome)
                assert outcome.code in NOT_READY

    def now(self) -> str:
        """The network that is served, where a swap was cancelled before or after it became so."""
        network: str = self.host.served[SERVED].options.network
        return network

    # What may happen.

    @initialize(started=st.booleans())
    def first(self, started: bool) -> None:
        if started:
            self.start("never")

    @precondition(lambda self: self.state == "over")
    @rule()
    def another(self) -> None:
        """Most lives would be short without: one that was stopped does nothing more."""
        self.begin()
        self.start("never")

    @rule(what=st.sampled_from(["load", "setup", "teardown"]), network=name)
    def something_will_fail(self, what: str, network: str) -> None:
        self.faults.armed[what].add(network)

    @rule(cancelled=moment)
    def start(self, cancelled: str) -> None:
        async def work() -> None:
            outcome = await self.ended(self.host.start(), cancelled)
            if self.state in ("new", "failed"):
                self.state = "failed" if isinstance(outcome, BaseException) else "ready"
            elif self.state == "over":
                assert isinstance(outcome, SiseonError | asyncio.CancelledError), outcome

        self.do(work)

    @precondition(lambda self: self.state != "over")
    @rule(requests=st.integers(0, 3), drained=st.booleans(), cancelled=st.booleans())
    def stop(self, requests: int, drained: bool, cancelled: bool) -> None:
        async def work() -> None:
            was = self.state
            await self.given_back()
            self.faults.running.clear()
            tasks = await self.begun(requests)
            draining = [asyncio.create_task(self.host.drain())] if drained else []
            stopping = asyncio.create_task(self.host.stop())
            await asyncio.sleep(0)
            if cancelled:
                stopping.cancel()
            self.faults.running.set()
            await self.answered(tasks, {self.current}, was=was)
            await asyncio.gather(stopping, *draining, return_exceptions=True)
            await self.over()

        self.do(work)

    @precondition(lambda self: self.state != "over" and not self.lent and not self.kept)
    @rule(network=name)
    def stop_while_it_starts_or_is_swapped(self, network: str) -> None:
        async def work() -> None:
            self.faults.loading.clear()
            change = (
                self.host.swap(SERVED, {"network": network}) if self.state == "ready" else self.host.start()
            )
            changing = asyncio.create_task(change)
            await asyncio.sleep(0.002)
            stopping = asyncio.create_task(self.host.stop())
            await asyncio.sleep(0)
            self.faults.loading.set()
            outcomes = await asyncio.gather(changing, stopping, return_exceptions=True)
            assert all(one is None or isinstance(one, SiseonError) for one in outcomes), outcomes
            self.current = self.now()
            await self.over()

        self.do(work)

    async def given_back(self) -> None:
        """As services do before they stop: what was lent, and what clients have loaded."""
        await asyncio.gather(*map(self.host.take_back, self.lent), return_exceptions=True)
        self.lent.clear()
        await self.repository.__aexit__()
        self.kept.clear()

    async def over(self) -> None:
        await asyncio.gather(self.host.stop(), return_exceptions=True)  # whatever the first one met
        self.state = "over"

    @rule(network=name, cancelled=moment, requests=st.integers(0, 3))
    def swap(self, network: str, cancelled: str, requests: int) -> None:
        async def work() -> None:
            was = self.state
            self.faults.running.clear()
            tasks = await self.begun(requests)
            asyncio.get_running_loop().call_later(0.005, self.faults.running.set)
            outcome = await self.ended(self.host.swap(SERVED, {"network": network}), cancelled)
            before, self.current = self.current, self.now()
            assert outcome is not None or (was == "ready" and self.current == network)
            assert not isinstance(outcome, SiseonError) or self.current == before
            self.faults.running.set()
            await self.answered(tasks, {before, network}, was=was)

        self.do(work)

    @precondition(lambda self: self.state == "ready")
    @rule(one=name, other=name, requests=st.integers(0, 3))
    def swap_lend_and_unload_together(self, one: str, other: str, requests: int) -> None:
        async def work() -> None:
            tasks = await self.begun(requests)
            together = (
                self.host.swap(SERVED, {"network": one}),
                self.host.swap(SERVED, {"network": other}),
                self.host.lend(SERVED, LookOptions(network=one), replicas=1),
                self.repository.unload(self.model(other)),
            )
            first, second, lent, _ = await asyncio.gather(*together, return_exceptions=True)
            if isinstance(lent, Pipeline):
                self.lent[lent] = one
            before, self.current = self.current, self.now()
            if other != before:  # else it was at work when it was to be unloaded
                self.kept.discard(other)
            assert first is not None or second is not None or self.current == other
            await self.answered(tasks, {before, one, other}, was="ready")

        self.do(work)

    @rule(network=name, cancelled=moment)
    def lend(self, network: str, cancelled: str) -> None:
        async def work() -> None:
            options = LookOptions(network=network)
            outcome = await self.ended(self.host.lend(SERVED, options, replicas=1), cancelled)
            if isinstance(outcome, Pipeline):
                self.lent[outcome] = network
                assert (await outcome(0)).data == network

        self.do(work)

    @precondition(lambda self: self.lent)
    @rule(cancelled=moment)
    def take_back(self, cancelled: str) -> None:
        async def work() -> None:
            pipeline = next(iter(self.lent))
            del self.lent[pipeline]
            await self.ended(self.host.take_back(pipeline), cancelled)

        self.do(work)

    @precondition(lambda self: self.state != "over")
    @rule(network=name, cancelled=moment)
    def a_client_loads(self, network: str, cancelled: str) -> None:
        async def work() -> None:
            if network in self.needed():
                outcome = await self.ended(self.repository.load(self.model(network)), "never")
            else:
                outcome = await self.ended(self.repository.load(self.model(network)), cancelled)
            if not isinstance(outcome, BaseException):
                self.kept.add(network)

        self.do(work)

    @precondition(lambda self: self.state != "over")
    @rule(network=name)
    def a_client_unloads(self, network: str) -> None:
        async def work() -> None:
            (outcome,) = await asyncio.gather(
                self.repository.unload(self.model(network)), return_exceptions=True
            )
            if network == self.current or network in self.lent.values():
                assert isinstance(outcome, SiseonError), outcome
                assert outcome.code is FailureCode.model_in_use
            else:
                assert not isinstance(outcome, BaseException), repr(outcome)
            if network != self.current:  # given up, even where the unload fails
                self.kept.discard(network)

        self.do(work)

    @rule(requests=st.integers(1, 4), cancelled=st.integers(0, 7))
    def clients_ask(self, requests: int, cancelled: int) -> None:
        async def work() -> None:
            tasks = await self.begun(requests)
            if cancelled < requests and not tasks[cancelled].done():
                gone = tasks.pop(cancelled)
                gone.cancel()
                await asyncio.wait([gone])
            await self.answered(tasks, {self.current}, was=self.state)

        self.do(work)

    # What must always be.

    @invariant()
    def all_is_as_modelled(self) -> None:
        assert not self.amiss()
        assert self.complaints == []

    @invariant()
    def after_a_start_that_failed_nobody_holds_a_network(self) -> None:
        if self.state == "failed":
            held = {one for one in NAMES if not self.model(one).unload_if_unused()}
            assert held == self.needed()

    def teardown(self) -> None:
        async def work() -> None:
            await self.given_back()
            await self.over()
            await self.until(lambda: not threads() - self.threads_before, threads)

        try:
            self.do(work)
            self.all_is_as_modelled()
        finally:
            for patch in self.patches:
                patch.stop()
            self.loop.run_until_complete(self.loop.shutdown_default_executor())
            self.loop.close()


def test_whatever_is_done_in_whatever_order_the_host_is_in_one_known_state(networks: Networks) -> None:
    for one in NAMES:
        networks.classifier(name=one)
    run_state_machine_as_test(
        partial(Lives, networks),
        settings=settings(
            max_examples=40,
            stateful_step_count=15,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=(
                Phase.reuse,
                Phase.generate,
            ),  # what is amiss is waited for: to make it smaller would take minutes
        ),
    )
