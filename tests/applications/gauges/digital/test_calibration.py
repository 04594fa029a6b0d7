"""Calibrations of displays and counters."""

from __future__ import annotations

import numpy as np
import pytest
from pydantic import TypeAdapter, ValidationError

from siseon.applications.gauges import AnyCalibration, Calibration, DisplayCalibration
from siseon.applications.gauges.generated import calibration_of, photo
from siseon.applications.gauges.plane import project

CORNERS = [[100, 80], [220, 84], [218, 130], [98, 126]]
ADAPTER: TypeAdapter[Calibration | DisplayCalibration] = TypeAdapter(AnyCalibration)


def stated(**more: object) -> dict[str, object]:
    return {"kind": "counter", "width": 640, "height": 480, "corners": CORNERS, **more}


def test_its_kind_tells_which_calibration_it_is() -> None:
    assert isinstance(ADAPTER.validate_python(stated()), DisplayCalibration)
    dial = calibration_of(photo(1)).model_dump(mode="json", exclude={"kind"})
    assert isinstance(ADAPTER.validate_python(dial), Calibration)
    assert isinstance(ADAPTER.validate_python({**dial, "kind": "analog"}), Calibration)


def test_a_counter_is_understood_as_it_is_stated() -> None:
    form = DisplayCalibration.model_validate(stated(digits=7, decimals=3, minimum=0)).form
    assert (form.counter, form.digits, form.decimals, form.minimum) == (True, 7, 3, 0)


def test_what_is_around_a_display_is_twice_as_large() -> None:
    calibration = DisplayCalibration.model_validate(stated())
    around = project(calibration.around, np.array([(-0.5, -0.5), (0.5, 0.5), (0.0, 0.0)]))
    assert around[:2] == pytest.approx(np.array([CORNERS[0], CORNERS[2]]), abs=1e-3)
    assert (np.abs(around[2] - np.mean(CORNERS, axis=0)) < 2).all()


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"corners": CORNERS[::-1]}, "top left"),
        ({"corners": [CORNERS[0], CORNERS[2], CORNERS[1], CORNERS[3]]}, "top left"),
        ({"corners": [[0, 0], [40, 0], [40, 4], [0, 4]]}, "6 pixels"),
        ({"corners": CORNERS[:3]}, "corners"),
        ({"digits": 13}, "less than or equal to 12"),
        ({"digits": 2, "decimals": 3}, "3 decimals of 2 digits"),
        ({"minimum": 3, "maximum": 3}, "the minimum 3 is not below 3"),
        ({"low": 3, "high": 1}, "the limit low 3 is not below 1"),
        ({"max_rate": 0}, "greater than 0"),
        ({"rim": []}, "rim"),
    ],
)
def test_what_makes_no_sense_is_refused_by_name(change: dict[str, object], fault: str) -> None:
    with pytest.raises(ValidationError, match=fault):
        DisplayCalibration.model_validate(stated(**change))
