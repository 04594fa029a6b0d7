"""The stage that finds a person's joints in a crop: MoveNet, or another of a card with ``task = "pose"``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from siseon.applications.network import Network
from siseon.contracts import Crop, FailureCode, Image, ModelError, ModelRef
from siseon.engine import Stage, part
from siseon.engine.machine import cores
from siseon.models import Model
from siseon.models.outputs import interpret_poses
from siseon.models.preprocess import prepare

AROUND = 0.15
"""Of a box's longer side that is shown around it: hands reach out of boxes."""
OPEN_SIZE = 192
"""Width and height in pixels that a network gets whose card leaves them open."""


@dataclass(frozen=True, slots=True)
class Joints:
    """Seventeen points in COCO's order."""

    xy: NDArray[np.float32]
    """(17, 2) pixels of the upright video."""
    scores: NDArray[np.float32]
    """(17,) in [0, 1]."""


class FindPose(Stage[Crop, Joints]):
    """Finds the joints of the one person that a crop is framed on. It answers whatever the crop shows."""

    name = "pose"

    def __init__(self, model: Model) -> None:
        """``model``: of a card with task ``pose``."""
        self.model = model
        self._network = Network(model)
        self.replicas = cores()

    def setup(self) -> None:
        """Load, place, run once.

        Raises:
            ModelError: ``model_load_failed``: its card is of another task.
        """
        if self.model.card.task != "pose":
            raise ModelError(
                f"{self.model.card.name!r} is a network to {self.model.card.task}, not for poses",
                code=FailureCode.model_load_failed,
                hint="--set pose=movenet-lightning, or none",
            )
        blank = Image.from_array(np.zeros((64, 64, 3), np.uint8))
        self._network.set_up(self, lambda: self.process([Crop(0, blank)]))

    def teardown(self) -> None:
        """Let go of the weights."""
        self._network.tear_down()

    def models(self) -> Sequence[ModelRef]:
        """The network."""
        return (self.model.ref,)

    def process(self, batch: Sequence[Crop]) -> Sequence[Joints]:
        """The joints in each crop.

        Raises:
            ContractViolation: the network's points are no numbers, or of another shape.
        """
        spec = self.model.card.input
        size = spec.width or OPEN_SIZE, spec.height or OPEN_SIZE
        with part("preprocess"):
            pixels, frames = prepare([crop.image for crop in batch], spec, size)
            # MoveNet takes whole numbers: those that the pixels have.
            feed = pixels.astype(self.model.session.inputs[0].kind, copy=False)
        with part("infer"):
            outputs = self.model.run({self.model.input_name: feed}, items=len(batch))
        with part("postprocess"):
            points = interpret_poses(outputs, self.model.card.output, size=size)
            return [
                Joints(frame.map_points(one[:, :2], frame.root_frame).astype(np.float32), one[:, 2])
                for one, frame in zip(points, frames, strict=True)
            ]


def around(box: NDArray[np.float32]) -> NDArray[np.float32]:
    """(4,) the box with what is shown around it; it may reach out of the picture."""
    margin = AROUND * float(max(box[2] - box[0], box[3] - box[1]))
    return box + np.array([-margin, -margin, margin, margin], np.float32)
