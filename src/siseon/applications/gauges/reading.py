"""From a dial whose place and scale are known to a value, or to the reason why there is none."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from siseon.applications.gauges.calibration import Calibration
from siseon.applications.gauges.contracts import Needle as NeedleFound
from siseon.applications.gauges.contracts import Reading, Reason, Scale
from siseon.applications.gauges.digital.calibration import DisplayCalibration
from siseon.applications.gauges.meant import BESIDE_THE_MIDDLE, needle_meant
from siseon.applications.gauges.needle import Needle, find_needles
from siseon.applications.gauges.onward import onward
from siseon.applications.gauges.plane import on_circle, project, radius_of, tilt_of
from siseon.applications.gauges.polar import Polar, unwrap

Floats = NDArray[np.float64]

MOST_TILT = 60.0
"""Degrees: beyond, the near half of a dial hides what stands out of it."""
LEAST_RADIUS = 16.0
"""Pixels; a dial that is smaller has marks that are not seen apart."""
BESIDE_THE_SEEN = 2.0
"""``BESIDE_THE_MIDDLE`` of a dial that was found by sight: beyond, its hub is not where the marks lead to. So is a dial
that is seen from the side, whose needle stands high above it."""
VISIBLE = 0.2
"""Times the dial's contrast that a needle must have."""
STANDS_OUT = 0.4
"""The same of all its difference to what is beside it, of red, green and blue: 1.7 is that of black on white. Scratches
and shadows may have less; of generated dials no needle had less than 0.75, but real ones fade."""
BESIDE_THE_SCALE = 0.04
"""Of its sweep, by which a needle may point past the ends of a scale: it rests on a pin there."""
CLICKED = 0.5
"""Pixels by which points of a calibration are off."""
BLURRED = 0.4
"""Of the blur of a needle's edges, by which its middle is off: its shadow and what it touches run into them. Chosen on
generated dials of development, blurred by 0 to 6 pixels more."""
MOST_BLURRED = 0.1
"""Radii of the scale, of that blur; beyond, a needle cannot be told from what is beside it."""
UNCERTAIN = 0.01
"""Of the scale; a reading less sure than that is said to be uncertain."""
BRIGHT = 250
GLARE = 0.12
"""Of the dial, so bright that nothing is seen in it."""
SHARPNESS = 0.05
"""Least ratio of the steepest edges around the dial, over half a degree, to its contrast."""


@dataclass(frozen=True, slots=True)
class Known:
    """A dial in a picture."""

    to_picture: Floats
    """(3, 3) from the dial's plane."""
    scale_radius: float
    angles: Floats
    """Of the marks, in degrees clockwise from the top, rising."""
    values: Floats
    unit: str | None
    deviation: float = 0.0
    """Degrees: standard deviation of where the marks are."""
    beside: float = BESIDE_THE_MIDDLE
    """Degrees between where a needle may point and where it meets the scale."""
    doubtful: tuple[tuple[float, float], ...] = ()
    """Angles between which the scale is not known."""
    turn: float | None = None
    """What a whole turn counts, of a scale without ends; its last mark is its first one again."""
    at_marks: bool = False
    """Whether ``scale_radius`` is where marks are, as somebody has said, and not numbers: no needle goes on beyond."""

    @property
    def scale(self) -> Scale:
        """Its ends; where it has none, what it begins again with, and a turn on."""
        if self.turn is not None:
            lowest = float(np.delete(self.values, -1).min())
            return Scale(minimum=lowest, maximum=lowest + self.turn)
        return Scale(minimum=float(self.values.min()), maximum=float(self.values.max()))

    @property
    def rim(self) -> tuple[tuple[float, float], ...]:
        """The circle of the dial's plane, closed, in the picture."""
        circle = np.array([on_circle(angle, 1.0) for angle in range(0, 361, 10)])
        return tuple((float(x), float(y)) for x, y in project(self.to_picture, circle))

    def moved(self, motion: Floats) -> Known:
        """The same dial in a picture that a (3, 3) motion leads to."""
        return replace(self, to_picture=motion @ self.to_picture)


def known_of(calibration: Calibration) -> Known:
    """The dial in the picture that was calibrated on. Marks that were proposed by sight are trusted as sight does."""
    angles, values = calibration.marks
    place = calibration.to_picture, calibration.scale_radius
    known = Known(*place, angles, values, calibration.unit, turn=calibration.turn)
    if calibration.deviation is None:
        return replace(known, at_marks=True)
    return replace(known, deviation=calibration.deviation, beside=BESIDE_THE_SEEN)


