"""The stage that finds people, or faces, by any detector of a card that has such a class."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from siseon.applications.finding import find
from siseon.applications.network import Network
from siseon.contracts import Detections, FailureCode, Image, ModelError, ModelRef
from siseon.engine import Stage
from siseon.engine.machine import cores
from siseon.models import Model


@dataclass(frozen=True, slots=True)
class Sought:
    """What a detector is asked for, and what is taken of its answer."""

    stage: str
    label: str
    """The class of the card's labels."""
    least_score: float
    overlap: float
    """IoU above which the worse of two is dropped."""
    open_size: tuple[int, int]
    """Width and height in pixels that a network gets whose card leaves them open."""
    hint: str
    """Where the card has no such class."""


PEOPLE = Sought(
    "detect",
    "person",
    # A faint box may go on with a track that is there already (ByteTrack's second round), and is hidden in the
    # rendered video. It begins none.
    least_score=0.1,
    overlap=0.65,  # of two that hug both stay
    open_size=(640, 640),
    hint="choose one that knows people: --set detector=yolox-nano",
)
FACES = Sought(
    "faces",
    "face",
    least_score=0.5,  # below, backs of heads and hands come too
    overlap=0.3,
    open_size=(640, 480),
    hint="--set faces=ultraface-rfb-320, blazeface-back or centerface, or none",
)


class Find(Stage[Image, Detections]):
    """What is sought in a picture; the boxes are in the frame of the image given, best score first."""

    def __init__(self, model: Model, sought: Sought) -> None:
        """``model``: of a card with task ``detect``."""
        self.model = model
        self.name = sought.stage
        self._sought = sought
        self._network = Network(model)
        self.replicas = cores()

    def setup(self) -> None:
        """Load, place, run once.

        Raises:
            ModelError: ``model_load_failed``: the card has no such class.
        """
        if self._sought.label not in self.model.labels.names:
            raise ModelError(
                f"the detector {self.model.card.name!r} has no class {self._sought.label!r}",
                code=FailureCode.model_load_failed,
                hint=self._sought.hint,
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
        """What is sought in each picture.

        Raises:
            ContractViolation: the network's answer is not a valid set of boxes and scores.
        """
        sought = self._sought
        found = find(
            self.model,
            batch,
            self._size_for(batch),
            least_score=sought.least_score,
            overlap=sought.overlap,
            stage=self.label,
        )
        wanted = self.model.labels.names.index(sought.label)
        return [one[np.flatnonzero(one.class_ids == wanted)] for one in found]

    def _size_for(self, batch: Sequence[Image]) -> tuple[int, int]:
        """Without the padding that none of the pictures needs, where the network takes other sides."""
        width, height = self._size()
        step = self.model.session.step
        shapes = {image.frame.letterbox(width, height).content for image in batch}
        if step is None or len(shapes) > 1:
            return width, height
        left, top, right, bottom = shapes.pop()
        return _up(right - left, step, width), _up(bottom - top, step, height)

    def _size(self) -> tuple[int, int]:
        spec = self.model.card.input
        return spec.width or self._sought.open_size[0], spec.height or self._sought.open_size[1]


def _up(side: int, step: int, most: int) -> int:
    """The next multiple, unless that is too much."""
    return min(most, -(-side // step) * step)
