"""Keep a response within its size: the rule for masks that do not compress.

Run-length encoding is small for real objects and as large as the image for speckles. A mask is never
simplified, since a simpler mask is a wrong one. When the masks of an image exceed the budget, the largest are
left out until the rest fit: their detections stay, and a warning names them.
"""

from __future__ import annotations

from collections.abc import Sequence

from siseon.contracts import Mask

RESPONSE_BYTES = 1_000_000
"""A response's JSON stays below this."""

MASK_BYTES = 750_000
"""What masks may take of it: 300 detections and classifications with long names need 150 kB at most."""


def masks_within(masks: Sequence[Mask], budget: int = MASK_BYTES) -> tuple[list[Mask | None], list[int]]:
    """The masks with those replaced by None that do not fit in ``budget`` bytes of JSON, and their indices.

    The largest give way first, so that as many as possible stay.
    """
    sizes = [_json_bytes(mask) for mask in masks]
    left_out: list[int] = []
    total = sum(sizes)
    for index in sorted(range(len(masks)), key=lambda i: sizes[i], reverse=True):
        if total <= budget:
            break
        left_out.append(index)
        total -= sizes[index]
    dropped = set(left_out)
    return [None if i in dropped else mask for i, mask in enumerate(masks)], sorted(left_out)


def _json_bytes(mask: Mask) -> int:
    # COCO's counts are ASCII; only the backslash among its characters takes two bytes in JSON.
    return len(mask.counts) + mask.counts.count(b"\\")
