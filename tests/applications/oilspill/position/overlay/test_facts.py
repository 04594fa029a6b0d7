"""Fields to facts: parts of time, what stands twice, squares of a grid."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest

from siseon.applications.oilspill.contracts import FactName, Metadata
from siseon.applications.oilspill.position.overlay.election import Elected, Said, elect
from siseon.applications.oilspill.position.overlay.facts import facts_of
from siseon.applications.oilspill.position.overlay.form import GrammarName, Value
from siseon.applications.oilspill.position.overlay.template import FieldOfOverlay, Template

REGION = (0.1, 0.1, 0.2, 0.2)


def _field(name: str, grammar: GrammarName, fact: FactName | None, *, again: bool = False) -> FieldOfOverlay:
    unit = "m" if grammar == "length" else None
    return FieldOfOverlay(name=name, region=REGION, grammar=grammar, fact=fact, again=again, unit=unit)


def _facts(*fields: tuple[FieldOfOverlay, Value | None], apart: float = 0.0) -> Metadata:
    template = Template(
        name="x", aspect=1.5, fields=tuple(field for field, _ in fields), moments_apart_s=apart
    )
    return facts_of(
        template,
        [
            Elected(field, value, str(value), None if value is not None else "unreadable")
            for field, value in fields
        ],
    )


def _position(
    latitude: float, longitude: float, *, again: bool = False
) -> list[tuple[FieldOfOverlay, Value]]:
    word = "_again" if again else ""
    return [
        (_field(f"latitude{word}", "decimal", "latitude", again=again), latitude),
        (_field(f"longitude{word}", "decimal", "longitude", again=again), longitude),
    ]


DAY = (_field("date", "date", "time"), date(2012, 9, 19))
CLOCK = (_field("clock", "clock", "time"), time(14, 34, 25))


def test_a_time_has_its_parts() -> None:
    zone = (_field("zone", "zone", "time"), timedelta(hours=-6))
    assert _facts(DAY, CLOCK, zone).value("time") == 1_348_086_865  # 20:34:25 UTC


@pytest.mark.parametrize("missing", [0, 1, 2])
def test_a_time_without_one_of_them_is_refused(missing: int) -> None:
    parts: list[tuple[FieldOfOverlay, Value | None]] = [
        DAY,
        CLOCK,
        (_field("zone", "zone", "time"), timedelta()),
    ]
    parts[missing] = (parts[missing][0], None)
    found = _facts(*parts)
    assert "time" not in found.facts
    assert [one.name for one in found.refused] == ["time"]


def test_a_position_that_stands_twice_must_agree() -> None:
    near = _facts(*_position(41.139514, -104.763846), *_position(41.14025, -104.76458, again=True), apart=5)
    assert near.value("latitude") == 41.139514
    far = _facts(*_position(41.139514, -104.763846), *_position(41.14025, -104.76458, again=True), apart=0)
    assert {one.name: one.reason for one in far.refused} == {
        "latitude": "contradicted",
        "longitude": "contradicted",
    }


def test_what_stands_again_serves_where_the_first_cannot_be_read() -> None:
    (latitude, _), longitude = _position(41.0, -104.0)
    found = _facts((latitude, None), longitude, *_position(41.14025, -104.76458, again=True))
    assert (found.value("latitude"), found.value("longitude")) == (41.14025, -104.76458)
    assert not found.refused


def test_a_grid_square_tells_a_position_or_tests_it() -> None:
    square = (_field("grid", "mgrs", "latitude"), "12UWF5648159516")
    alone = _facts(square)
    assert alone.value("latitude") == pytest.approx(54.67983, abs=2e-5)
    assert alone.value("longitude") == pytest.approx(-110.124, abs=2e-5)
    assert _facts(square, *_position(54.67983, -110.124)).value("latitude") == 54.67983
    off = _facts(square, *_position(54.68983, -110.124))
    assert {one.reason for one in off.refused} == {"contradicted"}
    assert "grid square 12UWF5648159516 is 1113 m away" in off.refused[0].detail


@pytest.mark.parametrize("square", ["12UXX5648159516", "12TWF5648159516"])
def test_a_square_that_is_not_in_its_zone_is_no_position(square: str) -> None:
    found = _facts((_field("grid", "mgrs", "latitude"), square))
    assert {one.name: one.reason for one in found.refused} == {
        "latitude": "out_of_range",
        "longitude": "out_of_range",
    }


def test_readers_that_do_not_agree_are_unsure() -> None:
    field = FieldOfOverlay(name="latitude", region=REGION, grammar="ddm", fact="latitude", decimals=2)
    two = elect(field, [Said(text, 0.99) for text in ("54:40.79N", "54:48.79N", "54:40.79N", "54:48.79N")])
    assert (two.value, two.reason, len(two.candidates)) == (None, "unsure", 2)
    three = elect(field, [Said(text, 0.99) for text in ("54:40.79N", "5A:40.79N", "54:40.79N", "54:40.79N")])
    assert three.value == pytest.approx(54 + 40.79 / 60)
    pair = elect(field, [Said(text, 0.99) for text in ("54:40.79N", "5A:40.79N", "54:40.79N", "54:4")])
    assert pair.value == three.value
    other = elect(field, [Said(text, 0.9) for text in (*("54:40.73N",) * 4, "54:40.79N")])
    assert (other.value, other.reason, len(other.candidates)) == (None, "unsure", 2)
    lone = elect(field, [Said(text, 0.99) for text in ("54:40.79N", "5A:40.79N", "", "54:4")])
    assert (lone.reason, lone.candidates) == ("unsure", (three.value,))
    none = elect(field, [Said("", 0.0)] * 4)
    assert none.reason == "not_found"
    assert elect(field, [Said("CLOUD", 0.9)] * 4).reason == "unreadable"
