"""Reports as PDF, by reportlab (BSD), with their fonts in them: nothing is fetched, and the same is the same bytes.

Who calls these has made sure that reportlab is installed: whoever needs a library says which of their extras brings it.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

from siseon.applications.paper.contents import OPEN, Cell, Legend, Paper, Part, Table, Words
from siseon.applications.paper.drawing import LETTERS, Bar, Drawing, Label
from siseon.applications.paper.letters import marked, plain, spelt

if TYPE_CHECKING:
    from reportlab.graphics.shapes import Drawing as Drawn
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.platypus import Flowable

INK, FAINT, LINE, GROUND = "#1a2430", "#4a5a6c", "#d8dee6", "#eef4fa"
SIZE = 8.5
"""Points of plain text."""
PAGE_MARGIN, PADDING = 48, 6
"""Points; a frame of reportlab has a padding of its own."""
A4_WIDTH = 595.2755905511812
ACROSS = A4_WIDTH - 2 * (PAGE_MARGIN + PADDING)
"""Points that text has."""
ROOM = 72
"""Points that a title and the first rows of its table need."""
SWATCH = "&nbsp;" * 3


def pdf(paper: Paper) -> bytes:
    """Pages of A4."""
    told = [words(paper.title, 16)]
    for part in paper.parts:
        told += _part(part)
    return pages(paper.title, told)


def pages(title: str, told: Sequence[Flowable]) -> bytes:
    """A4, with the number of each at its foot."""
    from reportlab.lib.pagesizes import A4
    from reportlab.platypus import SimpleDocTemplate

    made = io.BytesIO()
    SimpleDocTemplate(
        made,
        pagesize=A4,
        leftMargin=PAGE_MARGIN,
        rightMargin=PAGE_MARGIN,
        topMargin=PAGE_MARGIN,
        bottomMargin=PAGE_MARGIN,
        title=title,
        invariant=1,
    ).build(list(told), onFirstPage=_numbered, onLaterPages=_numbered)
    return made.getvalue()


def words(text: str, size: float = SIZE, colour: str = INK) -> Flowable:
    """A paragraph."""
    from reportlab.platypus import Paragraph

    return Paragraph(marked(text), _style(size, colour, below=4))


def table(made: Table) -> list[Flowable]:
    """Under its title, with its notes."""
    from reportlab.platypus import CondPageBreak, Paragraph

    title = Paragraph(marked(made.title), _style(11, INK, above=12))
    return [CondPageBreak(ROOM), title, _grid(made), *(words(note, colour=FAINT) for note in made.notes)]


def _part(one: Part) -> list[Flowable]:
    from reportlab.platypus import Paragraph, Spacer

    if isinstance(one, Words):
        return [words(one.text, colour=FAINT if one.is_note else INK)]
    if isinstance(one, Table):
        return table(one)
    if isinstance(one, Legend):
        return [Paragraph(" &nbsp; ".join(_cell(cell) for cell in one.entries), _style(SIZE, INK, below=4))]
    return [Spacer(1, 8), _drawn(one), Spacer(1, 4)]


def _numbered(canvas: object, document: object) -> None:
    """The number of the page, at its foot."""
    from reportlab.lib.colors import HexColor
    from reportlab.pdfgen.canvas import Canvas

    if isinstance(canvas, Canvas):
        canvas.setFont(plain(), 7)
        canvas.setFillColor(HexColor(FAINT))
        canvas.drawRightString(
            canvas._pagesize[0] - PAGE_MARGIN, PAGE_MARGIN / 2, str(canvas.getPageNumber())
        )


def _style(
    size: float, colour: str, *, above: float = 0, below: float = 0, right: bool = False
) -> ParagraphStyle:
    from reportlab.lib.colors import HexColor
    from reportlab.lib.enums import TA_LEFT, TA_RIGHT
    from reportlab.lib.styles import ParagraphStyle

    return ParagraphStyle(
        "words",
        fontName=plain(),
        fontSize=size,
        leading=size * 1.35,
        textColor=HexColor(colour),
        spaceBefore=above,
        spaceAfter=below,
        alignment=TA_RIGHT if right else TA_LEFT,
        splitLongWords=1,
    )


def _grid(made: Table) -> Flowable:
    from reportlab.lib.colors import HexColor
    from reportlab.platypus import Paragraph
    from reportlab.platypus import Table as Grid

    if not made.rows:
        return words("None.")
    heads = [
        Paragraph(marked(head), _style(SIZE, FAINT, right=at in made.numbers))
        for at, head in enumerate(made.heads)
    ]
    rows = [
        [Paragraph(_cell(cell), _style(SIZE, INK, right=at in made.numbers)) for at, cell in enumerate(row)]
        for row in made.rows
    ]
    grid = Grid([heads, *rows], colWidths=_widths(made), repeatRows=1)
    grid.setStyle(
        [
            ("LINEBELOW", (0, 0), (-1, -1), 0.5, HexColor(LINE)),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("TOPPADDING", (0, 0), (-1, -1), 2),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
            ("LEFTPADDING", (0, 0), (-1, -1), 4),
            ("RIGHTPADDING", (0, 0), (-1, -1), 4),
        ]
    )
    return grid


def _cell(cell: Cell) -> str:
    """As reportlab's markup."""
    text = f'<font color="{FAINT}">{OPEN}</font>' if cell.is_open else marked(cell.text)
    if cell.colour is None:
        return text
    return f'<font backColor="#{bytes(cell.colour).hex()}">{SWATCH}</font>&nbsp; {text}'


