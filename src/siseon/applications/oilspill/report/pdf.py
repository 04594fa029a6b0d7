"""The report as a PDF, by reportlab (BSD), with its fonts in it: nothing is fetched, and the same is the same bytes.

Letters that the font of plain text lacks are written in one that this machine has (``siseon.media.fonts``), as far as
that is TrueType; what none has is spelt out as its number, never as a box.
"""

from __future__ import annotations

import io
from functools import cache
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from siseon.applications.oilspill.libraries import needed
from siseon.applications.oilspill.palette import COLOURS
from siseon.applications.oilspill.report.contents import DASHED, NO_MAP, OPEN, TITLE, Cell, Contents, Table
from siseon.applications.oilspill.report.sheet import MARGIN, WIDTH, Shape, Sheet
from siseon.media.fonts import installed

if TYPE_CHECKING:
    from reportlab.graphics.shapes import Drawing
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.pdfbase.ttfonts import TTFont
    from reportlab.platypus import Flowable

PLAIN = "Vera"
"""Bitstream Vera, which comes with reportlab and may be embedded."""
INK, FAINT, LINE, SEA = "#1a2430", "#4a5a6c", "#d8dee6", "#eef4fa"
SIZE = 8.5
"""Points of plain text."""
PAGE_MARGIN, PADDING = 48, 6
"""Points; a frame of reportlab has a padding of its own."""
SWATCH = "&nbsp;" * 3


def pdf(contents: Contents) -> bytes:
    """Pages of A4.

    Raises:
        DependencyMissing: reportlab is not installed.
    """
    with needed():
        from reportlab.lib.pagesizes import A4
        from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer
    across = A4[0] - 2 * (PAGE_MARGIN + PADDING)
    told: list[Flowable] = [_words(TITLE, 16, INK), _words(contents.headline)]
    told += [_words(f"Note: {note}.", colour=FAINT) for note in contents.notes]
    told += [_words(NO_MAP)] if contents.sheet is None else [Spacer(1, 8), _map(contents.sheet, across)]
    if contents.sheet is not None and contents.sheet.is_filled:
        told.append(_words(DASHED, colour=FAINT))
    for table in contents.tables:
        title = Paragraph(_marked(table.title), _style(11, INK, above=12, keep=True))
        told += [title, _table(table, across)]
        told += [_words(note, colour=FAINT) for note in table.notes]
    told += [Spacer(1, 12), _words(contents.limits, colour=FAINT)]
    pages = io.BytesIO()
    SimpleDocTemplate(
        pages,
        pagesize=A4,
        leftMargin=PAGE_MARGIN,
        rightMargin=PAGE_MARGIN,
        topMargin=PAGE_MARGIN,
        bottomMargin=PAGE_MARGIN,
        title=TITLE,
        invariant=1,
    ).build(told, onFirstPage=_numbered, onLaterPages=_numbered)
    return pages.getvalue()


def _numbered(canvas: object, document: object) -> None:
    """The number of the page, at its foot."""
    from reportlab.lib.colors import HexColor
    from reportlab.pdfgen.canvas import Canvas

    if isinstance(canvas, Canvas):
        canvas.setFont(_font(f"{PLAIN}.ttf"), 7)
        canvas.setFillColor(HexColor(FAINT))
        canvas.drawRightString(
            canvas._pagesize[0] - PAGE_MARGIN, PAGE_MARGIN / 2, str(canvas.getPageNumber())
        )


def _words(text: str, size: float = SIZE, colour: str = INK) -> Flowable:
    from reportlab.platypus import Paragraph

    return Paragraph(_marked(text), _style(size, colour, below=4))


def _style(
    size: float, colour: str, *, above: float = 0, below: float = 0, right: bool = False, keep: bool = False
) -> ParagraphStyle:
    from reportlab.lib.colors import HexColor
    from reportlab.lib.enums import TA_LEFT, TA_RIGHT
    from reportlab.lib.styles import ParagraphStyle

    return ParagraphStyle(
        "words",
        fontName=_font(f"{PLAIN}.ttf"),
        fontSize=size,
        leading=size * 1.35,
        textColor=HexColor(colour),
        spaceBefore=above,
        spaceAfter=below,
        alignment=TA_RIGHT if right else TA_LEFT,
        keepWithNext=keep,
        splitLongWords=1,
    )


