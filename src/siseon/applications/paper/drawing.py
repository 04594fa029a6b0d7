"""Drawings of plain marks, which a page and a sheet of paper can both show. Pixels, y down."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Literal

Colour = tuple[int, int, int]
"""RGB, 0 to 255."""
Point = tuple[float, float]
LETTERS = 13
"""Pixels of text."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A filled rectangle; who points at it on a page, reads ``told``."""

    x: float
    y: float
    width: float
    height: float
    colour: Colour
    told: str = ""


@dataclass(frozen=True, slots=True)
class Outline:
    """A polygon, or a line that is not closed."""

    points: tuple[Point, ...]
    stroke: Colour
    width: float = 1.0
    fill: Colour | None = None
    """Half transparent."""
    is_dashed: bool = False
    is_closed: bool = True


@dataclass(frozen=True, slots=True)
class Label:
    """Text at a point of its base line."""

    x: float
    y: float
    text: str
    anchor: Literal["start", "middle", "end"] = "middle"


@dataclass(frozen=True, slots=True)
class Drawing:
    """Marks, the later ones over the earlier."""

    label: str
    """For those who do not see it."""
    width: float
    height: float
    marks: tuple[Bar | Outline | Label, ...]


def svg(drawing: Drawing) -> str:
    """An ``svg`` element, at most as wide as the drawing is; text is escaped."""
    shown = "".join(_mark(one) for one in drawing.marks)
    return (
        f'<svg viewBox="0 0 {drawing.width:g} {drawing.height:g}" style="max-width:{drawing.width:g}px" role="img"'
        f' aria-label="{escape(drawing.label)}">{shown}</svg>'
    )


def _mark(one: Bar | Outline | Label) -> str:
    if isinstance(one, Label):
        return f'<text x="{one.x:.1f}" y="{one.y:.1f}" text-anchor="{one.anchor}">{escape(one.text)}</text>'
    if isinstance(one, Bar):
        told = f"<title>{escape(one.told)}</title>" if one.told else ""
        place = f'x="{one.x:.1f}" y="{one.y:.1f}" width="{one.width:.1f}" height="{one.height:.1f}"'
        return f'<rect {place} fill="rgb{one.colour}">{told}</rect>'
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in one.points)
    fill = "none" if one.fill is None else f"rgb{one.fill}"
    dashes = ' stroke-dasharray="5 4"' if one.is_dashed else ""
    name = "polygon" if one.is_closed else "polyline"
    return (
        f'<{name} points="{points}" fill="{fill}" fill-opacity="0.4" stroke="rgb{one.stroke}"'
        f' stroke-width="{one.width:g}"{dashes}></{name}>'
    )
