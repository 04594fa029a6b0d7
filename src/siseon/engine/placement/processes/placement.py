"""Replicas as worker processes: Python code of one does not hold up the others, and a crash ends one batch, not all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from siseon.engine.placement.processes.memory import Memory
from siseon.engine.placement.processes.replica import Workers
from siseon.engine.placement.seam import Bell, Replica, Running, Steps
from siseon.engine.placement.threads import THREADS

if TYPE_CHECKING:
    from siseon.engine.stage import Stage

ARENA_BYTES = 256 << 20
"""Shared memory of each worker, for the items and results that it works on or that somebody still looks at. Only pages
that were used take memory: a 4K picture has 25 MB."""


class Processes:
    """The placement of any number of stages: what workers of one have made is given to those of another by reference.

    ::

        stage.placement = Processes()
    """

    def __init__(self, *, arena_bytes: int = ARENA_BYTES) -> None:
        """``arena_bytes``: shared memory of each worker; what finds no room in it is copied through a socket."""
        self._memory = Memory(arena_bytes)

    def replicas(self, stage: Stage[Any, Any]) -> Sequence[Replica]:
        """One, which takes a batch for each of its workers, as many as the stage has ``replicas``."""
        return [Workers(stage, self._memory)]

    def bell(self) -> Bell:
        """A new bell: a thread of this process waits for each worker."""
        return THREADS.bell()

    def start(self, name: str, steps: Steps, bell: Bell | None = None) -> Running:
        """In a thread of this process."""
        return THREADS.start(name, steps, bell)
