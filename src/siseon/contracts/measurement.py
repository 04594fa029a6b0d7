"""A figure that was seen: what alarms, history and the systems of a plant take from a result."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

Finite = Annotated[float, Field(allow_inf_nan=False)]
Quality = Literal["good", "uncertain", "bad"]
"""``bad``: there is no value that may be used. The words of OPC UA and of ISA-18.2."""


class Measurement(BaseModel):
    """One figure of one picture. When it was seen and on which stream, who passes it on says."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    tag: Annotated[str, Field(pattern="^[a-z][a-z0-9_]{0,62}$")]
    """Which of the picture's figures: the same from picture to picture."""
    value: Finite | None
    """None: it could not be had, and ``reason`` says why."""
    unit: str | None = None
    quality: Quality = "good"
    reason: str | None = None
    """Why it is not good; the code of a refusal."""

    @model_validator(mode="after")
    def _a_value_unless_bad(self) -> Self:
        if (self.value is None) != (self.quality == "bad"):
            raise ValueError(
                f"quality {self.quality} with value {self.value}: bad has none, all else has one"
            )
        return self
