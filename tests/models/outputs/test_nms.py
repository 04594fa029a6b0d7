"""Suppression keeps the best box of each overlapping group, class by class."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from siseon.models.outputs import Candidates, suppress


def _candidates(boxes: list[list[float]], scores: list[float], class_ids: list[int]) -> Candidates:
    return Candidates(
        np.array(boxes, dtype=np.float32).reshape(-1, 4),
        np.array(scores, dtype=np.float32),
        np.array(class_ids, dtype=np.int64),
    )


def test_the_better_of_two_overlapping_boxes_of_a_class_stays():
    kept = suppress(_candidates([[0, 0, 10, 10], [1, 0, 11, 10]], [0.6, 0.9], [3, 3]), iou=0.5)
    assert kept.scores.tolist() == [np.float32(0.9)]
    assert kept.xyxy.tolist() == [[1, 0, 11, 10]]


def test_boxes_of_different_classes_never_suppress_each_other():
    kept = suppress(_candidates([[0, 0, 10, 10], [0, 0, 10, 10]], [0.6, 0.9], [0, 1]), iou=0.5)
    assert kept.class_ids.tolist() == [1, 0]


def test_boxes_with_negative_corners_are_kept_apart_by_class_too():
    kept = suppress(
        _candidates([[-500, -500, 10, 10], [0, 0, 10, 10], [-500, -500, 9, 9]], [0.6, 0.9, 0.5], [0, 1, 0]),
        iou=0.5,
    )
    assert kept.class_ids.tolist() == [1, 0]


def test_no_candidates_stay_no_candidates():
    kept = suppress(_candidates([], [], []), iou=0.5)
    assert kept.xyxy.shape == (0, 4)


def _greedy(candidates: Candidates, iou: float) -> list[int]:
    """The textbook definition, one pair at a time."""
    kept: list[int] = []
    for i in np.argsort(-candidates.scores, kind="stable"):
        a = candidates.xyxy[i].astype(np.float64)
        for j in kept:
            b = candidates.xyxy[j].astype(np.float64)
            shared = max(0, min(a[2], b[2]) - max(a[0], b[0])) * max(0, min(a[3], b[3]) - max(a[1], b[1]))
            union = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - shared
            if candidates.class_ids[i] == candidates.class_ids[j] and shared > iou * union:
                break
        else:
            kept.append(int(i))
    return kept


@given(seed=st.integers(0, 2**32 - 1), count=st.integers(1, 60))
@settings(max_examples=60, deadline=None)
def test_suppression_equals_its_textbook_definition(seed: int, count: int):
    random = np.random.default_rng(seed)
    corner = random.uniform(0, 40, (count, 2))
    boxes = np.concatenate([corner, corner + random.uniform(5, 40, (count, 2))], axis=1)
    candidates = Candidates(
        boxes.astype(np.float32), random.uniform(0, 1, count).astype(np.float32), random.integers(0, 3, count)
    )
    expected = candidates.select(np.array(_greedy(candidates, 0.45), dtype=np.int64))
    kept = suppress(candidates, iou=0.45)
    np.testing.assert_array_equal(kept.xyxy, expected.xyxy)
    np.testing.assert_array_equal(kept.class_ids, expected.class_ids)
