"""Generated dials of families that nothing was tuned with."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from siseon.applications.gauges.contracts import Reading
from siseon.applications.gauges.generated import Photo, calibration_of, photo
from siseon.applications.gauges.plane import on_circle, project
from siseon.applications.gauges.reading import Known, known_of, read_dial


def off(reading: Reading, truth: Photo) -> float:
    """Of full scale."""
    assert reading.value is not None
    assert reading.scale is not None
    return abs(reading.value - truth.value) / (reading.scale.maximum - reading.scale.minimum)


def test_dials_of_unseen_families_are_read_within_three_thousandths_of_the_scale() -> None:
    photos = [photo(index, "evaluation") for index in range(40)]
    readings = [read_dial(one.image.pixels, known_of(calibration_of(one))) for one in photos]
    read = [
        (reading, one) for reading, one in zip(readings, photos, strict=True) if reading.value is not None
    ]
    assert len(read) >= 36
    errors = np.array([off(*pair) for pair in read])
    assert np.percentile(errors, 95) < 0.003
    assert errors.max() < 0.02
    within = [
        error <= (reading.uncertainty or 0) / _range(reading)
        for (reading, _), error in zip(read, errors, strict=True)
    ]
    assert np.mean(within) > 0.85


def test_a_dial_without_a_needle_is_refused() -> None:
    one = photo(3, "evaluation", hardness="clean")
    known = known_of(calibration_of(one, off=0))
    bare = np.full_like(one.image.pixels, 230)
    reading = read_dial(bare, known)
    assert (reading.quality, reading.reason, reading.value) == ("refused", "ambiguous_needle", None)


def test_two_needles_are_refused_rather_than_one_of_them_chosen() -> None:
    one = photo(2, "development", hardness="clean", value=100)
    other = photo(2, "development", hardness="clean", value=300)
    known = known_of(calibration_of(one, off=0))
    for single in (one, other):
        assert off(read_dial(single.image.pixels, known), single) < 0.005
    # Where either differs from the dial with its needle elsewhere, the needle is.
    third = photo(2, "development", hardness="clean", value=400)
    differs = np.abs(other.image.pixels.astype(int) - third.image.pixels).max(axis=2, keepdims=True) > 20
    both = np.where(
        differs & (np.abs(other.image.pixels.astype(int) - one.image.pixels) > 20),
        other.image.pixels,
        one.image.pixels,
    )
    reading = read_dial(both.astype(np.uint8), known)
    assert reading.reason == "ambiguous_needle"


def test_a_needle_that_points_beside_the_scale_is_refused() -> None:
    one = photo(1, "development", hardness="clean")
    angles = np.array([one.dial.angle_of(one.value) + 60, one.dial.angle_of(one.value) + 120])
    reading = read_dial(
        one.image.pixels, Known(one.to_picture, one.dial.scale_radius, angles, np.array([0.0, 1.0]), None)
    )
    assert reading.reason == "ambiguous_needle"


def test_glare_over_the_dial_is_named() -> None:
    one = photo(4, "development", hardness="clean")
    pixels = one.image.pixels.copy()
    x, y = project(one.to_picture, np.array([on_circle(one.dial.angle_of(one.value), 0.5)]))[0].astype(int)
    pixels[max(0, y - 100) : y + 100, max(0, x - 100) : x + 100] = 255
    assert read_dial(pixels, known_of(calibration_of(one, off=0))).reason == "glare"


def test_a_dial_seen_at_too_flat_an_angle_is_refused() -> None:
    one = photo(4, "development", hardness="clean")
    flat = one.to_picture @ np.diag([1.0, 0.3, 1.0])
    known = Known(flat, 0.9, np.array([0.0, 90.0]), np.array([0.0, 1.0]), None)
    assert read_dial(one.image.pixels, known).reason == "tilt_too_high"


def test_a_dial_out_of_focus_is_named() -> None:
    one = photo(5, "development", hardness="clean")
    pixels = np.asarray(cv2.GaussianBlur(one.image.pixels, (0, 0), 25), np.uint8)
    assert read_dial(pixels, known_of(calibration_of(one, off=0))).reason == "blur"


def _range(reading: Reading) -> float:
    assert reading.scale is not None
    return reading.scale.maximum - reading.scale.minimum


@pytest.mark.parametrize("value", [-30, 0, 30])
def test_a_needle_on_the_ends_of_its_scale_is_read(value: float) -> None:
    one = next(p for p in (photo(i, hardness="clean", value=value) for i in range(30)) if p.dial.unit == "A")
    assert off(read_dial(one.image.pixels, known_of(calibration_of(one, off=0))), one) < 0.005
