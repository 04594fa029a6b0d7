"""Ruby: the small phonetic letters beside a word in Japanese (furigana), which are no lines of the text.

They are told by where they stand. The bounds were measured on 76 generated and 7 printed columns.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from siseon.contracts import Polygon

NARROW = 0.68
"""Width of ruby over that of its column, at most."""
ASIDE = 1.05
"""Column widths from the middle of a column to the middle of its ruby, on the right, at most."""
LOW = 0.5
"""Height of ruby over that of its row, at most."""
ABOVE = 0.8
"""Row heights from the middle of a row up to the middle of its ruby, at most."""
ALONGSIDE = 0.6
"""Share of the ruby's length that stands beside its line, at least."""
NAMES = (("CJK", "han"), ("HIRAGANA", "kana"), ("KATAKANA", "kana"), ("HALFWIDTH KATAKANA", "kana"))
"""How the Unicode names of letters begin."""
TALL = 1.5
"""Height over width of a column, at least."""

Points = NDArray[np.float32]


def bases_of_ruby(polygons: Sequence[Polygon], texts: Sequence[str | None]) -> list[int | None]:
    """For each line of one picture, the index of the line whose ruby it is; None for all others.

    ``texts``: what each reads, None where it was not read. A base has Han or kana; ruby is kana, or unread.
    """
    if len(polygons) < 2:
        return [None] * len(polygons)
    scripts = [None if text is None else _scripts(text) for text in texts]
    may_be = np.array([script is None or script == {"kana"} for script in scripts])
    may_have = np.array([bool(script) and "other" not in (script or ()) for script in scripts])
    boxes = np.array([polygon.bounds for polygon in polygons], np.float32)
    middle: Points = (boxes[:, :2] + boxes[:, 2:]) / np.float32(2)
    size: Points = np.maximum(boxes[:, 2:] - boxes[:, :2], np.float32(1e-3))
    beside: NDArray[np.bool_] = np.asarray(
        _beside_columns(middle, size, boxes) | _above_rows(middle, size, boxes)
    )
    beside &= may_be[:, None] & may_have[None, :] & ~np.eye(len(boxes), dtype=bool)
    beside &= ~np.any(beside, axis=1)[None, :]  # what is ruby has none itself
    distance = np.where(beside, np.linalg.norm(middle[:, None] - middle[None], axis=2), np.inf)
    return [int(row.argmin()) if found.any() else None for row, found in zip(distance, beside, strict=True)]


def _scripts(text: str) -> set[str]:
    """``han``, ``kana`` and ``other``, as far as its letters are such."""
    names = (unicodedata.name(letter, "") for letter in text if letter.isalpha())
    return {next((script for start, script in NAMES if name.startswith(start)), "other") for name in names}


def _beside_columns(middle: Points, size: Points, boxes: Points) -> NDArray[np.bool_]:
    """(N, N): whether line i stands as ruby does at the right of column j."""
    aside = (middle[:, None, 0] - middle[None, :, 0]) / size[None, :, 0]
    narrow = size[:, None, 0] <= NARROW * size[None, :, 0]
    tall = size[:, 1] >= TALL * size[:, 0]
    return np.asarray(
        narrow & (aside > 0) & (aside <= ASIDE) & tall[None, :] & (_shared(boxes, 1) > ALONGSIDE)
    )


def _above_rows(middle: Points, size: Points, boxes: Points) -> NDArray[np.bool_]:
    """(N, N): whether line i stands as ruby does above row j."""
    above = (middle[None, :, 1] - middle[:, None, 1]) / size[None, :, 1]
    low = size[:, None, 1] <= LOW * size[None, :, 1]
    flat = size[:, 0] > size[:, 1]
    return np.asarray(low & (above > 0) & (above <= ABOVE) & flat[None, :] & (_shared(boxes, 0) > ALONGSIDE))


def _shared(boxes: NDArray[np.float32], axis: int) -> NDArray[np.float32]:
    """(N, N): share of line i's extent along an axis that line j has too."""
    low, high = boxes[:, axis], boxes[:, axis + 2]
    both = np.minimum(high[:, None], high[None]) - np.maximum(low[:, None], low[None])
    return np.asarray(both / np.maximum(high - low, 1e-3)[:, None], np.float32)
