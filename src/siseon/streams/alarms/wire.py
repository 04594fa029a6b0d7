"""What is told of alarms: how each stands, and the log of what happened to them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from siseon.streams.alarms.rules import LONGEST_S, AlarmRule, Kind, Priority
from siseon.streams.alarms.standing import EventKind, State


class AlarmTold(BaseModel):
    """An alarm as it stands."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    id: str
    """``STREAM.TAG.KIND``."""
    stream: str
    state: State
    active: bool
    """Whether its condition is there, shelved or not."""
    rule: AlarmRule
    value: float | None
    """At the last change."""
    unit: str | None
    compared: float | None
    """What was held against the limit then: the value, its deviation, its rate per second, or seconds without one."""
    changed_at: datetime
    """When its condition last came or went, or it was first watched."""
    acknowledged_by: str | None
    """Who acknowledged it last; None: nobody since it was raised."""
    acknowledged_at: datetime | None
    shelved_until: datetime | None
    shelved_by: str | None
    warning: str | None = None
    """Why it may never be raised: its stream runs, and gives no figure of its tag. Told in lists."""


class AlarmEvent(BaseModel):
    """Something that happened to an alarm."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    id: int
    """From 1, without gaps, in the order in which they were written."""
    kind: EventKind
    at: datetime
    alarm: str
    """Its id."""
    stream: str
    tag: str
    alarm_kind: Kind
    priority: Priority
    state: State
    """After it."""
    value: float | None
    unit: str | None
    compared: float | None
    """What was held against the limit: the value, its deviation, its rate per second, or seconds without a good one."""
    limit: float
    """In the same units; of ``stale`` the seconds."""
    by: str | None
    """Who did it, where somebody did."""
    note: str | None
    missed: int
    """Events that came before it and were not written: it came and went faster than the database took it."""


def _shown(text: str) -> str:
    if not text.isprintable() or not text.strip():
        raise ValueError("it is blank, or holds characters that cannot be shown")
    return text


Words = Annotated[str, AfterValidator(_shown)]


class Deed(BaseModel):
    """Who does something about an alarm."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    by: Words = Field(min_length=1, max_length=100)
    """The name that the log tells."""
    note: Words | None = Field(default=None, max_length=500)
    """What is to be told beside it."""


class Shelving(Deed):
    """Who does not want to hear of an alarm, and for how long."""

    seconds: float = Field(gt=0, le=LONGEST_S, allow_inf_nan=False, strict=True)
