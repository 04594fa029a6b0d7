from __future__ import annotations

import pytest

from siseon.applications.gauges import GaugesResult, Reading
from siseon.applications.gauges.measure import measure
from siseon.contracts import Measurement


def test_each_instrument_is_a_figure_with_a_tag_of_its_own() -> None:
    read = Reading(quality="uncertain", value=4.25, uncertainty=0.2, unit="bar")
    refusal = Reading(quality="refused", reason="glare")
    assert measure(GaugesResult(image_id="a", width=640, height=480, readings=(read, refusal))) == (
        Measurement(tag="reading", value=4.25, unit="bar", quality="uncertain"),
        Measurement(tag="reading_2", value=None, quality="bad", reason="glare"),
    )


@pytest.mark.parametrize(
    ("value", "uncertainty", "said"),
    [
        (5.0151937574067755, 0.0148, 5.015),
        (203.4567, 3.0, 203.5),
        (98765.4321, 12345.0, 99000.0),
        (12345678.95, 0.05, 12345678.95),  # a counter: all its drums
        (5.0151937574067755, 0.0, 5.01519),
        (0.0, 0.0, 0.0),
    ],
)
def test_a_figure_has_the_digits_that_its_uncertainty_leaves_it(
    value: float, uncertainty: float, said: float
) -> None:
    read = Reading(quality="good", value=value, uncertainty=uncertainty)
    result = GaugesResult(image_id="a", width=640, height=480, readings=(read,))
    (figure,) = measure(result)
    assert figure.value == said
    assert result.readings[0].value == value
