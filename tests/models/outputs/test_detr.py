"""The boxes-and-logits decoder scores by sigmoid or softmax and needs no suppression."""

from __future__ import annotations

import numpy as np
import pytest

from siseon.models.outputs import interpret_detr


def _logit(probability: float) -> float:
    return float(np.log(probability / (1 - probability)))


def test_boxes_are_shares_of_the_input_around_their_centre():
    logits = np.full((1, 2, 3), -20.0, dtype=np.float32)
    logits[0, 1, 2] = _logit(0.8)
    boxes = np.array([[[0.5, 0.5, 1, 1], [0.5, 0.25, 0.2, 0.1]]], dtype=np.float32)
    found = interpret_detr(logits, boxes, width=640, height=320, score_threshold=0.25)[0]
    np.testing.assert_allclose(found.xyxy, [[256, 64, 384, 96]], rtol=1e-5)
    assert found.scores.tolist() == pytest.approx([0.8], rel=1e-5)
    assert found.class_ids.tolist() == [2]


def test_with_a_sigmoid_one_query_may_stand_for_two_classes():
    logits = np.array([[[_logit(0.6), _logit(0.9), _logit(0.1)]]], dtype=np.float32)
    boxes = np.full((1, 1, 4), 0.5, dtype=np.float32)
    found = interpret_detr(logits, boxes, width=64, height=64, score_threshold=0.25)[0]
    assert found.class_ids.tolist() == [1, 0]


def test_with_a_softmax_the_last_class_means_nothing_here():
    logits = np.array([[[0.0, 1.0, 9.0], [0.0, 9.0, 1.0]]], dtype=np.float32)
    boxes = np.full((1, 2, 4), 0.5, dtype=np.float32)
    found = interpret_detr(logits, boxes, width=64, height=64, activation="softmax", score_threshold=0.25)[0]
    assert found.class_ids.tolist() == [1]


def test_a_leading_background_class_is_left_out():
    logits = np.array([[[9.0, _logit(0.5), -9.0]]], dtype=np.float32)
    boxes = np.full((1, 1, 4), 0.5, dtype=np.float32)
    found = interpret_detr(logits, boxes, width=64, height=64, first_class=1, score_threshold=0.25)[0]
    assert found.class_ids.tolist() == [0]


def test_only_the_best_answers_are_kept_best_first():
    random = np.random.default_rng(1)
    logits = random.normal(0, 2, (2, 50, 4)).astype(np.float32)
    boxes = random.uniform(0.2, 0.5, (2, 50, 4)).astype(np.float32)
    for found, logit in zip(
        interpret_detr(logits, boxes, width=64, height=64, score_threshold=0.0, max_detections=20),
        logits,
        strict=True,
    ):
        expected = np.sort(1 / (1 + np.exp(-logit.ravel())))[::-1][:20]
        np.testing.assert_allclose(found.scores, expected, rtol=1e-5)


def test_huge_logits_do_not_overflow():
    logits = np.array([[[-1e4, 1e4]]], dtype=np.float32)
    boxes = np.full((1, 1, 4), 0.5, dtype=np.float32)
    found = interpret_detr(logits, boxes, width=64, height=64, score_threshold=0.25)[0]
    assert found.scores.tolist() == [1.0]


def test_swapped_outputs_are_refused():
    logits = np.zeros((1, 10, 4), dtype=np.float32)
    boxes = np.zeros((1, 10, 80), dtype=np.float32)
    with pytest.raises(ValueError, match="swapped"):
        interpret_detr(logits, boxes, width=64, height=64, score_threshold=0.25)
