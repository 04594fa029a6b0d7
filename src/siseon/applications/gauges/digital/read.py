"""Displays whose place is known: the views of one that the recogniser gets, and what becomes of its answer."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from siseon.applications.gauges.contracts import Reading, Reason
from siseon.applications.gauges.digital.alphabet import POINTS, STYLES
from siseon.applications.gauges.digital.decode import Seen
from siseon.applications.gauges.digital.strip import HEIGHT, WIDTH, strip_of
from siseon.applications.gauges.digital.value import Form, Number, number_of

Floats = NDArray[np.float64]
Pixels = NDArray[np.uint8]


class Views(NamedTuple):
    """How one display is shown to the recogniser several times."""

    margins: tuple[tuple[float, float], ...]
    """By how much of its height it is enlarged, down and along, for each: a digit that a tight cut hides, or a mark
    beside it, does not show in all."""
    most: int
    """How many of them must agree."""


MARKED = Views(((0.0, 0.05), (0.04, 0.1), (0.08, 0.2), (0.02, 0.35)), 4)
"""Of a display whose place somebody has marked."""
FOUND = Views(((-0.2, -0.1), (-0.14, -0.05), (-0.08, 0.0), (-0.03, 0.1), (0.03, 0.0), (0.1, 0.1)), 3)
"""Of one that a finder of text has seen: they cut close or with much around, so some of these do not fit."""
WINDOW = Views(((-0.14, 0.0), (-0.06, 0.0), (0.0, 0.05), (0.06, 0.1), (-0.1, 0.2), (-0.02, 0.25)), 4)
"""Of a counter that was found: the window's upper and lower edges are not known well."""
WIDE = Views(((-0.04, 0.5),), 1)
"""The same with so much at the sides that a drum beside what was found is seen whole."""
WIDER = Views(((-0.04, 1.2),), 1)
"""The same of a display, of which a place may be dark before the next digit."""
SURE = 0.9
"""Probability from which a text is accepted."""
SURE_OF_DRUMS = 0.95
"""The same of a counter: print has more shapes than segments, and a drum may show parts of two digits."""
FAR = 0.85
"""Heights of a strip from a sign to a digit, beyond which a dark place is between them: cells of which two would be
closer are narrower than any seven segments."""
FARTHER = 1.5
"""Times the way between two digits that stand side by side: the same."""
MAYBE_A_POINT = 0.01
"""Probability of a point or colon, from which a display that shows none is uncertain: out of focus they are lost before
any digit is."""
LOST_A_POINT = 0.05
"""The same from which it is refused. Both were chosen on displays of the training's families."""
NOTHING = 0.5
"""Probability from which what is seen is not a display."""


def views_of(pixels: Pixels, corners: Floats, views: Views) -> Pixels:
    """(V, 32, 160, 3) uint8 of a display in (H, W, 3); (4, 2) corners from the top left, clockwise as it is read."""
    return np.stack([strip_of(pixels, enlarged(corners, down, along)) for down, along in views.margins])


def enlarged(corners: Floats, down: float, along: float) -> Floats:
    """(4, 2) corners with a margin, in heights of the display, above and below, and at the sides."""
    top_left, top_right, bottom_right, bottom_left = corners
    heights = np.linalg.norm(bottom_left - top_left), np.linalg.norm(bottom_right - top_right)
    width = max(float(np.linalg.norm(top_right - top_left)), 1e-6)
    across = (top_right - top_left) * (along * np.mean(heights) / width)
    left, right = (bottom_left - top_left) * down, (bottom_right - top_right) * down
    return np.array(
        [
            top_left - left - across,
            top_right - right + across,
            bottom_right + right + across,
            bottom_left + left - across,
        ]
    )


def reading_of(seen: Seen, form: Form, corners: Floats, unit: str | None = None) -> Reading:
    """The value, or why there is none; what is shown is told in either case, if anything is."""
    if form.counter:
        seen = without_points(seen)
    number = _number(seen, form)
    kind = "counter" if form.counter else "digital"
    ring = tuple((float(x), float(y)) for x, y in [*corners.tolist(), corners[0].tolist()])
    said = Reading.model_validate(
        {
            "quality": "refused",
            "reason": "unclear" if isinstance(number, Number) else number,
            "kind": kind,
            "text": seen.text or None,
            "places": seen.places or None,
            "unit": unit,
            "display": ring,
        }
    )
    if not isinstance(number, Number):
        return said
    return said.model_copy(
        update={
            "quality": "uncertain" if number.moving or _lost_point(seen, form) >= MAYBE_A_POINT else "good",
            "reason": None,
            "value": number.value,
            "uncertainty": number.uncertainty,
            "unit": unit or number.unit,
        }
    )


def without_points(seen: Seen) -> Seen:
    """A counter's digits: a comma between its windows is a speck as often as a comma. How many digits stand behind it
    does not change: the calibration says so."""
    kept = [(symbol, place) for symbol, place in zip(seen.text, seen.places, strict=True) if symbol != "."]
    return seen._replace(text="".join(symbol for symbol, _ in kept), places=tuple(place for _, place in kept))


def _number(seen: Seen, form: Form) -> Number | Reason:
    if seen.sureness < (SURE_OF_DRUMS if form.counter else SURE):
        return "no_display" if seen.styles[STYLES.index("other")] > NOTHING else "unclear"
    if _far_from_its_sign(seen):
        return "incomplete"
    number = number_of(seen.text, form)
    lost = isinstance(number, Number) and _lost_point(seen, form) >= LOST_A_POINT
    return "blur" if lost else number


def _lost_point(seen: Seen, form: Form) -> float:
    """Probability that a point or colon was overlooked which would change the value."""
    known = form.counter or (form.decimals is not None and not form.clock)
    return 0.0 if known or any(symbol in POINTS for symbol in seen.text) else seen.point


def _far_from_its_sign(seen: Seen) -> bool:
    """Whether a number's first digit stands so far behind its sign that a place between them is dark: the recogniser
    names such a place where digits are on both sides, and overlooks some behind a sign."""
    if not (seen.text.startswith("-") and seen.text[1:2].isdigit()):
        return False
    ways = np.diff(seen.places)
    beside = [
        way for way, pair in zip(ways[1:], pairwise(seen.text[1:]), strict=True) if "".join(pair).isdigit()
    ]
    far = FAR * HEIGHT / WIDTH
    return bool(ways[0] > (FARTHER * np.median(beside) if beside else far))