def _widths(made: Table) -> list[float]:
    """Of the columns, after the longest text in each; none so narrow that its words break into letters."""
    texts = [[head, *(row[at].text for row in made.rows)] for at, head in enumerate(made.heads)]
    letters = [min(max(max(map(len, column)) + 2, 8), 40) for column in texts]
    return [ACROSS * count / sum(letters) for count in letters]


def _drawn(drawing: Drawing) -> Drawn:
    """At most as wide as the text, and no larger than its pixels at 96 an inch."""
    from reportlab.graphics.shapes import Drawing as Drawn
    from reportlab.graphics.shapes import Polygon, PolyLine, Rect, String
    from reportlab.lib.colors import Color, HexColor

    scale = min(ACROSS / drawing.width, 0.75)
    height = drawing.height * scale

    def colour(rgb: tuple[int, int, int], alpha: float = 1.0) -> Color:
        return Color(*(one / 255 for one in rgb), alpha=alpha)

    made = Drawn(drawing.width * scale, height)
    made.add(
        Rect(0, 0, drawing.width * scale, height, fillColor=HexColor(GROUND), strokeColor=HexColor(LINE))
    )
    for one in drawing.marks:
        if isinstance(one, Label):
            place, size = (one.x * scale, height - one.y * scale), LETTERS * scale
            text = spelt(one.text)
            made.add(
                String(
                    *place,
                    text,
                    fontName=plain(),
                    fontSize=size,
                    fillColor=HexColor(INK),
                    textAnchor=one.anchor,
                )
            )
        elif isinstance(one, Bar):
            place = (one.x * scale, height - (one.y + one.height) * scale)
            made.add(
                Rect(
                    *place,
                    one.width * scale,
                    one.height * scale,
                    fillColor=colour(one.colour),
                    strokeColor=None,
                )
            )
        else:
            points = [value for x, y in one.points for value in (x * scale, height - y * scale)]
            stroke, width = colour(one.stroke), one.width * scale
            dashes = [4, 3] if one.is_dashed else None
            if one.is_closed:
                fill = None if one.fill is None else colour(one.fill, 0.4)
                made.add(
                    Polygon(
                        points, fillColor=fill, strokeColor=stroke, strokeWidth=width, strokeDashArray=dashes
                    )
                )
            else:
                made.add(PolyLine(points, strokeColor=stroke, strokeWidth=width, strokeDashArray=dashes))
    return made
