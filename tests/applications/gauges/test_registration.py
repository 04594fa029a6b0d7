from __future__ import annotations

import cv2
import numpy as np

from siseon.applications.gauges.generated import Photo, calibration_of, photo
from siseon.applications.gauges.plane import homography, on_circle, project
from siseon.applications.gauges.reading import known_of, read_dial
from siseon.applications.gauges.registration import Reference

RIM = np.array([on_circle(angle, 1.0) for angle in range(0, 360, 20)])


def pushed(before: Photo, index: int) -> Photo:
    """The same dial before a camera that was pushed, with its needle elsewhere."""
    rng = np.random.default_rng(index)
    turn, grow, shift = np.radians(rng.uniform(-5, 5)), rng.uniform(0.95, 1.05), rng.uniform(-25, 25, 2)
    motion = np.eye(3)
    motion[:2, :2] = grow * np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    middle = before.points((0.0,), 0.0)[0]
    motion[:2, 2] = middle - motion[:2, :2] @ middle + shift
    value = float(rng.uniform(min(before.dial.numerals), max(before.dial.numerals)))
    return photo(index, "evaluation", view=motion @ before.to_picture, value=value)


def test_a_camera_that_was_pushed_still_reads_the_right_value() -> None:
    for index in range(8):
        before = photo(index, "evaluation")
        now = pushed(before, index)
        motion = Reference(before.image.pixels, before.to_picture, numbered=True).motion_to(now.image.pixels)
        assert motion is not None
        assert np.abs(project(motion @ before.to_picture, RIM) - project(now.to_picture, RIM)).max() < 1.0
        known = known_of(calibration_of(before, off=0)).moved(motion)
        reading = read_dial(now.image.pixels, known)
        if reading.value is not None:
            assert abs(reading.value - now.value) < 0.006 * (max(now.dial.numerals) - min(now.dial.numerals))


def test_a_camera_that_was_turned_is_not_taken_for_one_that_was_pushed() -> None:
    picture = np.full((480, 640, 3), 230, np.uint8)
    for x, y in np.random.default_rng(0).uniform((220, 140), (420, 340), (150, 2)):
        cv2.circle(picture, (int(x), int(y)), 4, (30, 30, 30), -1)
    reference = Reference(picture, homography(np.array([320.0, 240.0]), 100 * np.eye(2), np.zeros(2)))
    found = {}
    for turn in (-20, -10, 10, 20):
        motion = cv2.getRotationMatrix2D((320, 240), turn, 1.0)
        turned = cv2.warpAffine(picture, motion, (640, 480), borderValue=(230, 230, 230))
        found[turn] = reference.motion_to(np.asarray(turned, np.uint8)) is not None
    assert found == {-20: False, -10: True, 10: True, 20: False}


def test_a_dial_is_not_found_again_in_a_mirror() -> None:
    """Dials that were: a mirror leaves their rim and most of their marks where they are."""
    linear = np.diag([-1.0, 1.0])
    for index in (61006, 61014, 61034):
        one = photo(index, "evaluation")
        reference = Reference(one.image.pixels, one.to_picture, numbered=True)
        middle = one.points((0.0,), 0.0)[0]
        matrix = np.column_stack([linear, middle - linear @ middle])
        moved = cv2.warpAffine(one.image.pixels, matrix, (640, 480), borderMode=cv2.BORDER_REPLICATE)
        assert reference.motion_to(np.asarray(moved, np.uint8)) is None
        assert reference.motion_to(one.image.pixels) is not None


def test_a_camera_that_was_pushed_at_dusk_is_made_up_for() -> None:
    light = np.linspace(0.3, 0.75, 640)[None, :, None]
    for index in range(2):
        before = photo(index, "evaluation")
        now = pushed(before, index)
        dusk = (now.image.pixels * light).astype(np.uint8)
        motion = Reference(before.image.pixels, before.to_picture, numbered=True).motion_to(dusk)
        assert motion is not None
        assert np.abs(project(motion @ before.to_picture, RIM) - project(now.to_picture, RIM)).max() < 1.0


def test_another_dial_and_a_wall_are_not_taken_for_the_one_that_was_calibrated() -> None:
    one = photo(0, "evaluation")
    reference = Reference(one.image.pixels, one.to_picture, numbered=True)
    for index in range(1, 6):
        assert reference.motion_to(photo(index, "evaluation").image.pixels) is None
    assert reference.motion_to(np.full_like(one.image.pixels, 128)) is None


def test_a_dial_that_has_left_the_picture_in_part_is_not_read_on() -> None:
    one = photo(0, "evaluation")
    shift = np.eye(3)
    shift[0, 2] = 640 - one.points((0.0,), 0.0)[0][0] - 20
    gone = photo(0, "evaluation", view=shift @ one.to_picture)
    assert Reference(one.image.pixels, one.to_picture, numbered=True).motion_to(gone.image.pixels) is None


def test_a_dial_of_which_a_third_is_covered_is_not_taken_for_the_whole() -> None:
    """By a leaf, a person, or the smear of a frame that came in part."""
    for index in range(6):
        one = photo(index, "evaluation")
        reference = Reference(one.image.pixels, one.to_picture, numbered=True)
        x, y = one.points((0.0,), 0.0)[0]
        for turn in (0.0, 90.0, 200.0):
            pixels = one.image.pixels.copy()
            far = [np.radians(turn + angle) for angle in (0, 60, 120)]
            corners = [(x, y), *((x + 2000 * np.cos(angle), y + 2000 * np.sin(angle)) for angle in far)]
            cv2.fillPoly(pixels, [np.array(corners, np.int32)], (120, 90, 60))
            assert reference.motion_to(pixels) is None
        smeared = one.image.pixels.copy()
        smeared[: int(y)] = smeared[int(y)]
        assert reference.motion_to(smeared) is None
