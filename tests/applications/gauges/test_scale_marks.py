"""The marks beside numbers are found to a tenth of a degree, or nothing is said of them."""

from __future__ import annotations

import numpy as np
import pytest

from siseon.applications.gauges.generated import Photo, photo
from siseon.applications.gauges.plane import angles_of, on_circle, project
from siseon.applications.gauges.reading import BESIDE_THE_SEEN, Known
from siseon.applications.gauges.scale_marks import marked

NUMBERS = 0.22
"""Radii of the rim from a dial's marks inwards to its numbers."""
BESIDE = 0.6
"""Degrees: standard deviation of where a number is seen beside its mark."""


def seen(dial: Photo) -> Known:
    """The dial as sight knows it: by its numbers."""
    beside = np.random.default_rng(1).normal(0, BESIDE, len(dial.dial.angles))
    angles, values = np.array(dial.dial.angles) + beside, np.array(dial.dial.numerals)
    radius = dial.dial.scale_radius - NUMBERS
    return Known(dial.to_picture, radius, angles, values, None, BESIDE, BESIDE_THE_SEEN)


def off(dial: Photo, known: Known) -> float:
    """Degrees by which the worst of its marks is off."""
    points = [on_circle(angle, known.scale_radius) for angle in known.angles.tolist()]
    there = project(np.linalg.inv(dial.to_picture), project(known.to_picture, np.array(points)))
    return float(np.abs((angles_of(there) - np.array(dial.dial.angles) + 180) % 360 - 180).max())


def test_marks_are_where_they_are_seen_or_nowhere():
    dials = [photo(number, split) for split in ("development", "evaluation") for number in range(8)]
    found = [(dial, known) for dial in dials if (known := marked(dial.image.pixels, seen(dial))) is not None]
    assert len(found) >= 8
    wrong = [off(dial, known) for dial, known in found]
    assert max(wrong) < 0.4
    assert np.median(wrong) < 0.1
    assert np.median([off(dial, seen(dial)) for dial, _ in found]) > 0.5


@pytest.mark.parametrize("number", [0, 2])
def test_a_needle_is_not_taken_for_the_mark_that_it_hides(number):
    dial = photo(number, "evaluation")
    hidden = photo(number, "evaluation", value=dial.dial.numerals[2])
    assert marked(hidden.image.pixels, seen(hidden)) is None


def test_numbers_without_marks_have_none():
    dial = photo(8, "evaluation")
    assert marked(dial.image.pixels, seen(dial)) is not None
    blank = np.full_like(dial.image.pixels, 200)
    assert marked(blank, seen(dial)) is None
