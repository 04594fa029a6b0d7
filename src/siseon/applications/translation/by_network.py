"""Grounds painted by a network: LaMa and its kin, of any weights whose card says ``task = "inpaint"``.

Such a network takes a picture and a mask of what to paint, and answers the picture (R. Suvorov et al., "Resolution-
robust Large Mask Inpainting with Fourier Convolutions", WACV 2022). It sees a window around the letters: one that
is smaller than its input is continued by its own mirror image, one that is larger is made smaller, and what comes
back larger again. Preparing is a part of its own in the trace, so that it shows what only the network takes. Half
precision is a matter of the weights: a network with the Fourier part in float32 between casts runs as it is.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from siseon.applications.network import Network
from siseon.applications.translation.mask import Mask, Strokes
from siseon.applications.translation.tiles import Bucket
from siseon.contracts import ContractViolation, FailureCode, ModelError, ModelRef
from siseon.engine import Stage, part
from siseon.engine.machine import cores
from siseon.models import Model

OPEN_SIDE = 512
"""Width and height in pixels that a network gets whose card leaves them open: what LaMa was trained on, twice."""
CONTEXT = 2.0
"""Side of a window in sides of the letters' own patch, at least: what is painted continues what is around."""

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Hole:
    """A window of one picture, and what in it is to be painted."""

    x: int
    y: int
    """Left and top of the window in the picture."""
    pixels: Pixels
    """(h, w, 3) uint8 RGB, contiguous: a copy, since the picture changes while it waits."""
    mask: Mask
    """(h, w)"""
    bucket: Bucket

    @property
    def nbytes(self) -> int:
        """Bytes of pixels and mask."""
        return int(self.pixels.nbytes + self.mask.nbytes)


class Paint(Stage[Hole, Pixels]):
    """Windows with their holes painted, of the size that they came in. Only those of one kind share a batch."""

    name = "paint"

    def __init__(self, model: Model) -> None:
        self.model = model
        self._network = Network(model)
        self.replicas = cores()
        self._image = self._mask = ""

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) in pixels of the network's input."""
        return self.model.card.input.width or OPEN_SIDE, self.model.card.input.height or OPEN_SIDE

    def setup(self) -> None:
        """Load the weights, place them, run them once.

        Raises:
            ModelError: it is no network of a picture and a mask.
        """
        self._network.set_up(self, self._warm_up)

    def teardown(self) -> None:
        """Let go of the weights."""
        self._network.tear_down()

    def models(self) -> Sequence[ModelRef]:
        """The network."""
        return (self.model.ref,)

    def bucket(self, item: Hole) -> Hashable:
        """Windows of long and of short pictures apart."""
        return item.bucket

    def process(self, batch: Sequence[Hole]) -> Sequence[Pixels]:
        """Paint each.

        Raises:
            ContractViolation: the network's answer is not a picture of the size of its input.
        """
        with part("preprocess"):
            fitted = [_fit(hole, self.size) for hole in batch]
            pictures = np.stack([self._normalised(picture) for picture, _ in fitted])
            masks = np.stack([mask[None].astype(np.float32) for _, mask in fitted])
        with part("infer"):
            outputs = self.model.run({self._image: pictures, self._mask: masks}, items=len(batch))
        with part("postprocess"):
            painted = self._pictures(next(iter(outputs.values())), len(batch))
            return [_back(picture, hole, self.size) for picture, hole in zip(painted, batch, strict=True)]

    def _warm_up(self) -> None:
        ports = self.model.session.inputs
        masks = [port.name for port in ports if len(port.shape) == 4 and port.shape[1] == 1]
        if len(ports) != 2 or len(masks) != 1:
            shapes = ", ".join(f"{port.name} {list(port.shape)}" for port in ports)
            raise ModelError(
                f"{self.model.card.name} takes {shapes}, not a picture and a mask",
                code=FailureCode.model_load_failed,
                hint="a network that paints takes (n, 3, height, width) and (n, 1, height, width)",
            )
        (self._mask,) = masks
        self._image = next(port.name for port in ports if port.name != self._mask)
        width, height = self.size
        black = np.zeros((height, width, 3), np.uint8)
        self.process([Hole(0, 0, black, np.ones((height, width), bool), "short")])

    def _normalised(self, picture: Pixels) -> Floats:
        """(3, h, w) float32 as the card says."""
        spec = self.model.card.input
        if spec.colour == "BGR":
            picture = picture[:, :, ::-1]
        values = (picture.astype(np.float32) - np.array(spec.mean, np.float32)) / np.array(
            spec.std, np.float32
        )
        return np.ascontiguousarray(values.transpose(2, 0, 1))

    def _pictures(self, values: NDArray[np.generic], count: int) -> NDArray[np.uint8]:
        """(n, h, w, 3) uint8 RGB."""
        width, height = self.size
        if values.shape != (count, 3, height, width) or not np.isfinite(values).all():
            raise ContractViolation(
                f"the answer {values.shape} is not {count} pictures of {width} × {height} pixels",
                hint="check width, height and output of the card",
            )
        spec = self.model.card
        pictures = values.astype(np.float32).transpose(0, 2, 3, 1) * np.float32(255 / spec.output.white)
        pictures = pictures[..., ::-1] if spec.input.colour == "BGR" else pictures
        return np.ascontiguousarray(pictures.round().clip(0, 255), np.uint8)


