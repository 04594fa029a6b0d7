"""What may be set of an inspection."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from siseon.applications.options import Choices, OrNone, Share, Words
from siseon.applications.safety import SafetyOptions

Count = Annotated[Annotated[int, Field(ge=1, le=1024)] | None, OrNone]

GALLERY_MIN_SCORE, GALLERY_MARGIN = 0.6, 0.03
"""Chosen on generated products: see `benchmarks/gallery.py`."""


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
    unclassified: Words = ("person",)
    """Detector's classes that the classifier is not asked about: ImageNet, for one, has no class for people."""
    classify_min_score: Share = 0.5
    """Least score at which a name is given; below, the object is called `uncertain`."""
    top_k: Annotated[int, Field(ge=1, le=10)] = 1
    """More than 1 lists that many of the best classes beside the name, whatever their scores."""


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
    gallery: Annotated[str | None, OrNone] = None
    """Folder with a folder, or one picture, for each product: objects are then named by the nearest of the pictures."""
    embedder: str = "efficientnet-lite0-features"
    """Name of a card with task `embed`, whose features the gallery compares."""
    gallery_min_score: Share = GALLERY_MIN_SCORE
    """Least cosine similarity to a product; below, the answer is `none of these`."""
    gallery_margin: Share = GALLERY_MARGIN
    """By how much the nearest product must lead the next; less is `uncertain`."""
    detect_batch: Count = None
    """Pictures in one call of the detector; none: what suits the device."""
    detect_replicas: Count = None
    """Calls of the detector at the same time; none: what suits the device."""
    detect_threads: Count = None
    """Threads of one call of the detector; none: those of the service."""
    classify_batch: Count = None
    """Crops in one call of the classifier; none: what suits the device."""
    classify_window_ms: Annotated[float, Field(ge=0, le=1000)] = 0
    """How long a call of the classifier that is not full waits for crops of other requests."""
    classify_replicas: Count = None
    """Calls of the classifier at the same time; none: what suits the device."""
    classify_threads: Count = None
    """Threads of one call of the classifier; none: those of the service."""
    classify_timeout: Annotated[Annotated[float, Field(gt=0)] | None, OrNone] = None
    """Seconds for all classifications of an image; what is not there then is left out, and the result says
    `degraded`."""


DEFAULTS = InspectionOptions()
