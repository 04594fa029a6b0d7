"""What a translation of a picture answers, as it goes over the wire; also what a person may edit and render again.

All coordinates are pixels of the original picture (upright, full size).
"""

from __future__ import annotations

import math
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, PositiveInt, PrivateAttr

from siseon.applications.text import Line, UnreadLine
from siseon.contracts import Encoded
from siseon.contracts.wire import Box, Ring, Score

Script = Literal[
    "latin", "han", "japanese", "hangul", "cyrillic", "greek", "thai", "devanagari", "arabic", "other"
]
"""Of most letters of a text; ``japanese`` is what has kana, ``han`` the rest; ``other``: no letters, or unknown."""

WhyNot = Literal[
    "untranslated",
    "same_language",
    "missing",
    "echo",
    "wrong_script",
    "runaway",
    "markup",
    "no_words",
    "unsure",
    "no_font",
    "does_not_fit",
    "failed",
]
"""Why a region keeps its original pixels.

``untranslated``: no translator is there, or it does not know the language; ``same_language``: it is in the target
language already; ``no_words``: it has no letters, a single one that may be a pictogram, or is an address; ``unsure``:
it may be misread. Of the translator's answer: ``missing``; ``echo``, the text itself;
``wrong_script``; ``runaway``, far too long or stuttering; ``markup``, tags in it. Of the picture: ``no_font`` has the
letters; it ``does_not_fit`` its box; erasing or rendering ``failed``.
"""

Channel = Annotated[int, Field(ge=0, le=255)]
Colour = tuple[Channel, Channel, Channel]
"""Red, green, blue."""


class Style(BaseModel):
    """How a text is set. None leaves it to the renderer, which measures the original."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    ink: Colour | None = None
    outline: Colour | None = None
    """Of a rim around the letters; None with ``ink`` set: no rim."""
    size: Annotated[float, Field(gt=0, le=2000)] | None = None
    """Pixels of the em square."""
    align: Literal["left", "center", "right"] | None = None
    bold: bool | None = None


class TextRegion(BaseModel):
    """Lines that belong together: a balloon, a sign, a paragraph; translated as one text."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    polygon: Annotated[Ring, Field(min_length=5, max_length=5)]
    """Closed ring of the smallest rectangle around the lines, turned as they are; clockwise from the text's own top
    left."""
    vertical: bool = False
    """Written from top to bottom, columns from right to left."""
    lines: tuple[Line, ...]
    """In reading order."""
    text: str
    """The lines as one text: words of one sentence are not torn by line ends."""
    script: Script
    language: str | None = None
    """ISO 639-1 of the original, where it is known or was stated."""
    score: Score
    """The least of its lines'."""
    translated: str | None = None
    """The text that stands in the picture now; None: the original does, for the reason in ``why_not``."""
    why_not: WhyNot | None = None
    style: Style = Style()

    @property
    def corners(self) -> NDArray[np.float32]:
        """(4, 2) float32 x, y: the polygon without its repeated first point."""
        return np.array(self.polygon[:-1], np.float32)

    @property
    def box(self) -> Box:
        """The upright bounds of the polygon."""
        (x1, y1), (x2, y2) = self.corners.min(axis=0).tolist(), self.corners.max(axis=0).tolist()
        return Box(x1, y1, x2, y2)

    @property
    def angle(self) -> float:
        """Degrees of the text's own top edge to the right, clockwise as seen, in (-180, 180]."""
        (x1, y1), (x2, y2) = self.polygon[0], self.polygon[1]
        return math.degrees(math.atan2(y2 - y1, x2 - x1))


class TranslationResult(BaseModel):
    """One picture, translated as far as it could be."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    image_id: str
    width: PositiveInt
    height: PositiveInt
    target: str
    """ISO 639-1 of the language asked for."""
    translator: str | None
    """Who translated; None: nobody, and all regions are ``untranslated``."""
    bucket: Literal["short", "long"]
    """``long``: a picture so tall or wide that it was read in tiles."""
    regions: tuple[TextRegion, ...]
    """In reading order."""
    unread: tuple[UnreadLine, ...]
    """Places where text stands that could not be read; they keep their pixels."""

    _picture: Encoded | None = PrivateAttr(default=None)

    @property
    def picture(self) -> Encoded | None:
        """The translated picture, a file ready to be written; it does not go over the wire with the regions."""
        return self._picture

    def with_picture(self, picture: Encoded) -> TranslationResult:
        """The same with the picture that was made."""
        made = self.model_copy()
        made._picture = picture
        return made
