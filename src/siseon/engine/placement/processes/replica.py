"""A stage in worker processes, as the engine sees it: one replica that takes as many batches as it has workers.

What a batch of a dead worker comes to: it runs once more, on another or a new worker, its items one by one, so that an
item that kills its worker fails alone (``worker_died``, which may be tried again). What a worker has not answered after
``stuck_after_s`` is killed with it, and fails as ``worker_stuck``.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from threading import Event
from typing import TYPE_CHECKING, Any

from siseon.contracts import CapacityError, ContractViolation, FailureCode, SiseonError, StageFailed
from siseon.engine import clock
from siseon.engine.mistakes import fresh, positive, shut
from siseon.engine.placement.processes.channel import BrokenChannel, NotInTime
from siseon.engine.placement.processes.child import Unreadable, Unsendable, Within
from siseon.engine.placement.processes.crew import Crew
from siseon.engine.placement.processes.memory import Memory
from siseon.engine.placement.processes.parcel import Parcels
from siseon.engine.placement.processes.recipe import PackedRecipe, set_plain
from siseon.engine.placement.seam import PlaceStatistics
from siseon.engine.trace import Figures, current_figures

if TYPE_CHECKING:
    from siseon.engine.stage import Stage

LEAVE_HINT = (
    "items of plain values, arrays and dataclasses of them can be sent; or leave this stage in threads"
)


class Workers:
    """All workers of one stage."""

    def __init__(self, stage: Stage[Any, Any], memory: Memory) -> None:
        self.credits = 1
        self._stage = stage
        self._memory = memory
        self._crew: Crew | None = None
        self._given_up = Event()

    def open(self) -> None:
        """Start one; it may choose how many there are. Then start the others, all at once.

        What ``setup`` has set of plain values is set on the stage of this process too: its limits, and what
        ``bucket`` and ``cost``, which are called here, depend on.

        Raises:
            ContractViolation: the stage cannot leave this process.
            SiseonError: what ``setup`` raised, or how a worker ended.
        """
        stage = self._stage
        positive(stage.stuck_after_s, "stuck_after_s", whole=False)
        crew = Crew(stage, PackedRecipe(stage), self._memory)
        self._given_up.clear()
        try:
            set_plain(stage, crew.start(1))
            positive(stage.replicas, "replicas")
            if stage.replicas > 1:
                crew.start(stage.replicas - 1)
        except BaseException:
            with suppress(SiseonError):  # what failed first is told
                crew.close(stage.stop_timeout_s)
            raise
        self._crew = crew
        self.credits = stage.replicas

    def run(self, items: Sequence[Any], deadline: float | None) -> list[object]:
        """One outcome for each item; raises nothing."""
        try:
            outcomes = self._attempt(items, deadline)
        except Unsendable as error:
            return self._without_unsendable(items, deadline, str(error))
        if outcomes is None:
            outcomes = [self._alone(item, deadline) for item in items]
        return outcomes

    def give_up(self) -> bool:
        """Kill the workers that are inside a batch."""
        self._given_up.set()
        if self._crew is not None:
            self._crew.kill_busy()
        return True

    def close(self) -> None:
        """Tear down and end all.

        Raises:
            SiseonError: what ``teardown`` raised in one of them.
        """
        crew, self._crew = self._crew, None
        if crew is not None:
            crew.close(self._stage.stop_timeout_s)

    def statistics(self) -> PlaceStatistics:
        """The workers that there are, and what has become of others."""
        crew = self._crew
        return PlaceStatistics() if crew is None else crew.statistics()

    def _alone(self, item: object, deadline: float | None) -> object:
        outcomes = self._attempt([item], deadline)
        if outcomes is not None:
            return outcomes[0]
        return CapacityError(
            "the worker that ran the item died, and so did a second one",
            code=FailureCode.worker_died,
            hint="the item may be what kills them: the log tells how they ended",
        )

    def _attempt(self, items: Sequence[Any], deadline: float | None) -> list[object] | None:
        """One run on one worker; None if it died.

        Raises:
            Unsendable: an item cannot be packed.
        """
        crew = self._crew
        if crew is None or self._given_up.is_set():
            return [shut() for _ in items]
        try:
            child = crew.borrow(deadline, self._given_up)
        except SiseonError as refused:
            return [fresh(refused) for _ in items]
        stuck_after_s = self._stage.stuck_after_s
        sound = False
        try:
            figures = current_figures.get() or Figures()
            outcomes = child.call(items, deadline, Within(child, clock.now() + stuck_after_s), figures)
            sound = True
        except Unsendable:
            sound = True
            raise
        except Unreadable as error:
            sound = True
            return [ContractViolation(str(error), hint=LEAVE_HINT) for _ in items]
        except NotInTime:
            return [
                StageFailed(
                    f"the batch was not done within {stuck_after_s:g} seconds, its worker was killed",
                    code=FailureCode.worker_stuck,
                    hint="raise stuck_after_s if it may take so long, or look where process hangs",
                )
                for _ in items
            ]
        except BrokenChannel:
            return [shut() for _ in items] if self._given_up.is_set() else None
        finally:
            crew.give_back(child, sound=sound)
        if len(outcomes) != len(items):
            return [ContractViolation("the worker answered for other items") for _ in items]
        return outcomes

    def _without_unsendable(self, items: Sequence[Any], deadline: float | None, why: str) -> list[object]:
        bad = {number for number, item in enumerate(items) if not _sendable(item)}
        bad = bad or set(range(len(items)))  # each by itself can be sent: nothing tells which one it is
        rest = [item for number, item in enumerate(items) if number not in bad]
        left = iter(self.run(rest, deadline) if rest else [])
        failure = ContractViolation(f"the item cannot be sent to a worker: {why}", hint=LEAVE_HINT)
        return [fresh(failure) if number in bad else next(left) for number in range(len(items))]


def _sendable(item: object) -> bool:
    try:
        Parcels(0).pack(item, lambda _: None)
    except BaseException:  # noqa: BLE001 - whatever a user's object does when it is pickled
        return False
    return True
