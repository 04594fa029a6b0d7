from __future__ import annotations

import numpy as np
import pytest

from siseon.applications.people.footage import Sighting
from siseon.applications.people.motion import Camera
from siseon.applications.people.track import Track, Watched

pytest.importorskip("trackers")
RATE = 5.0
STILL = Camera(np.eye(3), known=True)


def _sighting(at: int, *boxes: tuple[float, float], score: float = 0.8) -> Sighting:
    """People of 40 × 100 pixels, by the middle of their feet."""
    xyxy = np.array([[x - 20, y - 100, x + 20, y] for x, y in boxes], np.float32).reshape(-1, 4)
    return Sighting(at * 200, xyxy, np.full(len(boxes), score, np.float32))


def _followed(sightings, cameras=None, tracker="bytetrack", cuts=frozenset()) -> list[list[int]]:
    stage = Track(tracker, 0.4)
    watched = Watched(sightings, cameras or [STILL] * len(sightings), RATE, cuts)
    (numbers,) = stage.process([watched])
    return [one.tolist() for one in numbers]


@pytest.mark.parametrize("tracker", ["bytetrack", "botsort", "ocsort"])
def test_two_who_walk_keep_their_numbers_whatever_the_order_of_their_boxes(tracker) -> None:
    walkers = [[(100 + 15 * at, 300), (400 - 15 * at, 320)] for at in range(8)]
    sightings = [_sighting(at, *(pair if at % 2 else pair[::-1])) for at, pair in enumerate(walkers)]

    numbers = _followed(sightings, tracker=tracker)

    assert numbers == [[1, 2] if at % 2 == 0 else [2, 1] for at in range(8)]


def test_the_first_picture_has_its_people_too() -> None:
    """A tracker names them at the second; but the first is what two chunks share."""
    numbers = _followed(
        [
            _sighting(0, (100, 300)),
            _sighting(1, (110, 300)),
            _sighting(2, (120, 300), (400, 300)),
            _sighting(3, (130, 300), (405, 300)),
        ]
    )

    assert numbers == [[1], [1], [1, 2], [1, 2]]


def test_who_is_hidden_for_a_moment_keeps_the_number() -> None:
    seen = [_sighting(at, *([] if at in (4, 5) else [(100 + 8 * at, 300)])) for at in range(10)]

    assert {number for one in _followed(seen) for number in one} == {1}


def test_a_faint_box_goes_on_with_a_track_but_begins_none() -> None:
    strong = [_sighting(at, (100, 300)) for at in range(3)]
    faint = [_sighting(at, (100, 300), score=0.2) for at in range(3, 6)]

    assert _followed(strong + faint) == [[1]] * 6
    assert _followed(faint) == [[0]] * 3


def test_a_camera_that_swings_changes_nobody() -> None:
    """Each picture lies 60 pixels, more than a person's width, beside the one before."""
    cameras = [Camera(np.array([[1, 0, 60.0 * at], [0, 1, 0], [0, 0, 1]]), known=True) for at in range(6)]
    sightings = [_sighting(at, (400 - 60 * at, 300), (450 - 60 * at, 300)) for at in range(6)]

    assert _followed(sightings, cameras) == [[1, 2]] * 6
    assert {number for one in _followed(sightings) for number in one} != {1, 2}


@pytest.mark.parametrize("tracker", ["bytetrack", "botsort", "ocsort"])
def test_who_is_in_the_same_place_after_a_cut_is_not_taken_for_the_one_before(tracker) -> None:
    sightings = [_sighting(at, (200, 300)) for at in range(8)]

    assert _followed(sightings, tracker=tracker) == [[1]] * 8
    assert _followed(sightings, tracker=tracker, cuts=frozenset({4})) == [[1]] * 4 + [[2]] * 4


def test_chunks_do_not_know_of_each_other() -> None:
    stage = Track("bytetrack", 0.4)
    one = Watched([_sighting(at, (100 + 10 * at, 300)) for at in range(5)], [STILL] * 5, RATE)
    other = Watched([_sighting(at, (500, 300)) for at in range(5)], [STILL] * 5, RATE)

    alone = [[n.tolist() for n in stage.process([each])[0]] for each in (one, other)]
    together = [[n.tolist() for n in numbers] for numbers in stage.process([other, one])]

    assert together == alone[::-1]


def test_a_chunk_without_anybody_has_no_numbers() -> None:
    assert _followed([_sighting(at) for at in range(3)]) == [[], [], []]
