"""The models of a reading as stages: where the lines are, which way up they are, what they say."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from siseon.applications.network import Network
from siseon.applications.text.crops import upside_down
from siseon.applications.text.ctc import alphabet, places_of, read, signs_of
from siseon.applications.text.margin import margin
from siseon.applications.text.refusals import Reading, coverage, known_scripts
from siseon.applications.text.regions import find_lines
from siseon.applications.text.shown import Sizes, show
from siseon.contracts import Image, ModelRef, Polygon
from siseon.engine import Stage, part
from siseon.engine.machine import cores
from siseon.models import InputSpec, Model
from siseon.models.preprocess import prepare

MIN_WIDTH = 320
"""Pixels; the recogniser was trained on lines padded to at least this."""
MAX_WIDTH = 3200
"""Pixels; longer lines are squeezed."""
WIDTH_STEP = 8
"""Pixels; widths are padded to multiples of it. One step of the recogniser's output: lines are padded as little
as possible, since padding costs time and changes a reading in fifty."""
ACCELERATOR_WIDTH_STEP = 64
"""Where full batches matter more than padding."""
BATCH_WIDTH = 4 * MIN_WIDTH
"""Pixels of all lines of a batch on a CPU. Larger ones gain nothing and leave the cache: eight lines of 640 take
1.4 times as long in one batch as one by one."""
ORIENT_BATCH = 8
TURNED = 0.9
"""Probability from which a line is turned by half a turn."""


class DetectText(Stage[Image, list[Polygon]]):
    """Finds lines; polygons are quadrilaterals in the frame of the image given, clockwise from top left."""

    name = "detect_text"

    def __init__(self, model: Model, *, short_side: int, max_side: int, max_enlargement: float) -> None:
        """See ``shown.Sizes``."""
        self.model = model
        self._network = Network(model, accelerator_batch=8, accelerator_replicas=1)  # pictures are large here
        self.sizes = Sizes(short_side, max_side, max_enlargement)
        self.replicas = cores()

    def setup(self) -> None:
        """Load and run once."""
        side = min(self.sizes.short_side, self.sizes.max_side)
        self._network.set_up(self, lambda: _run_once(self.model, *self.sizes.network(side, side)))

    def teardown(self) -> None:
        """Let go of the weights."""
        self._network.tear_down()

    def models(self) -> Sequence[ModelRef]:
        """The detector."""
        return (self.model.ref,)

    def bucket(self, item: Image) -> Hashable:
        """Pictures of one network size share a batch."""
        return self.sizes.network(item.width, item.height + 2 * margin(item.width, item.height))

    def process(self, batch: Sequence[Image]) -> Sequence[list[Polygon]]:
        """See ``regions.find_lines``; what is shown of pictures of one size may differ in size."""
        with part("preprocess"):
            # An accelerator's full batches of one size are worth more than fewer pixels.
            shown = [show(image, self.sizes, whole=self.accelerated) for image in batch]
        lines: list[list[Polygon]] = [[] for _ in batch]
        for size in dict.fromkeys(one.size for one in shown if one is not None):
            places = [place for place, one in enumerate(shown) if one is not None and one.size == size]
            parts = [one.image for one in shown if one is not None and one.size == size]
            for place, found in zip(places, self._found(parts, size), strict=True):
                lines[place] = [line.to(batch[place].frame) for line in found]
        return lines

    def _found(self, images: Sequence[Image], size: tuple[int, int]) -> list[list[Polygon]]:
        """The lines of each, in its frame."""
        with part("preprocess"):
            tensor, frames = prepare(images, self.model.card.input, size)
        with part("infer"):
            maps = _only(self.model.run({self.model.input_name: tensor}, items=len(images)))
        with part("postprocess"):
            return [
                find_lines(one[0], frame, image.frame)
                for one, frame, image in zip(maps, frames, images, strict=True)
            ]


class OrientLine(Stage[Image, Image]):
    """Turns lines that stand on their heads."""

    name = "orient_lines"

    def __init__(self, model: Model) -> None:
        self.model = model
        self._network = Network(model, cpu_batch=ORIENT_BATCH, accelerator_batch=ORIENT_BATCH)
        self.replicas = cores()

    def setup(self) -> None:
        """Load and run once."""
        self._network.set_up(self, lambda: _run_once(self.model, *self._size))

    def teardown(self) -> None:
        """Let go of the weights."""
        self._network.tear_down()

    def models(self) -> Sequence[ModelRef]:
        """The orientation classifier."""
        return (self.model.ref,)

    def process(self, batch: Sequence[Image]) -> Sequence[Image]:
        """The line itself, or its half turn."""
        width, height = self._size
        tensor = np.stack([_fit(image, self.model.card.input, height, width) for image in batch])
        outputs = self.model.run({self.model.input_name: tensor}, items=len(batch))
        turned = _only(outputs)[:, 1]
        return [
            upside_down(image) if score > TURNED else image
            for image, score in zip(batch, turned, strict=True)
        ]

    @property
    def _size(self) -> tuple[int, int]:
        return self.model.card.input.width or 192, self.model.card.input.height or 48


class RecognizeText(Stage[Image, Reading]):
    """Reads straightened lines. Lines whose padded widths are equal share a batch, whoever asked for them."""

    name = "recognize_text"
    max_cost: float | None = BATCH_WIDTH

    def __init__(
        self, model: Model, *, max_batch: int = 4, signs: str = "", min_width: int = MIN_WIDTH
    ) -> None:
        """``signs``: of which each reading tells the probabilities, step by step. ``min_width``: pixels to which
        shorter lines are padded."""
        self.model = model
        self.signs = signs
        self.min_width = min_width
        self._network = Network(model, cpu_batch=max_batch)
        self.max_batch = max_batch
        self.replicas = cores()
        self.width_step = WIDTH_STEP
        self.classes: list[str] = []
        """What the network tells apart, blank first and space last; read from its metadata by ``setup``."""
        self._places = places_of(self.classes, "")
        self._known: tuple[list[str], tuple[str, ...]] = ([], ())

    def setup(self) -> None:
        """Load, read the alphabet, run the commonest width once."""
        self._network.set_up(self, self._warm_up)

    def _warm_up(self) -> None:
        self.classes = alphabet(self.model.session.metadata["character"])
        self._places = places_of(self.classes, self.signs)
        if self.accelerated:
            self.max_cost, self.width_step = None, ACCELERATOR_WIDTH_STEP
        _run_once(self.model, MIN_WIDTH, self._height)

    def teardown(self) -> None:
        """Let go of the weights."""
        self._network.tear_down()

    def models(self) -> Sequence[ModelRef]:
        """The recogniser."""
        return (self.model.ref,)

    @property
    def scripts(self) -> tuple[str, ...]:
        """Those that the network knows; worked out once an alphabet, since 18,710 classes take 4 ms."""
        if self._known[0] is not self.classes:
            self._known = (self.classes, known_scripts(self.classes))
        return self._known[1]

    def bucket(self, item: Image) -> Hashable:
        """The padded width."""
        return self._padded_width(item)

    def cost(self, item: Image) -> float:
        """The padded width, bounded by ``BATCH_WIDTH``."""
        return self._padded_width(item)

    def process(self, batch: Sequence[Image]) -> Sequence[Reading]:
        """See ``ctc.read``, ``refusals.coverage`` and ``ctc.signs_of``."""
        with part("preprocess"):
            width = self._padded_width(batch[0])
            tensor = np.stack([_fit(image, self.model.card.input, self._height, width) for image in batch])
        with part("infer"):
            probabilities = _only(self.model.run({self.model.input_name: tensor}, items=len(batch)))
        with part("postprocess"):
            step = width / probabilities.shape[1]
            asked = signs_of(probabilities, self._places) if self.signs else [None] * len(batch)
            return [
                Reading(
                    line.text,
                    line.score,
                    coverage(pixels[:, :, : _inner(image, self._height, width)], (line.steps + 0.5) * step),
                    signs,
                )
                for line, pixels, image, signs in zip(
                    read(probabilities, self.classes), tensor, batch, asked, strict=True
                )
            ]

    def _padded_width(self, image: Image) -> int:
        """Width of the network's input for a line: scaled to its height, rounded up to its bucket."""
        width = _inner(image, self._height, MAX_WIDTH)
        return max(self.min_width, -(-width // self.width_step) * self.width_step)

    @property
    def _height(self) -> int:
        return self.model.card.input.height or 48


def _run_once(model: Model, width: int, height: int) -> None:
    model.first_run({model.input_name: np.zeros((1, 3, height, width), np.float32)})


def _inner(image: Image, height: int, width: int) -> int:
    """Width that a line takes in an input of height × width: its aspect is kept while it fits."""
    return min(width, int(np.ceil(height * (image.width / image.height))))


def _fit(image: Image, spec: InputSpec, height: int, width: int) -> NDArray[np.float32]:
    """(3, height, width) float32: scaled to the height, normalised, padded at the right with the mean."""
    inner = _inner(image, height, width)
    line = np.zeros((3, height, width), np.float32)
    for index, plane in enumerate(cv2.split(cv2.resize(image.pixels, (inner, height)))):
        channel = 2 - index if spec.colour == "BGR" else index
        target = line[channel, :, :inner]
        np.subtract(plane, np.float32(spec.mean[channel]), out=target)
        np.divide(target, np.float32(spec.std[channel]), out=target)
    return line


def _only(outputs: Mapping[str, NDArray[np.generic]]) -> NDArray[np.float32]:
    """The one output of a network."""
    (values,) = outputs.values()
    return values.astype(np.float32, copy=False)
