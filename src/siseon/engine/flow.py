"""Who asks: an interactive client, a job, a stream. The first level of fairness, and what happens at a full queue."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from siseon.contracts import ContractViolation
from siseon.engine.mistakes import positive

Policy = Literal["reject", "wait", "drop_oldest"]
LIGHTEST, HEAVIEST = 1e-3, 1e3
"""Weights beyond would leave the others without a turn for longer than anybody waits."""
POLICIES = ("reject", "wait", "drop_oldest")


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Flow:
    """Requests that belong together, compared by identity: a job of 1,000 items is one flow, so is a camera.

    Flows take turns by ``weight``; within a flow requests take turns. Limits hold for each flow by itself, so
    a job that fills its own queue leaves the others theirs.
    """

    name: str
    weight: float = 1.0
    """Share against other flows that have work waiting: 2 gets twice the items of 1."""
    policy: Policy = "reject"
    """At the limit: ``reject`` fails with ``overloaded``, ``wait`` waits for room (within the deadline),
    ``drop_oldest`` lets the newest in and ends the oldest of another request with ``superseded``."""
    max_waiting: int | None = None
    """Items of this flow that may wait in one queue; None: the stage's ``max_queue``."""

    def __post_init__(self) -> None:
        if not isinstance(self.weight, int | float) or not LIGHTEST <= self.weight <= HEAVIEST:
            raise ContractViolation(
                f"the weight of flow {self.name!r} is {self.weight!r}, not a number from {LIGHTEST} to {HEAVIEST}"
            )
        if self.policy not in POLICIES:
            raise ContractViolation(f"{self.policy!r} is not a policy: {', '.join(POLICIES)}")
        if self.max_waiting is not None:
            positive(self.max_waiting, f"max_waiting of flow {self.name!r}")


INTERACTIVE = Flow("interactive")
"""The flow of all who name none."""
