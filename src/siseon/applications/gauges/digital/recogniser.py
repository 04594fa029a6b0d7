"""The network that reads displays and counters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from siseon.applications.gauges.digital.decode import Seen, agreed, seen_in
from siseon.applications.gauges.digital.read import VIEWS, views_of
from siseon.applications.network import Network
from siseon.contracts import Image, ModelRef
from siseon.engine import Stage, part
from siseon.models import Model

MODEL = "gauge-digits"
CPU_BATCH = 4
"""Displays; the network is so small that a few at a time cost less than one by one."""


class Display(NamedTuple):
    """Where one is."""

    image: Image
    corners: NDArray[np.float64]
    """(4, 2) in pixels of the image: from the top left, clockwise as it is read."""


class Recogniser:
    """For the stages that use it."""

    def __init__(self, model: Model) -> None:
        """Nothing is loaded before ``set_up``."""
        self._model = model
        self._network = Network(model, cpu_batch=CPU_BATCH)

    def set_up(self, stage: Stage[Any, Any]) -> None:
        """Load, place the stage, run once.

        Raises:
            SiseonError: the weights cannot be loaded.
        """
        blank = Image.from_array(np.zeros((32, 96, 3), np.uint8))
        corners = np.array([(0.0, 0.0), (96.0, 0.0), (96.0, 32.0), (0.0, 32.0)])
        self._network.set_up(stage, lambda: self.seen([Display(blank, corners)]))

    def tear_down(self) -> None:
        """Let go of the weights."""
        self._network.tear_down()

    @property
    def ref(self) -> ModelRef:
        """Which network it is."""
        return self._model.ref

    def seen(self, displays: Sequence[Display]) -> list[Seen]:
        """What each of them shows: what all of its views agree on."""
        with part("preprocess"):
            strips = np.concatenate([views_of(one.image.pixels, one.corners) for one in displays])
            tensor = np.ascontiguousarray(strips.transpose(0, 3, 1, 2), np.float32)
        with part("infer"):
            outputs = self._model.run({self._model.input_name: tensor}, items=len(displays))
        with part("postprocess"):
            views = [
                seen_in(symbols, styles)
                for symbols, styles in zip(outputs["symbols"], outputs["styles"], strict=True)
            ]
            return [agreed(views[start : start + len(VIEWS)]) for start in range(0, len(views), len(VIEWS))]
