"""The stage that says what a face looks like, of seven expressions; it abstains where it cannot tell.

An expression is not a feeling, and the networks for it are weak. So it is asked for or not done, a face that is small,
turned away or out of focus has none, and none is used for a decision about anybody.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from siseon.applications.network import Network
from siseon.applications.people.expressions import NAMES, ExpressionName
from siseon.applications.people.pose import Joints
from siseon.contracts import Crop, FailureCode, Image, ModelError, ModelRef
from siseon.engine import Stage, part
from siseon.engine.machine import cores
from siseon.models import Model
from siseon.models.outputs import interpret_classes
from siseon.models.preprocess import prepare

Reason = Literal["small", "profile", "blurred"]

GROWN = 1.15
"""Times a face's longer side that the square has which the network sees."""
SMALL = 32
"""Pixels of a face's shorter side, at least: half of what the network takes."""
BLURRED = 40.0
"""Variance of the Laplacian of a face made 64 pixels high, in grey values, at least."""
SHARP_SIDE = 64
SEEN = 0.3
"""Score from which a joint counts."""
TURNED = 0.25
"""Of the distance between the eyes by which the nose may be off their middle, along the line through them."""


@dataclass(frozen=True, slots=True)
class Expressed:
    """Probabilities of the expressions, or why there are none."""

    probabilities: dict[ExpressionName, float] | None
    refused: Reason | None = None


class Express(Stage[Crop, dict[ExpressionName, float]]):
    """The probability of each expression of the face that a crop is framed on."""

    name = "expressions"

    def __init__(self, model: Model) -> None:
        """``model``: a classifier whose classes are expressions."""
        self.model = model
        self._network = Network(model)
        self.replicas = cores()

    def setup(self) -> None:
        """Load, place, run once.

        Raises:
            ModelError: ``model_load_failed``: its classes are others.
        """
        if strange := sorted(set(self.model.labels.names) - set(NAMES)):
            raise ModelError(
                f"the classifier {self.model.card.name!r} has a class {strange[0]!r}, which is no expression",
                code=FailureCode.model_load_failed,
                hint=f"expressions are {', '.join(NAMES)}",
            )
        blank = Image.from_array(np.zeros((SHARP_SIDE, SHARP_SIDE, 3), np.uint8))
        self._network.set_up(self, lambda: self.process([Crop(0, blank)]))

    def teardown(self) -> None:
        """Let go of the weights."""
        self._network.tear_down()

    def models(self) -> Sequence[ModelRef]:
        """The classifier."""
        return (self.model.ref,)

    def process(self, batch: Sequence[Crop]) -> Sequence[dict[ExpressionName, float]]:
        """The probabilities of each crop.

        Raises:
            ContractViolation: the network's answer is not a set of probabilities.
        """
        with part("preprocess"):
            pixels, _ = prepare([crop.image for crop in batch], self.model.card.input)
        with part("infer"):
            outputs = self.model.run({self.model.input_name: pixels}, items=len(batch))
        with part("postprocess"):
            scores = np.clip(interpret_classes(outputs, self.model.card.output), 0, 1)
            names = [NAMES[NAMES.index(name)] for name in self.model.labels.names]
            return [dict(zip(names, row, strict=True)) for row in scores.tolist()]


def square(box: NDArray[np.float32]) -> NDArray[np.float32]:
    """(4,) the square about a face that the network sees."""
    centre, half = (box[:2] + box[2:]) / 2, GROWN * float((box[2:] - box[:2]).max()) / 2
    return np.concatenate([centre - half, centre + half])


def unfit(box: NDArray[np.float32], face: Image, joints: Joints | None) -> Reason | None:
    """Why a face has no expression that could be told; None: it may be asked.

    ``box``: (4,) of the face in pixels of the upright video; ``face``: its crop; ``joints``: its owner's, without which
    nobody knows where it looks.
    """
    return poor(box, face) or ("profile" if joints is None or _turned(joints) else None)


def poor(box: NDArray[np.float32], face: Image) -> Reason | None:
    """Why a face has no expression that could be told, wherever it looks."""
    if float((box[2:] - box[:2]).min()) < SMALL:
        return "small"
    grey = cv2.cvtColor(cv2.resize(face.pixels, (SHARP_SIDE, SHARP_SIDE)), cv2.COLOR_RGB2GRAY)
    if float(cv2.Laplacian(grey, cv2.CV_64F).var()) < BLURRED:
        return "blurred"
    return None


def _turned(joints: Joints) -> bool:
    """Whether eyes and nose say that the face looks aside, or away: a person's left eye is on the right of who looks
    at the face, and on the left of who looks at the back of the head, which detectors take for a face too."""
    nose, left, right = joints.xy[0], joints.xy[1], joints.xy[2]
    if float(joints.scores[:3].min()) < SEEN:
        return True
    along = left - right
    apart = float(np.linalg.norm(along))
    if apart < 1 or along[0] <= 0:
        return True
    off = float(np.dot(nose - (left + right) / 2, along / apart))
    return abs(off) > TURNED * apart
