from __future__ import annotations

import numpy as np

from siseon.applications.people.crops import Held, best, cut, held, worth
from siseon.applications.people.footage import Sighting
from siseon.contracts import Frame, Image

SIZE = (640, 360)


def _sighting(*boxes: tuple[float, float, float, float], score: float = 0.9) -> Sighting:
    return Sighting(0, np.array(boxes, np.float32).reshape(-1, 4), np.full(len(boxes), score, np.float32))


def test_a_whole_person_is_worth_more_than_one_who_is_covered_cut_or_far_away() -> None:
    whole, covered, before, cut_off, far = worth(
        _sighting(
            (100, 50, 150, 200),
            (300, 50, 350, 200),
            (310, 60, 360, 220),
            (0, 50, 50, 200),
            (500, 50, 520, 90),
        ),
        SIZE,
    )

    assert whole == before
    assert covered < 0.5 * whole
    assert cut_off < whole
    assert far < 0.5 * whole


def test_what_is_smaller_than_a_person_can_be_seen_is_worth_nothing() -> None:
    assert worth(_sighting((100, 50, 110, 70)), SIZE).tolist() == [0.0]
    assert worth(_sighting(), SIZE).tolist() == []


def test_moments_are_spread_over_the_time_and_the_best_of_theirs() -> None:
    tracklet = Held(1, np.arange(100), np.zeros(100, np.int64))
    worths = [np.array([0.9 if shot % 10 == 7 else 0.5]) for shot in range(100)]

    assert [one.shot for one in best(tracklet, worths, 10)] == [7 + 10 * part for part in range(10)]


def test_moments_that_show_nothing_are_left_out() -> None:
    tracklet = Held(1, np.arange(4), np.zeros(4, np.int64))

    assert best(tracklet, [np.array([0.01])] * 4) == []


def test_tracklets_are_gathered_by_their_numbers() -> None:
    found = held([np.array([0, 2]), np.array([1, 2]), np.array([], np.int64)])

    assert [(one.number, one.shots.tolist(), one.rows.tolist()) for one in found] == [
        (1, [1], [0]),
        (2, [0, 1], [1, 1]),
    ]


def test_a_crop_of_a_smaller_picture_shows_the_box_of_the_video() -> None:
    pixels = np.zeros((180, 320, 3), np.uint8)
    pixels[20:40, 50:60] = 255
    image = Image(pixels, Frame.root(*SIZE).resize(320, 180))

    crop = cut(image, np.array([100, 40, 120, 80], np.float32))

    assert crop is not None
    assert crop.pixels.shape == (20, 10, 3)
    assert crop.pixels.min() == 255
    assert cut(image, np.array([-50, 0, -10, 50], np.float32)) is None
