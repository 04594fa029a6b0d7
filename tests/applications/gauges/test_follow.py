"""The displays of a stream."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from siseon.applications.gauges import GaugesOptions, GaugesResult, Reading
from siseon.applications.gauges.follow import follow

START = datetime(2026, 3, 1, tzinfo=UTC)


def seen(*readings: Reading) -> GaugesResult:
    return GaugesResult(image_id="camera", width=640, height=480, readings=readings)


def display(value: float, x: float = 100) -> Reading:
    text = f"{value:g}"
    corners = [(x, 80.0), (x + 60, 80.0), (x + 60, 110.0), (x, 110.0), (x, 80.0)]
    return Reading(
        kind="digital", quality="good", value=value, uncertainty=0.5, text=text, display=tuple(corners),
        places=tuple((number + 1) / 10 for number in range(len(text))),
    )  # fmt: skip


def test_two_displays_of_a_picture_are_followed_apart_in_whatever_order_they_come() -> None:
    followed = follow(GaugesOptions())
    for number in range(4):
        pair = [display(50), display(70, x=400)]
        data = followed(seen(*(pair if number % 2 else pair[::-1])), START + timedelta(seconds=number / 5))
    data = followed(seen(display(58, x=102), display(70, x=400)), START + timedelta(seconds=1))
    assert [reading.value for reading in data.readings] == [50, 70]


def test_dials_pass_as_they_are() -> None:
    dial = seen(Reading(quality="refused", reason="no_dial"))
    assert follow(GaugesOptions())(dial, START) == dial


def test_what_the_calibration_says_holds_over_time(tmp_path: Path) -> None:
    path = tmp_path / "meter.json"
    path.write_text(
        '{"kind": "digital", "width": 640, "height": 480, "max_rate": 1, "high": 60, '
        '"corners": [[100, 80], [160, 80], [160, 110], [100, 110]]}'
    )
    followed = follow(GaugesOptions(calibration=str(path)))
    values = [50, 50, 90, 90, 50]
    told = [
        followed(seen(display(value)), START + timedelta(seconds=number)).readings[0]
        for number, value in enumerate(values)
    ]
    assert [one.reason for one in told] == [None, None, None, "implausible", None]
    slow = follow(GaugesOptions(calibration=str(path)))
    last = [
        slow(seen(display(value)), START + timedelta(seconds=40 * number)).readings[0]
        for number, value in enumerate([50, 62, 62])
    ][-1]
    assert (last.value, last.limit) == (62, "high")
