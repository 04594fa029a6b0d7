"""The states of an alarm, free of clocks and databases: events go in, how it stands and what is told come out.

The names in brackets are those of the alarm state transition diagram of ISA-18.2-2016 and IEC 62682. ::

                     raised                        acknowledged
    normal (A) ───────────────→ unacknowledged (B) ────────────→ acknowledged (C) ──┐ realarmed: to (B)
       ↑  ↑                        │        ↑                          │        ←───┘
       │  │ acknowledged   returned│        │raised            returned│
       │  └── returned_unacknowledged (D) ──┘                          │
       └───────────────────────────────────────────────────────────────┘
    With a latch, returned leads to latched_unacknowledged (E) or latched_acknowledged (F), and reset from there to (D)
    or (A). From each state shelved leads to shelved (G), and its end to (B), (E) or (A).

Suppression by design (H) and out of service (I) are left out: a rule that is not wanted is taken out.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NamedTuple

from siseon.contracts import FailureCode, StreamError
from siseon.streams.alarms.rules import AlarmRule


class State(StrEnum):
    """How an alarm stands."""

    normal = "normal"
    unacknowledged = "unacknowledged"
    acknowledged = "acknowledged"
    returned_unacknowledged = "returned_unacknowledged"
    latched_unacknowledged = "latched_unacknowledged"
    latched_acknowledged = "latched_acknowledged"
    shelved = "shelved"


class EventKind(StrEnum):
    """What happened to an alarm."""

    raised = "raised"
    returned = "returned"
    acknowledged = "acknowledged"
    realarmed = "realarmed"
    """It was acknowledged long ago, and is still there."""
    shelved = "shelved"
    unshelved = "unshelved"
    """By somebody, or by the end of its time."""
    reset = "reset"
    removed = "removed"
    """Its rule was taken out, or its stream."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How it stands. Times are seconds since 1970."""

    active: bool = False
    """Whether its condition is there."""
    acknowledged: bool = True
    latched: bool = False
    shelved_until: float | None = None
    realarm_at: float | None = None

    @property
    def state(self) -> State:
        """In the words of the standard."""
        if self.shelved_until is not None:
            return State.shelved
        if self.active:
            return State.acknowledged if self.acknowledged else State.unacknowledged
        if self.latched:
            return State.latched_acknowledged if self.acknowledged else State.latched_unacknowledged
        return State.normal if self.acknowledged else State.returned_unacknowledged

    @property
    def due_at(self) -> float | None:
        """When something happens to it by time alone."""
        return self.realarm_at if self.shelved_until is None else self.shelved_until


class Step(NamedTuple):
    """How it stands afterwards, and what is told of it: None where it stood so already."""

    standing: Standing
    told: EventKind | None


def turned(standing: Standing, rule: AlarmRule, *, active: bool) -> Step:
    """Its condition came or went."""
    if active == standing.active:
        return Step(standing, None)
    if not active:
        return Step(replace(standing, active=False, realarm_at=None), EventKind.returned)
    latched = standing.latched or rule.latch
    return Step(replace(standing, active=True, acknowledged=False, latched=latched), EventKind.raised)


def acknowledge(standing: Standing, rule: AlarmRule, now: float) -> Step:
    """Somebody has seen it. A shelved one is not seen."""
    if standing.acknowledged or standing.shelved_until is not None:
        return Step(standing, None)
    again = rule.re_alarm_s if standing.active else None
    realarm_at = None if again is None else now + again
    return Step(replace(standing, acknowledged=True, realarm_at=realarm_at), EventKind.acknowledged)


def shelve(standing: Standing, until: float) -> Step:
    """Somebody does not want to hear of it until then; shelved again, the new end counts."""
    if standing.shelved_until == until:
        return Step(standing, None)
    return Step(replace(standing, shelved_until=until, realarm_at=None), EventKind.shelved)


def unshelve(standing: Standing) -> Step:
    """It counts again: one whose condition is there, or was latched, is to be acknowledged."""
    if standing.shelved_until is None:
        return Step(standing, None)
    quiet = not (standing.active or standing.latched)
    return Step(replace(standing, shelved_until=None, acknowledged=quiet), EventKind.unshelved)


def reset(standing: Standing) -> Step:
    """Its latch is taken off.

    Raises:
        StreamError: ``alarm_active``: its condition is still there.
    """
    if not standing.latched:
        return Step(standing, None)
    if standing.active:
        raise StreamError(
            "the alarm is still active: its latch can be reset once its values are back",
            code=FailureCode.alarm_active,
            hint="acknowledge it, or shelve it for a time",
        )
    return Step(replace(standing, latched=False), EventKind.reset)


def passed(standing: Standing, now: float, longest_s: float) -> Step:
    """Time has passed. A moment farther off than ``longest_s`` was noted before the clock was set back: it counts as
    come."""
    due = standing.due_at
    if due is None or now < due <= now + longest_s:
        return Step(standing, None)
    if standing.shelved_until is not None:
        return unshelve(standing)
    return Step(replace(standing, acknowledged=False, realarm_at=None), EventKind.realarmed)
