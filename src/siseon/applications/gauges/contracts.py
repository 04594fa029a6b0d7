"""What a reading of instruments answers, as it goes over the wire."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, NonNegativeFloat, PositiveInt, model_validator

from siseon.contracts.wire import Pixel, Ring, Score

DialReason = Literal[
    "no_dial", "no_scale", "glare", "tilt_too_high", "ambiguous_needle", "blur", "camera_moved"
]
DisplayReason = Literal[
    "no_display", "unclear", "incomplete", "between_digits", "not_a_number", "out_of_range", "implausible"
]
Reason = Literal[DialReason, DisplayReason]
"""Why nothing is read. Of a dial: none was found; its scale is not understood; a reflection hides the needle; the dial
is seen at too flat an angle; no needle, or several that could be meant, or one that points beside the scale; the dial
is out of focus; the picture does not show the instrument where it was calibrated.

Of a display: it is out of focus, so that a point may be lost (``blur``); nothing is lit, or there is none; digits that
are not sure, or more than it has; a place between lit ones is dark, or drums are missing; a drum is on its way from one
digit to the next; letters, or a time; a value beyond the calibration's bounds; one that the instrument cannot have come
to in the time."""
Kind = Literal["analog", "digital", "counter"]
Quality = Literal["good", "uncertain", "refused"]
Finite = Annotated[float, Field(allow_inf_nan=False)]
Unit = Annotated[str, Field(min_length=1, max_length=32, pattern=r"^[^\x00-\x1f\x7f]+$")]
"""As a person states it. It is repeated with each figure."""


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
    kind: Kind = "analog"
    text: str | None = None
    """What a display shows, of a refusal too. A superscript digit is a drum between that digit and the next."""
    places: tuple[Score, ...] | None = None
    """Where each character of it stands: 0 is the display's left end, 1 its right."""
    display: Ring | None = None
    """Its corners, from the top left as it is read, in pixels of the original picture."""

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
