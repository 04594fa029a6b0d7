"""Boxes by a detector that is used as it is: fit into its input, infer, decode, map back."""

from __future__ import annotations

from collections.abc import Sequence

from siseon.contracts import Detections, Frame, Image
from siseon.engine import part
from siseon.models import Model
from siseon.models.outputs import Candidates, interpret_detections
from siseon.models.preprocess import prepare


def find(
    model: Model,
    batch: Sequence[Image],
    size: tuple[int, int],
    *,
    least_score: float,
    overlap: float,
    stage: str,
) -> list[Detections]:
    """What it finds in each picture, in the picture's frame, best score first.

    ``size``: (width, height) of the network's input in pixels; ``overlap``: IoU above which the worse of two boxes of a
    class is dropped; ``stage``: the label of who asks.

    Raises:
        ContractViolation: the network's answer is not a valid set of boxes and scores.
    """
    card = model.card
    with part("preprocess"):
        pixels, frames = prepare(batch, card.input, size)
    with part("infer"):
        outputs = model.run({model.input_name: pixels}, items=len(batch))
    with part("postprocess"):
        found = interpret_detections(
            outputs, card.output, size=size, score_threshold=least_score, iou=overlap
        )
        return [
            _mapped(candidates, frame, image, model, stage)
            for candidates, frame, image in zip(found, frames, batch, strict=True)
        ]


def _mapped(found: Candidates, frame: Frame, image: Image, model: Model, stage: str) -> Detections:
    """Mapped before they are clamped: what lies wholly in the padding is outside the picture and dropped."""
    corners = frame.map_points(found.xyxy.reshape(-1, 2), image.frame).reshape(-1, 4)
    return Detections.from_model(
        corners, found.scores, found.class_ids, image.frame, model.labels, stage=stage
    )
