"""What may be set of an inspection."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from siseon.applications.options import Choices, OrNone, Share, Words
from siseon.applications.safety import SafetyOptions


class InspectionChoices(Choices):
    """What one request may choose."""

    min_score: Share = 0.0
    """Detections below are left out, on top of the pipeline's `score_threshold`."""
    classes: Words = ()
    """Names of the detector's classes to keep; none named keeps all."""
    max_objects: Annotated[Annotated[int, Field(ge=1)] | None, OrNone] = None
    """Keep this many of the best detections."""
    classify: bool = True
    """Whether to name each detection."""


class InspectionOptions(SafetyOptions, InspectionChoices):
    """All that may be set."""

    detector: str = "yolox-nano"
    """Name of a card with task `detect`."""
    classifier: str = "efficientnet-lite0"
    """Name of a card with task `classify`."""
    score_threshold: Share = 0.25
    """Least score of a detection."""
    iou: Annotated[float, Field(gt=0, le=1)] = 0.65
    """Overlap above which the worse of two detections of a class is dropped."""
    min_side: Annotated[int, Field(ge=1)] = 32
    """Pixels of the shorter side below which a detection is not classified: it shows nothing that could be named."""
    classify_timeout: Annotated[Annotated[float, Field(gt=0)] | None, OrNone] = None
    """Seconds for all classifications of an image; what is not there then is left out, and the result says
    `degraded`."""


DEFAULTS = InspectionOptions()
