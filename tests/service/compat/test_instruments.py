from __future__ import annotations

from siseon.applications.gauges import GaugesResult, Reading
from siseon.contracts import Result
from siseon.service.compat.instruments import Predicted


def predicted(*readings: Reading) -> Predicted:
    data = GaugesResult(image_id="a", width=64, height=48, readings=readings)
    result = Result(data=data, models=[], trace_id="t", timings=[], degraded=[], warnings=[], elapsed_ms=1)
    return Predicted.of(result)


def test_a_display_is_an_instrument_with_its_box() -> None:
    corners = ((1.0, 2.0), (30.0, 3.0), (31.0, 20.0), (2.0, 19.0))
    shown = Reading(quality="good", value=4.5, uncertainty=0.05, kind="digital", text="4.5", display=corners)
    (one,) = predicted(shown).results
    assert (one.type, one.value, one.status) == ("digital", 4.5, "ok")
    assert one.box == (1, 2, 31, 20)


def test_where_nothing_is_found_there_is_no_instrument() -> None:
    for reason in ("no_dial", "no_display"):
        nothing = predicted(Reading(quality="refused", reason=reason))
        assert (nothing.results, nothing.status) == ((), reason)
