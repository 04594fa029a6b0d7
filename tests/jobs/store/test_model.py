"""Any sequence of calls against a model of a dozen lines: what the store says is what the model says."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from siseon.contracts import Failure, FailureCode
from siseon.jobs import store
from siseon.jobs.database import Database
from siseon.jobs.store import Claimed, Done, Failed, Finished, LeaseLost, NewJob
from siseon.jobs.store.finishing import FAILURES
from siseon.jobs.wire import State

LEASE_S = 20.0
WORKERS = st.sampled_from(["w0", "w1"])


@dataclass
class Modelled:
    """An item as it should be."""

    state: State = State.queued
    owner: str | None = None
    failures: int = 0


@dataclass
class ModelledJob:
    items: list[Modelled]
    cancelled: bool = False

    @property
    def state(self) -> State:
        states = {item.state for item in self.items}
        if self.cancelled:
            return State.cancelled
        if states <= {State.done, State.failed}:
            return State.done if State.done in states else State.failed
        return State.running


@dataclass
class Hands:
    """What a worker was given, and whether it is still registered."""

    name: str
    held: list[Claimed] = field(default_factory=list)


class StoreMachine(RuleBasedStateMachine):
    """Two workers and a client; leases end when the rule says so."""

    @initialize()
    def open(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.time = 1_800_000_000.0
        url = f"sqlite:///{Path(self.folder.name) / 'jobs.db'}"
        self.database = Database(url, clock=lambda: self.time).__enter__()
        self.jobs: dict[str, ModelledJob] = {}
        self.begun = 0
        self.hands = {name: self.register() for name in ("w0", "w1")}

    def teardown(self) -> None:
        self.database.__exit__(None, None, None)
        self.folder.cleanup()

    def register(self) -> Hands:
        self.begun += 1
        hands = Hands(f"worker-{self.begun}")
        store.register(self.database, hands.name, ["text"], LEASE_S)
        return hands

    @rule(count=st.integers(1, 3))
    def submit(self, count: int) -> None:
        self.time += 0.01  # identifiers of one millisecond come in no order, which a replay would need
        job = store.submit(self.database, NewJob("text", ["x"] * count), queue_items=10**6)
        self.jobs[job.id] = ModelledJob([Modelled() for _ in range(count)])

    @rule(worker=WORKERS, count=st.integers(1, 4))
    def claim(self, worker: str, count: int) -> None:
        self.time += 30.0  # what waits for its next attempt is ready
        hands = self.hands[worker]
        ready = sum(item.state is State.queued for job in self.jobs.values() for item in job.items)
        for other in self.hands.values():
            assert store.beat(self.database, other.name, LEASE_S)
        given = store.claim(self.database, hands.name, ["text"], count)
        assert len(given) == min(count, ready)
        for claimed in given:
            item = self.jobs[claimed.job].items[claimed.number]
            assert item.state is State.queued
            item.state, item.owner = State.running, hands.name
        hands.held += given

    @precondition(lambda self: any(hands.held for hands in self.hands.values()))
    @rule(worker=WORKERS, outcome=st.sampled_from(["done", "may pass", "final"]))
    def finish(self, worker: str, outcome: str) -> None:
        hands = self.hands[worker]
        if not hands.held:
            return
        claimed = hands.held.pop(0)
        failure = Failure(code=FailureCode.overloaded, message="no", retryable=outcome == "may pass")
        result = Done("1") if outcome == "done" else Failed(failure)
        sent = Finished(claimed.job, claimed.number, claimed.attempt, result)
        counted = store.finish(self.database, hands.name, [sent])
        item = self.jobs[claimed.job].items[claimed.number]
        assert bool(counted) == (item.owner == hands.name and item.state is State.running)
        if counted:
            item.owner = None
            item.failures += outcome != "done"
            again = outcome == "may pass" and item.failures < FAILURES
            item.state = State.done if outcome == "done" else State.queued if again else State.failed

    @rule(worker=WORKERS)
    def die(self, worker: str) -> None:
        """Its lease ends, the other's does not; a late result of it must not count."""
        dead = self.hands[worker]
        self.time += LEASE_S - 1
        for name, hands in self.hands.items():
            if name != worker:
                assert store.beat(self.database, hands.name, LEASE_S)
        self.time += 2
        assert len(store.reap(self.database)) == 1
        for claimed in dead.held:
            late = Finished(claimed.job, claimed.number, claimed.attempt, Done('"late"'))
            assert not store.finish(self.database, dead.name, [late])
        self.give_up(dead.name)
        try:
            store.claim(self.database, dead.name, ["text"], 1)
        except LeaseLost:
            self.hands[worker] = self.register()
        else:
            raise AssertionError("a dead worker was given work")

    @rule(worker=WORKERS)
    def leave(self, worker: str) -> None:
        self.give_up(self.hands[worker].name)
        store.leave(self.database, self.hands[worker].name)
        self.hands[worker] = self.register()

    @precondition(lambda self: self.jobs)
    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        job = data.draw(st.sampled_from(sorted(self.jobs)))
        if self.jobs[job].state is State.running:
            self.jobs[job].cancelled = True
            for item in self.jobs[job].items:
                if item.state in (State.queued, State.running):
                    item.state, item.owner = State.cancelled, None
        store.cancel(self.database, job)

    @precondition(lambda self: any(job.state.ended for job in self.jobs.values()))
    @rule(data=st.data())
    def retry(self, data: st.DataObject) -> None:
        job = data.draw(st.sampled_from(sorted(key for key, each in self.jobs.items() if each.state.ended)))
        again = [item for item in self.jobs[job].items if item.state in (State.failed, State.cancelled)]
        if again:
            store.retry(self.database, job)
            self.jobs[job].cancelled = False
            for item in again:
                item.state, item.failures = State.queued, 0

    def give_up(self, name: str) -> None:
        for job in self.jobs.values():
            for item in job.items:
                if item.owner == name:
                    item.state, item.owner = State.queued, None

    @invariant()
    def the_store_says_what_the_model_says(self) -> None:
        for key, model in getattr(self, "jobs", {}).items():
            seen = store.job(self.database, key)
            assert (seen.state.ended, seen.state.ended and seen.state) == (
                model.state.ended,
                model.state.ended and model.state,
            )
            items = store.items(self.database, key)
            assert [item.state for item in items] == [item.state for item in model.items]
            assert [item.failures for item in items] == [item.failures for item in model.items]
            assert seen.done == sum(item.state is State.done for item in model.items)


TestStore = StoreMachine.TestCase
TestStore.settings = settings(max_examples=25, stateful_step_count=25, deadline=None)
