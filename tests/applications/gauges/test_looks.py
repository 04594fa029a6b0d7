"""What several looks at a picture say together."""

from __future__ import annotations

import numpy as np
import pytest

from siseon.applications.gauges.looks import agreed, mirrored, shrunk
from siseon.contracts import Boxes, Detections, Frame, Image
from siseon.contracts.labels import LabelMap

LABELS = LabelMap(("analog", "digital"))
FRAME = Frame.root(100, 80)
Seen = tuple[list[float], float, int]


def look(*seen: Seen) -> Detections:
    boxes = Boxes(np.array([box for box, _, _ in seen], np.float32).reshape(-1, 4), FRAME)
    scores = np.array([score for _, score, _ in seen], np.float32)
    return Detections(boxes, scores, np.array([kind for _, _, kind in seen], np.int64), LABELS)


def test_boxes_that_lie_on_each_other_are_one_at_the_mean_of_their_places_and_scores() -> None:
    together = agreed([look(([10, 10, 30, 30], 0.9, 0)), look(([12, 10, 32, 30], 0.3, 0))], 0.1)
    assert together.scores.tolist() == pytest.approx([0.6])
    assert together.boxes.xyxy.tolist() == [pytest.approx([10.5, 10, 30.5, 30])]
    assert together.frame is FRAME


def test_what_one_look_of_many_has_seen_counts_little() -> None:
    alone = look(([10, 10, 30, 30], 0.9, 0))
    assert len(agreed([alone, look(), look(), look()], 0.3)) == 0
    assert agreed([alone, look(), look(), look()], 0.2).scores.tolist() == pytest.approx([0.225])


def test_kinds_are_kept_apart_and_the_best_comes_first() -> None:
    both = look(([10, 10, 30, 30], 0.4, 0), ([10, 10, 30, 30], 0.8, 1))
    together = agreed([both, both], 0.1)
    assert together.class_ids.tolist() == [1, 0]
    assert together.scores.tolist() == pytest.approx([0.8, 0.4])


def test_two_boxes_of_one_look_are_two_instruments() -> None:
    near = look(([10, 10, 30, 30], 0.9, 0), ([14, 10, 34, 30], 0.8, 0))
    together = agreed([near, near], 0.1)
    assert together.boxes.xyxy.tolist() == [[10, 10, 30, 30], [14, 10, 34, 30]]


def test_nothing_seen_is_nothing() -> None:
    assert len(agreed([look(), look()], 0.1)) == 0


@pytest.mark.parametrize("size", [(640, 480), (97, 1301), (1, 1)])
def test_a_mirrored_and_a_shrunk_picture_lead_back_to_what_they_are_of(size: tuple[int, int]) -> None:
    width, height = size
    pixels = np.random.default_rng(1).integers(0, 256, (height, width, 3), np.uint8)
    image = Image.from_array(pixels)
    small = shrunk(image, 300)
    assert max(small.width, small.height) == min(300, max(size))
    turned = mirrored(small)
    assert np.array_equal(turned.pixels[:, ::-1], small.pixels)
    corners = turned.frame.map_points(np.array([[0.0, 0.0], [turned.width, turned.height]]), image.frame)
    assert corners == pytest.approx(np.array([[width, 0.0], [0.0, height]]))
