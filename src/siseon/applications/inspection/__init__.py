"""Inspection: find the objects of a photo and name each of them. See the README beside this file."""

from siseon.applications.inspection.contracts import Box, Classification, Detection, InspectionResult, MaskRle
from siseon.applications.inspection.pipeline import Inspection
from siseon.applications.inspection.stages import Classify, Detect

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
