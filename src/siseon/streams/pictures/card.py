"""The picture that is shown where there is none: what is wrong, why, and since when.

No old frame shines through it: a value on a frozen dial must not be taken for the present one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
from PIL import Image as PillowImage
from PIL import ImageDraw

from siseon.contracts import Image
from siseon.media.fonts import Font, font_for

SIZE = (640, 360)
"""Of a stream that never had a picture."""
GROUND, INK, FAINT, BAR = (24, 26, 30), (250, 250, 250), (170, 176, 184), (213, 94, 0)
LEAST_FONT = 9
TITLE_PER_SIDE = 1 / 9
"""Font size as a share of the shorter side."""
TEXT_PER_TITLE = 0.55
LEADING = 1.35


@dataclass(frozen=True, slots=True)
class Card:
    """What it says."""

    stream: str
    title: str
    """What is wrong, in a word or two."""
    cause: str
    """Why, in a sentence's part; may be empty."""
    last: datetime | None
    """When the last frame came, UTC; None: there was none."""
    now: datetime

    @property
    def since(self) -> str:
        """When the last picture was."""
        if self.last is None:
            return "no picture yet"
        seconds = max(0, int((self.now - self.last).total_seconds()))
        return f"last picture {self.last:%Y-%m-%d %H:%M:%S} UTC, {_span(seconds)} ago"


def card(said: Card, size: tuple[int, int] = SIZE) -> Image:
    """The picture, of the size of those that it stands for."""
    width, height = size
    picture = PillowImage.new("RGB", size, GROUND)
    pen = ImageDraw.Draw(picture)
    title = max(LEAST_FONT, round(min(width, height * 16 / 9) * 9 / 16 * TITLE_PER_SIDE))
    plain = max(LEAST_FONT, round(title * TEXT_PER_TITLE))
    lines = [(said.stream, plain, FAINT), (said.title, title, INK)]
    lines += [(line, plain, INK) for line in _wrapped(pen, said.cause, plain, width * 0.86)]
    lines += [(line, plain, FAINT) for line in _wrapped(pen, said.since, plain, width * 0.86)]
    y = (height - sum(size * LEADING for _, size, _ in lines)) / 2
    pen.rectangle((0, 0, max(2, width // 90), height), fill=BAR)
    for text, size_px, colour in lines:
        written, font = _written(text, size_px)
        pen.text((width * 0.07, y), written, font=font, fill=colour)
        y += size_px * LEADING
    return Image.from_array(np.asarray(picture), said.stream)


def _wrapped(pen: ImageDraw.ImageDraw, text: str, size: int, width: float) -> list[str]:
    """The text in lines that fit."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        written, font = _written(longer, size)
        if lines and pen.textlength(written, font=font) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _written(text: str, size: int) -> tuple[str, Font]:
    """The text with a font that can write it; letters that no font here has become question marks."""
    font = font_for(text, size)
    if font is not None:
        return text, font
    plain = text.encode("ascii", "replace").decode()
    font = font_for(plain, size)
    if font is None:
        raise RuntimeError("Pillow has no font for plain letters")
    return plain, font


def _span(seconds: int) -> str:
    if seconds < 120:
        return f"{seconds} s"
    if seconds < 7200:
        return f"{seconds // 60} min"
    return f"{seconds // 3600} h"
