"""The value of a meter's small dial, whose scale has no ends, by the network that finds its pointer."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from siseon.applications.gauges.contracts import Reading
from siseon.applications.gauges.plane import radius_of, tilt_of
from siseon.applications.gauges.pointer import MARKS, Dial, Pointed, PointerFinder
from siseon.applications.gauges.reading import LEAST_RADIUS, MOST_TILT, Known, read_at, refused

LEAST_SURE = 0.5
"""Probability of the one direction: with two pointers that are alike it is half of it each."""
SURE = 0.95
"""The same from which a reading is good: where something lies over a dial it is less, and on few other dials."""
ANOTHER, MAYBE_ANOTHER = 0.8, 0.3
"""Probability of another pointer from which none is read, and from which a reading is uncertain. ``SURE`` and the
second were chosen on drawn dials of the training's families with a second pointer or a bar over them; ``LEAST_SURE``
and the first with those dials in sight that benchmarks/gauges/needles.py measures."""
NO_MARKS, DOUBTED = 0.5, 0.8
"""Sureness of the ten marks below which nothing speaks for a dial but its pointer, and that of a pointer which must be
reached there: a calibration that lies beside its dial finds pointers in whatever is there."""
MOST_SPREAD = 6.0
"""Degrees by which the views may differ."""
OWN = 1.5
"""Degrees: standard deviation of what the network says, where its views agree."""
TIP = 0.9
"""Radii of the scale to which a pointer is drawn; the network does not say how long it is."""

MARKS_SEEN = 0.6
"""Sureness from which the ten marks count, of 0.78 where it is greatest."""
MARKS_ASIDE = 10.0
"""Degrees between marks that are seen and those that are stated from which they are not the same ones."""
MARKS_COUNT = 0.5
"""How much of the way to the marks that are seen: those that are stated count as much."""


def read_meter_dial(pixels: NDArray[np.uint8], known: Known, finder: PointerFinder) -> Reading:
    """The value that the pointer shows in (H, W, 3) uint8 RGB, of a dial without ends."""
    if tilt_of(known.to_picture) > MOST_TILT:
        return refused("tilt_too_high", known)
    if radius_of(known.to_picture) * known.scale_radius < LEAST_RADIUS:
        return refused("blur", known)
    (pointed,) = finder.pointed([Dial(pixels, known.to_picture, known.scale_radius)])
    if pointed.sureness < LEAST_SURE or pointed.spread > MOST_SPREAD or pointed.another > ANOTHER:
        return refused("ambiguous_needle", known)
    if pointed.marks_sureness < NO_MARKS and pointed.sureness < DOUBTED:
        return refused("no_scale", known)
    first = float(known.angles[0])
    at = first + (pointed.angle - _aside(pointed, known) - first) % 360
    reading = read_at(at, TIP, float(np.hypot(OWN, pointed.spread)), known)
    sure = pointed.sureness >= SURE and pointed.another <= MAYBE_ANOTHER
    return reading if sure else reading.model_copy(update={"quality": "uncertain"})


def _aside(pointed: Pointed, known: Known) -> float:
    """Degrees clockwise by which the marks are taken to be elsewhere than stated; 0 where they are not seen, or are not
    those that were stated."""
    if pointed.marks_sureness < MARKS_SEEN or known.turn is None:
        return 0.0
    way = np.sign(known.values[1] - known.values[0])
    zeros = known.angles - way * known.values / known.turn * 360
    apart = (pointed.marks - zeros + 180 / MARKS) % (360 / MARKS) - 180 / MARKS
    return MARKS_COUNT * float(apart.mean()) if np.abs(apart).max() < MARKS_ASIDE else 0.0
