"""What a request states of its picture."""

from __future__ import annotations

import pytest

from siseon.applications.oilspill.options import OilSpillChoices, OilSpillOptions
from siseon.applications.options import stated
from siseon.contracts import InputError

FACTS = ("latitude", "longitude", "height_m", "heading", "depression", "hfov")


@pytest.mark.parametrize("name", FACTS)
def test_each_may_be_none_as_the_help_shows_it(name) -> None:
    assert stated(OilSpillOptions, {name: "none"}) == OilSpillOptions()


@pytest.mark.parametrize(
    ("name", "value"),
    [("latitude", 91), ("longitude", "east"), ("height_m", 0.9), ("depression", 91), ("hfov", 179.9)],
)
def test_what_cannot_be_is_refused(name, value) -> None:
    with pytest.raises(InputError, match=name):
        stated(OilSpillOptions, {name: value})


def test_facts_are_those_that_are_stated() -> None:
    facts = OilSpillChoices(heading=350, depression=90).stated().facts
    assert {name: fact.value for name, fact in facts.items()} == {
        "platform_heading": 350, "sensor_azimuth": 0, "sensor_elevation": -90,
    }  # fmt: skip
    assert OilSpillChoices().stated().facts == {}
