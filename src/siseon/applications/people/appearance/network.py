"""Looks by a network of a card with ``task = "reidentify"``, or of any that makes a vector of a picture (``embed``).

The crops of a chunk go through it together, ``TOGETHER`` in one call: they cross to an accelerator once, and are the
same whatever other chunks are at work, since no call holds crops of two.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from siseon.applications.network import Network
from siseon.contracts import ContractViolation, FailureCode, Image, ModelError, ModelRef
from siseon.engine import Stage, part
from siseon.engine.machine import cores
from siseon.models import Model
from siseon.models.preprocess import prepare

TOGETHER = 16
"""Crops in one call."""
TASKS = ("reidentify", "embed")
OPEN_SIZE = (128, 256)
"""(width, height) in pixels that a network gets whose card leaves them open."""


class LookByNetwork(Stage[Sequence[Image], NDArray[np.float32]]):
    """Vectors of crops, those of one item together."""

    name = "appearance"

    def __init__(self, model: Model) -> None:
        """``model``: of a card with task ``reidentify`` or ``embed``."""
        self.model = model
        self._network = Network(model)
        self.descriptor = model.card.name
        self.replicas = cores()

    def setup(self) -> None:
        """Load, place, run once.

        Raises:
            ModelError: ``model_load_failed``: its card is of another task.
        """
        if self.model.card.task not in TASKS:
            raise ModelError(
                f"{self.model.card.name!r} is a network to {self.model.card.task}, not to {TASKS[0]}",
                code=FailureCode.model_load_failed,
                hint="--set appearance=osnet-x0-25-msmt17, or colours",
            )
        width, height = self._size()
        blank = Image.from_array(np.zeros((height, width, 3), np.uint8))
        self._network.set_up(self, lambda: self._vectors([blank]))

    def teardown(self) -> None:
        """Let go of the weights."""
        self._network.tear_down()

    def models(self) -> Sequence[ModelRef]:
        """The network."""
        return (self.model.ref,)

    def process(self, batch: Sequence[Sequence[Image]]) -> Sequence[NDArray[np.float32]]:
        """(n, d) float32 of unit length for the n crops of each item.

        Raises:
            ContractViolation: the network's vectors are no numbers, or nothing.
        """
        return [self._of(crops) for crops in batch]

    def _of(self, crops: Sequence[Image]) -> NDArray[np.float32]:
        together = TOGETHER if self.model.card.input.dynamic_batch else 1
        parts = [self._vectors(crops[at : at + together]) for at in range(0, len(crops), together)]
        return np.concatenate(parts) if parts else np.empty((0, 0), np.float32)

    def _vectors(self, crops: Sequence[Image]) -> NDArray[np.float32]:
        with part("preprocess"):
            pixels, _ = prepare(crops, self.model.card.input, self._size())
        with part("infer"):
            outputs = self.model.run({self.model.input_name: pixels}, items=len(crops))
        vectors = next(iter(outputs.values())).astype(np.float32, copy=False).reshape(len(crops), -1)
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        if not (np.isfinite(vectors).all() and (lengths > 0).all()):
            raise ContractViolation(
                "vectors of looks are not finite, or nothing", hint="the weights are damaged or overflow"
            )
        unit: NDArray[np.float32] = vectors / lengths
        return unit

    def _size(self) -> tuple[int, int]:
        spec = self.model.card.input
        return spec.width or OPEN_SIZE[0], spec.height or OPEN_SIZE[1]
