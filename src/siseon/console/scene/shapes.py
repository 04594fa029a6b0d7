"""What is drawn over a picture, in pixels of the picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Point = tuple[float, float]
Geometry = Literal["box", "outline", "mask", "line"]
Colour = Literal["1", "2", "3", "4", "5", "6", "ok", "warn", "bad", "off"]
"""Of the stylesheet: its chart colours by number, or a state's."""


@dataclass(frozen=True, slots=True)
class Shape:
    """One piece of geometry of one thing that was found."""

    thing: int
    """Which one: all shapes of a thing light up together."""
    layer: str
    colour: Colour
    rings: tuple[tuple[Point, ...], ...]
    """A closed ring and its holes; for a line its points."""


@dataclass(frozen=True, slots=True)
class Thing:
    """Something that was found: what is said of it, and where its label stands."""

    title: str
    """What a click copies."""
    facts: tuple[tuple[str, str], ...]
    colour: Colour
    kind: str
    """The list of the answer in which it stands."""
    at: Point | None
    """Where its label stands: its left top corner; None where it has no place."""


@dataclass(frozen=True, slots=True)
class Layer:
    """What can be shown or hidden: all shapes of one geometry from one list."""

    name: str
    kind: str
    geometry: Geometry
    shapes: int


@dataclass(frozen=True, slots=True)
class Scene:
    """All of one answer."""

    width: int
    height: int
    layers: tuple[Layer, ...]
    shapes: tuple[Shape, ...]
    things: tuple[Thing, ...]
    left_out: int = 0
    """Things beyond the bound, which are in the JSON alone."""
    labelled: bool = True
    """Whether labels say more than the picture: those of text that was read do not."""
