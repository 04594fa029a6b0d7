"""One seed: a few jobs, two workers and a client, faults for a while, then none; then everything must be right."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from sqlalchemy import delete

from jobs.simulation.actors import APPLICATION, ENDS, LEASE_S, ClientActor, WorkerActor, expected
from jobs.simulation.faults import Clock, Crashed, Faults, FaultyDatabase
from jobs.simulation.world import LossyCarrier, World
from siseon.contracts import StoreError
from siseon.jobs import schema, store
from siseon.jobs.schema import SUSPECT
from siseon.jobs.store.finishing import FAILURES
from siseon.jobs.store.giving_back import ALONE
from siseon.jobs.wire import EventKind, State

STEPS = 20
DEEPEST = 2
"""Pauses within pauses."""
ROUNDS = 60
"""Without faults everything must have ended after so many."""


class Stage:
    """The databases that all episodes of a process use, one for each actor: connecting costs more than an episode."""

    def __init__(self, url: str) -> None:
        self.clock = Clock()
        self.faults = Faults()
        self.databases = [FaultyDatabase(url, self.clock, self.faults) for _ in range(4)]

    @contextmanager
    def opened(self) -> Iterator[Stage]:
        with ExitStack() as stack:
            for database in self.databases:
                stack.enter_context(database)
            yield self

    def clear(self) -> None:
        self.faults.left = 0
        with self.databases[-1].write() as connection:
            for table in (schema.jobs, schema.chunks, schema.items, schema.events, schema.workers):
                connection.execute(delete(table))


class Episode:
    """The actors of one seed."""

    def __init__(self, stage: Stage, seed: int) -> None:
        self.chance = chance = random.Random(seed)
        stage.clear()
        self.stage = stage
        self.faults = faults = stage.faults
        faults.random, faults.log, faults.pause = chance, [], self.interlude
        faults.aim = chance.choice((None, "claim", "run", "finish", "lease"))
        faults.rate = chance.choice((0.01, 0.03)) if faults.aim is None else chance.choice((0.1, 0.3))
        faults.left = chance.randint(1, 6)
        stage.clock.time = 1_800_000_000.0
        self.world = World(faults)
        carrier = LossyCarrier(faults, chance) if chance.random() < 0.4 else None
        self.client = ClientActor(self.world, stage.databases[0], chance)
        self.workers = [WorkerActor(self.world, each, carrier, chance) for each in stage.databases[1:3]]
        self.stack: list[ClientActor | WorkerActor] = []

    def play(self) -> list[str]:
        """What was wrong."""
        for _ in range(STEPS):
            self.stage.clock.time += self.chance.choice((0.1, 0.5, 2.0, 5.0))
            self.act(self.chance.choice((self.client, *self.workers, *self.workers)))
        self.faults.left = 0
        self.settle()
        return self.world.wrongs or list(self.judged())

    def act(self, actor: ClientActor | WorkerActor) -> None:
        if actor in self.stack:
            return
        self.stack.append(actor)
        before = self.faults.doing
        try:
            actor.step()
        except StoreError:
            pass  # it tries again at its next step
        except Crashed:
            if isinstance(actor, WorkerActor):
                actor.begin()
        finally:
            self.stack.pop()
            self.faults.doing = before

    def interlude(self) -> None:
        """One stands still; the others go on."""
        self.stage.clock.time += self.chance.choice((1.0, LEASE_S / 2, 2 * LEASE_S))
        if len(self.stack) <= DEEPEST:
            for _ in range(self.chance.randint(1, 5)):
                self.act(self.chance.choice((self.client, *self.workers)))

    def settle(self) -> None:
        """No more faults: every job must come to its end, however long what kills workers takes."""
        for key in self.world.submitted:
            new = store.NewJob(APPLICATION, self.world.submitted[key], key=key)
            job = store.submit(self.stage.databases[3], new, queue_items=100)
            if self.world.jobs.setdefault(key, job.id) != job.id:
                self.world.wrongs.append(f"key {key} is two jobs")
        for turn in range(ROUNDS):
            self.stage.clock.time += LEASE_S + 11  # both leases and what a carrier has lost run out
            store.reap(self.stage.databases[3])
            for worker in self.workers[: 2 if turn < 2 else 1]:
                for work in (worker.lease, worker.claim, worker.run, worker.finish):
                    self.act(_Only(worker, work))
            if all(job.state.ended for job in store.jobs(self.stage.databases[3])):
                return
        self.world.wrongs.append("it does not come to an end")

    def judged(self) -> Iterator[str]:
        database = self.stage.databases[3]
        jobs = store.jobs(database)
        if {job.id for job in jobs} != set(self.world.jobs.values()):
            yield f"there are jobs {jobs}, promised were {self.world.jobs}"
        named: set[str] = set()
        for job in jobs:
            items = store.items(database, job.id)
            inputs = self.world.submitted[str(job.key)]
            if [item.input for item in items] != list(inputs):
                yield f"its items are {items}"
            states = Counter(item.state for item in items)
            if (states[State.done], states[State.failed], states[State.cancelled]) != (
                job.done,
                job.failed,
                job.cancelled,
            ) or sum(states.values()) != job.total:
                yield f"{job} counts what its items are not: {states}"
            for item in items:
                named |= set(item.artifacts)
                yield from self._item(item)
            yield from self._events(job, items)
        if not named <= self.world.artifacts:
            yield f"rows name artifacts that are not there: {named - self.world.artifacts}"

    def _item(self, item) -> Iterator[str]:
        told = {
            fence.attempt
            for fence in self.world.counted
            if (fence.job, fence.number) == (item.job, item.number)
        }
        if item.state is State.done:
            if f'"{item.result}"' != expected(item.input):
                yield f"a wrong result: {item}"
            if not told <= {item.attempt}:
                yield f"attempts {told} were told that they count: {item}"
            if item.artifacts != (f"{item.job}/{item.number}-{item.attempt}",):
                yield f"artifacts of another attempt: {item}"
        elif told:
            yield f"a result that counted is gone: {item}"
        if item.state is State.failed and item.failure is None:
            yield f"it failed and nobody knows why: {item}"
        if item.state is State.failed and item.input.startswith("good") and item.deliveries < SUSPECT + ALONE:
            yield f"a good one failed: {item}"
        if item.failures > FAILURES or item.deliveries > SUSPECT + ALONE:
            yield f"tried too often: {item}"

    def _events(self, job, items) -> Iterator[str]:
        events = store.events(self.stage.databases[3], job.id)
        if [event.id for event in events] != list(range(1, len(events) + 1)):
            yield f"events have gaps: {events}"
        seen = self.client.seen.get(job.id, [])
        if seen != list(range(1, len(seen) + 1)):
            yield f"a watcher saw {seen}"
        if events[-1].kind not in ENDS or events[-1].kind is not _end_of(job.state):
            yield f"{job.state} was told as {events[-1].kind}"
        ends = sum(event.kind in ENDS for event in events)
        queued = sum(event.kind is EventKind.queued for event in events)
        # A retry of one that had not ended joins two ends in one.
        if not (1 <= ends <= queued if job.id in self.world.retried else ends == queued == 1):
            yield f"{ends} ends of {queued} beginnings: {[event.kind.value for event in events]}"
        done = Counter(event.number for event in events if event.kind is EventKind.item_done)
        if done != Counter(item.number for item in items if item.state is State.done):
            yield f"items done by events: {done}"
        failed = {event.number for event in events if event.kind is EventKind.item_failed}
        if not {item.number for item in items if item.state is State.failed} <= failed:
            yield "a failure was not told"


class _Only:
    """One thing that a worker does, as an actor."""

    def __init__(self, worker: WorkerActor, work) -> None:
        self.worker, self.work = worker, work

    def step(self) -> None:
        if not self.worker.registered:
            store.register(self.worker.database, self.worker.name, [APPLICATION], LEASE_S)
            self.worker.registered = True
        try:
            self.work()
        except (store.LeaseLost, Crashed):
            self.worker.begin()


def _end_of(state: State) -> EventKind:
    return {
        State.done: EventKind.result,
        State.failed: EventKind.failed,
        State.cancelled: EventKind.cancelled,
    }[state]


def play(stage: Stage, seed: int) -> tuple[list[str], list[str]]:
    """What was wrong, and the faults that were drawn."""
    episode = Episode(stage, seed)
    wrongs = episode.play()
    return wrongs, episode.faults.log
