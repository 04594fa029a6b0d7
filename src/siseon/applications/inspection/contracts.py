"""What an inspection answers, as it goes over the wire: one definition for memory, JSON and OpenAPI.

All boxes and masks are in pixels of the original image (upright, full size), whatever size the networks saw.
"""

from __future__ import annotations

from typing import Any, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    NonNegativeFloat,
    NonNegativeInt,
    PositiveInt,
    ValidationError,
    model_validator,
)

from siseon.applications.safety import SafetyReport
from siseon.contracts import ContractViolation, Label
from siseon.contracts.wire import MaskRle, Score, SoundBox
from siseon.contracts.words import words_of

EDGE_TOLERANCE = 1e-3
"""Pixels by which a box may pass the image's edge: rounding of float32 coordinates, nothing else."""


class Detection(BaseModel):
    """One object: where it is and what the detector calls it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    box: SoundBox
    score: Score
    class_id: NonNegativeInt
    class_name: str
    mask: MaskRle | None = None


class Classification(BaseModel):
    """What the classifier calls the object ``detections[detection_index]``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    detection_index: NonNegativeInt
    class_id: NonNegativeInt | None
    """None where the classifier is not sure enough to name a class."""
    class_name: str
    """``uncertain`` or ``none of these`` where it names none."""
    score: Score
    """Of the best class, named or not."""
    top: tuple[Label, ...] = ()
    """The best classes with their scores, sure or not, where a request asks for more than one."""


class InspectionResult(BaseModel):
    """The answer for one image.

    Objects too small to classify, and all objects when the classifier failed, have no classification.
    ``inference_ms`` is the time from the request's start until the answer was put together.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    image_id: str
    width: PositiveInt
    height: PositiveInt
    detections: tuple[Detection, ...]
    classifications: tuple[Classification, ...]
    inference_ms: NonNegativeFloat
    safety: SafetyReport | None = None
    """What the checks that were asked for found; None when none was."""

    @model_validator(mode="after")
    def _parts_fit_together(self) -> Self:
        for index, detection in enumerate(self.detections):
            x1, y1, x2, y2 = detection.box
            low, right, bottom = -EDGE_TOLERANCE, self.width + EDGE_TOLERANCE, self.height + EDGE_TOLERANCE
            if x1 < low or y1 < low or x2 > right or y2 > bottom:
                raise ValueError(
                    f"detections[{index}].box {tuple(detection.box)} leaves the image of {self.width}x{self.height}"
                )
            if detection.mask is not None and detection.mask.size != (self.height, self.width):
                raise ValueError(
                    f"detections[{index}].mask.size {detection.mask.size} is not the image's (height, width) "
                    f"{(self.height, self.width)}"
                )
        indices = [classification.detection_index for classification in self.classifications]
        if indices and max(indices) >= len(self.detections):
            raise ValueError(f"classifications point at detection {max(indices)} of {len(self.detections)}")
        if len(set(indices)) != len(indices):
            raise ValueError("two classifications point at the same detection")
        return self

    @classmethod
    def checked(cls, draft: dict[str, Any]) -> InspectionResult:
        """Validate a draft made of plain values; ``ContractViolation`` names the first field at fault."""
        try:
            return cls.model_validate(draft)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            field = ".".join(str(part) for part in first["loc"]) or "result"
            raise ContractViolation(f"{field}: {words_of(first)}", stage="validate") from error

    def to_json(self) -> bytes:
        """UTF-8 JSON of the answer."""
        return self.__pydantic_serializer__.to_json(self)
