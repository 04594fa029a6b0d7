"""An inspection for the eye: objects drawn on the picture, and in lines on a terminal."""

from __future__ import annotations

from siseon.applications.inspection.contracts import Classification, InspectionResult
from siseon.applications.summary import summary
from siseon.contracts import Image, Mask, Result
from siseon.media.draw import Canvas, colour_of


def draw(image: Image, data: InspectionResult) -> Image:
    """Masks, boxes and names; what a safety check hides is blurred first."""
    canvas = Canvas(image)
    for finding in data.safety.findings if data.safety else ():
        if finding.action == "blur":
            canvas.blur(finding.box)
    names = {c.detection_index: _name(c) for c in data.classifications}
    for detection in data.detections:
        if detection.mask is not None:
            canvas.mask(
                Mask.from_wire(detection.mask.model_dump(), image.frame), colour_of(detection.class_id)
            )
    for detection in data.detections:
        canvas.box(detection.box, colour_of(detection.class_id))
    for index, detection in enumerate(data.detections):
        label = f"{detection.class_name} {detection.score:.2f}"
        if index in names:
            label += f" · {names[index]}"
        canvas.plate(label, (detection.box.x1, detection.box.y1), colour_of(detection.class_id))
    return canvas.image()


def text(name: str, result: Result[InspectionResult]) -> str:
    """A line for each object and for each finding of a safety check."""
    data = result.data
    names = {c.detection_index: _name(c) for c in data.classifications}
    found = []
    for index, detection in enumerate(data.detections):
        more = f"  →  {names[index]}" if index in names else ""
        found.append(f"{detection.class_name} {detection.score:.2f}  at {_corners(detection.box)}{more}")
    found += [
        f"{finding.action}: {finding.kind} {finding.score:.2f}  at {_corners(finding.box)}"
        for finding in (data.safety.findings if data.safety else ())
    ]
    return summary(name, (data.width, data.height), result, found)


def count(data: InspectionResult) -> int:
    """Objects that were detected."""
    return len(data.detections)


def _name(named: Classification) -> str:
    """The name with its score; an uncertain one without, since the score is of a name that is not given."""
    return named.class_name if named.class_id is None else f"{named.class_name} {named.score:.2f}"


def _corners(box: tuple[float, float, float, float]) -> str:
    return " ".join(f"{value:.0f}" for value in box)
