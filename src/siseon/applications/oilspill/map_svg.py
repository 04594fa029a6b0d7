"""The map of a flight as SVG: footprints of frames, slicks in the colours of their classes, a scale, an arrow north."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from siseon.applications.oilspill.contracts import MappedSlick, OilSpillResult
from siseon.applications.oilspill.palette import COLOURS
from siseon.applications.oilspill.slicks.local import LocalPlane
from siseon.contracts.wire import Ring

WIDTH, TALLEST, MARGIN = 960, 640, 32
"""Pixels of the drawing; below its margin stands the scale."""
MOST_FRAMES = 500
"""Footprints that are drawn, evenly picked from more."""
NICE = (1, 2, 5)
BAR = 0.25
"""Of the width: the longest a scale bar may be."""


def map_svg(frames: Sequence[OilSpillResult], slicks: Sequence[MappedSlick]) -> str:
    """An ``svg`` element; empty where no frame has a position.

    Raises:
        DependencyMissing: pyproj or shapely is not installed.
    """
    corners = [one.georeference.corners for one in frames if one.georeference is not None]
    if not corners:
        return ""
    places = np.array([place for ring in corners for place in ring])
    plane = LocalPlane.about(places)
    metres = plane.metres(places)
    west, north = float(metres[:, 0].min()), float(metres[:, 1].max())
    across, down = float(np.ptp(metres[:, 0])), float(np.ptp(metres[:, 1]))
    scale = min((WIDTH - 2 * MARGIN) / max(across, 1.0), (TALLEST - 2 * MARGIN) / max(down, 1.0))
    height = math.ceil(down * scale) + 2 * MARGIN
    west -= (WIDTH - 2 * MARGIN - across * scale) / 2 / scale  # in the middle

    def path(rings: Iterable[Ring]) -> str:
        return " ".join(_path(plane.metres(np.array(ring)), west, north, scale) for ring in rings)

    step = max(1, math.ceil(len(corners) / MOST_FRAMES))
    shown = "".join(f'<path class="frame" d="{path([ring])}"/>' for ring in corners[::step])
    oil = "".join(
        f'<path fill="rgb{COLOURS[slick.sea_class]}" d="{path(slick.rings)}">'
        f"<title>{number}: {slick.sea_class.replace('_', ' ')}, {slick.area_m2:,.0f} m²</title></path>"
        for number, slick in enumerate(slicks, 1)
    )
    return (
        f'<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-label="Map of the flight">'
        f'<g fill-rule="evenodd">{shown}{oil}</g>{_bar(scale, height)}{_arrow()}</svg>'
    )


def _path(metres: NDArray[np.float64], west: float, north: float, scale: float) -> str:
    x = MARGIN + (metres[:, 0] - west) * scale
    y = MARGIN + (north - metres[:, 1]) * scale
    return "M" + "L".join(f"{one:.1f} {other:.1f}" for one, other in zip(x, y, strict=True)) + "Z"


def _bar(scale: float, height: int) -> str:
    """A scale bar of a round length."""
    most = BAR * WIDTH / scale
    power = 10 ** math.floor(math.log10(most))
    length = max(step * power for step in NICE if step * power <= most)
    name = f"{length / 1000:g} km" if length >= 1000 else f"{length:g} m"
    right, low = WIDTH - MARGIN, height - MARGIN / 4
    left = right - length * scale
    return (
        f'<path class="bar" d="M{left:.1f} {low - 5}V{low}H{right}V{low - 5}"/>'
        f'<text x="{(left + right) / 2:.1f}" y="{low - 7}" text-anchor="middle">{name}</text>'
    )


def _arrow() -> str:
    x, y = WIDTH - MARGIN, MARGIN
    return (
        f'<path class="arrow" d="M{x} {y - 14}L{x + 6} {y + 4}L{x} {y}L{x - 6} {y + 4}Z"/>'
        f'<text x="{x}" y="{y + 18}" text-anchor="middle">N</text>'
    )
