"""The sheet of a map as SVG."""

from __future__ import annotations

from html import escape

from siseon.applications.oilspill.palette import COLOURS
from siseon.applications.oilspill.report.sheet import MARGIN, WIDTH, Points, Shape, Sheet


def svg(sheet: Sheet) -> str:
    """An ``svg`` element; what is dashed in it has a class ``filled``."""
    shapes = "".join(map(_shape, sheet.shapes))
    return (
        f'<svg viewBox="0 0 {WIDTH} {sheet.height}" role="img" aria-label="Map of the flight">'
        f'<g fill-rule="evenodd">{shapes}</g>{_bar(sheet)}{_arrow()}</svg>'
    )


def _shape(shape: Shape) -> str:
    classes = ["frame"] if shape.sea_class is None else ["slick"]
    if shape.interpolated:
        classes.append("filled")
    fill = "" if shape.sea_class is None else f' fill="rgb{COLOURS[shape.sea_class]}"'
    path = " ".join(map(_path, shape.rings))
    return f'<path class="{" ".join(classes)}"{fill} d="{path}"><title>{escape(shape.title)}</title></path>'


def _path(points: Points) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points) + "Z"


def _bar(sheet: Sheet) -> str:
    right, low = WIDTH - MARGIN, sheet.height - MARGIN / 4
    left = right - sheet.bar
    return (
        f'<path class="bar" d="M{left:.1f} {low - 5}V{low}H{right}V{low - 5}"/>'
        f'<text x="{(left + right) / 2:.1f}" y="{low - 7}" text-anchor="middle">{sheet.bar_name}</text>'
    )


def _arrow() -> str:
    x, y = WIDTH - MARGIN, MARGIN
    return (
        f'<path class="arrow" d="M{x} {y - 14}L{x + 6} {y + 4}L{x} {y}L{x - 6} {y + 4}Z"/>'
        f'<text x="{x}" y="{y + 18}" text-anchor="middle">N</text>'
    )
