"""Whether equal digits of a frame look alike: a second witness that knows no letters, only this frame's own.

A recogniser that was trained on print takes a blurred 8 of a turret's letters for a 0, in every view of it alike. But
the same frame has other noughts, with the same dot, blur and lost field, and that 8 is none of them. Overlays are
written in letters of one width, so a text's own width tells where each stands.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from siseon.contracts import Image

Floats = NDArray[np.float32]

WIDTH, HEIGHT = 12, 16
"""Pixels to which letters are brought; they are of 5 by 7 dots, or finer."""
GAP = 1 / 6
"""Of a letter's room that is empty behind it."""
INK = 0.4
"""Share of the brightest column or row from which there is ink."""
SHIFT = 2
"""Pixels by which a letter may stand beside its place."""
ALIKE, CLEARLY = 0.75, 0.05
"""Correlation with another kind of digit from which it may be that, and by how much more than with its own: chosen so
that no right coordinate of 64 generated frames is doubted."""
LEAST_DIGITS = 6
"""Of a text that is judged; those of shorter ones serve as witnesses."""
FITTING = 0.7
"""Share of a text's digits that must look like their kind: else it was not cut where its letters stand."""


@dataclass(frozen=True, slots=True)
class Written:
    """A field's pixels and the text that was read there, without spaces."""

    pixels: Image
    text: str


@dataclass(frozen=True, slots=True)
class _Digit:
    text: int
    """Number of its text."""
    place: int
    """In the text."""
    kind: str
    shape: Floats
    """(HEIGHT, WIDTH + 2 * SHIFT)"""


def doubted(texts: Sequence[Written]) -> dict[int, str]:
    """The texts in which a digit does not look like the others of its kind in the frame, by their numbers; with the
    digits that it looks like in its place."""
    digits = [digit for number, text in enumerate(texts) for digit in _digits(number, text)]
    found: dict[int, dict[int, str | None]] = defaultdict(dict)
    for digit, other in zip(digits, _others(digits), strict=True):
        found[digit.text][digit.place] = other
    out = {}
    for number, places in found.items():
        others = {place: other for place, other in places.items() if other is not None}
        if len(places) >= LEAST_DIGITS and others and len(others) <= (1 - FITTING) * len(places):
            out[number] = "".join(others.get(at, sign) for at, sign in enumerate(texts[number].text))
    return out


def _others(digits: Sequence[_Digit]) -> list[str | None]:
    """Of each the other kind of digit that it looks more like than like the others of its own; None: of its own."""
    if not digits:
        return []
    kinds, of = np.unique([digit.kind for digit in digits], return_inverse=True)
    shifted = _normal(
        np.stack(
            [[digit.shape[:, at : at + WIDTH].ravel() for at in range(2 * SHIFT + 1)] for digit in digits]
        )
    )
    own = shifted[:, SHIFT]
    sums = np.stack([own[of == kind].sum(axis=0) for kind in range(len(kinds))])
    alone = np.bincount(of)[of] == 1
    like = (shifted @ _normal(sums).T).max(axis=1)
    here = np.arange(len(digits))
    like_own = (shifted @ _normal(sums[of] - own)[:, :, None]).max(axis=(1, 2))
    like[here, of] = 0.0
    is_other = ~alone & (like.max(axis=1, initial=0.0) > np.maximum(ALIKE, like_own + CLEARLY))
    return [str(kinds[row.argmax()]) if other else None for row, other in zip(like, is_other, strict=True)]


def _normal(shapes: Floats) -> Floats:
    """The last axis without its mean, of length 1."""
    centred = shapes - shapes.mean(axis=-1, keepdims=True)
    length = np.linalg.norm(centred, axis=-1, keepdims=True)
    return np.asarray(centred / np.maximum(length, 1e-6), np.float32)


def _digits(number: int, text: Written) -> Iterable[_Digit]:
    grey = cv2.cvtColor(text.pixels.pixels, cv2.COLOR_RGB2GRAY)
    side = max(3, grey.shape[0] // 3 | 1)
    hat = cv2.morphologyEx(grey, cv2.MORPH_TOPHAT, np.ones((side, side), np.uint8)).astype(np.float32)
    across = _extent(np.sort(hat, axis=0)[-4:].mean(axis=0))
    if across is None:
        return
    down = _extent(np.sort(hat[:, across[0] : across[1]], axis=1)[:, -8:].mean(axis=1))
    if down is None:
        return
    room = (across[1] - across[0]) / (len(text.text) - GAP)
    high = HEIGHT / (down[1] - down[0])
    wide = WIDTH / (room * (1 - GAP))
    for place, sign in enumerate(text.text):
        if sign.isdecimal():
            left = across[0] + place * room
            # From the centre of the first pixel to that of the first of the letter.
            motion = np.array([[wide, 0, SHIFT - left * wide], [0, high, -down[0] * high]], np.float32)
            shape = cv2.warpAffine(hat, motion, (WIDTH + 2 * SHIFT, HEIGHT), flags=cv2.INTER_LINEAR)
            yield _Digit(number, place, sign, np.asarray(shape, np.float32))


def _extent(profile: Floats) -> tuple[int, int] | None:
    inked = np.flatnonzero(profile > INK * np.percentile(profile, 95))
    return (int(inked[0]), int(inked[-1]) + 1) if inked.size and inked[-1] - inked[0] >= 4 else None
