"""What somebody points at becomes a calibration: in the order of the steps, and only when it is whole."""

from __future__ import annotations

import math

import pytest

from siseon.applications.gauges import Calibration, DisplayCalibration
from siseon.applications.gauges.generated import calibration_of, photo
from siseon.console.live.sketch import Mark, Sketch


def pointed() -> Sketch:
    """A dial by five clicks: centre, edge, three marks."""
    sketch = Sketch(400, 300)
    for x, y in ((200, 150), (300, 150), (140, 210), (200, 60), (260, 210)):
        sketch.place(x, y)
    for mark, value in zip(sketch.marks, (0.0, 5.0, 10.0), strict=True):
        mark.value = value
    return sketch


def test_clicks_are_the_centre_then_the_edge_then_marks() -> None:
    sketch = Sketch(400, 300)
    assert (sketch.step, sketch.missing) == ("centre", ["centre", "rim", "scale"])
    sketch.place(200, 150)
    assert sketch.step == "rim"
    sketch.place(300, 150)
    assert sketch.step == "scale"
    assert [round(math.dist((200, 150), point)) for point in sketch.rim] == [100] * 8
    assert sketch.missing == ["scale"]
    assert sketch.document({}) is None


def test_what_was_pointed_at_is_a_calibration() -> None:
    document = pointed().document({"unit": "bar", "low": None, "high": 8.0})
    calibration = Calibration.model_validate(document)
    assert calibration.centre == (200, 150)
    assert [mark.value for mark in calibration.scale] == [0, 5, 10]
    assert (calibration.unit, calibration.low, calibration.high) == ("bar", None, 8)


def test_marks_without_a_value_are_not_part_of_it() -> None:
    sketch = pointed()
    sketch.marks.append(Mark((100.0, 100.0)))
    assert len(Calibration.model_validate(sketch.document({})).scale) == 3
    sketch.remove_mark(3)
    sketch.remove_mark(9)
    assert len(sketch.marks) == 3


def test_a_display_has_four_corners_and_no_fifth() -> None:
    sketch = Sketch(400, 300, kind="digital")
    for x, y in ((50, 50), (200, 50), (200, 100), (50, 100), (9, 9)):
        sketch.place(x, y)
    assert sketch.step is None
    calibration = DisplayCalibration.model_validate(sketch.document({"digits": 4, "unit": None}))
    assert (calibration.corners[2], calibration.digits) == ((200, 100), 4)


def test_a_calibration_comes_back_as_it_was() -> None:
    stated = calibration_of(photo(1, "evaluation")).model_dump(mode="json", exclude_none=True)
    sketch = Sketch(stated["width"], stated["height"])
    sketch.take(stated)
    beside = {name: stated.get(name) for name in ("unit", "low", "high", "turn")}
    assert Calibration.model_validate(sketch.document(beside)) == Calibration.model_validate(stated)


def test_who_points_at_a_mark_is_surer_than_sight() -> None:
    stated = {**(pointed().document({}) or {}), "deviation": 2.0}
    sketch = Sketch(400, 300)
    sketch.take(stated)
    assert (sketch.document({}) or {})["deviation"] == 2.0
    sketch.move("scale", 0, 141, 209)
    assert "deviation" not in (sketch.document({}) or {})


@pytest.mark.parametrize(
    ("part", "number"), [("centre", 0), ("rim", 99), ("scale", 99), ("corners", 0), ("nothing", 0)]
)
def test_what_is_not_there_is_not_moved(part: str, number: int) -> None:
    sketch = Sketch(400, 300)
    sketch.move(part, number, 10, 10)
    assert sketch == Sketch(400, 300)


def test_points_stay_in_the_picture_and_what_is_no_calibration_is_passed_over() -> None:
    sketch = Sketch(400, 300)
    sketch.place(-50, 1e6)
    assert sketch.centre == (0, 300)
    sketch.take({"centre": "here", "rim": [[1], "x"], "scale": [{"at": [1, 2]}, 7], "kind": "<b>"})
    assert (sketch.centre, sketch.rim, sketch.kind) == (None, [], "analog")
