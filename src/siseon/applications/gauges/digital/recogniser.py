"""The network that reads displays and counters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from siseon.applications.gauges.digital.decode import Seen, seen_by_all
from siseon.applications.gauges.digital.read import MARKED, Views, views_of
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
    views: Views = MARKED


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
        """What each of them shows, by all its views."""
        with part("preprocess"):
            strips = [views_of(one.image.pixels, one.corners, one.views) for one in displays]
            tensor = np.ascontiguousarray(np.concatenate(strips).transpose(0, 3, 1, 2), np.float32)
        with part("infer"):
            outputs = self._model.run({self._model.input_name: tensor}, items=len(displays))
        with part("postprocess"):
            ends = np.cumsum([len(one) for one in strips])[:-1]
            symbols, styles = (
                np.split(outputs[name].astype(np.float32), ends) for name in ("symbols", "styles")
            )
            return [
                seen_by_all(one, kinds, display.views.most)
                for one, kinds, display in zip(symbols, styles, displays, strict=True)
            ]
