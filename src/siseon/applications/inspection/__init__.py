"""Inspection: find the objects of a photo and name each of them. See the README beside this file."""

from siseon.applications.application import Application
from siseon.applications.inspection.contracts import Classification, Detection, InspectionResult
from siseon.applications.inspection.evaluate import EVALUATION
from siseon.applications.inspection.options import InspectionChoices, InspectionOptions
from siseon.applications.inspection.pipeline import Inspection
from siseon.applications.inspection.show import count, draw, text
from siseon.applications.inspection.stages import Classify, Detect
from siseon.contracts.wire import Box, MaskRle

APPLICATION = Application(
    kind=Inspection,
    options=InspectionOptions,
    choices=InspectionChoices,
    result=InspectionResult,
    summary="Find the objects of photos and name each of them; hide or refuse what a policy says.",
    draw=draw,
    text=text,
    count=count,
    nothing="nothing detected",
    evaluate=EVALUATION,
)

__all__ = [
    "APPLICATION",
    "Box",
    "Classification",
    "Classify",
    "Detect",
    "Detection",
    "Inspection",
    "InspectionChoices",
    "InspectionOptions",
    "InspectionResult",
    "MaskRle",
]
