"""Which pictures of a chunk are looked at, and which are like one that was: nothing moved in an empty hall, or about
somebody who sits still.

Every picture is compared with the last that was looked at, not with the one before it, so that what changes slowly is
seen as soon as it has changed enough.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from siseon.contracts import Image

CELLS = 80
"""Along the longer side of a picture: a head that a detector finds covers one."""
STIRRED = 6
"""Of 255: by more the mean of a cell changes where something moved, and by less of noise and coders."""


def stand_ins(images: Sequence[Image]) -> list[int]:
    """For each picture, in order of time, the index of the one whose look serves: its own, or an earlier one's.

    The last has its own like the first: the chunk before and the one after have the same.
    """
    chosen: list[int] = []
    before: NDArray[np.int16] | None = None
    for index, image in enumerate(images):
        cells = _cells(image)
        stirred = before is None or int(np.abs(cells - before).max()) > STIRRED
        if stirred or index == len(images) - 1:
            before = cells
            chosen.append(index)
        else:
            chosen.append(chosen[-1])
    return chosen


def _cells(image: Image) -> NDArray[np.int16]:
    scale = CELLS / max(image.width, image.height)
    size = max(1, round(image.width * scale)), max(1, round(image.height * scale))
    # All three colours: clothes may be as bright as the wall behind them.
    return np.asarray(cv2.resize(image.pixels, size, interpolation=cv2.INTER_AREA), np.int16)
