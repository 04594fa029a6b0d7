"""What somebody has said of a display or a counter: where it is in a picture, and how it is to be understood."""

from __future__ import annotations

from typing import Annotated, Literal, Self

import cv2
import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, PositiveInt, model_validator

from siseon.applications.gauges.contracts import Finite, Unit
from siseon.applications.gauges.digital.value import Form
from siseon.contracts.wire import Pixel

Floats = NDArray[np.float64]
Point = tuple[Pixel, Pixel]

MOST_DIGITS = 12
LEAST_HEIGHT = 6.0
"""Pixels; digits that are smaller cannot be told apart."""


class DisplayCalibration(BaseModel):
    """One display or counter before one camera."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    kind: Literal["digital", "counter"]
    """``counter``: drums that roll from digit to digit; ``digital``: segments or dots."""
    width: PositiveInt
    """Of the picture that the points are of."""
    height: PositiveInt
    corners: tuple[Point, Point, Point, Point]
    """Around the digits, with a margin of at most half their height: top left, top right, bottom right and bottom left
    as they are read. Of a counter, of its window."""
    digits: Annotated[int, Field(ge=1, le=MOST_DIGITS)] | None = None
    """How many places it has. Of a display, dark ones too: more than these are refused; of a counter, all drums: fewer
    are refused too."""
    decimals: Annotated[int, Field(ge=0, le=MOST_DIGITS)] | None = None
    """Digits behind the point. None: as the display shows, whole numbers where it shows no point."""
    clock: bool = False
    """Whether it shows a time: with colons, its value is in units of its last part."""
    unit: Unit | None = None
    minimum: Finite | None = None
    """Values below are refused: the instrument cannot show them."""
    maximum: Finite | None = None
    max_rate: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = None
    """By how much its value changes in a second at most; what changes faster is refused on a stream."""
    low: Finite | None = None
    """Values below are marked."""
    high: Finite | None = None
    """Values above are marked."""
    picture: str | None = None
    """Name of the picture that was calibrated on, a file beside this one: later pictures are laid on it, so that a
    camera that was moved is noticed, or made up for. None: the camera is taken to stand still."""

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        for low, high, what in (
            (self.low, self.high, "the limit low"),
            (self.minimum, self.maximum, "the minimum"),
        ):
            if low is not None and high is not None and low >= high:
                raise ValueError(f"{what} {low:g} is not below {high:g}")
        if self.digits is not None and self.decimals is not None and self.decimals > self.digits:
            raise ValueError(f"{self.decimals} decimals of {self.digits} digits")
        for x, y in self.corners:
            if not (0 <= x <= self.width and 0 <= y <= self.height):
                size = f"{self.width} × {self.height}"
                raise ValueError(f"the corner {x:g}, {y:g} is not in the picture of {size}")
        sides = np.roll(self.quad, -1, axis=0) - self.quad
        turns = sides[:, 0] * np.roll(sides[:, 1], -1) - sides[:, 1] * np.roll(sides[:, 0], -1)
        if (turns <= 0).any() or np.linalg.norm(sides, axis=1).min() < LEAST_HEIGHT:
            raise ValueError(
                f"the corners are not those of a display of at least {LEAST_HEIGHT:g} pixels: top left, top right, "
                "bottom right, bottom left"
            )
        return self

    @property
    def quad(self) -> Floats:
        """(4, 2) corners."""
        return np.array(self.corners)

    @property
    def around(self) -> Floats:
        """(3, 3) from a plane whose unit circle goes around the display and what frames it, for registration: the
        display itself changes."""
        inner = np.array([(-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5)], np.float32)
        return np.asarray(cv2.getPerspectiveTransform(inner, self.quad.astype(np.float32)), np.float64)

    @property
    def form(self) -> Form:
        """How it is to be understood."""
        return Form(
            counter=self.kind == "counter",
            digits=self.digits,
            decimals=self.decimals,
            minimum=self.minimum,
            maximum=self.maximum,
            clock=self.clock,
        )
