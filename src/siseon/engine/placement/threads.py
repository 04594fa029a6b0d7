"""Replicas as threads of this process: the runtimes release the GIL while they compute."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from queue import Empty, SimpleQueue
from threading import TIMEOUT_MAX, Thread
from typing import TYPE_CHECKING, Any

from siseon.contracts import ContractViolation
from siseon.engine.placement.seam import Bell, PlaceStatistics, Replica, Steps

if TYPE_CHECKING:
    from siseon.engine.stage import Stage


class Here:
    """The stage object itself, shared by all its threads: loaded once, ``process`` called by each."""

    def __init__(self, stage: Stage[Any, Any]) -> None:
        self._stage = stage
        self.credits = 1

    def open(self) -> None:
        """``setup``, which may still choose how many threads there are."""
        setup: Callable[[], object] = self._stage.setup
        begun = setup()
        if inspect.iscoroutine(begun):
            begun.close()
            raise ContractViolation(
                "setup is a coroutine function", hint="it runs beside the event loop: write `def setup`"
            )
        self.credits = self._stage.replicas

    def run(self, items: Sequence[Any], deadline: float | None) -> object:
        """``process``; a thread cannot be stopped, so the deadline is of no use here."""
        return self._stage.process(items)

    def give_up(self) -> bool:
        """A thread cannot be stopped."""
        return False

    def close(self) -> None:
        """``teardown``."""
        self._stage.teardown()

    def statistics(self) -> PlaceStatistics:
        """Nothing of its own: it is this process."""
        return PlaceStatistics()


class ThreadBell:
    """A ``SimpleQueue`` of tokens: implemented in C, it wakes in microseconds where a ``Condition`` takes tens."""

    def __init__(self) -> None:
        self._tokens: SimpleQueue[None] = SimpleQueue()

    def ring(self) -> None:
        """Leave a token."""
        self._tokens.put(None)

    def wait(self, seconds: float | None) -> None:
        """Until the bell has rung, or the time is over."""
        try:
            self._tokens.get(timeout=None if seconds is None else min(seconds, TIMEOUT_MAX))
        except Empty:
            return


class Threads:
    """The default placement. Its threads are its own: other users of the default executor cannot delay them."""

    def replicas(self, stage: Stage[Any, Any]) -> Sequence[Replica]:
        """One, which takes as many batches at a time as the stage has ``replicas``."""
        return [Here(stage)]

    def bell(self) -> ThreadBell:
        """A new bell."""
        return ThreadBell()

    def start(self, name: str, steps: Steps, bell: Bell | None = None) -> Thread:
        """In a daemon thread: a process function that never returns must not keep the interpreter alive."""
        thread = Thread(target=_carry_out, args=(steps, bell), name=f"siseon-{name}", daemon=True)
        thread.start()
        return thread


def _carry_out(steps: Steps, bell: Bell | None) -> None:
    for wait in steps:
        if wait is not None and isinstance(bell, ThreadBell):
            bell.wait(wait.seconds)


THREADS = Threads()
