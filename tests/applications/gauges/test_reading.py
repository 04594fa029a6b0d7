"""Generated dials of families that are not those of development."""

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


def test_out_of_focus_a_reading_is_as_much_less_sure_as_it_is_worse() -> None:
    within = []
    for index in range(14):
        one = photo(index, "evaluation")
        known = known_of(calibration_of(one))
        sharp = read_dial(one.image.pixels, known)
        soft = read_dial(np.asarray(cv2.GaussianBlur(one.image.pixels, (0, 0), 5.0), np.uint8), known)
        if sharp.uncertainty is not None and soft.uncertainty is not None:
            assert soft.uncertainty > 1.4 * sharp.uncertainty
            within.append(off(soft, one) <= soft.uncertainty / _range(soft))
    assert len(within) >= 8
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


@pytest.mark.parametrize("index", [20027, 30131])
def test_a_reflection_on_the_hub_is_no_needle(index: int) -> None:
    """Dials that were read 28 and 33 % off, by the reflection."""
    one = photo(index, "evaluation")
    assert read_dial(one.image.pixels, known_of(calibration_of(one, seed=index))).value is None


def test_a_band_across_the_hub_is_no_needle() -> None:
    for index in range(7000, 7010):
        one = photo(index, "evaluation")
        low, high = min(one.dial.numerals), max(one.dial.numerals)
        (x, y), edge = one.points((0.0,), 0.0)[0], one.points((0.0,), 1.0)[0]
        radius = float(np.hypot(*(edge - (x, y))))
        band = cv2.boxPoints(((float(x), float(y)), (0.4 * radius, 2.1 * radius), 17.0 * index % 180))
        pixels = cv2.fillPoly(one.image.pixels.copy(), [band.round().astype(np.int32)], (90, 60, 30))
        reading = read_dial(pixels, known_of(calibration_of(one, seed=index)))
        assert reading.value is None or abs(reading.value - one.value) < 0.02 * (high - low)


def test_the_edge_of_what_covers_a_part_of_a_dial_is_no_needle() -> None:
    for index in (6005, 6008, 6013, 6014, 6020, 6023, 6024, 6026):  # each of which was read along it
        one = photo(index, "evaluation")
        rng = np.random.default_rng([index, 77])
        begin = rng.uniform(0, 2 * np.pi)
        colour = tuple(int(part) for part in rng.integers(20, 235, 3))
        x, y = one.points((0.0,), 0.0)[0]
        far = [begin + turn for turn in (0, np.pi / 4, np.pi / 2)]
        cover = [(x, y), *((x + 2000 * np.cos(angle), y + 2000 * np.sin(angle)) for angle in far)]
        pixels = cv2.fillPoly(one.image.pixels.copy(), [np.array(cover).astype(np.int32)], colour)
        assert read_dial(pixels, known_of(calibration_of(one, seed=index))).value is None
