"""The risk that comes with coverage, as a picture: the share of wrong readings among the surest, however many."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from siseon.contracts import Image

Pixels = NDArray[np.uint8]

WIDTH, HEIGHT = 720, 480
LEFT, RIGHT, TOP, BOTTOM = 80, 30, 50, 70
"""Pixels around the field."""
LEAST_TOP = 0.02
"""Of the risk's axis: a curve that is all but zero is to look so."""
INK, GRID, LINE = (40, 40, 40), (215, 215, 215), (0, 114, 178)
FONT = cv2.FONT_HERSHEY_SIMPLEX


def draw_curve(wrong: Sequence[bool], instruments: int, title: str) -> Image:
    """The share of wrong readings over the share of instruments that are read.

    Args:
        wrong: of each reading, the surest first.
        instruments: read or not; at least one.
        title: ASCII.
    """
    number = np.arange(1, len(wrong) + 1)
    coverage, risk = number / instruments, np.cumsum(wrong) / number
    top = max(LEAST_TOP, float(risk.max(initial=0.0)) * 1.1)
    canvas = np.full((HEIGHT, WIDTH, 3), 255, np.uint8)
    for share in np.linspace(0, 1, 6):
        x, y = _place(share, 0.0, top)
        cv2.line(canvas, (x, y), (x, TOP), GRID, 1)
        _write(canvas, f"{share:.0%}", (x - 16, y + 20))
        x, y = _place(0.0, share * top, top)
        cv2.line(canvas, (x, y), (WIDTH - RIGHT, y), GRID, 1)
        _write(canvas, f"{share * top:.1%}", (x - 58, y + 5))
    points = [_place(*pair, top) for pair in zip(coverage.tolist(), risk.tolist(), strict=True)]
    cv2.polylines(canvas, [np.array(points or [_place(0, 0, top)], np.int32)], False, LINE, 2, cv2.LINE_AA)
    _write(canvas, title, (LEFT, 28))
    _write(canvas, "read, the surest first, of all instruments", (LEFT + 150, HEIGHT - 18))
    _write(canvas, "wrong of these", (8, TOP - 10))
    return Image.from_array(canvas)


def _place(coverage: float, risk: float, top: float) -> tuple[int, int]:
    x = LEFT + coverage * (WIDTH - LEFT - RIGHT)
    return round(x), round(HEIGHT - BOTTOM - risk / top * (HEIGHT - TOP - BOTTOM))


def _write(canvas: Pixels, text: str, corner: tuple[int, int]) -> None:
    cv2.putText(canvas, text, corner, FONT, 0.45, INK, 1, cv2.LINE_AA)
