from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from siseon.applications.people.following.bytetrack import ByteTrack

RULES: dict[str, Any] = {"lost_s": 1.0, "begins": 0.4, "sure": 0.3, "overlap": 0.1}
RATE = 5.0


def _boxes(*left: float) -> np.ndarray:
    return np.array([[x, 100, x + 40, 200] for x in left], np.float32).reshape(-1, 4)


def _told(pictures: list[np.ndarray], scores: float = 0.8) -> list[list[int]]:
    tracker = ByteTrack(rate=RATE, **RULES)
    return [
        tracker.update(boxes, np.full(len(boxes), scores, np.float32), at / RATE).tolist()
        for at, boxes in enumerate(pictures)
    ]


def test_the_second_box_names_a_track() -> None:
    assert _told([_boxes(0), _boxes(5), _boxes(10)]) == [[-1], [0], [0]]


def test_one_box_alone_is_nobody() -> None:
    assert _told([_boxes(0), _boxes(), _boxes(0), _boxes(0)]) == [[-1], [], [-1], [0]]


def test_a_faint_box_begins_nothing() -> None:
    assert _told([_boxes(0)] * 3, scores=0.35) == [[-1]] * 3


def test_who_walks_is_waited_for_where_the_way_leads_for_a_second() -> None:
    seen = [_boxes(20 * at) for at in range(6)]

    assert _told([*seen, _boxes(), _boxes(), _boxes(20 * 8)])[-1] == [0]
    assert _told([*seen, *[_boxes()] * 5, _boxes(20 * 11)])[-1] == [-1]


@pytest.mark.parametrize("seed", range(6))
def test_it_follows_as_the_package_does(seed) -> None:
    """Walkers who cross, vanish and come back, of scores between none and sure, at times that are not even."""
    pytest.importorskip("trackers")
    from siseon.applications.people.following.library import OfLibrary

    random = np.random.default_rng(seed)
    rate = (5.0, 5.0, 2.0, 10.0, 1.5, 30.0)[seed]
    ours, theirs = ByteTrack(rate=rate, **RULES), OfLibrary("bytetrack", rate=rate, **RULES)
    places, paces = random.uniform(0, 400, (25, 2)), random.normal(0, 60 / rate, (25, 2))
    sides, at_s = random.uniform(20, 120, (25, 2)), 3.0
    names: dict[int, int] = {}
    for _ in range(120):
        there = random.random(25) < 0.75
        middles = places[there] + random.normal(0, 3, (there.sum(), 2))
        half = sides[there] / 2
        boxes = np.concatenate([middles - half, middles + half], axis=1).astype(np.float32)
        scores = random.uniform(0.05, 1, len(boxes)).astype(np.float32)
        told = ours.update(boxes, scores, at_s).tolist()
        for one, other in zip(told, theirs.update(boxes, scores, at_s).tolist(), strict=True):
            assert (one < 0) == (other < 0)
            assert one < 0 or names.setdefault(one, other) == other
        places += paces + random.normal(0, 20 / rate, (25, 2))
        at_s += random.choice([1, 1, 1, 1, 2, 3, 0.5]) / rate + random.uniform(-0.002, 0.002)
    assert len(set(names.values())) == len(names) > 10
