"""Examples: a strip as the recogniser gets it, what it says, and what kind of display it is; each by its number."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from siseon.applications.gauges.digital.alphabet import STYLES, SYMBOLS
from siseon.applications.gauges.digital.strip import filled, straightened
from siseon.applications.gauges.generated.digital import GLYPHS, Face, Glyphs, Style, face, taken
from siseon.applications.gauges.generated.digital.glyphs import Family, cropped

SHARES: dict[Style, float] = {"segments": 0.42, "counter": 0.36, "matrix": 0.08, "other": 0.14}
FONTS = Path("/usr/share/fonts/truetype")
"""Of Debian's fonts-dejavu and fonts-nanum."""
FAMILIES = (
    *("dejavu/DejaVuSans.ttf", "dejavu/DejaVuSans-Bold.ttf", "dejavu/DejaVuSansMono-Bold.ttf"),
    *("dejavu/DejaVuSansCondensed.ttf", "dejavu/DejaVuSansCondensed-Bold.ttf", "nanum/NanumGothic.ttf"),
    *("nanum/NanumGothicBold.ttf", "nanum/NanumSquareB.ttf", "nanum/NanumBarunGothicBold.ttf"),
    *("nanum/NanumSquareRoundB.ttf", "nanum/NanumGothicCodingBold.ttf"),
)
LEAST_CONTRAST = 10
"""Grey levels; a display that has less is taught as one that cannot be read."""
TURNED = 2.2
"""Degrees: standard deviation of how a display is turned in its strip."""


class Example(NamedTuple):
    """One of them."""

    strip: NDArray[np.uint8]
    """(32, 160, 3) RGB."""
    target: tuple[int, ...]
    """Numbers of the symbols, from 1; empty where nothing is to be read."""
    style: int


def installed(rng: np.random.Generator) -> Glyphs:
    """Letters of a font of this machine."""
    name = FAMILIES[int(rng.integers(len(FAMILIES)))]
    return lambda character: _installed(character, name)


def example(index: int, seed: int = 0) -> Example:
    """The example of that number; the same each time."""
    rng = np.random.default_rng([index, seed])
    style = tuple(SHARES)[int(rng.choice(len(SHARES), p=list(SHARES.values())))]
    fonts = (*GLYPHS["development"], *[Family("installed", installed)] * 3)
    drawn = face(rng, "development", style, fonts)
    half = rng.random() < 0.03
    seen = taken(straightened(drawn.pixels, corners(drawn, rng, half=half)), rng)
    strip = filled(seen)
    low, high = np.percentile(cv2.blur(seen, (2, 2)).mean(axis=2), (2, 98))
    if half or high - low < LEAST_CONTRAST:
        return Example(strip, (), STYLES.index("other"))
    target = tuple(SYMBOLS.index(symbol) + 1 for symbol in drawn.text)
    return Example(strip, target, STYLES.index(style))


def corners(drawn: Face, rng: np.random.Generator, *, half: bool = False) -> NDArray[np.float64]:
    """(4, 2) around the digits as somebody, or a finder, might mark them; ``half``: where half of them is seen."""
    x1, y1, x2, y2 = drawn.digits
    high = y2 - y1
    most = 0.35 if drawn.style == "counter" else 0.6
    above, below = high * rng.uniform(0.02, most, 2)
    left, right = high * rng.uniform(0.04, 0.5, 2) if rng.random() < 0.7 else high * rng.uniform(0.04, 1.4, 2)
    if half:
        shift = high * rng.uniform(0.5, 0.9) * rng.choice([-1, 1])
        y1, y2 = y1 + shift, y2 + shift
    box = np.array(
        [(x1 - left, y1 - above), (x2 + right, y1 - above), (x2 + right, y2 + below), (x1 - left, y2 + below)]
    )
    middle = box.mean(axis=0)
    angle = np.radians(rng.normal(0, TURNED)) * min(1.0, 3 * high / (x2 - x1))
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return (box - middle) @ turn.T + middle + rng.normal(0, 0.025 * high, (4, 2))


@cache
def _installed(character: str, name: str) -> NDArray[np.uint8]:
    picture = Image.new("L", (160, 160))
    font = ImageFont.truetype(str(FONTS / name), 84)
    ImageDraw.Draw(picture).text((80, 80), character, 255, font=font, anchor="mm")
    mask = cropped(np.array(picture))
    return np.asarray(cv2.resize(mask, (max(1, round(mask.shape[1] * 64 / mask.shape[0])), 64)), np.uint8)
