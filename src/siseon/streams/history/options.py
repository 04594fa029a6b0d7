"""How much of a stream's figures is kept."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class HistoryOptions(BaseModel):
    """What is written, and for how long it is kept."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    deadband: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 0.0
    """A value is written that differs by more from the last one written; another quality or unit is always."""
    every_s: Annotated[float, Field(ge=0, le=24 * 3600, allow_inf_nan=False)] = 60.0
    """At least one of the values of so many seconds is written, changed or not; all of them with 0."""
    days: Annotated[float, Field(gt=0, le=36_500, allow_inf_nan=False)] = 30.0
    """Older rows go."""
    rows: Annotated[int, Field(ge=1, le=1_000_000_000)] = 1_000_000
    """Of the stream, all its tags together; beyond it the oldest go."""
