"""Results for the eye: an annotated picture, and a few lines on a terminal."""

from __future__ import annotations

from typing import Any

from siseon.applications.inspection import InspectionResult
from siseon.applications.text import TextResult
from siseon.contracts import Image, Mask, Result
from siseon.media.draw import Canvas, colour_of

UNREAD = (170, 170, 170)
"""Grey: found, but not read."""


def annotate(image: Image, data: InspectionResult | TextResult) -> Image:
    """The picture with what was found drawn on it; ``image`` is the upright picture at full size."""
    canvas = Canvas(image)
    if isinstance(data, TextResult):
        _draw_text(canvas, data)
    else:
        _draw_objects(canvas, data, image)
    return canvas.image()


def summary(name: str, result: Result[Any]) -> str:
    """What was found, for a terminal (rich markup is not used: texts may hold brackets)."""
    data = result.data
    head = f"{name}  ({data.width} × {data.height}, {result.elapsed_ms:.0f} ms)"
    if isinstance(data, TextResult):
        body = [f"  {line.text}" for line in data.lines]
        body += (
            [f"  [{len(data.unread)} line(s) not read: {', '.join(_reasons(data))}]"] if data.unread else []
        )
    else:
        names = {c.detection_index: c for c in data.classifications}
        body = []
        for index, detection in enumerate(data.detections):
            label = names.get(index)
            more = f"  →  {label.class_name} {label.score:.2f}" if label else ""
            box = " ".join(f"{value:.0f}" for value in detection.box)
            body.append(f"  {detection.class_name} {detection.score:.2f}  at {box}{more}")
        for finding in data.safety.findings if data.safety else ():
            box = " ".join(f"{value:.0f}" for value in finding.box)
            body.append(f"  {finding.action}: {finding.kind} {finding.score:.2f}  at {box}")
    body += [f"  degraded: {entry}" for entry in result.degraded]
    body += [f"  note: {entry}" for entry in result.warnings]
    return "\n".join([head, *(body or ["  nothing found"])])


def _reasons(data: TextResult) -> list[str]:
    return sorted({line.reason for line in data.unread})


def _draw_text(canvas: Canvas, data: TextResult) -> None:
    for place in data.unread:
        canvas.ring(place.polygon, UNREAD)
    for number, line in enumerate(data.lines):
        canvas.ring(line.polygon, colour_of(number))
    for number, line in enumerate(data.lines):
        canvas.plate(f"{number + 1} {line.text}", line.polygon[0], colour_of(number))


def _draw_objects(canvas: Canvas, data: InspectionResult, image: Image) -> None:
    for finding in data.safety.findings if data.safety else ():
        if finding.action == "blur":
            canvas.blur(finding.box)
    names = {c.detection_index: c.class_name for c in data.classifications}
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
