"""Workers and a client, a step at a time: the calls and their order are those of ``lease.py`` and ``shift.py``."""

from __future__ import annotations

import itertools
import random

from jobs.simulation.faults import Crashed
from jobs.simulation.world import World
from siseon.contracts import Failure, FailureCode, InputError
from siseon.jobs import store
from siseon.jobs.carrier import Carried, Carrier, Polled
from siseon.jobs.database import Database
from siseon.jobs.store import Claimed, Done, Failed, Fence, Finished, LeaseLost, NewJob
from siseon.jobs.wire import EventKind

LEASE_S = 20.0
APPLICATION = "text"
MAY_PASS = Failure(code=FailureCode.overloaded, message="not now", retryable=True)
FINAL = Failure(code=FailureCode.corrupt_image, message="cut off", retryable=False)
ENDS = (EventKind.result, EventKind.failed, EventKind.cancelled)


def expected(source: str) -> str:
    """The one right result of an input."""
    return f'"{source} seen"'


class WorkerActor:
    """A worker and its lease."""

    names = itertools.count()

    def __init__(
        self, world: World, database: Database, carrier: Carrier | None, chance: random.Random
    ) -> None:
        self.world = world
        self.database = database
        self.chance = chance
        if carrier is None:
            self.supply: Polled | Carried = Polled(database, [APPLICATION])
        else:
            self.supply = Carried(database, carrier, [APPLICATION], ahead=4, again_s=0)
        self.begin()

    def begin(self) -> None:
        """As a new process, or under a new lease."""
        self.name = f"w{next(self.names)}"
        self.registered = False
        self.running: dict[Fence, Claimed] = {}
        self.settling: dict[Fence, Finished] = {}
        self.strays: set[Fence] = set()

    def step(self) -> None:
        """One thing that a worker does. What it raises is caught by who calls it."""
        if not self.registered:
            store.register(self.database, self.name, [APPLICATION], LEASE_S)
            self.registered = True
        choices = [self.lease, self.claim]
        choices += [self.run, self.run] * bool(self.running) + [self.finish, self.finish] * bool(
            self.settling
        )
        what = self.chance.choice(choices)
        self.world.faults.doing = what.__name__
        try:
            what()
        except LeaseLost:
            self.begin()

    def claim(self) -> None:
        if any(item.alone for item in self.running.values()):
            return
        for item in self.supply.claim(self.name, self.chance.randint(1, 3)):
            self.running[Fence(item.job, item.number, item.attempt)] = item
        if any(item.alone for item in self.running.values()) and len(self.running) > 1:
            self.world.wrongs.append("what must run alone was given beside others")

    def run(self) -> None:
        for fence, item in list(self.running.items())[:2]:
            outcome = self.outcome(item, fence)
            if fence in self.running:  # the others may have stopped it in a pause
                del self.running[fence]
                self.settling[fence] = Finished(*fence, outcome)

    def outcome(self, item: Claimed, fence: Fence) -> Done | Failed:
        if item.input.startswith("poison"):
            raise Crashed("poison")
        if item.input.startswith("flaky") and item.failures < 2:
            return Failed(MAY_PASS)
        if item.input.startswith("bad"):
            return Failed(FINAL)
        artifact = f"{fence.job}/{fence.number}-{fence.attempt}"
        self.world.write_artifact(artifact)
        return Done(expected(item.input), (artifact,))

    def finish(self) -> None:
        batch = list(self.settling.values())
        if not batch:
            return
        counted = store.finish(self.database, self.name, batch)
        self.supply.done([each[:2] for each in batch])
        for each in batch:
            fence = Fence(*each[:3])
            self.settling.pop(fence, None)
            if fence not in counted:
                self.world.artifacts.discard(f"{fence.job}/{fence.number}-{fence.attempt}")
            elif isinstance(each.outcome, Done):
                self.world.counted.add(fence)

    def lease(self) -> None:
        if not store.beat(self.database, self.name, LEASE_S):
            self.lose()
            return
        self.supply.beat(self.name)
        known = self.running.keys() | self.settling.keys()
        held = {Fence(*each) for each in store.held(self.database, self.name)}
        for fence in known - held:
            self.running.pop(fence, None)
        strays, self.strays = self.strays & (held - known), held - known
        if strays:
            store.release(self.database, self.name, [fence[:2] for fence in strays], in_order=False)
        if self.running and self.chance.random() < 0.1:
            fence = next(iter(self.running))
            store.release(self.database, self.name, [fence[:2]])
            del self.running[fence]
        if self.chance.random() < 0.5:
            store.reap(self.database)
        if self.chance.random() < 0.05:
            store.leave(self.database, self.name, in_order=self.chance.random() < 0.5)
            self.lose()

    def lose(self) -> None:
        """Outcomes that may have been written are asked about once more, as ``shift.py`` does."""
        try:
            self.finish()
        finally:
            self.begin()


class ClientActor:
    """Submits with keys until it gets an answer, cancels, retries, and follows events."""

    def __init__(self, world: World, database: Database, chance: random.Random) -> None:
        self.world = world
        self.database = database
        self.chance = chance
        self.seen: dict[str, list[int]] = {}

    def step(self) -> None:
        choices = [self.submit, self.submit, self.watch, self.watch]
        if self.world.jobs:
            choices += [self.cancel if self.chance.random() < 0.3 else self.watch, self.retry]
        self.chance.choice(choices)()

    def submit(self) -> None:
        key = f"k{self.chance.randint(0, 1)}"
        kinds = ("good", "good", "good", "flaky", "bad", "poison" if self.chance.random() < 0.1 else "good")
        size = self.chance.randint(1, 4)
        inputs = self.world.submitted.setdefault(
            key, tuple(f"{self.chance.choice(kinds)}-{key}-{at}" for at in range(size))
        )
        job = store.submit(self.database, NewJob(APPLICATION, inputs, key=key), queue_items=100)
        if self.world.jobs.setdefault(key, job.id) != job.id:
            self.world.wrongs.append(f"key {key} is two jobs")

    def watch(self) -> None:
        for job in self.world.jobs.values():
            seen = self.seen.setdefault(job, [])
            after = seen[-1] if seen else 0
            seen += [event.id for event in store.events(self.database, job, after=after, limit=3)]

    def cancel(self) -> None:
        store.cancel(self.database, self.chance.choice(sorted(self.world.jobs.values())))

    def retry(self) -> None:
        job = self.chance.choice(sorted(self.world.jobs.values()))
        try:
            self.world.retried.add(job)
            store.retry(self.database, job)
        except InputError:
            return
