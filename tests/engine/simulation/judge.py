"""What may come of one item, and of one request: everything else is wrong."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

from engine.simulation.loop import TICK
from engine.simulation.stages import GOOD, NAMELESS, Item, Scripted
from engine.simulation.world import World
from siseon.contracts import FailureCode, SiseonError
from siseon.engine import Flow
from siseon.engine.context import Request, current_request

FALLBACK = "fallback"

OWN = {
    "returns": (FailureCode.invalid_input,),
    "raises": (FailureCode.stage_failed,),
    "raises_named": (FailureCode.invalid_input,),
    "raises_once": (FailureCode.stage_failed,),
    "unprintable": (FailureCode.stage_failed,),
    "exits": (FailureCode.stage_failed,),
    "same": (FailureCode.stage_failed,),
}
"""What a bad item fails with."""
FAULTS = {
    "raises": FailureCode.stage_failed,
    "exits": FailureCode.stage_failed,
    "short": FailureCode.contract_violation,
    "long": FailureCode.contract_violation,
    "none": FailureCode.contract_violation,
    "text": FailureCode.contract_violation,
}


@dataclass
class Asked:
    """A call of a stage, from its beginning."""

    world: World
    stage: Scripted
    items: list[Item]
    timeout: float | None
    flow: Flow
    one: bool
    """Whether its first failure ends it: nothing is said of the other items then."""
    request: Request | None = None
    began: float = 0.0
    readers_time: float = 0.0
    """Seconds that the reader of a stream took between two outcomes."""
    open_then: bool = False
    runtime: object = None
    outcomes: dict[int, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.request = current_request.get()
        self.began = self.world.loop.time()
        self.open_then = self.stage.state == "open"
        self.runtime = self._runtime()
        for item in self.items:
            item.call = self.items[0].number
        self.world.note(
            f"{self.who()} asks {self.stage.name} for {self.items} within {self.timeout}, {self.flow.name}"
        )

    def who(self) -> str:
        task = asyncio.current_task()
        return "" if task is None else task.get_name()

    def _runtime(self) -> object:
        return self.stage._Stage__calling.runtime  # type: ignore[attr-defined]

    @property
    def deadline(self) -> float | None:
        """When its answer must be there."""
        own = None if self.timeout is None else self.began + self.timeout
        theirs = None if self.request is None else self.request.deadline
        return min((moment for moment in (own, theirs) if moment is not None), default=None)

    def end(self) -> None:
        """The caller has its answer."""
        now = self.world.loop.time()
        over = 0.0 if self.timeout is None else now - self.began - self.timeout - self.readers_time
        if over > TICK / 1000:  # sums are not exact once a time is not a multiple of it
            self.world.wrong(
                f"{self.who()}: {self.stage.name} answered {self.items} {over / TICK:.0f} ticks too late"
            )

    def outcome(self, index: int, outcome: object) -> None:
        """One item's."""
        item = self.items[index]
        if index in self.outcomes:
            self.world.wrong(f"{item} has two outcomes: {self.outcomes[index]!r} and {outcome!r}")
        self.outcomes[index] = outcome
        if not isinstance(outcome, BaseException):
            self._value(item, outcome)
        elif not isinstance(outcome, SiseonError):
            self.world.wrong(f"{item} of {self.stage.name} ended with {outcome!r}, which has no name")
        elif not self._may(item, outcome):
            self.world.wrong(f"{item} of {self.stage.name} ended with {outcome.code}: {outcome}; it may not")

    def _value(self, item: Item, value: object) -> None:
        if value == (self.stage.name, item.number):
            if item.kind not in (GOOD, "raises_once", *NAMELESS):
                self.world.wrong(f"{item} has an answer")
        elif value == FALLBACK:
            if not self._may_fail(item):
                self.world.wrong(f"{item} of {self.stage.name} has the fallback and had no reason to fail")
        else:
            self.world.wrong(f"{item} of {self.stage.name} has another's answer: {value!r}")

    def refused(self, error: SiseonError) -> None:
        """The whole call failed: with what one of its items failed with, or before any item was taken."""
        self.world.note(f"{self.who()} got {error.code} for {self.items}")
        if not any(self._may(item, error) for item in self.items):
            self.world.wrong(
                f"a call of {self.items} to {self.stage.name} ended with {error.code}: {error}; it may not"
            )

    def _may(self, item: Item, error: SiseonError) -> bool:
        code = error.code
        if (
            self.request is not None
            and self.request.verdict is not None
            and code is self.request.verdict.code
        ):
            return True
        if code is FailureCode.deadline_exceeded:
            return self.deadline is not None and self.world.loop.time() >= self.deadline
        if code is FailureCode.overloaded:
            return self.flow.policy == "reject"
        if code is FailureCode.superseded:
            return self.flow.policy == "drop_oldest"
        if code is FailureCode.shutting_down:
            return self._may_be_shut()
        if code is FailureCode.cancelled:
            return self.request is not None and self.request.ended
        if code in OWN.get(item.kind, ()) and self._names(item, error):
            return True
        if item.number in self.stage.blamed and code in self._blame():
            return True
        if code is FailureCode.contract_violation:
            return any(other.kind in NAMELESS for other in self.items)
        return code is FailureCode.stage_failed and (not self.open_then or self._lot(item))

    def _blame(self) -> tuple[FailureCode, ...]:
        if self.stage.fault == "now and then":
            return tuple(FAULTS.values())
        return (FAULTS[self.stage.fault],)

    def _lot(self, item: Item) -> bool:
        """The stage failed as a whole: more single items than are ever tried failed equally."""
        return self.stage.same_failures >= 8 and self.stage.max_batch > 8

    @staticmethod
    def _names(item: Item, error: SiseonError) -> bool:
        """Whether the failure is this item's, not a neighbour's."""
        if item.kind == "same":
            return "one of those" in str(error)
        return item.kind == "unprintable" or str(error).endswith(f"item {item.number}")

    def _may_be_shut(self) -> bool:
        return (
            not self.open_then
            or self.stage.state != "open"
            or self._runtime() is not self.runtime
            or (self.request is not None and self.request.verdict is not None)
        )

    def _may_fail(self, item: Item) -> bool:
        late = self.deadline is not None and self.world.loop.time() >= self.deadline
        return (
            late
            or item.kind != GOOD
            or any(other.kind in NAMELESS for other in self.items)
            or item.number in self.stage.blamed
            or self.flow.policy != "wait"
            or self._may_be_shut()
            or self._lot(item)
            or (self.request is not None and self.request.ended)
        )


def check_request(world: World, what: str, error: SiseonError, **allowed: Any) -> None:
    """The failure of a whole request: its own, or one that a stage gave it."""
    reasons = {
        FailureCode.deadline_exceeded: allowed["late"],
        FailureCode.overloaded: allowed["crowded"],
        FailureCode.superseded: allowed["flow"].policy == "drop_oldest",
        FailureCode.shutting_down: allowed["closing"],
    }
    if not reasons.get(error.code, False) and error.code not in allowed["codes"]:
        world.wrong(f"{what} ended with {error.code}: {error}; it may not")
