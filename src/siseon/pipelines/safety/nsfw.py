"""The stage that tells whether a photo is not safe for work."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from siseon.contracts import ContractViolation, Image, ModelRef
from siseon.engine import Stage, part
from siseon.models import Model
from siseon.models.decoders import decode_classes
from siseon.models.preprocess import prepare
from siseon.pipelines.decode import cores

LABEL = "nsfw"
"""The class of the card whose probability is the score."""
ACCELERATOR_BATCH = 32
ACCELERATOR_REPLICAS = 2
"""One prepares its batch on the CPU while the other's is computed."""


class Nsfw(Stage[Image, float]):
    """Probability in [0, 1] that a picture, or the person in a crop, is not safe for work."""

    name = "nsfw"

    def __init__(self, model: Model) -> None:
        """``model``: a classifier with a class ``nsfw``."""
        self.model = model
        self.replicas = cores()

    def setup(self) -> None:
        """Load, place, run once.

        Raises:
            ContractViolation: the card has no class ``nsfw``.
        """
        self.model.load()
        if LABEL not in self.model.labels.names:
            raise ContractViolation(f"model {self.model.card.name!r} has no class {LABEL!r}")
        if self.model.on_accelerator:
            self.max_batch, self.replicas = ACCELERATOR_BATCH, ACCELERATOR_REPLICAS
        self.process([Image.from_array(np.zeros((64, 64, 3), np.uint8))])

    def models(self) -> Sequence[ModelRef]:
        """The classifier."""
        return (self.model.ref,)

    def process(self, batch: Sequence[Image]) -> Sequence[float]:
        """Score each picture.

        Raises:
            ContractViolation: the network's answer is no probability.
        """
        with part("preprocess"):
            pixels, _ = prepare(batch, self.model.card.input)
        with part("infer"):
            outputs = self.model.run({self.model.input_name: pixels}, items=len(batch))
        with part("postprocess"):
            probabilities = decode_classes(outputs, self.model.card.output)
            scores = probabilities[:, self.model.labels.names.index(LABEL)]
            if not ((scores >= 0) & (scores <= 1)).all():  # NaN compares false
                raise ContractViolation(f"{LABEL} scores {scores.tolist()} are outside [0, 1]")
            return [float(score) for score in scores]
