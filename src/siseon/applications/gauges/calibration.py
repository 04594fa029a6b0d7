"""What somebody has said of a dial: where it is in a camera's picture, and what its scale means.

Kept as JSON; points are pixels of the picture, x right and y down from its top left corner.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, PositiveInt, model_validator

from siseon.applications.gauges.contracts import Finite, Scale, Unit
from siseon.applications.gauges.plane import angles_of, fit_plane, project
from siseon.contracts import ContractViolation
from siseon.contracts.wire import Pixel

Floats = NDArray[np.float64]
Point = tuple[Pixel, Pixel]

MOST_SWEEP = 359.0
"""Degrees from one end of a scale to the other."""
MOST_POINTS = 200
MOST_VALUE = 1e30
"""What is larger could not be computed with."""
LEAST_RADIUS = 0.1
"""Radii of the rim from the centre to a mark."""
LEAST_STEP = 0.1
"""Degrees between two marks."""
FARTHEST = 10
"""Sides of the picture that a point of the rim may be away: a rim may leave the picture, but not its neighbourhood."""
MOST_DEVIATION = 45.0
"""Degrees; marks that are less sure say nothing."""


class ScalePoint(BaseModel):
    """A mark of the scale."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    at: Point
    value: Annotated[float, Field(ge=-MOST_VALUE, le=MOST_VALUE)]


class Calibration(BaseModel):
    """One instrument before one camera."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    kind: Literal["analog"] = "analog"
    width: PositiveInt
    """Of the picture that the points are of."""
    height: PositiveInt
    centre: Point
    """What the needle turns around."""
    rim: Annotated[tuple[Point, ...], Field(min_length=4, max_length=MOST_POINTS)]
    """Points on any one circle around the centre, at or outside the marks of the scale."""
    scale: Annotated[tuple[ScalePoint, ...], Field(min_length=2, max_length=MOST_POINTS)]
    """Marks with their values, in any order; between two the scale is linear. The outer ends are the scale's ends."""
    direction: Literal["clockwise", "counterclockwise"] | None = None
    """In which values rise. None: as three or more marks say; clockwise where there are two."""
    deviation: Annotated[float, Field(ge=0, le=MOST_DEVIATION)] | None = None
    """Degrees: standard deviation of where the marks are, where they were proposed by sight and stand at the numbers.
    None: they are on the marks themselves, within half a pixel."""
    turn: Annotated[float, Field(gt=0, le=MOST_VALUE)] | None = None
    """What a whole turn of the pointer counts, where the scale has no ends, as on the small dials of a meter; of its
    marks the lowest is where it begins again. None: the scale has ends."""
    unit: Unit | None = None
    low: Finite | None = None
    """Values below are marked."""
    high: Finite | None = None
    """Values above are marked."""
    picture: str | None = None
    """Name of the picture that was calibrated on, a file beside this one: later pictures are laid on it, so that a
    camera that was moved is noticed, or made up for. None: the camera is taken to stand still."""

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        values = [point.value for point in self.scale]
        if len(set(values)) < len(values):
            raise ValueError("two marks of the scale have the same value")
        if self.turn is not None and self.turn <= max(values) - min(values):
            raise ValueError(
                f"the marks are {max(values) - min(values):g} apart, a turn counts {self.turn:g}"
            )
        if self.low is not None and self.high is not None and self.low >= self.high:
            raise ValueError(f"the limit low {self.low} is not below high {self.high}")
        for x, y in (self.centre, *(point.at for point in self.scale)):
            if not (0 <= x <= self.width and 0 <= y <= self.height):
                size = f"{self.width} × {self.height}"
                raise ValueError(f"the point {x:g}, {y:g} is not in the picture of {size}")
        far = FARTHEST * max(self.width, self.height)
        if max(abs(part) for point in self.rim for part in point) > far:
            raise ValueError(f"a point of the rim is more than {far:,} pixels away")
        try:
            fit_plane(np.array(self.centre), np.array(self.rim))
        except ContractViolation as error:
            raise ValueError(error.message) from None
        points = np.array([point.at for point in self.scale])
        radii = np.linalg.norm(project(np.linalg.inv(self.to_picture), points), axis=1)
        if radii.min() < LEAST_RADIUS:
            x, y = points[radii.argmin()]
            raise ValueError(f"the mark at {x:g}, {y:g} is on the centre: it has no direction")
        if np.diff(self._unrolled(points)[0]).min() < LEAST_STEP:
            raise ValueError("two marks of different values stand in one direction from the centre")
        return self

    @property
    def to_picture(self) -> Floats:
        """(3, 3) from the dial's plane to the picture."""
        return fit_plane(np.array(self.centre), np.array(self.rim))

    @property
    def marks(self) -> tuple[Floats, Floats]:
        """Angles and values of the marks; angles are degrees clockwise from the top, rising, from the first mark on
        (they may pass 360). A scale without ends goes on to its first mark again."""
        angles, order = self._unrolled(np.array([point.at for point in self.scale]))
        values = np.array([point.value for point in self.scale])[order]
        if self.turn is None:
            return angles, values
        again = values[0] + self.turn * np.sign(values[1] - values[0])
        return np.append(angles, angles[0] + 360), np.append(values, again)

    @property
    def scale_radius(self) -> float:
        """Where the marks are, in radii of the rim."""
        points = project(np.linalg.inv(self.to_picture), np.array([point.at for point in self.scale]))
        return float(np.median(np.linalg.norm(points, axis=1)))

    @property
    def ends(self) -> Scale:
        """Of the scale."""
        values = [point.value for point in self.scale]
        return Scale(minimum=min(values), maximum=max(values))

    def _unrolled(self, points: Floats) -> tuple[Floats, NDArray[np.intp]]:
        """Rising angles of the marks, and their numbers in that order.

        Raises:
            ValueError: the values neither rise nor fall around the dial.
        """
        angles = angles_of(project(np.linalg.inv(self.to_picture), points))
        rising = np.argsort([point.value for point in self.scale])
        direction = self.direction or ("clockwise" if len(points) == 2 else None)
        for name, order in (("clockwise", rising), ("counterclockwise", rising[::-1])):
            if direction not in (name, None):
                continue
            steps = np.diff(angles[order]) % 360
            if steps.sum() <= MOST_SWEEP:
                return angles[order[0]] + np.concatenate([[0.0], np.cumsum(steps)]), order
        raise ValueError("the values of the marks neither rise nor fall around the dial")
