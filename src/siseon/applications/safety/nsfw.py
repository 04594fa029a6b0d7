"""The stage that tells whether a photo is not safe for work."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

import numpy as np
from PIL import Image as PillowImage
from PIL.Image import Resampling

from siseon.applications.network import Network
from siseon.contracts import ContractViolation, Image, ModelRef
from siseon.engine import Stage, part
from siseon.engine.machine import cores
from siseon.models import Model
from siseon.models.outputs import interpret_classes
from siseon.models.preprocess import prepare

LABEL = "nsfw"
"""The class of the card whose probability is the score."""
STRETCHED, KEPT = 256, 224
"""Pixels a side: what a picture is stretched to, and what is kept of its centre."""
JPEG_QUALITY = 75


class Nsfw(Stage[Image, float]):
    """Probability in [0, 1] that a picture, or the person in a crop, is not safe for work."""

    name = "nsfw"

    def __init__(self, model: Model) -> None:
        """``model``: a classifier with a class ``nsfw``."""
        self.model = model
        self._network = Network(model)
        self.replicas = cores()

    def setup(self) -> None:
        """Load, place, run once.

        Raises:
            ContractViolation: the card has no class ``nsfw``.
        """
        if LABEL not in self.model.labels.names:
            raise ContractViolation(f"model {self.model.card.name!r} has no class {LABEL!r}")
        blank = Image.from_array(np.zeros((64, 64, 3), np.uint8))
        self._network.set_up(self, lambda: self.process([blank]))

    def teardown(self) -> None:
        """Let go of the weights."""
        self._network.tear_down()

    def models(self) -> Sequence[ModelRef]:
        """The classifier."""
        return (self.model.ref,)

    def process(self, batch: Sequence[Image]) -> Sequence[float]:
        """Score each picture.

        Raises:
            ContractViolation: the network's answer is not a probability.
        """
        with part("preprocess"):
            pixels, _ = prepare([as_trained(image) for image in batch], self.model.card.input)
        with part("infer"):
            outputs = self.model.run({self.model.input_name: pixels}, items=len(batch))
        with part("postprocess"):
            probabilities = interpret_classes(outputs, self.model.card.output)
            scores = probabilities[:, self.model.labels.names.index(LABEL)]
            if not ((scores >= 0) & (scores <= 1)).all():  # NaN compares false
                raise ContractViolation(f"{LABEL} scores {scores.tolist()} are outside [0, 1]")
            return [float(score) for score in scores]


def as_trained(image: Image) -> Image:
    """The central 224 of 256 pixels a side, saved as a JPEG and read again, as open_nsfw's authors did.

    The network has learned from the JPEG's traces: without them the score of one of 48 everyday photos falls from
    0.73 to 0.33, and thresholds published for it would mean something else.
    """
    edge = (STRETCHED - KEPT) // 2
    stretched = PillowImage.fromarray(image.pixels).resize((STRETCHED, STRETCHED), Resampling.BILINEAR)
    stream = BytesIO()
    stretched.crop((edge, edge, edge + KEPT, edge + KEPT)).save(stream, "JPEG", quality=JPEG_QUALITY)
    with PillowImage.open(stream) as saved:
        return Image.from_array(np.array(saved))
