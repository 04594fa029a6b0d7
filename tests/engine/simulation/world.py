"""What all parts of one episode share: the seed's random numbers, the loop, the log, and what was found wrong."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import TYPE_CHECKING

from engine.simulation.loop import TICK, SimulatedLoop
from engine.simulation.placement import Actor

if TYPE_CHECKING:
    from engine.simulation.watch import WatchedRuntime


class World:
    """One episode's."""

    STUCK = 1_000_000
    """Ticks: it comes back at the end."""

    def __init__(self, seed: int, *, verbose: bool = False) -> None:
        self.random = Random(seed)
        self.loop = SimulatedLoop(self.random)
        self.verbose = verbose
        self.wrongs: list[str] = []
        self.actors: list[Actor] = []
        self.runtimes: list[WatchedRuntime] = []
        self.actor: Actor | None = None
        """The one whose step is being carried out."""
        self.stuck: list[Callable[[], None]] = []
        """Steps of actors that do not come back before the end."""
        self.ending = False
        self.hasty = self.random.random()
        """How likely a step follows the one before at once."""

    def note(self, text: str) -> None:
        """A line of the log."""
        if self.verbose:
            print(f"{self.loop.time() / TICK:8.0f} {self.loop.steps:5d}  {text}")

    def wrong(self, text: str) -> None:
        """Something that must not be."""
        self.wrongs.append(f"at {self.loop.time() / TICK:.0f}: {text}")
        self.note(f"WRONG: {text}")

    def chance(self, probability: float) -> bool:
        return self.random.random() < probability

    def hesitation(self) -> int:
        """Ticks between two steps of an actor."""
        return 0 if self.chance(self.hasty) else self.random.choice((0, 1, 1, 2, 3, 8))

    def unstick(self) -> None:
        """From now on nothing is stuck."""
        self.ending = True
        stuck, self.stuck = self.stuck, []
        for step in stuck:
            self.loop.at(0, step)