def holes(ground: Pixels, strokes: Sequence[Strokes], size: tuple[int, int], bucket: Bucket) -> list[Hole]:
    """A window around the strokes of each region whose ground is not known.

    Args:
        ground: (H, W, 3) uint8 RGB: the picture, with known grounds filled already.
        strokes: of all regions; in a window those of its neighbours are holes, too.
        size: (width, height) of the network's input.
        bucket: of the picture.
    """
    textured = [one for one in strokes if one.plane is None]
    whole = np.zeros(ground.shape[:2], bool)
    for one in textured:
        whole[one.place] |= one.mask
    return [_hole(ground, whole, one, size, bucket) for one in textured if one.mask.any()]


def put_back(
    ground: Pixels, strokes: Sequence[Strokes], windows: Sequence[Hole], painted: Sequence[Pixels]
) -> None:
    """Write what was painted into ``ground``, at the pixels of strokes and nowhere else."""
    textured = [one for one in strokes if one.plane is None and one.mask.any()]
    for one, hole, picture in zip(textured, windows, painted, strict=True):
        rows = slice(one.y - hole.y, one.y - hole.y + one.mask.shape[0])
        columns = slice(one.x - hole.x, one.x - hole.x + one.mask.shape[1])
        ground[one.place][one.mask] = picture[rows, columns][one.mask]


def _hole(ground: Pixels, whole: Mask, one: Strokes, size: tuple[int, int], bucket: Bucket) -> Hole:
    x1, x2 = _span(one.x, one.mask.shape[1], size[0], ground.shape[1])
    y1, y2 = _span(one.y, one.mask.shape[0], size[1], ground.shape[0])
    return Hole(x1, y1, ground[y1:y2, x1:x2].copy(), whole[y1:y2, x1:x2].copy(), bucket)


def _span(start: int, length: int, side: int, most: int) -> tuple[int, int]:
    """From and to, of a window around ``length`` pixels: those with context, or all that the network sees."""
    wanted = min(most, max(side, round(CONTEXT * length)))
    low = min(max(0, start - (wanted - length) // 2), most - wanted)
    return low, low + wanted


def _fit(hole: Hole, size: tuple[int, int]) -> tuple[Pixels, Mask]:
    """(height, width, 3) and (height, width): as the network takes them."""
    width, height = size
    inner_w, inner_h = _inner(hole, size)
    both = np.dstack([hole.pixels, hole.mask * np.uint8(255)])
    if (inner_h, inner_w) != hole.mask.shape:
        both = np.asarray(cv2.resize(both, (inner_w, inner_h), interpolation=cv2.INTER_AREA), np.uint8)
    edges = (0, height - inner_h, 0, width - inner_w)
    both = np.asarray(cv2.copyMakeBorder(both, *edges, cv2.BORDER_REFLECT_101), np.uint8)
    return both[..., :3], both[..., 3] > 0  # a pixel that holds any of the hole is of the hole


def _inner(hole: Hole, size: tuple[int, int]) -> tuple[int, int]:
    """(width, height) of the window in the network's input."""
    height, width = hole.mask.shape
    scale = min(1.0, size[0] / width, size[1] / height)
    return max(1, int(width * scale)), max(1, int(height * scale))


def _back(picture: Pixels, hole: Hole, size: tuple[int, int]) -> Pixels:
    """The window out of the network's answer, (h, w, 3)."""
    inner_w, inner_h = _inner(hole, size)
    part_of_it = np.ascontiguousarray(picture[:inner_h, :inner_w])
    height, width = hole.mask.shape
    if (inner_h, inner_w) == (height, width):
        return part_of_it
    return np.asarray(cv2.resize(part_of_it, (width, height), interpolation=cv2.INTER_CUBIC), np.uint8)
