"""The stage that finds faces."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np

from siseon.applications.finding import find
from siseon.applications.network import Network
from siseon.contracts import Detections, Image, ModelRef
from siseon.engine import Stage
from siseon.engine.machine import cores
from siseon.models import Model

MULTIPLE = 32
"""The network halves its input five times: its sides must be multiples."""
MAX_SIDE = 1280
"""Pixels; larger pictures are scaled down, and faces of a group photo stay large enough."""
MIN_SCORE = 0.35
"""A face that is missed leaves in the open, a shadow that is blurred too does no harm: lower than the usual 0.5."""
OVERLAP = 0.3
"""Above which the worse of two faces is dropped, as in the network's own code."""


class Faces(Stage[Image, Detections]):
    """Finds faces; the boxes are in the frame of the image given, best score first."""

    name = "faces"

    def __init__(self, model: Model) -> None:
        """``model``: a detector of faces alone that takes any multiple of 32 pixels."""
        self.model = model
        self._network = Network(model, accelerator_batch=8, accelerator_replicas=1)  # pictures are large here
        self.replicas = cores()

    def setup(self) -> None:
        """Load, place, run once."""
        blank = Image.from_array(np.zeros((480, 640, 3), np.uint8))
        self._network.set_up(self, lambda: self.process([blank]))

    def teardown(self) -> None:
        """Let go of the weights."""
        self._network.tear_down()

    def models(self) -> Sequence[ModelRef]:
        """The detector."""
        return (self.model.ref,)

    def bucket(self, item: Image) -> Hashable:
        """Pictures of one network size share a batch."""
        return _input_size(item)

    def process(self, batch: Sequence[Image]) -> Sequence[Detections]:
        """Find the faces of each picture.

        Raises:
            ContractViolation: the network's answer is not a valid set of boxes and scores.
        """
        size = _input_size(batch[0])
        return find(self.model, batch, size, least_score=MIN_SCORE, overlap=OVERLAP, stage=self.label)


def _input_size(image: Image) -> tuple[int, int]:
    """(width, height) of the network's input for a picture: not enlarged but to the next multiple."""
    scale = min(1.0, MAX_SIDE / max(image.width, image.height))
    return _multiple(image.width * scale), _multiple(image.height * scale)


def _multiple(side: float) -> int:
    return max(MULTIPLE, int(np.ceil(side / MULTIPLE)) * MULTIPLE)
