"""Replicas whose steps are the seed's: the seam of ``siseon.engine.placement``, with nothing behind it that waits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from siseon.engine.placement.seam import Bell, PlaceStatistics, Replica, Steps

if TYPE_CHECKING:
    from engine.simulation.stages import Scripted
    from engine.simulation.world import World


class SimulatedBell:
    """Counts its tokens, as that of threads does."""

    def __init__(self) -> None:
        self.tokens = 0
        self.waiting: Callable[[], None] | None = None

    def ring(self) -> None:
        self.tokens += 1
        if self.waiting is not None:
            self.waiting()


class Actor:
    """Carries steps out, each at a moment of its own."""

    def __init__(self, world: World, name: str, steps: Steps, bell: SimulatedBell | None) -> None:
        self.world = world
        self.name = name
        self.alive = True
        self.takes = 0
        """Ticks after which what this step began is done."""
        self.at_next: list[Callable[[], None]] = []
        """Told when the next step begins."""
        self._steps = steps
        self._bell = bell
        self._sleeps = 0
        self._go_on_after(world.hesitation())

    def is_alive(self) -> bool:
        return self.alive

    def _go_on_after(self, ticks: int) -> None:
        if ticks >= self.world.STUCK:
            self.world.stuck.append(self._step)
        else:
            self.world.loop.at(ticks, self._step)

    def _step(self) -> None:
        told, self.at_next = self.at_next, []
        for tell in told:
            tell()
        self.takes = 0
        before, self.world.actor = self.world.actor, self
        try:
            wait = next(self._steps)
        except StopIteration:
            self.alive = False
            self.world.note(f"{self.name} ends")
            return
        except BaseException as error:  # noqa: BLE001 - nothing may end a lane
            self.alive = False
            self.world.wrong(f"{self.name} died of {error!r}")
            return
        finally:
            self.world.actor = before
        if wait is None:
            self._go_on_after(self.takes or self.world.hesitation())
        else:
            self._wait(wait.seconds)

    def _wait(self, seconds: float | None) -> None:
        bell = self._bell
        if bell is None:
            self.world.wrong(f"{self.name} waits for a bell that it has not got")
            return
        if bell.tokens:
            bell.tokens -= 1
            self._go_on_after(self.world.hesitation())
            return
        self._sleeps += 1
        sleep = self._sleeps

        def wake(rung: bool) -> None:
            if self._sleeps == sleep and bell.waiting is not None:
                self._sleeps += 1
                bell.waiting = None
                bell.tokens -= rung
                self._go_on_after(self.world.hesitation())

        bell.waiting = lambda: wake(True)
        if seconds is not None:
            self.world.loop.call_later(seconds, wake, False)


class SimulatedReplica:
    """One instance of a scripted stage."""

    def __init__(self, stage: Scripted, number: int) -> None:
        self.stage = stage
        self.number = number
        self.credits = 1
        self.is_open = False
        self.inside = 0

    def open(self) -> None:
        world = self.stage.world
        if self.is_open:
            world.wrong(f"{self.stage.name} is set up twice")
        self.stage.setup()
        self.credits = self.stage.credits
        self.is_open = True
        self.stage.opened += 1

    def run(self, items: Sequence[Any], deadline: float | None) -> object:
        world, actor = self.stage.world, self.stage.world.actor
        if not self.is_open:
            world.wrong(f"{self.stage.name} processes while it is not set up")
        self.inside += 1
        if self.inside > self.credits:
            world.wrong(f"{self.stage.name}: {self.inside} batches in a replica of {self.credits} credits")
        leave = self.stage.enter(items)

        def come_back() -> None:
            self.inside -= 1
            leave()

        if actor is None:
            world.wrong(f"{self.stage.name} processes on the event loop")
        else:
            actor.at_next.append(come_back)
        return self.stage.process(items)

    def give_up(self) -> bool:
        """It cannot be stopped, as a thread cannot."""
        return False

    def statistics(self) -> PlaceStatistics:
        return PlaceStatistics()

    def close(self) -> None:
        world = self.stage.world
        if not self.is_open:
            world.wrong(f"{self.stage.name} is torn down twice")
        if self.inside:
            world.wrong(f"{self.stage.name} is torn down while {self.inside} batches are inside")
        self.is_open = False
        self.stage.opened -= 1
        self.stage.teardown()


class Simulated:
    """The placement of one episode."""

    def __init__(self, world: World) -> None:
        self.world = world

    def replicas(self, stage: Any) -> Sequence[Replica]:
        return [SimulatedReplica(stage, number) for number in range(stage.instances)]

    def bell(self) -> SimulatedBell:
        return SimulatedBell()

    def start(self, name: str, steps: Steps, bell: Bell | None = None) -> Actor:
        actor = Actor(self.world, name, steps, bell if isinstance(bell, SimulatedBell) else None)
        self.world.actors.append(actor)
        return actor
