"""A calibration that is not complete yet: what somebody has said of an instrument, and what is proposed by sight."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from pydantic import ValidationError

from siseon.applications.gauges.calibration import MOST_DEVIATION, MOST_VALUE, Calibration, Point, ScalePoint
from siseon.applications.gauges.plane import on_circle, project
from siseon.applications.gauges.reading import Known
from siseon.contracts import FailureCode, InputError
from siseon.contracts.words import words_of

RIM = tuple(range(0, 360, 45))
"""Degrees at which points of a rim are proposed."""
LEAST_RIM = 4
LEAST_MARKS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """The fields of a calibration, each of which may be missing; points are pixels of the picture."""

    centre: Point | None = None
    rim: tuple[Point, ...] = ()
    scale: tuple[ScalePoint, ...] = ()
    direction: str | None = None
    turn: float | None = None
    deviation: float | None = None
    unit: str | None = None
    low: float | None = None
    high: float | None = None

    @property
    def missing(self) -> tuple[str, ...]:
        """The fields without which there is no calibration."""
        lacks = {
            "centre": self.centre is None,
            "rim": len(self.rim) < LEAST_RIM,
            "scale": len(self.scale) < LEAST_MARKS,
        }
        return tuple(name for name, lacking in lacks.items() if lacking)

    def check(self) -> None:
        """Hold what is said beside points, however many of these there are, against what a calibration may say.

        Raises:
            InputError: no points would make a calibration of it; the first fault is named.
        """
        span = self.turn if self.turn is not None and 0 < self.turn <= MOST_VALUE else 1.0
        sound = replace(
            self,
            centre=(50.0, 50.0),
            rim=((50.0, 10.0), (90.0, 50.0), (50.0, 90.0), (10.0, 50.0)),
            scale=(ScalePoint(at=(20.0, 50.0), value=0), ScalePoint(at=(80.0, 50.0), value=span / 2)),
        )
        sound.calibration(100, 100, "")

    def completed(self, proposal: Draft) -> Draft:
        """With what a proposal has and this has not. Centre and rim go together: two circles are not mixed. So
        do a scale and its unit."""
        place = self if {"centre", "rim"}.isdisjoint(self.missing) else replace(self, centre=None, rim=())
        circle = place if place.centre is not None else proposal
        scale = self if len(self.scale) >= LEAST_MARKS else proposal
        return replace(
            self,
            centre=circle.centre,
            rim=circle.rim,
            scale=scale.scale,
            deviation=scale.deviation,
            unit=self.unit if self.unit is not None else scale.unit,
        )

    def calibration(self, width: int, height: int, picture: str) -> Calibration:
        """The calibration of a picture of that size and name.

        Raises:
            InputError: it makes no sense; the first fault is named.
        """
        fields = {
            "width": width,
            "height": height,
            "picture": picture,
            "centre": self.centre,
            "rim": self.rim,
            "scale": self.scale,
            "direction": self.direction,
            "turn": self.turn,
            "deviation": self.deviation,
            "unit": self.unit,
            "low": self.low,
            "high": self.high,
        }
        try:
            return Calibration.model_validate(fields)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            field = ".".join(str(part) for part in first["loc"])
            raise InputError(
                f"no calibration: {field + ': ' if field else ''}{words_of(first)}",
                code=FailureCode.invalid_input,
            ) from None


def proposed(known: Known) -> Draft:
    """What was found of a dial by sight, as a person would point at it."""

    def at(*angles: float, radius: float = 1.0) -> list[Point]:
        places = project(known.to_picture, np.array([on_circle(angle, radius) for angle in angles]))
        return [(round(x, 1), round(y, 1)) for x, y in places.tolist()]

    marks = at(*known.angles.tolist(), radius=known.scale_radius)
    values = known.values.tolist()
    return Draft(
        centre=at(0.0, radius=0.0)[0],
        rim=tuple(at(*RIM)),
        scale=tuple(ScalePoint(at=mark, value=value) for mark, value in zip(marks, values, strict=True)),
        deviation=min(known.deviation, MOST_DEVIATION) or None,
        unit=known.unit,
    )
