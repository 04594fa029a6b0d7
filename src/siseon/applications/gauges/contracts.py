"""What a reading of instruments answers, as it goes over the wire."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, NonNegativeFloat, PositiveInt, model_validator

from siseon.contracts.wire import Pixel, Ring

Reason = Literal["no_dial", "no_scale", "glare", "tilt_too_high", "ambiguous_needle", "blur", "camera_moved"]
"""Why nothing is read: no dial was found; its scale is not understood; a reflection hides the needle; the dial is
seen at too flat an angle; no needle, or several that could be meant, or one that points beside the scale; the dial is
out of focus; the picture does not show the dial where it was calibrated."""
Quality = Literal["good", "uncertain", "refused"]
Finite = Annotated[float, Field(allow_inf_nan=False)]


class Needle(BaseModel):
    """Where a needle lies, in pixels of the original picture."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    middle: tuple[Pixel, Pixel]
    """Of the dial."""
    tip: tuple[Pixel, Pixel]


class Scale(BaseModel):
    """The ends of a scale."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    minimum: Finite
    maximum: Finite


class Reading(BaseModel):
    """One instrument: its value, or why it is not read."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    quality: Quality
    reason: Reason | None = None
    """Of a refusal."""
    value: Finite | None = None
    """None: refused."""
    uncertainty: NonNegativeFloat | None = None
    """Of the value, in its unit: about 95 of 100 readings are not farther off."""
    unit: str | None = None
    """None: not known."""
    scale: Scale | None = None
    limit: Literal["low", "high"] | None = None
    """Which limit of the calibration the value has passed."""
    dial: Ring | None = None
    """Its rim, by sight the circle of its numbers, in pixels of the original picture."""
    needle: Needle | None = None

    @model_validator(mode="after")
    def _a_value_or_a_reason(self) -> Self:
        refused = self.quality == "refused"
        if refused != (self.value is None) or refused != (self.reason is not None):
            raise ValueError(
                f"quality {self.quality} with value {self.value} and reason {self.reason}: a refusal has a reason and "
                "no value, all else a value and no reason"
            )
        if (self.value is None) != (self.uncertainty is None):
            raise ValueError(f"value {self.value} with uncertainty {self.uncertainty}: both or neither")
        return self


class GaugesResult(BaseModel):
    """The instruments of one picture."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    image_id: str
    width: PositiveInt
    height: PositiveInt
    readings: tuple[Reading, ...]
    """At least one: where nothing is found, a refusal."""
