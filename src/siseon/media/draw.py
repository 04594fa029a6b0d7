"""Annotated pictures: boxes with label plates, masks, numbered lines; readable on light and on dark.

Drawn with Pillow. Every stroke is a bright line on a dark one, so that one of the two always contrasts, and
every label stands on a plate of its own colour, where it covers the least of other plates and lines.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image as PillowImage
from PIL import ImageDraw

from siseon.contracts import Image, Mask

if TYPE_CHECKING:
    from siseon.media.fonts import Font

# Okabe and Ito's palette (2008), told apart by people with any common colour vision.
PALETTE = (
    (86, 180, 233),
    (230, 159, 0),
    (0, 200, 140),
    (240, 228, 66),
    (213, 94, 0),
    (204, 121, 167),
    (255, 255, 255),
)
DARK, LIGHT = (16, 16, 16), (250, 250, 250)
DARK_COLOUR_LUMA = 100
"""Of 255; plates darker than this carry light letters."""
MASK_OPACITY = 0.45
SMALLEST_FONT, LARGEST_FONT = 12, 56
FONT_PER_SIDE = 1 / 42
"""Font size as a share of the picture's shorter side."""
STROKE_PER_FONT = 1 / 7
MOST_PLATES = 128
"""Kept: as many as a full picture has, 200 kB each at most."""
MOST_EXTENTS = 1024
"""Of labels, kept."""
MAX_LABEL = 32
"""Characters of a label; the rest is in the JSON."""
TOO_COVERED = 0.2
"""Share of a plate that may lie on what is taken before a shorter label is tried."""
HIDDEN = 0.7
"""Share of the shortest plate from which it would only hide others: the outline and the JSON say it then."""
BLUR_MARGIN = 0.15
"""Of an area's shorter side, blurred around it too: a face's box ends at chin and brow, a line's at its letters."""
BLUR_CELLS = 4
"""Cells along an area's longer side: a face has 4 × 4, a line of 20 characters one for every five."""
BLUR_BITS = 4
"""Of each cell's colours; with at most 16 cells no more than 24 bytes of an area survive, whatever its size."""
NO_BREAK = "\N{NO-BREAK SPACE}"
"""Keeps the words of a label together where it is shortened; it is drawn as a space."""
PER_RANK = 0.01
"""Share of a plate that may be covered before the next spot around its outline is better."""

Colour = tuple[int, int, int]
Area = tuple[float, float, float, float]
"""x1, y1, x2, y2 in pixels."""
Ring = Sequence[tuple[float, float]]