def _table(table: Table, across: float) -> Flowable:
    from reportlab.lib.colors import HexColor
    from reportlab.platypus import Paragraph
    from reportlab.platypus import Table as Grid

    if not table.rows:
        return _words("None.")

    def written(cell: Cell, column: int) -> Flowable:
        words = f'<font color="{FAINT}">{OPEN}</font>' if cell.is_open else _marked(cell.text)
        if cell.colour is not None:
            words = f'<font backColor="#{bytes(cell.colour).hex()}">{SWATCH}</font>&nbsp; {words}'
        return Paragraph(words, _style(SIZE, INK, right=column in table.numbers))

    heads = [
        Paragraph(_marked(head), _style(SIZE, FAINT, right=at in table.numbers))
        for at, head in enumerate(table.heads)
    ]
    rows = [heads, *([written(cell, at) for at, cell in enumerate(row)] for row in table.rows)]
    grid = Grid(rows, colWidths=_widths(table, across), repeatRows=1)
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


def _widths(table: Table, across: float) -> list[float]:
    """Of the columns, after the longest text in each; none so narrow that its words break into letters."""
    texts = [[head, *(row[at].text for row in table.rows)] for at, head in enumerate(table.heads)]
    letters = [min(max(max(map(len, column)) + 1, 5), 40) for column in texts]
    return [across * count / sum(letters) for count in letters]


def _map(sheet: Sheet, across: float) -> Drawing:
    from reportlab.graphics.shapes import Drawing, Group, Line, Polygon, Rect, String
    from reportlab.lib.colors import HexColor

    scale, ink = across / WIDTH, HexColor(INK)
    drawn = Group(transform=(scale, 0, 0, -scale, 0, sheet.height * scale))  # y is down on the sheet
    drawn.add(Rect(0, 0, WIDTH, sheet.height, fillColor=HexColor(SEA), strokeColor=HexColor(LINE)))
    for shape in sheet.shapes:
        drawn.add(_path(shape))
    right, low = WIDTH - MARGIN, sheet.height - MARGIN / 4
    left = right - sheet.bar
    for line in ((left, low, right, low), (left, low, left, low - 5), (right, low, right, low - 5)):
        drawn.add(Line(*line, strokeColor=ink, strokeWidth=1.5))
    x, y = right, MARGIN
    drawn.add(Polygon([x, y - 14, x + 6, y + 4, x, y, x - 6, y + 4], fillColor=ink, strokeWidth=0))
    made = Drawing(across, sheet.height * scale)
    made.add(drawn)
    font = _font(f"{PLAIN}.ttf")
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
    path.strokeColor = HexColor("#5b7088") if is_frame else HexColor(INK) if shape.interpolated else None
    path.strokeWidth = 0.7 if is_frame else 1
    path.strokeDashArray = [5, 4] if shape.interpolated else None
    return path


def _marked(text: str) -> str:
    """As reportlab's markup, each letter in a font that has it."""
    found: list[tuple[str | None, str]] = []
    for letter in text:
        name, shown = _drawn(letter)
        if found and found[-1][0] == name:
            found[-1] = name, found[-1][1] + shown
        else:
            found.append((name, shown))
    return "".join(
        escape(words) if name is None else f'<font name="{name}">{escape(words)}</font>'
        for name, words in found
    )


@cache
def _drawn(letter: str) -> tuple[str | None, str]:
    """The font that has a letter (None: that of plain text), and what is written."""
    if letter in "\n\t" or ord(letter) in _read(f"{PLAIN}.ttf").face.charToGlyph:
        return None, letter
    for path in installed():
        font = _truetype(path)
        if font is not None and ord(letter) in font.face.charToGlyph:
            return _font(path), letter
    return None, letter.encode("unicode_escape").decode()


def _font(path: str) -> str:
    """Its name in documents."""
    return str(_read(path).fontName)


@cache
def _read(path: str) -> TTFont:
    from reportlab.pdfbase.pdfmetrics import registerFont
    from reportlab.pdfbase.ttfonts import TTFont

    font = TTFont(path.rpartition("/")[2].partition(".")[0], path)
    registerFont(font)
    return font


@cache
def _truetype(path: str) -> TTFont | None:
    """None: its letters are not drawn as TrueType's are, which PDF cannot take here."""
    from reportlab.pdfbase.ttfonts import TTFError

    try:
        return _read(path)
    except TTFError:
        return None
