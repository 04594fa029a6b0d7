"""What the detector is shown of a picture, and at which scale: its time is that of the pixels it is shown."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import NamedTuple

from siseon.applications.text.blank import written_part
from siseon.applications.text.margin import with_margin
from siseon.contracts import Image

MULTIPLE = 32
"""The detector's map is computed at 1/32: its sides must be multiples."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """How large pictures are for the detector."""

    short_side: int
    """Pixels to which smaller pictures are scaled up."""
    max_side: int
    """Pixels of a side, at most."""
    max_enlargement: float
    """Times that a picture is scaled up, at most."""

    def scale(self, width: int, height: int) -> float:
        """Pixels of the network for a pixel of a picture."""
        scale = max(1.0, min(self.max_enlargement, self.short_side / min(width, height)))
        return min(scale, self.max_side / max(width, height))

    def network(self, width: int, height: int) -> tuple[int, int]:
        """(width, height) of the network's input for a whole picture."""
        scale = self.scale(width, height)
        return _multiple(width * scale), _multiple(height * scale)


class Shown(NamedTuple):
    """What the detector is shown of a picture."""

    image: Image
    """Its frame is the picture's, or comes from it."""
    size: tuple[int, int]
    """(width, height) of the network's input."""


def show(image: Image, sizes: Sizes, *, whole: bool = False) -> Shown | None:
    """A picture without its blank margins, or ``whole``; None where nothing is written.

    What is left has the scale that the whole picture would have. Strips are given a margin instead.
    """
    padded = with_margin(image)
    size = sizes.network(padded.width, padded.height)
    if whole or padded is not image:
        return Shown(padded, size)
    box = written_part(image.pixels)
    if box is None:
        return None
    scale = sizes.scale(image.width, image.height)
    left, right, width = _stretch(box[0], box[2], image.width, scale, size[0])
    top, bottom, height = _stretch(box[1], box[3], image.height, scale, size[1])
    if (width, height) == size:
        return Shown(image, size)
    return Shown(image.crop(left, top, right, bottom), (width, height))


def _stretch(start: int, end: int, length: int, scale: float, whole: int) -> tuple[int, int, int]:
    """Start and end of a part of a side of ``length`` pixels, and the network's pixels for it.

    The part is made longer, so that these are a multiple of 32 and letters keep their shape; it is all of the side,
    for which the network has ``whole`` pixels, where it would be longer.
    """
    inside = MULTIPLE * ceil((end - start) * scale / MULTIPLE)
    pixels = round(inside / scale)
    if inside >= whole or pixels >= length:
        return 0, length, whole
    start = min(max(0, start - (pixels - (end - start)) // 2), length - pixels)
    return start, start + pixels, inside


def _multiple(length: float) -> int:
    return max(MULTIPLE, round(int(length) / MULTIPLE) * MULTIPLE)