def read_dial(pixels: NDArray[np.uint8], known: Known) -> Reading:
    """The value that the needle shows in (H, W, 3) uint8 RGB."""
    radius = radius_of(known.to_picture) * known.scale_radius
    if tilt_of(known.to_picture) > MOST_TILT:
        return refused("tilt_too_high", known)
    if radius < LEAST_RADIUS:
        return refused("blur", known)
    polar = unwrap(pixels, known.to_picture, np.linspace(0.15, 1.0, 20) * known.scale_radius)
    found = find_needles(pixels, known.to_picture, known.scale_radius)
    contrast = _contrast(polar[::2, ::2])
    needle = needle_meant(
        found, VISIBLE * contrast, lambda angle: _on_scale(angle, known) is not None, known.beside
    )
    if needle is None or not _stands_out(needle, pixels, known, contrast):
        return refused(_hidden(polar), known)
    if needle.blur > MOST_BLURRED:
        return refused("blur", known)
    at = _on_scale(needle.angle, known)
    if at is None:
        return refused("ambiguous_needle", known)
    if any(first < at < last for first, last in known.doubtful):
        return refused("no_scale", known)
    own = float(np.hypot(needle.deviation, BLURRED * np.degrees(needle.blur)))
    return read_at(at, needle.length, own, known)


def limited(reading: Reading, calibration: Calibration | DisplayCalibration) -> Reading:
    """The reading with the limit that it has passed."""
    value = np.nan if reading.value is None else reading.value
    if calibration.low is not None and value < calibration.low:
        return reading.model_copy(update={"limit": "low"})
    if calibration.high is not None and value > calibration.high:
        return reading.model_copy(update={"limit": "high"})
    return reading


def refused(reason: Reason, known: Known | None = None) -> Reading:
    """No value; what is known of the dial is told all the same."""
    if known is None:
        return Reading(quality="refused", reason=reason)
    return Reading(quality="refused", reason=reason, unit=known.unit, scale=known.scale, dial=known.rim)


def read_at(at: float, length: float, own: float, known: Known) -> Reading:
    """The value of a needle.

    Args:
        at: where it points, in degrees clockwise from the top, counted on from the first mark.
        length: to its tip, in radii of the scale.
        own: standard deviation of the angle, in degrees.
        known: the dial.
    """
    step = 0.5
    around = _value(at + step, known) - _value(at - step, known)
    slope = abs(around) / (2 * step)
    off = np.degrees(CLICKED / (radius_of(known.to_picture) * known.scale_radius))
    deviation = float(np.sqrt(own**2 + off**2 + known.deviation**2))
    uncertainty = 2 * deviation * slope
    ends = known.scale
    sure = uncertainty <= UNCERTAIN * (ends.maximum - ends.minimum)
    value = _value(at, known)
    if known.turn is not None:
        value = ends.minimum + (value - ends.minimum) % known.turn
    middle, tip = project(
        known.to_picture,
        np.array([(0.0, 0.0), on_circle(at, length * known.scale_radius)]),
    ).tolist()
    return Reading(
        quality="good" if sure else "uncertain",
        value=value,
        uncertainty=uncertainty,
        unit=known.unit,
        scale=ends,
        dial=known.rim,
        needle=NeedleFound(middle=tuple(middle), tip=tuple(tip)),
    )


def _stands_out(needle: Needle, pixels: NDArray[np.uint8], known: Known, contrast: float) -> bool:
    """Whether it is no scratch on the glass and no shadow across it."""
    goes = onward(pixels, known.to_picture, known.scale_radius, needle)
    if goes.on_hub or (goes.beyond and known.at_marks):
        return False
    return goes.contrast >= STANDS_OUT * contrast


def _on_scale(angle: float, known: Known) -> float | None:
    """The angle, counted on from the first mark; None beside the scale."""
    first, last = float(known.angles[0]), float(known.angles[-1])
    slack = BESIDE_THE_SCALE * (last - first)
    past = (angle - first + slack) % 360
    return first - slack + past if past <= last - first + 2 * slack else None


def _value(at: float, known: Known) -> float:
    """Between marks linear; past the ends as in the outermost division."""
    angles, values = known.angles, known.values
    number = int(np.clip(np.searchsorted(angles, at) - 1, 0, len(angles) - 2))
    share = (at - angles[number]) / (angles[number + 1] - angles[number])
    return float(values[number] + share * (values[number + 1] - values[number]))


def _contrast(polar: Polar) -> float:
    """Of the dial: from its darkest to its lightest."""
    low, high = np.percentile(polar.mean(axis=2), (0.5, 99.5))
    return float(high - low)


def _hidden(polar: Polar) -> Reason:
    """What hides the needle: glare, blur, or nothing, where it is not there or not alone."""
    if (polar.min(axis=2) >= BRIGHT).mean() > GLARE:
        return "glare"
    grey = polar.mean(axis=2)
    steepest = np.percentile(np.abs(grey - np.roll(grey, 1, axis=1)), 99.5)
    return "blur" if steepest < SHARPNESS * _contrast(polar) else "ambiguous_needle"
