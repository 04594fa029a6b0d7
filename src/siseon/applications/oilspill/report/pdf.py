"""The report as a PDF, by reportlab (BSD), with its fonts in it: nothing is fetched, and the same is the same bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from siseon.applications.oilspill.libraries import needed
from siseon.applications.oilspill.palette import COLOURS
from siseon.applications.oilspill.report.contents import DASHED, NO_MAP, TITLE, Contents
from siseon.applications.oilspill.report.sheet import MARGIN, WIDTH, Shape, Sheet
from siseon.applications.paper.letters import plain
from siseon.applications.paper.pdf import ACROSS, FAINT, GROUND, INK, LINE, pages, table, words

if TYPE_CHECKING:
    from reportlab.graphics.shapes import Drawing

THIN = (91, 112, 136)
"""RGB of footprints."""


def pdf(contents: Contents) -> bytes:
    """Pages of A4.

    Raises:
        DependencyMissing: reportlab is not installed.
    """
    with needed():
        from reportlab.platypus import Spacer
    told = [words(TITLE, 16), words(contents.headline)]
    told += [words(f"Note: {note}.", colour=FAINT) for note in contents.notes]
    told += [words(NO_MAP)] if contents.sheet is None else [Spacer(1, 8), _map(contents.sheet)]
    if contents.sheet is not None and contents.sheet.is_filled:
        told.append(words(DASHED, colour=FAINT))
    for one in contents.tables:
        told += table(one)
    told += [Spacer(1, 12), words(contents.limits, colour=FAINT)]
    return pages(TITLE, told)


def _map(sheet: Sheet) -> Drawing:
    from reportlab.graphics.shapes import Drawing, Group, Line, Polygon, Rect, String
    from reportlab.lib.colors import HexColor

    scale, ink = ACROSS / WIDTH, HexColor(INK)
    drawn = Group(transform=(scale, 0, 0, -scale, 0, sheet.height * scale))  # y is down on the sheet
    drawn.add(Rect(0, 0, WIDTH, sheet.height, fillColor=HexColor(GROUND), strokeColor=HexColor(LINE)))
    for shape in sheet.shapes:
        drawn.add(_path(shape))
    right, low = WIDTH - MARGIN, sheet.height - MARGIN / 4
    left = right - sheet.bar
    for line in ((left, low, right, low), (left, low, left, low - 5), (right, low, right, low - 5)):
        drawn.add(Line(*line, strokeColor=ink, strokeWidth=1.5))
    x, y = right, MARGIN
    drawn.add(Polygon([x, y - 14, x + 6, y + 4, x, y, x - 6, y + 4], fillColor=ink, strokeWidth=0))
    made = Drawing(ACROSS, sheet.height * scale)
    made.add(drawn)
    font = plain()
    for text, at, down in ((sheet.bar_name, (left + right) / 2, low - 8), ("N", x, y + 20)):
        place = at * scale, (sheet.height - down) * scale
        made.add(String(*place, text, fontName=font, fontSize=7, fillColor=ink, textAnchor="middle"))
    return made


def _path(shape: Shape) -> object:
    from reportlab.graphics.shapes import FILL_EVEN_ODD, Path
    from reportlab.lib.colors import Color, HexColor

    is_frame = shape.sea_class is None
    path = Path(fillMode=FILL_EVEN_ODD)
    for ring in shape.rings:
        path.moveTo(*ring[0])
        for point in ring[1:]:
            path.lineTo(*point)
        path.closePath()
    path.fillColor = (
        None if shape.sea_class is None else Color(*(one / 255 for one in COLOURS[shape.sea_class]))
    )
    thin = Color(*(one / 255 for one in THIN), alpha=0.6)
    path.strokeColor = thin if is_frame else HexColor(INK) if shape.interpolated else None
    path.strokeWidth = 0.7 if is_frame else 1
    path.strokeDashArray = [5, 4] if shape.interpolated else None
    return path
