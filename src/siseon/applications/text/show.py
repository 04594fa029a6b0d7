"""A reading for the eye: lines drawn on the picture, and on a terminal."""

from __future__ import annotations

from siseon.applications.summary import summary
from siseon.applications.text.contracts import Line, TextResult
from siseon.applications.text.tesseract import PREFIX
from siseon.contracts import Image, Result
from siseon.media.draw import Canvas, colour_of

UNREAD = (170, 170, 170)
"""Grey: found, but not read."""


def draw(image: Image, data: TextResult) -> Image:
    """Rings around all lines, and their texts."""
    canvas = Canvas(image)
    for place in data.unread:
        canvas.ring(place.polygon, UNREAD)
    for number, line in enumerate(data.lines):
        canvas.ring(line.polygon, colour_of(number))
    for number, line in enumerate(data.lines):
        canvas.plate(f"{number + 1} {line.text}", line.polygon[0], colour_of(number))
    return canvas.image()


def text(name: str, result: Result[TextResult]) -> str:
    """The lines, who read those that the recogniser did not, and why others were not read."""
    data = result.data
    found = [f"{line.text}  [{line.reader}]" if _is_other(line) else line.text for line in data.lines]
    if data.unread:
        lines = "1 line" if len(data.unread) == 1 else f"{len(data.unread)} lines"
        reasons = sorted({line.reason for line in data.unread})
        found.append(f"[{lines} not read: {', '.join(reasons)}]")
    return summary(name, (data.width, data.height), result, found)


def _is_other(line: Line) -> bool:
    """Whether another model than the recogniser read it."""
    return line.reader is not None and line.reader.startswith(PREFIX)


def count(data: TextResult) -> int:
    """Lines that were read."""
    return len(data.lines)
