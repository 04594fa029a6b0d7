"""Answers of a two-stage network are final: they are only thresholded, ordered and stripped of background."""

from __future__ import annotations

import numpy as np
import pytest

from siseon.models.outputs import interpret_maskrcnn

BOXES = np.array([[0, 0, 10, 10], [5, 5, 20, 20], [1, 1, 2, 2], [3, 3, 9, 9]], np.float32)


def test_answers_come_best_first_without_background_and_without_weak_ones():
    found = interpret_maskrcnn(
        BOXES, np.array([1, 3, 0, 2]), np.array([0.5, 0.9, 0.99, 0.1], np.float32), score_threshold=0.25
    )
    assert found.class_ids.tolist() == [2, 0]
    assert found.rows.tolist() == [1, 0]
    assert found.xyxy.tolist() == BOXES[[1, 0]].tolist()


def test_an_image_without_answers_gives_none():
    empty = np.zeros(0, np.float32)
    found = interpret_maskrcnn(BOXES[:0], empty.astype(np.int64), empty, score_threshold=0.25)
    assert len(found.scores) == 0


def test_arrays_of_other_answers_are_refused():
    with pytest.raises(ValueError, match="same answers"):
        interpret_maskrcnn(BOXES, np.ones(3, np.int64), np.ones(4, np.float32), score_threshold=0.25)