class Canvas:
    """A copy of a picture to draw on; coordinates are pixels of that picture.

    Blur first, then draw masks, then all outlines, then the plates: a plate goes where it hides least of what is
    there.
    """

    def __init__(self, image: Image) -> None:
        self._picture = PillowImage.fromarray(image.pixels)  # copies: the image itself must stay as it is
        self._pen = ImageDraw.Draw(self._picture)
        size = round(min(image.width, image.height) * FONT_PER_SIDE)
        self._size = min(LARGEST_FONT, max(SMALLEST_FONT, size))
        self._stroke = max(1, round(self._size * STROKE_PER_FONT))
        self._plates: list[Area] = []
        self._rings: list[Area] = []
        self._outlines: dict[tuple[float, float], Area] = {}

    def blur(self, area: Area) -> None:
        """Make an area and a margin around it unrecognisable, for good: a few cells are left of it, and ways between.

        Blurring alone could be inverted, and fine pixels of text searched for the text that gives them.
        """
        place = _blurred_place(area, *self._picture.size)
        if place is not None:
            part = np.array(self._picture.crop(place))
            _flatten(part)
            self._picture.paste(PillowImage.fromarray(part), place[:2])

    def mask(self, mask: Mask, colour: Colour) -> None:
        """Tint the pixels inside a mask, and draw its edge."""
        x1, y1, x2, y2 = mask.bbox
        if x2 <= x1:
            return
        inside = np.pad(mask.pixels()[y1:y2, x1:x2], 1)
        core = inside[1:-1, :-2] & inside[1:-1, 2:] & inside[:-2, 1:-1] & inside[2:, 1:-1]
        inside = inside[1:-1, 1:-1]
        opacity = np.where(core, MASK_OPACITY, 1.0) * inside
        self._picture.paste(colour, (x1, y1), PillowImage.fromarray((opacity * 255).astype(np.uint8)))

    def box(self, xyxy: Sequence[float], colour: Colour, label: str = "") -> None:
        """A rectangle, with a label plate if there is a label."""
        x1, y1, x2, y2 = (float(value) for value in xyxy)
        self._outline([(x1, y1), (x2, y1), (x2, y2), (x1, y2)], colour)
        if label:
            self.plate(label, (x1, y1), colour)

    def ring(self, points: Ring, colour: Colour) -> None:
        """A closed outline; plates keep clear of what is inside."""
        self._rings.append(self._outline(points, colour))

    def plate(self, label: str, corner: tuple[float, float], colour: Colour) -> None:
        """A label on a plate near ``corner``: around the outline that starts there, if one does.

        The plate stays inside the picture. Where it would cover others, it is shortened to the part before
        " · ", then to the first word, which a no-break space does not end. Words in a script that no font here has are
        left out.
        """
        from siseon.media.fonts import font_for  # with FreeType, which who draws nothing has no use for

        corner = (float(corner[0]), float(corner[1]))
        around = self._outlines.get(corner, (*corner, *corner))
        best: tuple[float, str, Font, Area] | None = None
        for text in _shorter(label):
            font = font_for(text, self._size)
            if font is None:
                continue
            covered, place = min(self._places(text, font, around), key=lambda place: place[0])
            best = (covered, text, font, place)
            if covered <= TOO_COVERED:
                break
        if best is not None and best[0] <= HIDDEN:
            self._draw_plate(*best[1:], colour)

    def image(self) -> Image:
        """The drawing."""
        return Image.from_array(np.asarray(self._picture))

    def _outline(self, points: Ring, colour: Colour) -> Area:
        margin = self._stroke  # the strokes of an outline on the picture's edge stay in sight
        limit = [max(margin, side - 1 - margin) for side in self._picture.size]
        ring = [(float(x), float(y)) for x, y in points]
        flat = np.clip(np.array(ring), margin, limit).tolist()
        flat = [(x, y) for x, y in (flat if ring[0] != ring[-1] else flat[:-1])]
        closed = [*flat, *flat[:2]]  # past the first corner, so that it is joined like the others
        self._pen.line(closed, fill=DARK, width=self._stroke + 2 * max(1, self._stroke // 2), joint="curve")
        self._pen.line(closed, fill=colour, width=self._stroke, joint="curve")
        xs, ys = [x for x, _ in flat], [y for _, y in flat]
        area = (min(xs), min(ys), max(xs), max(ys))
        self._outlines[ring[0]] = area
        return area

    def _places(self, text: str, font: Font, around: Area) -> Iterator[tuple[float, Area]]:
        """Where a plate may stand, the better ones first, each with the share of it that covers others."""
        pad = self._stroke + 1
        left, top, right, bottom = _extent(text, font)
        wide, high = right - left + 2 * pad, bottom - top + 2 * pad
        x1, y1, x2, y2 = around
        spots = (
            (x1, y1 - high),
            (x1 - wide, y1),
            (x1, y2),
            (x2 - wide, y1 - high),
            (x2 - wide, y2),
            (x2, y1),
            (x1, y1),
            (x1, y2 - high),
            (x2 - wide, y1),
        )
        for rank, (x, y) in enumerate(spots):
            x = min(max(0.0, x), max(0.0, self._picture.width - wide))
            y = min(max(0.0, y), max(0.0, self._picture.height - high))
            place = (x, y, x + wide, y + high)
            covered = sum(_shared(place, taken) for taken in self._plates)
            covered += sum(_shared(place, ring) for ring in self._rings)
            yield covered / (wide * high) + rank * PER_RANK, place
            if not covered:  # none of the others can be better
                return

    def _draw_plate(self, text: str, font: Font, place: Area, colour: Colour) -> None:
        self._plates.append(place)
        x1, y1, x2, y2 = place
        plate = _plate(text, font, (math.ceil(x2 - x1), math.ceil(y2 - y1)), self._stroke + 1, colour)
        self._picture.paste(plate, (round(x1), round(y1)))


@lru_cache(maxsize=MOST_EXTENTS)
def _extent(text: str, font: Font) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of its letters, pixels: to measure them takes longer than to place them."""
    return ImageDraw.Draw(PillowImage.new("RGB", (1, 1))).textbbox((0, 0), text, font=font)


@lru_cache(maxsize=MOST_PLATES)
def _plate(text: str, font: Font, size: tuple[int, int], pad: int, colour: Colour) -> PillowImage.Image:
    """Nobody may draw on it: in a video the same plates come picture after picture, and letters take the most time."""
    plate = PillowImage.new("RGB", (size[0] + 1, size[1] + 1), colour)
    pen = ImageDraw.Draw(plate)
    pen.rectangle((0, 0, *size), outline=DARK)
    left, top, _, _ = pen.textbbox((0, 0), text, font=font)
    red, green, blue = colour
    ink = LIGHT if 0.299 * red + 0.587 * green + 0.114 * blue < DARK_COLOUR_LUMA else DARK
    pen.text((pad - left, pad - top), text, font=font, fill=ink)
    return plate


def blurred(image: Image, areas: Iterable[Area]) -> Image:
    """The picture with each area made unrecognisable as ``Canvas.blur`` does; for many areas in a third of the time."""
    pixels = image.pixels.copy()
    for area in areas:
        place = _blurred_place(area, image.width, image.height)
        if place is not None:
            left, top, right, bottom = place
            _flatten(pixels[top:bottom, left:right])
    return replace(image, pixels=pixels)


def _blurred_place(area: Area, width: int, height: int) -> tuple[int, int, int, int] | None:
    """left, top, right, bottom of an area and its margin in a picture; None: it lies outside."""
    x1, y1, x2, y2 = area
    margin = BLUR_MARGIN * min(x2 - x1, y2 - y1)
    left, top = max(0, math.floor(x1 - margin)), max(0, math.floor(y1 - margin))
    right, bottom = min(width, math.ceil(x2 + margin)), min(height, math.ceil(y2 + margin))
    return None if right <= left or bottom <= top else (left, top, right, bottom)


def _flatten(pixels: NDArray[np.uint8]) -> None:
    """Leaves a few cells of it, and ways between."""
    high, wide = pixels.shape[:2]
    cell = max(wide, high) / BLUR_CELLS
    size = max(1, round(wide / cell)), max(1, round(high / cell))
    cells = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
    cells &= np.uint8(0xFF << (8 - BLUR_BITS) & 0xFF)
    pixels[:] = cv2.resize(cells, (wide, high), interpolation=cv2.INTER_LINEAR)


def colour_of(number: int) -> Colour:
    """The colour for a class or a line."""
    return PALETTE[number % len(PALETTE)]


def _shared(a: Area, b: Area) -> float:
    """Square pixels that two areas share: mostly none."""
    if a[0] >= b[2] or b[0] >= a[2] or a[1] >= b[3] or b[1] >= a[3]:
        return 0.0
    return (min(a[2], b[2]) - max(a[0], b[0])) * (min(a[3], b[3]) - max(a[1], b[1]))


def _shorter(label: str) -> Iterator[str]:
    """The label, cut to its longest allowed length, and what may stand for it, ever shorter."""
    cut = label if len(label) <= MAX_LABEL else label[: MAX_LABEL - 3] + "..."
    for text in dict.fromkeys((cut, cut.partition(" · ")[0], cut.split(" ")[0])):
        yield text.replace(NO_BREAK, " ")
