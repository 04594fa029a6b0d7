"""The models of a reading as stages: where the lines are, which way up they are, what they say."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from siseon.contracts import Image, ModelRef, Polygon
from siseon.engine import Stage, part
from siseon.models import InputSpec, Model
from siseon.models.preprocess import prepare
from siseon.pipelines.decode import cores
from siseon.pipelines.text.crops import upside_down
from siseon.pipelines.text.ctc import Reading, alphabet, read
from siseon.pipelines.text.regions import find_quads

MULTIPLE = 32
"""The detector's map is computed at 1/32: its sides must be multiples."""
STRIP_ASPECT = 8
"""Width over height from which a picture is a strip with a single line, which the detector needs a margin to see."""
STRIP_HEIGHT = 30
STEP_PX = 8
"""Input pixels a step of the recogniser's output."""
WIDTH_BUCKET = 16
"""Line widths are padded to multiples of this, so that lines of a bucket share batches."""
MIN_WIDTH = 320
"""The recogniser was trained on lines padded to at least this."""
MAX_WIDTH = 3200
TURNED = 0.9
"""Probability from which a line is turned by half a turn."""


class DetectText(Stage[Image, list[Polygon]]):
    """Finds lines; polygons are quadrilaterals in the frame of the image given, clockwise from top left."""

    name = "detect_text"

    def __init__(self, model: Model, *, short_side: int, max_side: int) -> None:
        """``short_side``: smaller pictures are scaled up to it; ``max_side``: the longest input; pixels."""
        self.model = model
        self.short_side = short_side
        self.max_side = max_side
        self.replicas = cores()

    def setup(self) -> None:
        """Load and run once."""
        self.model.load()
        if self.model.on_accelerator:
            self.replicas, self.max_batch = 1, 8
        blank = np.zeros((1, 3, self.short_side // MULTIPLE * MULTIPLE or MULTIPLE, 960), np.float32)
        self.model.warm_up([{self.model.input_name: blank}])

    def models(self) -> Sequence[ModelRef]:
        """The detector."""
        return (self.model.ref,)

    def bucket(self, item: Image) -> Hashable:
        """Pictures of one network size share a batch."""
        return self._size(*_with_margin_size(item.width, item.height))

    def process(self, batch: Sequence[Image]) -> Sequence[list[Polygon]]:
        """See ``regions.find_quads``."""
        with part("preprocess"):
            padded = [_with_margin(image) for image in batch]
            size = self._size(padded[0].width, padded[0].height)
            tensor, frames = prepare(padded, self.model.card.input, size)
        with part("infer"):
            outputs = self.model.run({self.model.input_name: tensor}, items=len(batch))
            maps = _only(outputs)
        with part("postprocess"):
            return [
                [Polygon(quad, frame).to(image.frame) for quad in find_quads(one[0])]
                for one, frame, image in zip(maps, frames, batch, strict=True)
            ]

    def _size(self, width: int, height: int) -> tuple[int, int]:
        """The network's input for a picture: up to ``short_side``, within ``max_side``, multiples of 32."""
        scale = max(1.0, self.short_side / min(width, height))
        scale = min(scale, self.max_side / max(width, height))
        return _multiple(width * scale), _multiple(height * scale)


class OrientLine(Stage[Image, Image]):
    """Turns lines that stand on their heads."""

    name = "orient_lines"
    max_batch = 8

    def __init__(self, model: Model) -> None:
        self.model = model
        self.replicas = cores()

    def setup(self) -> None:
        """Load and run once."""
        self.model.load()
        spec = self.model.card.input
        self.model.warm_up(
            [{self.model.input_name: np.zeros((1, 3, spec.height or 48, spec.width or 192), np.float32)}]
        )

    def models(self) -> Sequence[ModelRef]:
        """The orientation classifier."""
        return (self.model.ref,)

    def process(self, batch: Sequence[Image]) -> Sequence[Image]:
        """The line itself, or its half turn."""
        spec = self.model.card.input
        width, height = spec.width or 192, spec.height or 48
        tensor = np.stack([_line(image, spec, height, width) for image in batch])
        outputs = self.model.run({self.model.input_name: tensor}, items=len(batch))
        turned = _only(outputs)[:, 1]
        return [
            upside_down(image) if score > TURNED else image
            for image, score in zip(batch, turned, strict=True)
        ]


class RecognizeText(Stage[Image, Reading]):
    """Reads straightened lines. Lines whose padded widths are equal share a batch, whoever asked for them."""

    name = "recognize_text"

    def __init__(self, model: Model, *, max_batch: int = 4) -> None:
        self.model = model
        self.max_batch = max_batch
        self.replicas = cores()
        self._classes: list[str] = []

    def setup(self) -> None:
        """Load, read the alphabet, run the commonest width once."""
        self.model.load()
        self._classes = alphabet(self.model.session.metadata["character"])
        blank = np.zeros((1, 3, self._height, MIN_WIDTH), np.float32)
        self.model.warm_up([{self.model.input_name: blank}])

    def models(self) -> Sequence[ModelRef]:
        """The recogniser."""
        return (self.model.ref,)

    def bucket(self, item: Image) -> Hashable:
        """The padded width."""
        return padded_width(item, self._height)

    def process(self, batch: Sequence[Image]) -> Sequence[Reading]:
        """See ``ctc.read``."""
        with part("preprocess"):
            width = padded_width(batch[0], self._height)
            tensor = np.stack([_line(image, self.model.card.input, self._height, width) for image in batch])
        with part("infer"):
            outputs = self.model.run({self.model.input_name: tensor}, items=len(batch))
            probabilities = _only(outputs)
        with part("postprocess"):
            return read(probabilities, self._classes)

    @property
    def _height(self) -> int:
        return self.model.card.input.height or 48


def padded_width(image: Image, height: int) -> int:
    """Width of the recogniser's input for a line: scaled to ``height``, rounded up to its bucket."""
    width = int(np.ceil(height * image.width / image.height))
    return int(min(MAX_WIDTH, max(MIN_WIDTH, -(-width // WIDTH_BUCKET) * WIDTH_BUCKET)))


def _line(image: Image, spec: InputSpec, height: int, width: int) -> NDArray[np.float32]:
    """(3, height, width) float32: scaled to the height, normalised, padded at the right with the mean."""
    inner = min(width, int(np.ceil(height * image.width / image.height)))
    pixels = cv2.resize(image.pixels, (inner, height))
    if spec.colour == "BGR":
        pixels = pixels[:, :, ::-1]
    line = np.zeros((3, height, width), np.float32)
    mean, std = np.array(spec.mean, np.float32), np.array(spec.std, np.float32)
    line[:, :, :inner] = ((pixels - mean) / std).transpose(2, 0, 1)
    return line


def _only(outputs: Mapping[str, NDArray[np.generic]]) -> NDArray[np.float32]:
    """The one output of a network."""
    (values,) = outputs.values()
    return values.astype(np.float32, copy=False)


def _multiple(length: float) -> int:
    return max(MULTIPLE, round(int(length) / MULTIPLE) * MULTIPLE)


def _margin(width: int, height: int) -> int:
    """Rows to add above and below a strip."""
    if height > STRIP_HEIGHT and width / height <= STRIP_ASPECT:
        return 0
    return abs(max(width // STRIP_ASPECT, STRIP_HEIGHT) * 2 - height) // 2


def _with_margin_size(width: int, height: int) -> tuple[int, int]:
    return width, height + 2 * _margin(width, height)


def _with_margin(image: Image) -> Image:
    """A strip with black rows above and below; any other picture as it is."""
    rows = _margin(image.width, image.height)
    if not rows:
        return image
    pixels = np.zeros((image.height + 2 * rows, image.width, 3), np.uint8)
    pixels[rows : rows + image.height] = image.pixels
    shift = np.array([[1, 0, 0], [0, 1, -rows], [0, 0, 1]], np.float64)
    return Image(
        pixels, image.frame.warp(shift, pixels.shape[1], pixels.shape[0], kind="margin"), image.source
    )
