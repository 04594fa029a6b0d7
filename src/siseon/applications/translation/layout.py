"""Text set in a box: as large as it fits, broken by the rules of its language, never a pixel outside.

Sizes are sought by bisection. The widths of pieces are measured in the font itself; before a setting is given out it
is drawn once, and is made smaller until all of its ink is inside.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from siseon.applications.translation.breaking import WITHOUT_SPACES, pieces, shown
from siseon.applications.translation.fonts import Face

LEAST_SIZE = 7
"""Pixels of the em; smaller letters cannot be read."""
PITCH = 1.2
"""Ems between two lines."""
WIDE_PITCH = 1.4
"""The same where letters fill their em, so that rows and columns do not run into one another."""
FILLED = ("ja", "zh")
RIM = 0.07
"""Ems of a rim around letters, at least one pixel."""
WORTH_IT, WORTH_TEARING = 1.2, 1.6
"""Times larger, that letters must become for phrases to be broken where there are no spaces, and for words."""
MAX_LETTERS = 4000
"""A longer text is no text of a region."""
BALANCING = 7
"""Steps of the bisection that makes lines equally long."""

Align = Literal["left", "center", "right"]
Coverage = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Setting:
    """A text that fits into its box."""

    face: Face
    size: int
    """Pixels of the em square."""
    lines: tuple[str, ...]
    """Columns, from the right, of vertical text."""
    width: int
    height: int
    """Of the box, in pixels."""
    align: Align
    vertical: bool
    rim: int
    """Pixels around letters; 0: none."""
    pitch: float = PITCH
    """Ems between two lines or columns."""


def fit(
    text: str,
    width: int,
    height: int,
    *,
    face: Face,
    language: str,
    largest: float,
    align: Align = "center",
    vertical: bool = False,
    rimmed: bool = False,
) -> Setting | None:
    """The largest setting that is wholly inside a box; None where even the smallest is not.

    Args:
        text: one paragraph.
        width: of the box, in pixels.
        height: of the box, in pixels.
        face: a font with all letters of the text.
        language: ISO 639-1, for the breaks.
        largest: pixels of the em, at most.
        align: of lines; columns of vertical text begin at the top.
        vertical: from top to bottom, columns from right to left.
        rimmed: whether letters have a rim, which takes room.
    """
    if not text.strip() or len(text) > MAX_LETTERS or min(width, height) < 1:
        return None
    short = language.split("-")[0]
    blank = Setting(face, 0, (), width, height, align, vertical, 0, WIDE_PITCH if short in FILLED else PITCH)
    biggest = int(min(largest, width if vertical else height))
    gain = WORTH_IT if short in WITHOUT_SPACES else WORTH_TEARING
    whole = _largest(blank, pieces(text, language), biggest, rimmed)
    if whole is not None and whole.size * gain >= biggest:
        return whole
    torn = _largest(blank, pieces(text, language, finely=True), biggest, rimmed)
    if torn is None or (whole is not None and torn.size < gain * whole.size):
        return whole
    return torn


def _largest(blank: Setting, parts: Sequence[str], biggest: int, rimmed: bool) -> Setting | None:
    low, high = LEAST_SIZE - 1, biggest
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if _set(blank, parts, middle, rimmed) else (low, middle - 1)
    for size in range(low, LEAST_SIZE - 1, -1):
        setting = _set(blank, parts, size, rimmed)
        if setting is not None and _inside(setting):
            return setting
    return None


def _set(blank: Setting, parts: Sequence[str], size: int, rimmed: bool) -> Setting | None:
    """The pieces in lines, at one size; None where they do not fit by their measures."""
    rim = max(1, round(RIM * size)) if rimmed else 0
    setting = replace(blank, size=size, rim=rim)
    length, depth = (blank.height, blank.width) if blank.vertical else (blank.width, blank.height)
    length, depth = length - 2 * rim, depth - 2 * rim
    room = 1 + int(max(0, depth - size) / (blank.pitch * size))
    font = blank.face.sized(size)
    widths = [_length(font, shown([part]), blank.vertical) for part in parts]
    if depth < 0.5 * size or max(widths) > length or sum(widths) > length * room:
        return None
    # A space at the end of a line takes no room, within the line it does.
    steps = [_length(font, part.replace("\u00ad", ""), blank.vertical) for part in parts]
    lines = _broken(steps, widths, length)
    if len(lines) > room:
        return None
    if blank.align == "center" and not blank.vertical:
        lines = _balanced(steps, widths, length, lines)
    return replace(setting, lines=tuple(shown(parts[start:end]) for start, end in lines))


def _length(font: ImageFont.FreeTypeFont, text: str, vertical: bool) -> float:
    return float(font.getlength(text, direction="ttb" if vertical else None))


def _broken(steps: Sequence[float], widths: Sequence[float], length: float) -> list[tuple[int, int]]:
    """Starts and ends of lines, each filled before the next begins."""
    lines, start, filled = [], 0, 0.0
    for index, (step, width) in enumerate(zip(steps, widths, strict=True)):
        if index > start and filled + width > length:
            lines.append((start, index))
            start, filled = index, 0.0
        filled += step
    return [*lines, (start, len(steps))]


def _balanced(
    steps: Sequence[float], widths: Sequence[float], length: float, lines: list[tuple[int, int]]
) -> list[tuple[int, int]]:
    """As many lines, as equally long as can be."""
    low, high = max(max(widths), sum(steps) / (len(lines) + 1)), length
    for _ in range(BALANCING if len(lines) > 1 else 0):
        middle = (low + high) / 2
        tried = _broken(steps, widths, middle)
        low, high, lines = (low, middle, tried) if len(tried) <= len(lines) else (middle, high, lines)
    return lines


def _inside(setting: Setting) -> bool:
    """Whether no ink is outside the box: it is drawn with a margin, in which none may be."""
    margin = setting.size
    drawn = _drawn(setting, margin, setting.rim)
    total = int(np.count_nonzero(drawn))
    inner = drawn[margin : margin + setting.height, margin : margin + setting.width]
    return total > 0 and int(np.count_nonzero(inner)) == total


def coverage(setting: Setting) -> tuple[Coverage, Coverage]:
    """How much of each pixel of the box the letters cover, and letters with their rim, 0 to 255: (height, width)."""
    letters = _drawn(setting, 0, 0)
    return letters, _drawn(setting, 0, setting.rim) if setting.rim else letters


def _drawn(setting: Setting, margin: int, rim: int) -> Coverage:
    """(height + 2 × margin, width + 2 × margin)."""
    picture = Image.new("L", (setting.width + 2 * margin, setting.height + 2 * margin))
    draw = ImageDraw.Draw(picture)
    font = setting.face.sized(setting.size)
    for text, x, y in _places(setting, font):
        if setting.vertical:
            draw.text(
                (x + margin, y + margin), text, 255, font=font, anchor="mt", direction="ttb", stroke_width=rim
            )
        else:
            draw.text((x + margin, y + margin), text, 255, font=font, anchor="ls", stroke_width=rim)
    return np.asarray(picture)


def _places(setting: Setting, font: ImageFont.FreeTypeFont) -> list[tuple[str, float, float]]:
    """Lines with where their baselines start, or columns with the middle of their tops; the block is centred."""
    pitch = setting.pitch * setting.size
    if setting.vertical:
        extent = (len(setting.lines) - 1) * pitch
        right = (setting.width + extent) / 2
        length = max(_length(font, line, True) for line in setting.lines)
        top = max(float(setting.rim), (setting.height - length) / 2)
        return [(line, right - number * pitch, top) for number, line in enumerate(setting.lines)]
    boxes = [font.getbbox(line, anchor="ls") for line in setting.lines]
    baselines = list(accumulate([pitch] * (len(boxes) - 1), initial=0.0))
    # Lines stand on their letters' common height, so that a line without tails is not lifted.
    high, low = min(box[1] for box in boxes), max(box[3] for box in boxes)
    block_top, block_bottom = baselines[0] + high, baselines[-1] + low
    down = round((setting.height - (block_bottom - block_top)) / 2 - block_top)
    share = {"left": 0.0, "center": 0.5, "right": 1.0}[setting.align]
    places: list[tuple[str, float, float]] = []
    for line, baseline, (left, _, right, _) in zip(setting.lines, baselines, boxes, strict=True):
        free = setting.width - 2 * setting.rim - (right - left)
        places.append((line, setting.rim + free * share - left, down + round(baseline)))
    return places
