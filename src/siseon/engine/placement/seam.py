"""The seam between a stage and the place where it computes: ``open() → run(items, deadline) → close()``.

Above it (queue, fairness, isolation of a bad item, traces) nothing knows whether ``run`` computes in a thread, in
another process or on another machine; below it nothing knows of requests.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from siseon.engine.queue import Wait

if TYPE_CHECKING:
    from siseon.engine.stage import Stage

Steps = Generator[Wait | None, None, None]
"""Work in pieces: None between two pieces, ``Wait`` where it has to wait for its bell."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """How to make a stage again somewhere else: its class and what its constructor was given."""

    kind: type[Stage[Any, Any]]
    args: tuple[Any, ...]
    kwargs: Mapping[str, Any]

    def build(self) -> Stage[Any, Any]:
        """A new stage, not started."""
        return self.kind(*self.args, **self.kwargs)


@dataclass(frozen=True, slots=True)
class PlaceStatistics:
    """What a replica tells of the place where it computes; nothing in threads."""

    workers: Mapping[int, int] = field(default_factory=dict)
    """Resident bytes of each worker process, by its id; memory that it shares included."""
    restarts: int = 0
    """Workers that were started in the place of a dead one."""
    copies_without_room: int = 0
    """Arrays that were copied through a socket because shared memory was full."""


class Replica(Protocol):
    """One instance of a stage's computation."""

    credits: int
    """Batches that it may be given at the same time; read after ``open``."""

    def open(self) -> None:
        """Load and warm up; what it raises stops the start."""

    def run(self, items: Sequence[Any], deadline: float | None) -> object:
        """What ``process`` returns for these items, or raises; returns only when nothing touches them any more.

        Args:
            items: a list of its own.
            deadline: ``clock.now()`` value after which nobody waits for any of them; None when somebody always does.
        """

    def give_up(self) -> bool:
        """Nobody waits for what ``run`` computes any more: end it where that can be done; whether it returns soon."""

    def close(self) -> None:
        """Give back what ``open`` took."""

    def statistics(self) -> PlaceStatistics:
        """Where it computes now, and what has happened there since ``open``."""


class Bell(Protocol):
    """Wakes the steps that wait for it."""

    def ring(self) -> None:
        """Ringing twice, or while nobody waits, does no harm."""


class Running(Protocol):
    """Steps that are being carried out."""

    def is_alive(self) -> bool:
        """Whether something of them is left."""


class Placement(Protocol):
    """Makes replicas, and carries out the work that must not block the event loop."""

    def replicas(self, stage: Stage[Any, Any]) -> Sequence[Replica]:
        """The replicas of a stage, not opened."""

    def bell(self) -> Bell:
        """A new bell, for ``start``."""

    def start(self, name: str, steps: Steps, bell: Bell | None = None) -> Running:
        """Carry out steps beside the event loop until they end."""
