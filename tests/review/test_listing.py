"""Objects are found in answers of many services."""

from __future__ import annotations

import pytest

from siseon.review.listing import keys_of, listing_of, overlap

BOX = [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("answer", "where"),
    [
        ({"detections": [{"box": BOX}]}, "$.detections"),
        ({"data": {"detections": [{"bbox": BOX}]}, "trace_id": "x"}, "$.data.detections"),
        ({"predictions": [{"xmin": 1, "ymin": 2, "xmax": 3, "ymax": 4}]}, "$.predictions"),
        ([{"xyxy": BOX}], "$"),
        ({"results": {"boxes": [{"box": BOX}]}}, "$.results.boxes"),
        ({"results": [{"predictions": [{"box": BOX}]}]}, "$.results[0].predictions"),
        ({"objects": [{"box": {"x1": 1, "y1": 2, "x2": 3, "y2": 4}}]}, "$.objects"),
    ],
)
def test_boxes_are_found_under_the_usual_names(answer: object, where: str) -> None:
    listing = listing_of(answer)
    assert listing.where == where
    assert [seen.box for seen in listing.objects] == [(1.0, 2.0, 3.0, 4.0)]


@pytest.mark.parametrize("box", [None, [1, 2, 3], [1, 2, 3, "4"], [True, 2, 3, 4], {"x": 1}])
def test_what_is_no_box_is_none(box: object) -> None:
    assert listing_of({"detections": [{"box": box}]}).objects[0].box is None


def test_a_list_that_is_null_is_told_from_one_that_is_absent() -> None:
    assert listing_of({"detections": None}).objects is None
    assert listing_of({"lines": []}) is None
    assert listing_of("text") is None


def test_overlap_is_intersection_over_union() -> None:
    assert overlap((0, 0, 2, 2), (1, 0, 3, 2)) == pytest.approx(1 / 3)
    assert overlap((0, 0, 1, 1), (1, 0, 2, 1)) == 0


def test_keys_are_found_at_any_depth() -> None:
    assert keys_of({"A": [{"b": {"c": 1}}]}) == {"a", "b", "c"}
