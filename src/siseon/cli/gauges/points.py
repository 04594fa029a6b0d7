"""Points and marks as they are typed: ``302,244`` and ``225,355=0``, in pixels of the photo."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from siseon.applications.gauges.calibration import ScalePoint


def point(text: str) -> tuple[float, float]:
    """x and y.

    Raises:
        BadParameter: it is not two numbers.
    """
    x, comma, y = text.partition(",")
    try:
        found = float(x), float(y)
    except ValueError:
        found = math.nan, math.nan
    if not comma or not all(map(math.isfinite, found)):
        raise typer.BadParameter(f"{text!r} is not a point: X,Y in pixels, like 302,244")
    return found


def mark(text: str) -> ScalePoint:
    """A point of the scale with its value.

    Raises:
        BadParameter: it is not a point, = and a number.
    """
    from siseon.applications.gauges.calibration import ScalePoint

    at, equals, value = text.partition("=")
    if not equals:
        raise typer.BadParameter(f"{text!r} is not a mark: X,Y=VALUE, like 225,355=0")
    return ScalePoint(at=point(at), value=number(value))


def number(text: str) -> float:
    """A finite number.

    Raises:
        BadParameter: it is none.
    """
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise typer.BadParameter(f"{text!r} is not a number")
    return value
