"""Weights come when somebody needs them, go when nobody does, and never under a run."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from threading import Barrier, Event

import pytest
from hypothesis import settings, strategies
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from siseon.contracts import FailureCode, ModelError
from siseon.models.lease import ModelHold, ModelLease
from siseon.models.lifecycle import LifeCycle

SOON_S = 60.0
"""Bound on everything that should happen at once: reached only when a test fails."""


class Weights:
    """What the tests load."""


class Loader:
    """Makes weights and counts them; waits where ``gate`` is closed, raises what is in ``failures``."""

    def __init__(self) -> None:
        self.loads = 0
        self.begun = Event()
        self.gate = Event()
        self.gate.set()
        self.failures: list[BaseException] = []

    def __call__(self) -> Weights:
        self.begun.set()
        assert self.gate.wait(SOON_S)
        if self.failures:
            raise self.failures.pop()
        self.loads += 1
        return Weights()


@pytest.fixture
def load() -> Loader:
    return Loader()


@pytest.fixture
def life(load) -> LifeCycle[Weights]:
    return LifeCycle("m", load)


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(8) as pool:
        yield pool


def until(happened: Callable[[], bool]) -> None:
    end = time.monotonic() + SOON_S
    while not happened():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.001)


@contextmanager
def fails(code: FailureCode) -> Iterator[None]:
    with pytest.raises(ModelError) as caught:
        yield
    assert caught.value.code is code


def test_users_that_come_together_load_once(life, load, threads) -> None:
    load.gate.clear()
    comers = [threads.submit(life.acquire, SOON_S) for _ in range(4)]
    assert load.begun.wait(SOON_S)
    load.gate.set()
    leases = [comer.result(SOON_S) for comer in comers]
    assert load.loads == 1
    for lease in leases[:-1]:
        lease.release()
        with fails(FailureCode.model_in_use):
            life.unload(0)
    leases[-1].release()
    life.unload(0)
    assert life.state == "unloaded"


def test_who_waits_for_a_load_is_a_user_before_anybody_unloads(load, threads) -> None:
    life = LifeCycle("m", load)
    load.gate.clear()
    first = threads.submit(lambda: (life.acquire(SOON_S).release(), life.unload(SOON_S)))
    assert load.begun.wait(SOON_S)
    second = threads.submit(life.acquire, SOON_S)
    until(lambda: life._waiting == 1)
    load.gate.set()
    lease = second.result(SOON_S)
    assert load.loads == 1
    assert not first.done()
    lease.release()
    first.result(SOON_S)
    assert life.state == "unloaded"


def test_a_lease_released_twice_is_released_once(life) -> None:
    first, second = life.acquire(0), life.acquire(0)
    first.release()
    first.release()
    with fails(FailureCode.model_in_use):
        life.unload(0)
    with second:
        pass
    life.unload(0)


def test_after_the_last_release_the_weights_stay_until_somebody_unloads_them(life, load) -> None:
    life.acquire(0).release()
    assert life.state == "loaded"
    life.acquire(0).release()
    assert load.loads == 1


def test_an_unload_that_may_wait_goes_when_the_last_lease_does_and_runs_go_on_until_then(
    life, threads
) -> None:
    lease = life.acquire(0)
    unloading = threads.submit(life.unload, SOON_S)
    with life.running() as weights:
        assert life.loaded is weights
    assert not unloading.done()
    lease.release()
    unloading.result(SOON_S)
    assert life.state == "unloaded"


def test_an_unload_waits_no_longer_than_it_may(life) -> None:
    with life.acquire(0), fails(FailureCode.model_in_use):
        life.unload(0.01)


def test_a_run_in_flight_ends_before_the_weights_go_and_no_other_is_let_in(life, load, threads) -> None:
    life.acquire(0).release()
    with life.running() as weights:
        unloads = [threads.submit(life.unload, 0) for _ in range(2)]
        until(lambda: life.state == "unloading")
        with fails(FailureCode.model_not_ready), life.running():
            pass
        assert FailureCode.model_not_ready.retryable
        comer = threads.submit(life.acquire, SOON_S)
        with fails(FailureCode.model_not_ready):
            life.acquire(0.01)
        assert not any(waiting.done() for waiting in (*unloads, comer))
        assert load.loads == 1
    # Either both unloads are done before the comer loads again, or the second finds it loading and in use.
    unloads[0].exception(SOON_S)
    unloads[1].exception(SOON_S)
    assert any(unload.exception() is None for unload in unloads)
    with comer.result(SOON_S), life.running() as again:
        assert again is not weights
    assert load.loads == 2


def test_a_run_that_does_not_end_keeps_the_weights(load) -> None:
    life = LifeCycle("m", load, runs_end_s=0.01)
    life.acquire(0).release()
    with life.running() as weights:
        with fails(FailureCode.model_in_use):
            life.unload(0)
        with life.running() as same:
            assert same is weights
    life.unload(0)
    assert life.state == "unloaded"


def test_what_is_not_loaded_is_neither_run_nor_unloaded(life, load) -> None:
    with fails(FailureCode.model_not_loaded), life.running():
        pass
    life.unload(0)
    assert (life.state, life.loaded, load.loads) == ("unloaded", None, 0)


def test_weights_on_their_way_in_are_not_run_and_not_unloaded(life, load, threads) -> None:
    load.gate.clear()
    comer = threads.submit(life.acquire, 0)
    assert load.begun.wait(SOON_S)
    with fails(FailureCode.model_not_ready), life.running():
        pass
    with fails(FailureCode.model_in_use):
        life.unload(0)
    with fails(FailureCode.model_not_ready):
        life.acquire(0.01)
    load.gate.set()
    comer.result(SOON_S).release()


def test_a_load_that_raises_leaves_nothing_and_the_next_that_waits_tries_again(life, load, threads) -> None:
    load.gate.clear()
    load.failures = [ModelError(f"damaged {n}") for n in range(3)]
    comers = [threads.submit(life.acquire, SOON_S) for _ in range(3)]
    assert load.begun.wait(SOON_S)
    load.gate.set()
    failures = {str(comer.exception(SOON_S)) for comer in comers}
    assert failures == {"damaged 0", "damaged 1", "damaged 2"}
    assert (life.state, life.loaded) == ("unloaded", None)
    life.unload(0)
    with life.acquire(0), life.running():
        assert load.loads == 1


def test_a_load_that_is_interrupted_leaves_nothing(life, load) -> None:
    load.failures = [KeyboardInterrupt()]
    with pytest.raises(KeyboardInterrupt):
        life.acquire(0)
    assert life.state == "unloaded"
    life.acquire(0).release()


def test_a_stages_hold_begins_once_and_ends_once_and_may_begin_again(life) -> None:
    hold = ModelHold(lambda: life.acquire(0))
    hold.end()
    for _ in range(2):
        with hold.setting_up():
            pass
        hold.begin()
        with fails(FailureCode.model_in_use):
            life.unload(0)
        hold.end()
        hold.end()
        life.unload(0)


def test_a_setup_that_fails_half_way_holds_nothing(life) -> None:
    hold = ModelHold(lambda: life.acquire(0))
    with pytest.raises(ValueError, match="no such class"), hold.setting_up():
        raise ValueError("no such class")
    life.unload(0)
    hold.end()


class AnyOrder(RuleBasedStateMachine):
    """Leases, runs, unloads and failing loads in any order, against what must be true of the state."""

    def __init__(self) -> None:
        super().__init__()
        self.load = Loader()
        self.life = LifeCycle("m", self.load, runs_end_s=0)
        self.leases: list[ModelLease] = []
        self.runs: list[ExitStack] = []
        self.loaded = False

    @rule()
    def acquire(self) -> None:
        self.leases.append(self.life.acquire(0))
        self.loaded = True

    @precondition(lambda self: not self.loaded)
    @rule()
    def fail_to_load(self) -> None:
        self.load.failures = [ModelError("damaged")]
        with pytest.raises(ModelError, match="damaged"):
            self.life.acquire(0)

    @precondition(lambda self: self.leases)
    @rule(twice=strategies.booleans())
    def release(self, twice: bool) -> None:
        lease = self.leases.pop(0)
        lease.release()
        if twice:
            lease.release()

    @rule()
    def begin_run(self) -> None:
        run = ExitStack()
        if self.loaded:
            run.enter_context(self.life.running())
            self.runs.append(run)
        else:
            with fails(FailureCode.model_not_loaded):
                run.enter_context(self.life.running())

    @precondition(lambda self: self.runs)
    @rule()
    def end_run(self) -> None:
        self.runs.pop(0).close()

    @rule()
    def unload(self) -> None:
        if self.leases or self.runs:
            with fails(FailureCode.model_in_use):
                self.life.unload(0)
        else:
            self.life.unload(0)
            self.loaded = False

    @invariant()
    def it_is_loaded_while_anybody_needs_it(self) -> None:
        assert self.life.state == ("loaded" if self.loaded else "unloaded")
        assert (self.life.loaded is not None) == self.loaded

    def teardown(self) -> None:
        for run in self.runs:
            run.close()


AnyOrder.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
TestAnyOrder = AnyOrder.TestCase


@contextmanager
def unless(*codes: FailureCode) -> Iterator[None]:
    """Nothing, when the block is refused by one of these names."""
    try:
        yield
    except ModelError as error:
        if error.code not in codes:
            raise


class Crowd:
    """Threads that do anything at any time, and say what none of them may ever see. Each returns what it did."""

    def __init__(self) -> None:
        self.life = LifeCycle("m", self._load)
        self._random = random.Random(0)  # only one thread loads at a time

    def _load(self) -> Weights:
        if self._random.random() < 0.2:
            raise ModelError("damaged", code=FailureCode.model_load_failed)
        return Weights()

    def user(self, seed: int, start: Barrier) -> int:
        """A stage: acquires, runs, releases. Every run under its lease must be let in, on the same weights."""
        chance, runs = random.Random(seed), 0
        start.wait(SOON_S)
        for _ in range(200):
            with unless(FailureCode.model_load_failed), self.life.acquire(SOON_S):
                held = self.life.get()
                for _ in range(chance.randrange(3)):
                    with self.life.running() as weights:
                        assert weights is held
                        time.sleep(0)
                        assert self.life.loaded is held
                        runs += 1
        return runs

    def passer_by(self, start: Barrier) -> int:
        """Runs without a lease: let in or refused by name, and once in, never left without the weights."""
        start.wait(SOON_S)
        runs = 0
        for _ in range(500):
            with (
                unless(FailureCode.model_not_loaded, FailureCode.model_not_ready),
                self.life.running() as weights,
            ):
                time.sleep(0)
                assert self.life.state in ("loaded", "unloading")
                assert self.life.loaded in (weights, None)
                runs += 1
        return runs

    def remover(self, seed: int, start: Barrier) -> int:
        chance, gone = random.Random(seed), 0
        start.wait(SOON_S)
        for _ in range(500):
            with unless(FailureCode.model_in_use):
                self.life.unload(chance.choice((0, 0, 0.001)))
                gone += 1
        return gone


def test_a_crowd_of_threads_never_sees_its_weights_go() -> None:
    crowd, start = Crowd(), Barrier(8)
    with ThreadPoolExecutor(8) as threads:
        users = [threads.submit(crowd.user, seed, start) for seed in range(4)]
        passers = [threads.submit(crowd.passer_by, start) for _ in range(2)]
        removers = [threads.submit(crowd.remover, seed, start) for seed in range(2)]
        everybody: list[Future[int]] = [*users, *passers, *removers]
        counts = [one.result(60) for one in everybody]
    assert min(counts[:4]) > 0
    assert min(counts[6:]) > 0
    crowd.life.unload(0)
    assert crowd.life.state == "unloaded"


def test_who_has_found_what_is_deleted_since_does_not_load_it(life, load):
    life.acquire(SOON_S).release()
    with pytest.raises(ModelError, match="is loaded") as used:
        life.retire()
    assert used.value.code is FailureCode.model_in_use
    life.unload(0)
    life.retire()
    for late in (lambda: life.acquire(SOON_S), life.get, life.retire):
        with pytest.raises(ModelError, match="was deleted") as gone:
            late()
        assert gone.value.code is FailureCode.model_not_found
    life.unload(0)  # nothing to do
    assert load.loads == 1
    life.restore()
    life.acquire(SOON_S).release()
    assert load.loads == 2


def test_what_somebody_waits_for_is_not_deleted_under_them(life, load, threads):
    load.gate.clear()
    load.failures.append(RuntimeError("the first load fails"))
    first = threads.submit(life.acquire, SOON_S)
    assert load.begun.wait(SOON_S)
    second = threads.submit(life.acquire, SOON_S)
    with pytest.raises(ModelError, match="is loading"):
        life.retire()
    load.gate.set()
    assert isinstance(first.exception(SOON_S), RuntimeError)
    second.result(SOON_S).release()
