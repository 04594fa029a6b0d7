"""The points of a sketch as they are shown on the picture."""

from __future__ import annotations

from siseon.console.live.saying import number
from siseon.console.live.sketch import Sketch
from siseon.console.parts.pointing import Shown
from siseon.console.words.calibrate import CalibrateWords


def points_of(sketch: Sketch, words: CalibrateWords) -> list[Shown]:
    """All of them, those that are under others first."""
    if sketch.kind != "analog":
        return [
            Shown("corners", place, x, y, words.point_corner.format(number=place + 1), str(place + 1))
            for place, (x, y) in enumerate(sketch.corners)
        ]
    shown = [
        Shown("rim", place, x, y, words.point_rim.format(number=place + 1))
        for place, (x, y) in enumerate(sketch.rim)
    ]
    for place, mark in enumerate(sketch.marks):
        text = "?" if mark.value is None else number(mark.value)
        name = f"{words.point_mark.format(number=place + 1)}: {text}"
        shown.append(Shown("scale", place, *mark.at, name, text))
    if sketch.centre is not None:
        shown.append(Shown("centre", 0, *sketch.centre, words.point_centre))
    return shown
