"""The stage that finds instruments: where they are and of what kind, before anything is read."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from siseon.applications.finding import find
from siseon.applications.gauges.looks import agreed, mirrored, shrunk
from siseon.applications.network import Network
from siseon.contracts import Detections, Image, ModelRef
from siseon.engine import Stage, part
from siseon.engine.machine import cores
from siseon.models import Model

MODEL = "gauge-instruments"
"""Its classes are ``analog``, ``digital`` and ``counter``."""
SIDES = (224, 256, 320, 384)
"""Pixels of its input at each look, where its card leaves them open; it was trained at 256. Every second look is in a
mirror. Chosen on drawn scenes of the training's families."""
ENOUGH = 2
"""Times the largest of them to which a picture is brought first: each look would read all pixels of a large one."""
LEAST_SCORE = 0.35
LEAST_OF_ONE = 0.01
"""Score from which a box of one look counts in that of all."""
OVERLAP = 0.45
"""Above which the worse of two boxes of a kind is dropped: instruments do not stand in front of each other."""


class FindInstruments(Stage[Image, Detections]):
    """Finds dials, digital displays and windows of counters; boxes in the frame of the picture, best score first."""

    name = "find_instruments"

    def __init__(self, model: Model, *, least_score: float = LEAST_SCORE) -> None:
        """``model``: a detector of instruments."""
        self.model = model
        self.least_score = least_score
        self._network = Network(model)
        self.replicas = cores()

    def setup(self) -> None:
        """Load, place, run once."""
        blank = Image.from_array(np.zeros((SIDES[0], SIDES[0], 3), np.uint8))
        self._network.set_up(self, lambda: self.process([blank]))

    def teardown(self) -> None:
        """Let go of the weights."""
        self._network.tear_down()

    def models(self) -> Sequence[ModelRef]:
        """The detector."""
        return (self.model.ref,)

    def process(self, batch: Sequence[Image]) -> Sequence[Detections]:
        """Find the instruments of each picture.

        Raises:
            ContractViolation: the network's answer is not a valid set of boxes and scores.
        """
        given = self.model.card.input
        fixed = None if given.width is None or given.height is None else (given.width, given.height)
        with part("preprocess"):
            small = [shrunk(image, ENOUGH * max(SIDES)) for image in batch]
            turned = [mirrored(image) for image in small]
        looks = [
            self._look(turned if number % 2 else small, size)
            for number, size in enumerate([fixed] * 2 if fixed else [(side, side) for side in SIDES])
        ]
        with part("postprocess"):
            return [
                agreed([look[place].to(image.frame) for look in looks], self.least_score)
                for place, image in enumerate(batch)
            ]

    def _look(self, batch: Sequence[Image], size: tuple[int, int]) -> list[Detections]:
        least = min(LEAST_OF_ONE, self.least_score)
        found = find(self.model, batch, size, least_score=least, overlap=OVERLAP, stage=self.label)
        return [_with_sides(one) for one in found]


def _with_sides(found: Detections) -> Detections:
    """Those of at least a pixel: in a mirror, rounding would leave nothing of a narrower one."""
    sides = found.boxes.xyxy[:, 2:] - found.boxes.xyxy[:, :2]
    return found[np.flatnonzero(sides.min(axis=1) >= 1)]
