"""A history as a chart: some hundred points for any number of rows, with its peaks and its gaps."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from siseon.console.live.known import Point
from siseon.console.live.spans import PARTS, lines
from siseon.console.live.watching import PART_S, ring_of
from siseon.console.parts.spark import path_of

BEGIN = datetime(2026, 11, 1, tzinfo=UTC)
END = BEGIN + timedelta(hours=1)


def point(seconds: float, value: float | None, tag: str = "reading") -> Point:
    quality = "bad" if value is None else "good"
    return Point(at=BEGIN + timedelta(seconds=seconds), tag=tag, value=value, unit="bar", quality=quality)


def test_few_rows_are_all_drawn_by_tag() -> None:
    drawn = lines([point(1, 1.0), point(1, 7.0, "level"), point(2, 2.0)], BEGIN, END)
    assert [(line.tag, line.unit, [value for _, value in line.points]) for line in drawn] == [
        ("level", "bar", [7.0]),
        ("reading", "bar", [1.0, 2.0]),
    ]


def test_of_many_rows_the_peaks_and_gaps_stay() -> None:
    points = [point(second / 10, float(second % 7)) for second in range(36_000)]
    points[17_777] = point(1777.7, 99.0)
    points[20_000] = point(2000.0, None)
    (line,) = lines(points, BEGIN, END)
    values = [value for _, value in line.points]
    assert len(values) <= 6 * PARTS
    assert 99.0 in values
    assert None in values
    assert [at for at, _ in line.points] == sorted(at for at, _ in line.points)


def test_a_value_stands_until_the_next_row_and_a_gap_too() -> None:
    first = int(BEGIN.timestamp() // PART_S)
    ring = ring_of([point(0, 1.0), point(3 * PART_S, None), point(5 * PART_S, 2.0)], first + 8)
    assert [ring[first + part] for part in range(8)] == [1, 1, 1, None, None, 2, 2, 2]
    assert ring_of([], first) == {}


def test_a_small_line_has_gaps_and_no_division_by_nothing() -> None:
    assert path_of((), 0, 0) == ""
    assert path_of((1.0, 1.0), 1, 1).startswith("M0.0 14.0")
    assert path_of((1.0, None, 3.0), 1, 3).count("M") == 2
