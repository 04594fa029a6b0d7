"""Pixels that know their coordinate frame and where they came from; the bytes they are decoded from; files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from siseon.contracts.failure import ContractViolation, FailureCode, InputError
from siseon.contracts.frame import Frame

_OPAQUE = 255


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
    def from_array(cls, pixels: NDArray[np.generic], source: str = "") -> Image:
        """An image with a root frame of its own, over an array of uint8; copied only where the layout asks for it.

        Args:
            pixels: (H, W, 3) in RGB; (H, W) or (H, W, 1), grey, which is repeated; (H, W, 4) without transparency,
                whose last channel is dropped. OpenCV's BGR cannot be told from RGB: turn it by ``[:, :, ::-1]``.
            source: name kept in the image.

        Raises:
            InputError: ``unsupported_media`` for any other array, with the way to make one of these.
        """
        rgb = np.ascontiguousarray(_as_rgb(pixels), np.uint8)
        return cls(rgb, Frame.root(rgb.shape[1], rgb.shape[0]), source)

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


def _as_rgb(pixels: NDArray[np.generic]) -> NDArray[np.generic]:
    """(H, W, 3) uint8 of what ``Image.from_array`` takes."""
    if pixels.dtype != np.uint8:
        hint = "scale it to 0–255: (pixels * 255).astype(np.uint8) for floats from 0 to 1"
        raise _refused(pixels, "its values are not uint8", hint)
    if pixels.ndim == 2:
        pixels = pixels[:, :, None]
    if pixels.ndim != 3 or 0 in pixels.shape:
        raise _refused(pixels, "it is not one picture", "give (height, width, 3), one picture at a time")
    channels = pixels.shape[2]
    if channels == 3:
        return pixels
    if channels == 1:
        return np.repeat(pixels, 3, axis=2)
    if channels != 4:
        first = "pixels.transpose(1, 2, 0)" if pixels.shape[0] in (1, 3, 4) else "pixels[:, :, [r, g, b]]"
        raise _refused(pixels, f"its last axis has {channels} channels, not 1, 3 or 4", first)
    if int(pixels[:, :, 3].min()) < _OPAQUE:
        raise _refused(pixels, "it has transparent pixels", "lay it on a ground first, or give a PIL image")
    return pixels[:, :, :3]


def _refused(pixels: NDArray[np.generic], why: str, hint: str) -> InputError:
    message = f"an array of {pixels.dtype} {pixels.shape} cannot be taken as a picture: {why}"
    return InputError(message, code=FailureCode.unsupported_media, hint=hint)


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


@dataclass(frozen=True, slots=True)
class MadeFile:
    """A file that lies on the disk, as it may be longer than memory, for whoever keeps it: to be moved away before the
    next one is asked for."""

    path: Path
    name: str
    """Under which it is kept."""

    @property
    def nbytes(self) -> int:
        """Length of the file, as long as it lies there."""
        return self.path.stat().st_size
