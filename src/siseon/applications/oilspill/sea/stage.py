"""The stage that tells water, oil by its appearance, ships, land and glint apart, pixel by pixel.

Its network is ours (``sea-surface``) or any that a card describes with ``task = "segment"``: exports as mmsegmentation
makes them, (n, classes, h, w) of scores or (n, h, w) of class numbers, whose labels are names of ``SEA_CLASSES`` or
``other``.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from siseon.applications.network import Network
from siseon.applications.oilspill.contracts import SEA_CLASSES
from siseon.applications.oilspill.palette import TABLE
from siseon.applications.oilspill.sea.decide import Probabilities, decided
from siseon.applications.oilspill.sea.domain import colourless, drawn
from siseon.applications.oilspill.sea.seen import Seen, refusal
from siseon.applications.oilspill.sea.windows import Level, levels, weights
from siseon.contracts import ContractViolation, FailureCode, Image, ModelError, ModelRef
from siseon.engine import Stage, part
from siseon.engine.machine import cores
from siseon.models import Model
from siseon.models.outputs import interpret_class_maps
from siseon.models.preprocess import prepare

MODEL = "sea-surface"
SIDE = 192
"""Pixels of a window, where a card leaves them open: what the network was trained at."""
TOGETHER = 2
"""Windows in one call of a network that takes several: more take as long, and four times as many 60 MB more."""
OTHER = "other"
"""Label of what is neither sea nor on it nor land: sky, indoors."""
NAMES = (*SEA_CLASSES, OTHER)


class SeeTheSea(Stage[Image, Seen]):
    """The class of each pixel of a picture, and whether that is oil; refused where it is not the sea in colour."""

    name = "see_the_sea"

    def __init__(self, model: Model) -> None:
        """``model``: a network of class maps."""
        self.model = model
        self._network = Network(model)
        self.replicas = cores()

    @property
    def side(self) -> int:
        """Pixels of its windows."""
        return self.model.card.input.width or SIDE

    @property
    def colours(self) -> NDArray[np.uint8]:
        """(256, 3) RGB by the number of a class: the network's own where its card has a palette, else ours."""
        own = self.model.card.output.palette
        if not own:
            return TABLE
        table = TABLE.copy()
        for name, colour in reversed([*zip(self.model.labels.names, own, strict=True)]):
            if name != OTHER:  # of two labels of one class the first one's
                table[SEA_CLASSES.index(name)] = colour
        return table

    def setup(self) -> None:
        """Load, place, run once.

        Raises:
            ModelError: the card's labels are not names of ``SEA_CLASSES`` or ``other``, its windows not square, or its
                colours not one of each label.
        """
        labels, colours = self.model.labels.names, self.model.card.output.palette
        unknown = [name for name in labels if name not in NAMES]
        given = self.model.card.input
        if colours and len(colours) != len(labels):
            raise ModelError(
                f"{self.model.card.name} has {len(colours)} colours for {len(labels)} labels",
                code=FailureCode.model_load_failed,
                hint="give `palette` a colour for each label, in their order",
            )
        if unknown or given.width != given.height:
            wrong = f"labels {unknown}" if unknown else f"{given.width} × {given.height} pixels"
            raise ModelError(
                f"{self.model.card.name} has {wrong}",
                code=FailureCode.model_load_failed,
                hint=f"label each channel with one of {', '.join(NAMES)}, and give windows as wide as high",
            )
        self._network.set_up(self, self._warm_up)

    def _warm_up(self) -> None:
        if self.model.warm_ups:  # a lone request would wait for it
            self._looked(np.zeros((self.side, self.side, 3), np.uint8))

    def teardown(self) -> None:
        """Let go of the weights."""
        self._network.tear_down()

    def models(self) -> Sequence[ModelRef]:
        """The network."""
        return (self.model.ref,)

    def process(self, batch: Sequence[Image]) -> Sequence[Seen]:
        """See each picture.

        Raises:
            ContractViolation: the network's answer is not one class map for each window.
        """
        return [self._seen(image) for image in batch]

    def probabilities(self, pixels: NDArray[np.uint8]) -> Probabilities:
        """(11, h, w) of ``SEA_CLASSES`` and ``other``, for (H, W, 3) RGB, at the finest scale that was looked at."""
        looks = levels(pixels.shape[1], pixels.shape[0], self.side)
        finest = looks[-1]
        total = np.zeros((len(NAMES), finest.height, finest.width), np.float32)
        for level in looks:
            found = self._level(pixels, level)
            if level is finest:
                total += found
                continue
            for number, chance in enumerate(found):
                total[number] += cv2.resize(
                    chance, (finest.width, finest.height), interpolation=cv2.INTER_LINEAR
                )
        total /= len(looks)
        return total

    def _seen(self, image: Image) -> Seen:
        if colourless(image.pixels):
            return refusal(image.width, image.height, "not_optical")
        if drawn(image.pixels):
            return refusal(image.width, image.height, "not_the_sea")
        chances = self.probabilities(image.pixels)
        with part("postprocess"):
            return decided(chances, image.width, image.height)

    def _level(self, pixels: NDArray[np.uint8], level: Level) -> Probabilities:
        """(11, h, w) at one scale, put together from its windows."""
        side = self.side
        with part("preprocess"):
            size = level.width, level.height
            scaled = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
        total = np.zeros((len(NAMES), level.height, level.width), np.float32)
        weight = np.zeros((level.height, level.width), np.float32)
        counts = weights(side)
        weighed = np.empty((len(NAMES), side, side), np.float32)
        together = TOGETHER if self.model.card.input.dynamic_batch else 1
        for start in range(0, len(level.windows), together):
            some = level.windows[start : start + together]
            windows = [scaled[one.y : one.y + side, one.x : one.x + side] for one in some]
            for one, found in zip(some, self._looked(*windows), strict=True):
                place = slice(one.y, one.y + side), slice(one.x, one.x + side)
                total[:, *place] += np.multiply(found, counts, out=weighed)
                weight[place] += counts
        total /= weight
        return total

    def _looked(self, *windows: NDArray[np.uint8]) -> Probabilities:
        """(n, 11, side, side) for windows of (side, side, 3)."""
        card = self.model.card
        with part("preprocess"):
            images = [Image.from_array(window) for window in windows]
            batch, _ = prepare(images, card.input, (self.side, self.side))
        with part("infer"):
            outputs = self.model.run({self.model.input_name: batch}, items=len(windows))
        names = self.model.labels.names
        found = interpret_class_maps(outputs, card.output, len(names))
        if found.shape[0] != len(windows):
            raise ContractViolation(
                f"{found.shape[0]} class maps for {len(windows)} windows", stage=self.label
            )
        if names == NAMES and found.shape[2:] == (self.side, self.side):
            return np.asarray(found, np.float32)
        sorted_out = np.zeros((len(windows), len(NAMES), self.side, self.side), np.float32)
        for channel, name in enumerate(names):
            for index, chance in enumerate(found[:, channel]):
                sorted_out[index, NAMES.index(name)] += cv2.resize(chance, (self.side, self.side))
        return sorted_out
