"""Inspection: find the objects of a photo and name each of them. See the README beside this file."""

from siseon.pipelines.inspection.contracts import Box, Classification, Detection, InspectionResult, MaskRle
from siseon.pipelines.inspection.pipeline import Inspection
from siseon.pipelines.inspection.stages import Classify, Detect

__all__ = [
    "Box",
    "Classification",
    "Classify",
    "Detect",
    "Detection",
    "Inspection",
    "InspectionResult",
    "MaskRle",
]
