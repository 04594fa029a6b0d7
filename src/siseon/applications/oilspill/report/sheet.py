"""The map of a flight on a sheet: footprints of frames, slicks, a scale. Drawn as SVG and into the PDF alike.

Points of the sheet are pixels, x right and y down from its top left corner.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from siseon.applications.oilspill.contracts import MappedSlick, OilSpillResult, SeaClass
from siseon.applications.oilspill.slicks.local import LocalPlane
from siseon.contracts.wire import Ring

WIDTH, TALLEST, MARGIN = 960, 640, 32
"""Pixels of the drawing; below its margin stands the scale."""
MOST_FRAMES = 500
"""Footprints that are drawn, evenly picked from more."""
NICE = (1, 2, 5)
BAR = 0.25
"""Of the width: the longest a scale bar may be."""

Points = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Shape:
    """A footprint, or a slick with its holes."""

    rings: tuple[Points, ...]
    sea_class: SeaClass | None
    """None: a footprint."""
    title: str
    interpolated: bool
    """Whether its place was filled from other frames: drawn dashed."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is drawn, first to last."""

    height: int
    """Its width is ``WIDTH``."""
    shapes: tuple[Shape, ...]
    bar: float
    """Length of the scale bar, which ends at the right margin."""
    bar_name: str

    @property
    def is_filled(self) -> bool:
        """Whether some places were filled from other frames."""
        return any(shape.interpolated for shape in self.shapes)


def sheet(frames: Sequence[OilSpillResult], slicks: Sequence[MappedSlick]) -> Sheet | None:
    """The map; None where no frame has a position.

    Raises:
        DependencyMissing: pyproj or shapely is not installed.
    """
    laid = [one for one in frames if one.georeference is not None]
    if not laid:
        return None
    corners = [one.georeference.corners for one in laid if one.georeference is not None]
    places = np.array([place for ring in corners for place in ring])
    plane = LocalPlane.about(places)
    metres = plane.metres(places)
    west, north = float(metres[:, 0].min()), float(metres[:, 1].max())
    across, down = float(np.ptp(metres[:, 0])), float(np.ptp(metres[:, 1]))
    scale = min((WIDTH - 2 * MARGIN) / max(across, 1.0), (TALLEST - 2 * MARGIN) / max(down, 1.0))
    west -= (WIDTH - 2 * MARGIN - across * scale) / 2 / scale  # in the middle

    def drawn(rings: Iterable[Ring]) -> tuple[Points, ...]:
        found = []
        for ring in rings:
            east_north = plane.metres(np.array(ring))
            x = MARGIN + (east_north[:, 0] - west) * scale
            y = MARGIN + (north - east_north[:, 1]) * scale
            found.append(tuple(zip(x.round(1).tolist(), y.round(1).tolist(), strict=True)))
        return tuple(found)

    step = max(1, math.ceil(len(corners) / MOST_FRAMES))
    footprints = [
        Shape(
            drawn([ring]), None, one.image_id, one.georeference is not None and one.georeference.interpolated
        )
        for one, ring in list(zip(laid, corners, strict=True))[::step]
    ]
    oil = [
        Shape(drawn(slick.rings), slick.sea_class, _title(number, slick), slick.interpolated)
        for number, slick in enumerate(slicks, 1)
    ]
    length, name = _bar(scale)
    height = math.ceil(down * scale) + 2 * MARGIN
    return Sheet(height, (*footprints, *oil), length, name)


def _title(number: int, slick: MappedSlick) -> str:
    filled = ", its place was filled from other frames" if slick.interpolated else ""
    return f"{number}: {slick.sea_class.replace('_', ' ')}, {slick.area_m2:,.0f} m²{filled}"


def _bar(scale: float) -> tuple[float, str]:
    """Pixels and name of a scale bar of a round length."""
    most = BAR * WIDTH / scale
    power = 10 ** math.floor(math.log10(most))
    length = max(step * power for step in NICE if step * power <= most)
    return length * scale, f"{length / 1000:g} km" if length >= 1000 else f"{length:g} m"
