"""Dials by sight; what is written on them is given, so that what is tested is all but the reader of text."""

from __future__ import annotations

import numpy as np

from siseon.applications.gauges.automatic import Dial, Written, find_dial, read_found, scales_of
from siseon.applications.gauges.contracts import Reading
from siseon.applications.gauges.generated import Photo, photo
from siseon.applications.gauges.reading import Known, refused


def written(one: Photo) -> list[Written]:
    places = one.points(one.dial.angles, one.dial.scale_radius - 0.22)
    pairs = zip(one.dial.numerals, places.tolist(), strict=True)
    return [Written(f"{value:g}", x, y, 12.0) for value, (x, y) in pairs] + [
        Written(one.dial.unit, *one.points((180.0,), 0.42)[0].tolist(), 12.0)
    ]


def read(one: Photo, lines: list[Written], there: tuple[str, ...] = ()) -> Reading:
    dial = find_dial(one.image.pixels, lines)
    assert isinstance(dial, Dial), dial
    texts = [f"{each.value:g}" if f"{each.value:g}" in there else "" for each in dial.missing]
    scales = scales_of(dial, texts)
    return read_found(one.image.pixels, scales)[0] if scales else refused("no_scale")


def test_dials_of_unseen_families_are_read_or_refused_and_not_read_wrongly() -> None:
    photos = [photo(index, "evaluation") for index in range(24)]
    readings = [read(one, written(one)) for one in photos]
    errors = [
        abs(reading.value - one.value) / (max(one.dial.numerals) - min(one.dial.numerals))
        for reading, one in zip(readings, photos, strict=True)
        if reading.value is not None
    ]
    assert len(errors) >= 16
    assert np.median(errors) < 0.005
    assert max(errors) < 0.02
    assert {reading.unit for reading in readings} <= {one.dial.unit for one in photos}


def test_a_number_that_was_missed_is_asked_for_where_it_should_stand() -> None:
    one = next(
        p
        for p in (photo(i, "evaluation") for i in range(40))
        if len(set(np.diff(p.dial.angles).round(3))) == 1
    )
    lines = [line for line in written(one) if line.text != f"{one.dial.numerals[2]:g}"]
    missed = f"{one.dial.numerals[2]:g}"
    dial = find_dial(one.image.pixels, lines)
    assert isinstance(dial, Dial)
    (place,) = [each for each in dial.missing if f"{each.value:g}" == missed]
    x, y = one.points(one.dial.angles[2:3], one.dial.scale_radius - 0.22)[0]
    assert place.area[0] < x < place.area[2]
    assert place.area[1] < y < place.area[3]


def test_a_scale_ends_where_its_next_number_is_not_there() -> None:
    """A first division may be smaller: the scale is not drawn out to a zero that nobody saw."""
    one = next(p for p in (photo(i, "evaluation") for i in range(40)) if p.dial.numerals[0] == 0)
    low = photo(
        next(i for i in range(40) if photo(i, "evaluation").dial.numerals[0] == 0),
        "evaluation",
        value=0.3 * one.dial.numerals[1],
    )
    lines = [line for line in written(low) if line.text != "0"]
    assert read(low, lines).value is None
    assert read(low, lines, there=("0",)).value is not None


def test_what_lies_beyond_the_numbers_that_were_seen_is_not_read() -> None:
    one = photo(1, "development", hardness="clean")
    at = one.dial.angle_of(one.value)
    for past, is_read in ((-3, False), (0, True), (50, True), (100, True), (103, False)):
        angles = at - past + np.array([0.0, 100.0])
        scale = Known(one.to_picture, one.dial.scale_radius, angles, np.array([5.0, 60.0]), None)
        (reading,) = read_found(one.image.pixels, (scale,))
        assert reading.reason == (None if is_read else "ambiguous_needle")


def test_writing_without_a_dial_is_not_read() -> None:
    wall = np.full((480, 640, 3), 120, np.uint8)
    one = photo(1, "evaluation")
    assert find_dial(wall, written(one)) == "no_dial"
    assert find_dial(one.image.pixels, []) == "no_dial"
    table = [Written(str(10 * row), 100.0, 40.0 * row, 12.0) for row in range(6)]
    assert find_dial(one.image.pixels, table) == "no_scale"


def test_three_numbers_are_too_few() -> None:
    one = photo(1, "evaluation")
    reading = read(one, written(one)[:3])
    assert (reading.value, reading.reason) == (None, "no_scale")


def test_two_numbers_next_to_each_other_ask_for_no_millions_between_others() -> None:
    one = next(p for p in (photo(i, "evaluation") for i in range(40)) if p.dial.numerals[-1] == 300)
    x, y = one.points((one.dial.angles[1] + 0.5,), one.dial.scale_radius - 0.22)[0].tolist()
    dial = find_dial(one.image.pixels, [*written(one), Written("50.01", x, y, 12.0)])
    assert isinstance(dial, Dial)
    assert len(dial.missing) < 100
