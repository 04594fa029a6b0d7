"""The stage that finds faces, by any detector of a card that knows nothing but faces."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from siseon.applications.finding import find
from siseon.applications.network import Network
from siseon.contracts import Detections, FailureCode, Image, ModelError, ModelRef
from siseon.engine import Stage
from siseon.engine.machine import cores
from siseon.models import Model

FACE = "face"
LEAST_SCORE = 0.5
"""Below, backs of heads and hands come too."""
OVERLAP = 0.3
"""IoU above which the worse of two faces is dropped."""
OPEN_SIZE = (640, 480)
"""(width, height) in pixels that a network gets whose card leaves them open."""


class FindFaces(Stage[Image, Detections]):
    """Finds the faces of a picture; the boxes are in the frame of the image given, best score first."""

    name = "faces"

    def __init__(self, model: Model) -> None:
        """``model``: of a card with task ``detect`` whose only class is ``face``."""
        self.model = model
        self._network = Network(model)
        self.replicas = cores()

    def setup(self) -> None:
        """Load, place, run once.

        Raises:
            ModelError: ``model_load_failed``: the card knows more, or other things, than faces.
        """
        if self.model.labels.names != (FACE,):
            raise ModelError(
                f"the detector {self.model.card.name!r} is not one of faces alone",
                code=FailureCode.model_load_failed,
                hint="--set faces=ultraface-rfb-320, blazeface-back or centerface, or none",
            )
        blank = Image.from_array(np.zeros((240, 320, 3), np.uint8))
        self._network.set_up(self, lambda: self.process([blank]))

    def teardown(self) -> None:
        """Let go of the weights."""
        self._network.tear_down()

    def models(self) -> Sequence[ModelRef]:
        """The detector."""
        return (self.model.ref,)

    def process(self, batch: Sequence[Image]) -> Sequence[Detections]:
        """The faces of each picture.

        Raises:
            ContractViolation: the network's answer is not a valid set of boxes and scores.
        """
        spec = self.model.card.input
        size = spec.width or OPEN_SIZE[0], spec.height or OPEN_SIZE[1]
        return find(self.model, batch, size, least_score=LEAST_SCORE, overlap=OVERLAP, stage=self.label)
