"""The workers of one stage: who is there, who is free, and how the dead are replaced.

A keeper, a thread, looks after each place: it starts a worker, waits until that ends, and starts the next. The first
death is made good at once, later ones in a row wait longer and longer. When workers die over and over without one
answer between, the stage fails by name at once, and one is tried again after a pause.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from itertools import count
from pathlib import Path
from threading import Condition, Event, Thread
from typing import TYPE_CHECKING, Any

from siseon.contracts import CapacityError, FailureCode, SiseonError, StageFailed
from siseon.engine import clock
from siseon.engine.mistakes import describe, fresh, late, log, shut
from siseon.engine.placement.processes.channel import BrokenChannel, NotInTime
from siseon.engine.placement.processes.child import Child, Within
from siseon.engine.placement.processes.memory import Memory
from siseon.engine.placement.seam import PlaceStatistics

if TYPE_CHECKING:
    from siseon.engine.placement.processes.recipe import PackedRecipe
    from siseon.engine.stage import Stage

FIRST_PAUSE_S = 0.1
"""Before the third start in a row; twice as much before each further one."""
DEATHS_IN_A_ROW = 6
"""Without an answer between, after which the stage fails by name."""
PAUSE_S = 30.0
"""Before one is tried again then."""
LAST_STEPS_S = 5.0
"""What workers that have torn down have to end."""

_numbers = count(1)
"""Of all workers of this process: their names own leases, also in the arenas of others."""


class Crew:
    """Made for one start of a stage, and gone with its stop."""

    def __init__(self, stage: Stage[Any, Any], recipe: PackedRecipe, memory: Memory) -> None:
        self._stage = stage
        self._recipe = recipe
        self._memory = memory
        self._changed = Condition()
        self._free: list[Child] = []
        self._busy: set[Child] = set()
        self._gone: set[Child] = set()
        """Dead, and not disposed of yet."""
        self._closing = Event()
        self._keepers: list[Thread] = []
        self._deaths = 0
        """In a row."""
        self._last_end = ""
        self._restarts = 0
        self._full_before = 0

    def start(self, number: int) -> dict[str, Any]:
        """Add workers and wait until all are ready: the plain values that ``setup`` has set in the last of them.

        Raises:
            SiseonError: why one could not start.
            RuntimeError: there are no more threads.
        """
        begun: list[dict[str, Any] | BaseException] = []

        def tell(what: dict[str, Any] | BaseException) -> None:
            with self._changed:
                begun.append(what)
                self._changed.notify_all()

        for _ in range(number):
            keeper = Thread(
                target=self._keep, args=(tell,), name=f"siseon-{self._stage.label}-keeper", daemon=True
            )
            keeper.start()
            self._keepers.append(keeper)
        with self._changed:
            self._changed.wait_for(lambda: len(begun) == number)
        for what in begun:
            if isinstance(what, BaseException):
                raise what
        return begun[-1] if isinstance(begun[-1], dict) else {}

    def borrow(self, deadline: float | None, given_up: Event) -> Child:
        """A free worker, for one batch; ``given_up`` ends the wait, see ``kill_busy``.

        Raises:
            SiseonError: ``deadline_exceeded``: none was free in time; ``worker_died``: they die over and over;
                ``shutting_down``.
        """
        with self._changed:
            while True:
                if self._closing.is_set() or given_up.is_set():
                    raise shut()
                if self._free:
                    child = self._free.pop()
                    self._busy.add(child)
                    return child
                if self._deaths >= DEATHS_IN_A_ROW and not self._busy:
                    raise CapacityError(
                        f"its workers die over and over; the last one {self._last_end}",
                        code=FailureCode.worker_died,
                        hint=f"the log tells more; one is tried again every {PAUSE_S:g} seconds",
                    )
                left = None if deadline is None else deadline - clock.now()
                if left is not None and left <= 0:
                    raise late()
                self._changed.wait(left)

    def give_back(self, child: Child, *, sound: bool) -> None:
        """The batch is over. ``sound``: it was answered; a worker that did not answer is killed."""
        if not sound:
            child.kill()
        with self._changed:
            self._busy.discard(child)
            if sound:
                self._deaths = 0
                if child not in self._gone:
                    self._free.append(child)
            self._changed.notify_all()

    def kill_busy(self) -> None:
        """Nobody waits for what they compute, nor for one who is free."""
        with self._changed:
            for child in self._busy:
                child.kill()
            self._changed.notify_all()

    def close(self, within_s: float) -> None:
        """Tear all down and end them.

        Raises:
            SiseonError: what the first ``teardown`` that failed raised; all have ended.
        """
        self._closing.set()
        self.kill_busy()
        with self._changed:
            children, self._free = self._free, []
            self._busy.update(children)  # their keepers leave them alone until their answers are read
            self._changed.notify_all()
        until = clock.now() + within_s
        failures = []
        for child in children:
            child.begin_close(Within(child, until))
        for child in children:
            try:
                child.closed(Within(child, until))
            except SiseonError as error:
                failures.append(error)
            except BrokenChannel:
                log.warning("worker %s of stage %s died while it was closed", child.pid, self._stage.label)
            except NotInTime:
                failures.append(StageFailed(f"teardown did not return within {within_s:g} seconds"))
                child.kill()
            with self._changed:
                self._busy.discard(child)
                self._changed.notify_all()
        until = clock.now() + LAST_STEPS_S
        for keeper in self._keepers:
            keeper.join(max(0.0, until - clock.now()))
        for child in children:
            child.kill()
        for keeper in self._keepers:
            keeper.join()
        if failures:
            raise failures[0]

    def statistics(self) -> PlaceStatistics:
        """Who is there now, and what has happened since the start."""
        with self._changed:
            children = [*self._free, *self._busy]
            return PlaceStatistics(
                workers={child.pid: _resident_bytes(child.pid) for child in children},
                restarts=self._restarts,
                copies_without_room=self._full_before + sum(child.full for child in children),
            )

    def _keep(self, tell: Callable[[dict[str, Any] | BaseException], None]) -> None:
        """A keeper's life; ``tell`` hears of the first start, which is not tried again."""
        told = False
        while not self._closing.is_set():
            try:
                child, plain = self._launch()
            except BaseException as error:  # noqa: BLE001 - handed to the one who starts, or counted
                if not told:
                    tell(error)
                if not told or self._closing.is_set():
                    return
                self._count_death(f"could not start: {describe(error)}")
            else:
                with self._changed:
                    self._free.append(child)
                    self._restarts += told
                    self._changed.notify_all()
                    if self._closing.is_set():  # ``close`` has not seen it, and nobody else would end it
                        child.kill()
                if not told:
                    told = True
                    tell(plain)
                self._stand_by(child)
            self._closing.wait(self._pause())

    def _launch(self) -> tuple[Child, dict[str, Any]]:
        within_s = self._stage.start_timeout_s
        try:
            child = Child(f"{self._stage.label}-{next(_numbers)}", self._recipe, self._memory)
        except OSError as error:
            raise StageFailed(f"no worker can be started: {describe(error)}") from None
        failure: SiseonError | None = None
        try:
            return child, child.ready(Within(child, clock.now() + within_s, closing=self._closing))
        except SiseonError as error:
            failure = fresh(error)
        except NotInTime:
            failure = StageFailed(
                f"setup did not return within {within_s:g} seconds",
                hint="raise start_timeout_s, or look where setup hangs",
            )
        except BrokenChannel:
            failure = StageFailed(
                f"its worker {child.end()} while it started", hint="what it wrote to stderr tells more"
            )
        finally:
            if failure is not None:
                child.dispose()
        raise failure

    def _stand_by(self, child: Child) -> None:
        """Until a worker has ended, and nobody reads its answer any more."""
        child.wait()
        with self._changed:
            self._gone.add(child)
            if child in self._free:
                self._free.remove(child)
            self._changed.wait_for(lambda: child not in self._busy)
            self._gone.discard(child)
            self._full_before += child.full
        child.dispose()
        if not self._closing.is_set():
            self._count_death(child.end())

    def _count_death(self, end: str) -> None:
        with self._changed:
            self._deaths += 1
            self._last_end = end
            self._changed.notify_all()
        log.warning(
            "a worker of stage %s %s; the next one starts in %.1f s", self._stage.label, end, self._pause()
        )

    def _pause(self) -> float:
        if self._deaths >= DEATHS_IN_A_ROW:
            return PAUSE_S
        return 0.0 if self._deaths < 2 else FIRST_PAUSE_S * 2 ** (self._deaths - 2)


def _resident_bytes(pid: int) -> int:
    """Resident memory of a process, what it shares included; 0 where the system does not tell."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]) * os.sysconf(
            "SC_PAGE_SIZE"
        )
    except OSError:
        return 0
