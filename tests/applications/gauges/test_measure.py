from __future__ import annotations

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
