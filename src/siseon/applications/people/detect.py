"""The stage that finds people: any detector of a card that has a class ``person``."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from siseon.applications.finding import find
from siseon.applications.network import Network
from siseon.contracts import Detections, FailureCode, Image, ModelError, ModelRef
from siseon.engine import Stage
from siseon.engine.machine import cores
from siseon.models import Model

PERSON = "person"
LEAST_SCORE = 0.1
"""Low: a faint box may go on with a track that is there already (ByteTrack's second round), and is hidden in the
rendered video. It begins none."""
OVERLAP = 0.65
"""IoU above which the worse of two people is dropped: of two that hug both stay."""
OPEN_SIZE = 640
"""Width and height in pixels that a network gets whose card leaves them open."""


class DetectPeople(Stage[Image, Detections]):
    """Finds the people of a picture; the boxes are in the frame of the image given, best score first."""

    name = "detect"

    def __init__(self, model: Model) -> None:
        """``model``: of a card with task ``detect``."""
        self.model = model
        self._network = Network(model)
        self.replicas = cores()

    def setup(self) -> None:
        """Load, place, run once.

        Raises:
            ModelError: ``model_load_failed``: the card has no class ``person``.
        """
        if PERSON not in self.model.labels.names:
            raise ModelError(
                f"the detector {self.model.card.name!r} has no class {PERSON!r}",
                code=FailureCode.model_load_failed,
                hint="choose one that knows people: --set detector=yolox-nano",
            )
        width, height = self._size()
        blank = Image.from_array(np.zeros((height, width, 3), np.uint8))
        self._network.set_up(self, lambda: self.process([blank]))

    def teardown(self) -> None:
        """Let go of the weights."""
        self._network.tear_down()

    def models(self) -> Sequence[ModelRef]:
        """The detector."""
        return (self.model.ref,)

    def process(self, batch: Sequence[Image]) -> Sequence[Detections]:
        """The people of each picture.

        Raises:
            ContractViolation: the network's answer is not a valid set of boxes and scores.
        """
        found = find(
            self.model, batch, self._size(), least_score=LEAST_SCORE, overlap=OVERLAP, stage=self.label
        )
        person = self.model.labels.names.index(PERSON)
        return [one[np.flatnonzero(one.class_ids == person)] for one in found]

    def _size(self) -> tuple[int, int]:
        spec = self.model.card.input
        return spec.width or OPEN_SIZE, spec.height or OPEN_SIZE
