"""Keep a response within its size: the rule for masks that do not compress.

Run-length encoding is small for real objects and as large as the image for speckles. When the masks of an image exceed
the budget, the largest are simplified, step by step, until all fit: they are put together from blocks of 2, 4, 8 ...
pixels, each inside where half of it was. A mask that is still too large at the coarsest step is left out. Its detection
stays, and the caller tells of both.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from siseon.contracts import Mask

RESPONSE_BYTES = 1_000_000
"""A response's JSON stays below this."""

MASK_BYTES = 750_000
"""What masks may take of it: 300 detections and classifications with long names need 150 kB at most."""

COARSEST = 32
"""Pixels of a block's side beyond which a mask says no more than its box."""


class Fitted(NamedTuple):
    """Masks that fit, with the indices of those that are not as they were."""

    masks: list[Mask | None]
    simplified: list[int]
    left_out: list[int]


def masks_within(masks: Sequence[Mask], budget: int = MASK_BYTES) -> Fitted:
    """The masks in ``budget`` bytes of JSON: simplified where needed, None where even that does not fit.

    The largest give way first, so that as many as possible stay as they are.
    """
    kept: list[Mask | None] = list(masks)
    sizes = [_json_bytes(mask) for mask in masks]
    sides = [1] * len(masks)
    while (excess := sum(sizes) - budget) > 0:
        largest = max(range(len(masks)), key=sizes.__getitem__)
        sides[largest] = _next_side(sides[largest], sizes[largest], excess)
        if sides[largest] > COARSEST:
            kept[largest], sizes[largest] = None, 0
        else:
            kept[largest] = simpler = in_blocks(masks[largest], sides[largest])
            sizes[largest] = _json_bytes(simpler)
    left_out = [index for index, mask in enumerate(kept) if mask is None]
    simplified = [index for index, side in enumerate(sides) if side > 1 and kept[index] is not None]
    return Fitted(kept, simplified, left_out)


def in_blocks(mask: Mask, side: int) -> Mask:
    """The mask of blocks of ``side`` × ``side`` pixels from its bounding box's corner, inside where half of it is."""
    x1, y1, x2, y2 = mask.bbox
    pixels = mask.pixels()[y1:y2, x1:x2]
    if not pixels.size:
        return mask
    rows, columns = np.arange(0, y2 - y1, side), np.arange(0, x2 - x1, side)
    inside = np.add.reduceat(np.add.reduceat(pixels.astype(np.int32), rows, axis=0), columns, axis=1)
    high, wide = np.diff(np.append(rows, y2 - y1)), np.diff(np.append(columns, x2 - x1))
    blocks: NDArray[np.bool_] = 2 * inside >= np.outer(high, wide)
    return Mask.encode_part(blocks.repeat(high, axis=0).repeat(wide, axis=1), x1, y1, mask.frame)


def _next_side(side: int, size: int, excess: int) -> int:
    """Twice the side; four times where the mask would have to lose more than half of its bytes anyway."""
    return side * (4 if 2 * excess > size else 2)


def _json_bytes(mask: Mask) -> int:
    # COCO's counts are ASCII; only the backslash among its characters takes two bytes in JSON.
    return len(mask.counts) + mask.counts.count(b"\\")
