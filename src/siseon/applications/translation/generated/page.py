"""A generated page and what is known of it; and how a block of text comes onto it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from siseon.applications.translation.breaking import pieces, shown
from siseon.applications.translation.contracts import Colour
from siseon.applications.translation.fonts import Face, installed
from siseon.applications.translation.generated.texts import Language

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float32]
Split = Literal["development", "evaluation"]
Ground = Literal["plain", "slope", "texture"]

PITCH = 1.35
"""Ems between lines."""
SEEN = 8
"""Of 255: difference that a letter makes to a pixel from which the pixel counts as its own."""

_CJK = {"zh": 2, "ja": 0, "ko": 1}
FONTS: dict[Split, dict[str, tuple[str, ...]]] = {
    "development": {
        "latin": ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf"),
        "cjk": ("NotoSansCJK-Regular.ttc", "NotoSansCJK-Bold.ttc"),
    },
    "evaluation": {
        "latin": (
            "DejaVuSerif.ttf",
            "DejaVuSerif-Bold.ttf",
            "DejaVuSansCondensed-Bold.ttf",
            "DejaVuSans-BoldOblique.ttf",
        ),
        "cjk": ("NotoSerifCJK-Regular.ttc", "NotoSerifCJK-Bold.ttc"),
    },
}
"""Files of fonts, by what they are for; those of the evaluation were not looked at in development."""


class Style(NamedTuple):
    """How a block looks."""

    ink: Colour
    rim: Colour | None = None
    rim_width: int = 2
    shadow: bool = False
    """A darker copy, two pixels to the right and below; of the evaluation only."""


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """One text on a page."""

    text: str
    lines: tuple[str, ...]
    language: Language
    vertical: bool
    corners: Floats
    """(4, 2) of the smallest turned rectangle around its ink, clockwise from the text's own top left."""
    ground: Ground
    ink: NDArray[np.bool_]
    """Of the whole page: pixels that this block changes by more than ``SEEN``."""


@dataclass(slots=True, eq=False)
class Page:
    """A page that grows block by block, in reading order."""

    clean: Pixels
    """(H, W, 3) uint8 RGB: without letters."""
    pixels: Pixels
    split: Split
    right_to_left: bool = False
    blocks: list[Block] = field(default_factory=list)

    @classmethod
    def of(cls, clean: Pixels, split: Split, *, right_to_left: bool = False) -> Page:
        """Without letters."""
        return cls(clean, clean.copy(), split, right_to_left)

    def write(
        self,
        text: str,
        language: Language,
        middle: tuple[float, float],
        room: tuple[int, int],
        size: int,
        style: Style,
        ground: Ground,
        rng: np.random.Generator,
        *,
        angle: float = 0.0,
        vertical: bool = False,
    ) -> bool:
        """Set a text around a point; False, and nothing is done, where it does not fit into ``room``.

        Args:
            text: one paragraph.
            language: of the text.
            middle: x, y.
            room: pixels across and down, before it is turned.
            size: pixels of the em.
            style: its colours.
            ground: what it stands on, for the record.
            rng: chooses the font.
            angle: degrees clockwise as seen.
            vertical: columns from right to left.
        """
        font = _font(self.split, language, size, rng)
        lines = _broken(text, language, font, room[1] if vertical else room[0], vertical)
        covers = _covers(lines, font, size, style, vertical)
        height, width = covers[0].shape
        if width > room[0] or height > room[1]:
            return False
        cos, sin = np.cos(np.radians(angle)), np.sin(np.radians(angle))
        turn = np.array([[cos, -sin], [sin, cos]])
        shift = np.array(middle) - turn @ np.array([width / 2, height / 2])
        matrix = np.column_stack([turn, shift])
        frame = self.pixels.shape[1], self.pixels.shape[0]
        before = self.pixels.astype(np.float32)
        after = before.copy()
        colours = (_darker(style.ink) if style.shadow else None, style.rim, style.ink)
        for cover, colour in zip(covers, colours, strict=True):
            if colour is not None:
                placed = cv2.warpAffine(cover, matrix, frame, flags=cv2.INTER_LINEAR)
                after += (placed[..., None].astype(np.float32) / 255) * (np.array(colour, np.float32) - after)
        new = after.round().astype(np.uint8)
        ink = np.abs(new.astype(np.int16) - self.pixels).max(axis=2) > SEEN
        y, x = np.nonzero(covers[1] | covers[2])
        box = np.array(
            [[x.min(), y.min()], [x.max() + 1, y.min()], [x.max() + 1, y.max() + 1], [x.min(), y.max() + 1]]
        )
        corners = (box @ turn.T + shift).astype(np.float32)
        self.pixels = new
        self.blocks.append(Block(text, tuple(lines), language, vertical, corners, ground, ink))
        return True


def _font(split: Split, language: Language, size: int, rng: np.random.Generator) -> ImageFont.FreeTypeFont:
    files = FONTS[split]["latin" if language in ("en", "es") else "cjk"]
    name = files[int(rng.integers(len(files)))]
    return Face(installed()[name], _CJK.get(language, 0)).sized(size)


def _broken(text: str, language: str, font: ImageFont.FreeTypeFont, room: int, vertical: bool) -> list[str]:
    """Lines that are filled up."""
    lines: list[list[str]] = [[]]
    direction = "ttb" if vertical else None
    for piece in pieces(text, language):
        if lines[-1] and font.getlength(shown([*lines[-1], piece]), direction=direction) > 0.94 * room:
            lines.append([])
        lines[-1].append(piece)
    return [shown(line) for line in lines]


def _covers(
    lines: list[str], font: ImageFont.FreeTypeFont, size: int, style: Style, vertical: bool
) -> tuple[Pixels, Pixels, Pixels]:
    """Coverage of shadow, rim with letters, and letters, cut to their ink."""
    margin = size
    pitch = PITCH * size
    direction = "ttb" if vertical else None
    longest = max(font.getlength(line, direction=direction) for line in lines)
    extent = int(longest + 2 * margin), int(pitch * len(lines) + 2 * margin)
    canvas = extent[::-1] if vertical else extent
    rims = style.rim_width if style.rim is not None else 0
    drawn = []
    for stroke in (rims, rims, 0):
        picture = Image.new("L", canvas)
        draw = ImageDraw.Draw(picture)
        for number, line in enumerate(lines):
            if vertical:
                x = canvas[0] - margin - pitch * (number + 0.5)
                draw.text(
                    (x, margin), line, 255, font=font, anchor="mt", direction="ttb", stroke_width=stroke
                )
            else:
                at = canvas[0] / 2, margin + size + pitch * number
                draw.text(at, line, 255, font=font, anchor="ms", stroke_width=stroke)
        drawn.append(np.asarray(picture))
    shadow = np.roll(drawn[0], (2, 2), axis=(0, 1)) if style.shadow else drawn[0]
    rows, columns = np.nonzero(shadow | drawn[1])
    down = slice(max(0, int(rows.min()) - 2), int(rows.max()) + 3)
    across = slice(max(0, int(columns.min()) - 2), int(columns.max()) + 3)
    cut = down, across
    return shadow[cut], drawn[1][cut], drawn[2][cut]


def _darker(colour: Colour) -> Colour:
    red, green, blue = (channel // 4 for channel in colour)
    return red, green, blue
