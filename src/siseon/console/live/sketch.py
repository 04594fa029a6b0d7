"""What somebody has pointed at on a picture of an instrument, and the calibration that it makes."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Literal

from pydantic import JsonValue

Kind = Literal["analog", "digital", "counter"]
Part = Literal["centre", "rim", "scale", "corners"]
Point = tuple[float, float]

KINDS: tuple[Kind, ...] = ("analog", "digital", "counter")
RIM = 8
"""Points of the rim that a first click on it makes: a circle, until they are moved."""
LEAST_RIM = 4
LEAST_MARKS = 2
CORNERS = 4
MOST = 200


@dataclass(slots=True)
class Mark:
    """Of the scale; a value may be missing yet."""

    at: Point
    value: float | None = None


@dataclass(slots=True)
class Sketch:
    """Of one instrument in a picture of ``width`` × ``height`` pixels; points are pixels of it."""

    width: int
    height: int
    kind: Kind = "analog"
    centre: Point | None = None
    rim: list[Point] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    corners: list[Point] = field(default_factory=list)
    deviation: float | None = None
    direction: str | None = None

    @property
    def step(self) -> Part | None:
        """What is to be pointed at next; None: all is there, though the scale may have more marks."""
        if self.kind != "analog":
            return "corners" if len(self.corners) < CORNERS else None
        if self.centre is None:
            return "centre"
        return "rim" if len(self.rim) < LEAST_RIM else "scale"

    @property
    def missing(self) -> list[Part]:
        """Without which there is no calibration."""
        if self.kind != "analog":
            return ["corners"] if len(self.corners) < CORNERS else []
        lacks: dict[Part, bool] = {
            "centre": self.centre is None,
            "rim": len(self.rim) < LEAST_RIM,
            "scale": sum(mark.value is not None for mark in self.marks) < LEAST_MARKS,
        }
        return [part for part, lacking in lacks.items() if lacking]

    def place(self, x: float, y: float) -> None:
        """A click: the next point."""
        at = self._inside(x, y)
        match self.step:
            case "corners":
                self.corners.append(at)
            case "centre":
                self.centre = at
            case "rim":
                self.rim = self._circle(at)
            case "scale" if len(self.marks) < MOST:
                self._sight_is_over()
                self.marks.append(Mark(at))
            case _:
                pass

    def move(self, part: str, number: int, x: float, y: float) -> None:
        """A point to another place."""
        at = self._inside(x, y)
        if part == "centre" and self.centre is not None:
            self.centre = at
        elif part == "rim" and number < len(self.rim):
            self.rim[number] = x, y
        elif part == "scale" and number < len(self.marks):
            self._sight_is_over()
            self.marks[number].at = at
        elif part == "corners" and number < len(self.corners):
            self.corners[number] = at

    @property
    def radius(self) -> float:
        """Of the rim, from the centre, on the mean."""
        return sum(math.dist(self._middle, point) for point in self.rim) / max(1, len(self.rim))

    def widen(self, radius: float) -> None:
        """The rim to this radius; it keeps its form."""
        (x, y), by = self._middle, radius / max(1.0, self.radius)
        if 1 <= radius <= math.hypot(self.width, self.height):
            self.rim = [(round(x + (u - x) * by, 1), round(y + (v - y) * by, 1)) for u, v in self.rim]

    @property
    def _middle(self) -> Point:
        return self.centre or (self.width / 2, self.height / 2)

    def remove_mark(self, number: int) -> None:
        """One that is not a mark."""
        if number < len(self.marks):
            del self.marks[number]

    def clear(self) -> None:
        """Begin again."""
        self.centre, self.rim, self.marks, self.corners = None, [], [], []
        self._sight_is_over()
        self.direction = None

    def take(self, calibration: dict[str, JsonValue]) -> None:
        """What a calibration says: of the service, so of its form."""
        self.kind = next((kind for kind in KINDS if kind == calibration.get("kind")), KINDS[0])
        self.corners = _points(calibration.get("corners"))
        self.rim = _points(calibration.get("rim"))
        self.centre = next(iter(_points([calibration.get("centre")])), None)
        scale = calibration.get("scale")
        self.marks = [
            Mark(at, _number(mark.get("value")))
            for mark in (scale if isinstance(scale, list) else [])
            if isinstance(mark, dict)
            for at in _points([mark.get("at")])
        ]
        self.deviation = _number(calibration.get("deviation"))
        direction = calibration.get("direction")
        self.direction = direction if isinstance(direction, str) else None

    def document(self, stated: dict[str, JsonValue]) -> dict[str, JsonValue] | None:
        """The calibration with what is stated beside points; None: something is missing."""
        if self.missing:
            return None
        made: dict[str, JsonValue] = {"kind": self.kind, "width": self.width, "height": self.height}
        if self.kind != "analog":
            made["corners"] = [list(point) for point in self.corners]
        else:
            made["centre"] = list(self.centre or ())
            made["rim"] = [list(point) for point in self.rim]
            made["scale"] = [
                {"at": list(mark.at), "value": mark.value} for mark in self.marks if mark.value is not None
            ]
            made |= {"deviation": self.deviation, "direction": self.direction}
        return {name: value for name, value in {**made, **stated}.items() if value is not None}

    def _sight_is_over(self) -> None:
        """A person points at marks themselves."""
        self.deviation = None

    def _inside(self, x: float, y: float) -> Point:
        return min(max(x, 0.0), float(self.width)), min(max(y, 0.0), float(self.height))

    def _circle(self, at: Point) -> list[Point]:
        x, y = self.centre or at
        radius, first = math.dist((x, y), at), math.atan2(at[1] - y, at[0] - x)
        turns = [first + 2 * math.pi * number / RIM for number in range(RIM)]
        return [
            (round(x + radius * math.cos(turn), 1), round(y + radius * math.sin(turn), 1)) for turn in turns
        ]


def _number(value: JsonValue) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _points(values: JsonValue) -> list[Point]:
    found = []
    for value in values if isinstance(values, list) else []:
        if isinstance(value, list) and len(value) == 2:
            x, y = _number(value[0]), _number(value[1])
            if x is not None and y is not None:
                found.append((x, y))
    return found
