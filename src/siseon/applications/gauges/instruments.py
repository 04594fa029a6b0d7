"""The stage that finds instruments: where they are and of what kind, before anything is read."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from siseon.applications.finding import find
from siseon.applications.network import Network
from siseon.contracts import Detections, Image, ModelRef
from siseon.engine import Stage
from siseon.engine.machine import cores
from siseon.models import Model

MODEL = "gauge-instruments"
"""Its classes are ``analog``, ``digital`` and ``counter``."""
SIDE = 256
"""Pixels of its input, where a card leaves them open."""
LEAST_SCORE = 0.4
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
        blank = Image.from_array(np.zeros((SIDE, SIDE, 3), np.uint8))
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
        size = given.width or SIDE, given.height or SIDE
        return find(self.model, batch, size, least_score=self.least_score, overlap=OVERLAP, stage=self.label)
