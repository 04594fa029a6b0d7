from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from siseon.applications.gauges.generated import Photo, calibration_of, photo
from siseon.applications.gauges.plane import on_circle, project, radius_of
from siseon.applications.gauges.reading import known_of, read_dial


def shadowed(one: Photo, angle: float, far: float) -> NDArray[np.uint8]:
    """By something thin that lies over the hub, to so many radii of the rim."""
    ends = np.array([on_circle(angle, -0.15), on_circle(angle, far)])
    start, end = project(one.to_picture, ends).round().astype(int)
    cover = np.zeros(one.image.pixels.shape[:2], np.uint8)
    wide = round(0.04 * radius_of(one.to_picture))
    cv2.line(cover, start.tolist(), end.tolist(), (255,), wide, cv2.LINE_AA)
    share = cv2.GaussianBlur(cover, (0, 0), 1.0)[..., None] / 255
    return (one.image.pixels * (1 - 0.45 * share)).astype(np.uint8)


def test_the_shadow_of_a_cable_is_not_the_needle_that_a_dial_has_lost() -> None:
    """To the end of the scale the same shadow could be a grey needle."""
    ended = 0
    for index in (2, 10, 22):
        bare = photo(index, "evaluation", family="no needle")
        known = known_of(calibration_of(bare, seed=index))
        angle = bare.dial.angle_of(bare.value)
        ended += read_dial(shadowed(bare, angle, 0.95 * bare.dial.scale_radius), known).value is not None
        assert read_dial(shadowed(bare, angle, 1.6), known).value is None
    assert ended >= 2


def test_a_line_that_stands_out_much_less_than_the_marks_is_not_a_needle() -> None:
    """One that was."""
    bare = photo(22, "evaluation", family="no needle")
    dark = shadowed(bare, bare.dial.angle_of(bare.value), 0.9 * bare.dial.scale_radius)
    faint = (0.7 * bare.image.pixels + 0.3 * dark).astype(np.uint8)
    assert read_dial(faint, known_of(calibration_of(bare, seed=22))).value is None


def scratched(one: Photo, start: float) -> NDArray[np.uint8]:
    """By a bright line from so many radii of the rim outwards."""
    angle = one.dial.angle_of(one.value)
    points = np.array([on_circle(angle, start), on_circle(angle, 0.9 * one.dial.scale_radius)])
    first, last = (project(one.to_picture, points) * 16).round().astype(int)
    cover = np.zeros(one.image.pixels.shape[:2], np.uint8)
    cv2.line(cover, first.tolist(), last.tolist(), (255,), 2, cv2.LINE_AA, 4)
    share = cv2.GaussianBlur(cover, (0, 0), 0.6)[..., None] / 255
    colour = 255 if one.image.pixels.mean() < 110 else 10
    return (one.image.pixels * (1 - share) + colour * share).astype(np.uint8)


def test_a_scratch_that_is_seen_on_the_hub_up_to_the_middle_is_not_a_needle() -> None:
    """From the edge of the hub on it could be a thin one."""
    from_the_edge = 0
    for index in range(100, 108):
        bare = photo(index, "evaluation", family="no needle")
        known = known_of(calibration_of(bare, seed=index))
        from_the_edge += read_dial(scratched(bare, 0.07), known).value is not None
        for start in (0.0, -0.02):
            assert read_dial(scratched(bare, start), known).value is None
    assert from_the_edge >= 3


@pytest.mark.parametrize("tail", [0.05, 0.25])
def test_a_needle_that_lies_over_its_hub_and_has_a_tail_is_read(tail: float) -> None:
    read = 0
    for index in range(100, 106):
        bare = photo(index, "evaluation", family="no needle")
        known = known_of(calibration_of(bare, seed=index))
        reading = read_dial(scratched(bare, -tail), known)
        read += reading.value is not None and abs(reading.value - bare.value) < 0.02 * np.ptp(
            bare.dial.numerals
        )
    assert read >= 3
