"""Pixels that know their coordinate frame and where they came from; and the bytes they are decoded from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from siseon.contracts.failure import ContractViolation
from siseon.contracts.frame import Frame


@dataclass(frozen=True, slots=True, eq=False)
class Image:
    """A picture in memory."""

    pixels: NDArray[np.uint8]
    """(H, W, 3) uint8, RGB, C-contiguous."""
    frame: Frame
    source: str = ""
    """Where it came from: a file name, an upload's name, a stream."""
    notes: tuple[str, ...] = ()
    """What decoding had to decide (first frame taken, broken profile ignored); shown as warnings."""

    def __post_init__(self) -> None:
        pixels = self.pixels
        if pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] != 3:
            raise ContractViolation(
                f"pixels are {pixels.dtype} {pixels.shape}, an Image needs uint8 (height, width, 3) in RGB"
            )
        if pixels.shape[:2] != (self.frame.height, self.frame.width):
            raise ContractViolation(
                f"pixels are {pixels.shape[1]} × {pixels.shape[0]}, their {self.frame} is not"
            )
        if not pixels.flags.c_contiguous:
            raise ContractViolation("pixels are not C-contiguous", hint="np.ascontiguousarray(pixels)")

    @classmethod
    def from_array(cls, pixels: NDArray[np.uint8], source: str = "") -> Image:
        """An image with a root frame of its own, over the given (H, W, 3) uint8 RGB array (not copied)."""
        if pixels.ndim != 3:
            raise ContractViolation(f"pixels have {pixels.ndim} axes, an Image needs (height, width, 3)")
        return cls(pixels, Frame.root(pixels.shape[1], pixels.shape[0]), source)

    @property
    def width(self) -> int:
        """Pixels across."""
        return self.frame.width

    @property
    def height(self) -> int:
        """Pixels down."""
        return self.frame.height

    @property
    def nbytes(self) -> int:
        """Bytes of the pixels."""
        return int(self.pixels.nbytes)

    def crop(self, x1: int, y1: int, x2: int, y2: int) -> Image:
        """The part [x1, x2) × [y1, y2) with a child frame.

        The pixels are copied: a crop must be contiguous for the runtimes, and must not keep the whole picture
        in memory while it waits in a queue.

        Raises:
            ContractViolation: the part is empty after clamping to the image.
        """
        frame = self.frame.crop(x1, y1, x2, y2)
        left, top = max(0, int(x1)), max(0, int(y1))
        part = self.pixels[top : top + frame.height, left : left + frame.width]
        return Image(np.array(part, order="C"), frame, self.source)


@dataclass(frozen=True, slots=True)
class Encoded:
    """A picture as it arrived: bytes that nobody has looked at."""

    data: bytes
    name: str = "upload"
    """The file's or upload's name; becomes the ``image_id`` of results."""

    @property
    def nbytes(self) -> int:
        """Length of the data."""
        return len(self.data)
