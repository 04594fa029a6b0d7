"""What is beside the database: artifacts, a carrier that loses and repeats, and what was promised to whom."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from jobs.simulation.faults import Faults
from siseon.jobs.carrier import CarrierEmptied, InMemory, Parcel
from siseon.jobs.store import Carried, Fence


@dataclass
class World:
    """All that survives a crash, and what the clients were told."""

    faults: Faults
    artifacts: set[str] = field(default_factory=set)
    jobs: dict[str, str] = field(default_factory=dict)
    """Key → id of the jobs that were acknowledged."""
    submitted: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Key → inputs, of all that were sent."""
    counted: set[Fence] = field(default_factory=set)
    """Attempts of which a worker was told that they are done and count."""
    retried: set[str] = field(default_factory=set)
    """Jobs for which a retry was sent."""
    wrongs: list[str] = field(default_factory=list)

    def write_artifact(self, name: str) -> None:
        self.faults.boundary("before artifact")
        self.artifacts.add(name)
        self.faults.boundary("after artifact")


class LossyCarrier:
    """A carrier that forgets, repeats, and does not answer."""

    def __init__(self, faults: Faults, chance: random.Random) -> None:
        self._inner = InMemory()
        self._faults = faults
        self._chance = chance

    def put(self, items: Sequence[Carried]) -> None:
        self._faults.boundary("before put")
        kept = [item for item in items if not self._faults.left or self._chance.random() > 0.1]
        self._inner.put([*kept, *kept[:1]] if self._faults.left else kept)
        self._faults.boundary("after put")

    def waiting(self, application: str) -> int:
        return 0  # what is out with dead workers must not keep others from being put

    def claim(self, worker: str, applications: Sequence[str], count: int) -> list[Parcel]:
        self._faults.boundary("before carrier's claim")
        if self._faults.left and self._chance.random() < 0.05:
            self._inner = InMemory()
            raise CarrierEmptied
        found = self._inner.claim(worker, applications, count)
        self._faults.boundary("after carrier's claim")
        return found

    def beat(self, worker: str) -> None:
        self._faults.boundary("carrier's beat")

    def done(self, parcels: Iterable[Parcel]) -> None:
        self._faults.boundary("before carrier's done")
        self._inner.done(parcels)
