"""The letters of PDF reports: in the font of plain text, in one that this machine has, or spelt out; never as boxes."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from siseon.media.fonts import installed

if TYPE_CHECKING:
    from reportlab.pdfbase.ttfonts import TTFont

PLAIN = "Vera"
"""Bitstream Vera, which comes with reportlab and may be embedded."""


def plain() -> str:
    """Name of the font of plain text in documents."""
    return _font(f"{PLAIN}.ttf")


def marked(text: str) -> str:
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


def spelt(text: str) -> str:
    """For one line in the font of plain text: what it lacks is spelt out."""
    return "".join(
        letter
        if ord(letter) in _read(f"{PLAIN}.ttf").face.charToGlyph
        else letter.encode("unicode_escape").decode()
        for letter in text
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
