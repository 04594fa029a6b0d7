"""What becomes of the recogniser's answer."""

from __future__ import annotations

import numpy as np
import pytest

from siseon.applications.gauges.digital.decode import Seen
from siseon.applications.gauges.digital.read import reading_of
from siseon.applications.gauges.digital.value import Form

CORNERS = np.array([(0.0, 0.0), (90.0, 0.0), (90.0, 40.0), (0.0, 40.0)])
SEGMENTS, COUNTER = (1.0, 0.0, 0.0, 0.0), (0.0, 0.0, 1.0, 0.0)


@pytest.mark.parametrize(
    ("text", "places", "value"),
    [
        ("-8", (0.1, 0.23), -8.0),
        ("-12", (0.1, 0.24, 0.36), -12.0),
        ("-3.5", (0.1, 0.22, 0.3, 0.38), -3.5),
        ("-8", (0.1, 0.33), None),
        ("-12", (0.1, 0.36, 0.48), None),
        ("-3.5", (0.1, 0.34, 0.42, 0.5), None),
    ],
)
def test_a_sign_that_stands_a_place_away_from_its_number_leaves_it_incomplete(
    text: str, places: tuple[float, ...], value: float | None
) -> None:
    reading = reading_of(Seen(text, places, 0.99, SEGMENTS), Form(), CORNERS)
    assert (reading.value, reading.reason) == (value, None if value is not None else "incomplete")


def test_drums_are_to_be_surer_than_lit_digits() -> None:
    places = (0.2, 0.4, 0.6)
    assert reading_of(Seen("418", places, 0.93, SEGMENTS), Form(), CORNERS).value == 418
    drums = reading_of(Seen("418", places, 0.93, COUNTER), Form(counter=True, digits=3), CORNERS)
    assert drums.reason == "unclear"


@pytest.mark.parametrize(
    ("point", "form", "quality"),
    [
        (0.002, Form(), "good"),
        (0.02, Form(), "uncertain"),
        (0.2, Form(), "refused"),
        (0.2, Form(decimals=1), "good"),
        (0.2, Form(decimals=0, clock=True), "refused"),
    ],
)
def test_where_a_point_may_have_been_overlooked_no_value_is_given_as_good(
    point: float, form: Form, quality: str
) -> None:
    seen = Seen("418", (0.2, 0.4, 0.6), 0.99, SEGMENTS, point=point)
    reading = reading_of(seen, form, CORNERS)
    assert (reading.quality, reading.reason) == (quality, "blur" if quality == "refused" else None)


def test_a_point_that_was_seen_is_not_missed() -> None:
    seen = Seen("41.8", (0.2, 0.4, 0.5, 0.6), 0.99, SEGMENTS, point=0.98)
    assert reading_of(seen, Form(), CORNERS).quality == "good"
