"""The recogniser as a stage."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from siseon.applications.gauges.digital.decode import Seen, agreed, seen_in
from siseon.applications.gauges.digital.read import VIEWS, views_of
from siseon.applications.network import Network
from siseon.contracts import Image, ModelRef
from siseon.engine import Stage, part
from siseon.engine.machine import cores
from siseon.models import Model

MODEL = "gauge-digits"


class Display(NamedTuple):
    """Where one is."""

    image: Image
    corners: NDArray[np.float64]
    """(4, 2) in pixels of the image: from the top left, clockwise as it is read."""


class ReadDigits(Stage[Display, Seen]):
    """What a display or a counter shows."""

    name = "read_digits"

    def __init__(self, model: Model) -> None:
        self.model = model
        self._network = Network(model, cpu_batch=4)
        self.replicas = cores()

    def setup(self) -> None:
        """Load, place, run once."""
        blank = Image.from_array(np.zeros((32, 96, 3), np.uint8))
        corners = np.array([(0.0, 0.0), (96.0, 0.0), (96.0, 32.0), (0.0, 32.0)])
        self._network.set_up(self, lambda: self.process([Display(blank, corners)]))

    def teardown(self) -> None:
        """Let go of the weights."""
        self._network.tear_down()

    def models(self) -> Sequence[ModelRef]:
        """The recogniser."""
        return (self.model.ref,)

    def process(self, batch: Sequence[Display]) -> Sequence[Seen]:
        """See ``read.views_of`` and ``decode.agreed``."""
        with part("preprocess"):
            strips = np.concatenate([views_of(one.image.pixels, one.corners) for one in batch])
            tensor = np.ascontiguousarray(strips.transpose(0, 3, 1, 2), np.float32)
        with part("infer"):
            symbols, styles = self.model.run({self.model.input_name: tensor}, items=len(batch))
        with part("postprocess"):
            views = [seen_in(one, kind) for one, kind in zip(symbols, styles, strict=True)]
            return [agreed(views[start : start + len(VIEWS)]) for start in range(0, len(views), len(VIEWS))]
