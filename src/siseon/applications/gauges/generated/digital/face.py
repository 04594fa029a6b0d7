"""The face of a display, straight from the front: light or liquid crystals, segments or dots, or printed on a plate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from siseon.applications.gauges.generated.dial import Split
from siseon.applications.gauges.generated.digital.colours import Colours, colours
from siseon.applications.gauges.generated.digital.glyphs import GLYPHS, Family
from siseon.applications.gauges.generated.digital.matrix import COLUMNS, ROWS, dots
from siseon.applications.gauges.generated.digital.segments import SHIFT, cut, draw_segments
from siseon.applications.gauges.generated.digital.written import Cell, label, shown

Floats = NDArray[np.float32]
Mask = NDArray[np.uint8]
Box = tuple[float, float, float, float]
"""x1, y1, x2, y2 in pixels."""
Style = Literal["segments", "matrix", "counter", "other"]

HEIGHT = 64
"""Pixels of a digit."""


@dataclass(frozen=True, slots=True, eq=False)
class Face:
    """A display, counter or plate, and its truth."""

    pixels: NDArray[np.uint8]
    """(H, W, 3) RGB."""
    style: Style
    family: str
    text: str
    """What is to be read; a drum between two digits is the superscript of the one that goes."""
    digits: Box
    """Around the cells of all digits, dark ones too."""
    window: Box
    """Around what belongs to the display."""


def face(
    rng: np.random.Generator, split: Split, style: Style, fonts: tuple[Family, ...] | None = None
) -> Face:
    """A face of a family of the split; ``fonts``: of counters and plates, in place of the split's."""
    if style == "segments":
        return segments(rng, split)
    if style == "matrix":
        return matrix(rng, split)
    from siseon.applications.gauges.generated.digital.drums import counter, plate

    return (counter if style == "counter" else plate)(rng, split, GLYPHS[split] if fonts is None else fonts)


def segments(rng: np.random.Generator, split: Split) -> Face:
    """Of seven segments."""
    how, cells = cut(rng, split), shown(rng, letters=True)
    wide = how.width * HEIGHT
    gap = HEIGHT * float(rng.uniform(0.1, 0.32))
    colon = HEIGHT * float(rng.choice([0.0, rng.uniform(0.1, 0.25)]))
    point = HEIGHT * float(rng.choice([0.0, rng.uniform(0.0, 0.2)]))
    margin = HEIGHT * rng.uniform(0.08, 0.7, 2)
    lean = how.slant * HEIGHT
    lit, ghost = _masks(len(cells), wide + gap, colon * 2 + point * len(cells) + lean, margin)
    x, y = float(margin[0]), float(margin[1])
    radius = HEIGHT * how.thick * float(rng.uniform(0.45, 0.75))
    square = bool(rng.random() < 0.4)
    places_of_points = bool(rng.random() < 0.3)
    for number, cell in enumerate(cells):
        draw_segments(lit, how.lit(cell.character), (x, y), HEIGHT, how, 255)
        draw_segments(ghost, "abcdefg", (x, y), HEIGHT, how, 255)
        right = x + wide
        middle = right + (gap + (point if cell.after == "." else colon if cell.after == ":" else 0)) / 2
        if cell.after == ":":
            for share in (0.3, 0.7):
                _dot(lit, middle + how.slant * HEIGHT * (1 - share), y + share * HEIGHT, radius, square)
        at = max(middle, right + radius + 1), y + HEIGHT - radius
        if cell.after == ".":
            _dot(lit, *at, radius, square)
        if places_of_points and number < len(cells) - 1:
            _dot(ghost, *at, radius, square)
        x = right + gap + (point if cell.after == "." else colon if cell.after == ":" else 0)
    box = (float(margin[0]), y, x - gap + lean, y + HEIGHT)
    return _finish(rng, lit, ghost, box, cells, colours(rng, split), "segments", how.shape)


def matrix(rng: np.random.Generator, split: Split) -> Face:
    """Of dots in five columns and seven rows."""
    cells, plain = shown(rng, letters=False), bool(rng.random() < 0.5)
    dot = HEIGHT / ROWS
    wide, gap = dot * COLUMNS * float(rng.uniform(0.8, 1.1)), dot * float(rng.uniform(0.8, 2.0))
    margin = HEIGHT * rng.uniform(0.08, 0.7, 2)
    lit, ghost = _masks(len(cells), wide + gap, (gap + dot) * len(cells), margin)
    x, y = float(margin[0]), float(margin[1])
    fill, round_dots = float(rng.uniform(0.7, 1.0)), bool(rng.random() < 0.4)
    column = wide / COLUMNS
    for cell in cells:
        on = (
            np.zeros((ROWS, COLUMNS), np.uint8)
            if cell.character == " "
            else dots(cell.character, plain=plain)
        )
        for mask, which in ((lit, on), (ghost, np.ones_like(on))):
            for row, place in np.argwhere(which).tolist():
                _cell_dot(mask, x + place * column, y + row * dot, column, dot, fill, round_dots)
        x += wide + gap
        if cell.after:
            for row in (ROWS - 1,) if cell.after == "." else (2, 5):
                _cell_dot(lit, x - gap / 2, y + row * dot, column, dot, fill, round_dots)
            x += column + gap / 2
    box = (float(margin[0]), y, x - gap, y + HEIGHT)
    return _finish(rng, lit, ghost, box, cells, colours(rng, split), "matrix", "dots in columns")


