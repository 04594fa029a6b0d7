from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError

from siseon.applications.gauges.calibration import Calibration
from siseon.applications.gauges.calibrations import read_calibration
from siseon.applications.gauges.plane import on_circle
from siseon.contracts import InputError


def written(marks: dict[float, float], **more: object) -> dict[str, object]:
    """A dial seen from the front: its marks are values by angle."""

    def at(angle: float, radius: float) -> list[float]:
        x, y = on_circle(angle, radius)
        return [200 + x, 150 + y]

    return {
        "width": 400,
        "height": 300,
        "centre": [200, 150],
        "rim": [at(angle, 100) for angle in (0, 90, 180, 270)],
        "scale": [{"at": at(angle, 80), "value": value} for angle, value in marks.items()],
        **more,
    }


def test_marks_are_unrolled_over_the_top_and_in_any_order() -> None:
    angles, values = Calibration.model_validate(written({0: 5, 225: 0, 135: 10})).marks
    assert values.tolist() == [0, 5, 10]
    assert np.allclose(angles, [225, 360, 495])


def test_a_scale_whose_values_rise_against_the_clock_is_told_by_three_marks() -> None:
    angles, values = Calibration.model_validate(written({225: 10, 0: 5, 135: 0})).marks
    assert values.tolist() == [10, 5, 0]
    assert np.allclose(np.diff(angles), 135)


def test_two_marks_rise_clockwise_unless_it_is_said_otherwise() -> None:
    two = {225: 10, 135: 0}
    assert np.allclose(np.diff(Calibration.model_validate(written(two)).marks[0]), 90)
    turned = Calibration.model_validate(written(two, direction="counterclockwise"))
    assert np.allclose(np.diff(turned.marks[0]), 270)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"rim": [[1, 1], [2, 2], [3, 3]]}, "at least 4"),
        ({"scale": [{"at": [1, 1], "value": 3}]}, "at least 2"),
        ({"low": 3, "high": 2}, "not below"),
        ({"centre": [401, 150]}, "is not in the picture of 400 × 300"),
        ({"colour": "red"}, "Extra inputs"),
        ({"centre": [0, 0]}, "not lie around|off the ellipse"),
        ({"unit": 7}, "valid string"),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_reason(change: dict[str, object], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        Calibration.model_validate({**written({225: 0, 135: 10}), **change})


def test_values_that_neither_rise_nor_fall_are_refused() -> None:
    with pytest.raises(ValidationError, match="neither rise nor fall"):
        Calibration.model_validate(written({0: 0, 90: 5, 180: 1, 270: 4}))
    with pytest.raises(ValidationError, match="same value"):
        Calibration.model_validate(written({0: 1, 90: 1}))


def test_a_file_that_is_not_a_calibration_is_a_named_failure(tmp_path: Path) -> None:
    path = tmp_path / "boiler.json"
    path.write_text(json.dumps(written({225: 0, 135: 10})), encoding="utf-8")
    assert read_calibration(path).width == 400
    path.write_text('{"width": 3}', encoding="utf-8")
    with pytest.raises(InputError, match=r"boiler\.json is not a calibration: height"):
        read_calibration(path)
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(InputError, match=r"boiler\.json cannot be read: it is not a file"):
        read_calibration(path)


@pytest.mark.parametrize(
    ("mark", "reason"),
    [
        ({"at": [200, 150], "value": 5}, "no direction"),
        ({"at": [200, 76], "value": 5}, "in one direction"),
        ({"at": [280, 150], "value": 1e308}, "less than or equal"),
    ],
)
def test_a_mark_that_means_nothing_is_refused(mark: dict[str, object], reason: str) -> None:
    dial = written({225: 0, 0: 4, 135: 10})
    with pytest.raises(ValidationError, match=reason):
        Calibration.model_validate({**dial, "scale": [*dial["scale"], mark]})  # type: ignore[misc]