def _masks(places: int, pitch: float, more: float, margin: NDArray[np.float64]) -> tuple[Mask, Mask]:
    wide = round(places * pitch + more + 2 * margin[0]) + 4
    high = round(HEIGHT + 2 * margin[1]) + 2
    return np.zeros((high, wide), np.uint8), np.zeros((high, wide), np.uint8)


def _dot(mask: Mask, x: float, y: float, radius: float, square: bool) -> None:
    if square:
        corners = np.array(
            [
                (x - radius, y - radius),
                (x + radius, y - radius),
                (x + radius, y + radius),
                (x - radius, y + radius),
            ]
        )
        cv2.fillPoly(mask, [np.round(corners * (1 << SHIFT)).astype(np.int32)], (255,), cv2.LINE_AA, SHIFT)
    else:
        at = round(x * (1 << SHIFT)), round(y * (1 << SHIFT))
        cv2.circle(mask, at, round(radius * (1 << SHIFT)), (255,), -1, cv2.LINE_AA, SHIFT)


def _cell_dot(mask: Mask, x: float, y: float, wide: float, high: float, fill: float, round_dot: bool) -> None:
    if round_dot:
        _dot(mask, x + wide / 2, y + high / 2, 0.55 * fill * min(wide, high), False)
    else:
        inset_x, inset_y = wide * (1 - fill) / 2, high * (1 - fill) / 2
        ends = (
            (round(x + inset_x), round(y + inset_y)),
            (round(x + wide - inset_x) - 1, round(y + high - inset_y) - 1),
        )
        cv2.rectangle(mask, *ends, (255,), -1)


def _finish(
    rng: np.random.Generator,
    lit: Mask,
    ghost: Mask,
    box: Box,
    cells: tuple[Cell, ...],
    inks: Colours,
    style: Style,
    family: str,
) -> Face:
    """Colours, what is not lit but seen, shadow or glow, and the frame around."""
    high, wide = lit.shape
    cover = np.asarray(lit, np.float32) / 255
    uneven = np.float32(rng.uniform(0.75, 1.0)) if inks.glows else np.float32(1)
    cover = cover * np.linspace(1, uneven, wide, dtype=np.float32)
    seen = np.asarray(ghost, np.float32) / 255 * np.float32(inks.ghost)
    share = np.maximum(cover, seen)[..., None]
    ground = np.asarray(inks.ground, np.float32)
    ink = np.asarray(inks.ink, np.float32)
    pixels = ground + (ink - ground) * share
    if inks.glows:
        glow = cv2.GaussianBlur(cover, (0, 0), HEIGHT * float(rng.uniform(0.04, 0.15)))[..., None]
        pixels = pixels + (ink - ground) * glow * np.float32(rng.uniform(0, 0.6))
        if rng.random() < 0.25:  # so bright that the middle of a segment is white
            pixels = pixels + 90 * (cover > 0.9)[..., None]
    elif rng.random() < 0.4:
        away = HEIGHT * rng.uniform(0.02, 0.09, 2)
        shift = np.array([[1, 0, away[0]], [0, 1, away[1]]], np.float32)
        shadow = cv2.GaussianBlur(cv2.warpAffine(cover, shift, (wide, high)), (0, 0), 1.5)[..., None]
        pixels = pixels + (ink - ground) * np.maximum(shadow - share, 0) * np.float32(rng.uniform(0.1, 0.4))
    framed, at = framed_in(rng, pixels, inks)
    shifted = tuple(value + at for value in box)
    window = (float(at), float(at), float(at + wide), float(at + high))
    return Face(framed, style, family, label(cells), (shifted[0], shifted[1], shifted[2], shifted[3]), window)


def framed_in(rng: np.random.Generator, pixels: Floats, inks: Colours) -> tuple[NDArray[np.uint8], int]:
    """The display in its frame and on its panel, and where it is then."""
    frame, panel = (int(value) for value in HEIGHT * rng.uniform(0.0, 0.25, 2))
    panel += 8
    framed = cv2.copyMakeBorder(pixels, *(frame,) * 4, cv2.BORDER_CONSTANT, value=inks.frame)
    framed = cv2.copyMakeBorder(framed, *(panel,) * 4, cv2.BORDER_CONSTANT, value=inks.panel)
    return np.clip(framed, 0, 255).astype(np.uint8), frame + panel
