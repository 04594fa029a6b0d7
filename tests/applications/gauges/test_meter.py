"""Small dials of meters, drawn with a pointer that is a disc with a tip, as geometry cannot tell it from its back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from siseon.applications.gauges import Calibration, Gauges, GaugesOptions
from siseon.applications.gauges.meter import read_meter_dial
from siseon.applications.gauges.plane import on_circle
from siseon.applications.gauges.pointer import MODEL, Pointed, PointerFinder, pointed_by_all, turned_by_all
from siseon.applications.gauges.reading import known_of
from siseon.contracts import Image
from siseon.models import ModelManager

MIDDLE, RADIUS = (130.0, 110.0), 50.0


@pytest.fixture(scope="module")
def finder() -> Iterator[PointerFinder]:
    model = ModelManager()[MODEL]
    with model.acquire():
        yield PointerFinder(model)


def at(angle: float, radius: float) -> tuple[float, float]:
    x, y = on_circle(angle, radius * RADIUS)
    return MIDDLE[0] + x, MIDDLE[1] + y


def dial(*pointers: float) -> Image:
    pixels = np.full((220, 260, 3), 225, np.uint8)
    for step in range(10):
        cv2.line(pixels, *(tuple(round(v) for v in at(36 * step, r)) for r in (0.86, 1.0)), (30, 30, 30), 2)
    for angle in pointers:
        cv2.circle(pixels, tuple(round(v) for v in MIDDLE), 15, (190, 40, 35), -1, cv2.LINE_AA)
        corners = np.array([at(angle - 80, 0.28), at(angle, 0.85), at(angle + 80, 0.28)])
        cv2.fillPoly(pixels, [np.round(corners * 16).astype(np.int32)], (190, 40, 35), cv2.LINE_AA, 4)
    return Image.from_array(cv2.GaussianBlur(pixels, (0, 0), 1.0))


def calibration(**more: object) -> Calibration:
    marks = [{"at": at(36 * value, 1.0), "value": value} for value in (0, 3, 6)]
    given = {"width": 260, "height": 220, "centre": MIDDLE, "scale": marks, "turn": 10, "unit": "l"}
    return Calibration.model_validate({**given, "rim": [at(turn, 1.1) for turn in range(0, 360, 60)], **more})


@pytest.mark.parametrize("value", [0.1, 2.4, 5.0, 8.3, 9.9])
def test_a_drop_is_read_all_around_a_dial_without_ends(value: float, finder: PointerFinder) -> None:
    reading = read_meter_dial(dial(36 * value).pixels, known_of(calibration()), finder)
    assert reading.value == pytest.approx(value, abs=0.15)
    assert reading.scale is not None
    assert (reading.scale.minimum, reading.scale.maximum) == (0, 10)


def test_a_calibration_that_lies_beside_its_dial_reads_no_pointer_without_marks() -> None:
    """Something narrow and red is a pointer to the network, wherever it is; a dial has marks around it."""

    class Unsure:
        def __init__(self, sureness: float, marks: float) -> None:
            self.seen = Pointed(90.0, 1.0, sureness, marks_sureness=marks)

        def pointed(self, _: object) -> list[Pointed]:
            return [self.seen]

    def reason(sureness: float, marks: float) -> str | None:
        return read_meter_dial(dial(90).pixels, known_of(calibration()), Unsure(sureness, marks)).reason  # type: ignore[arg-type]

    assert reason(0.75, 0.4) == "no_scale"
    assert reason(0.75, 0.6) is reason(0.85, 0.1) is None


def test_against_the_clock_the_value_is_what_is_left_of_a_turn(finder: PointerFinder) -> None:
    marks = [{"at": at(-36 * value, 1.0), "value": value} for value in (0, 3, 6)]
    reading = read_meter_dial(dial(90).pixels, known_of(calibration(scale=marks)), finder)
    assert reading.value == pytest.approx(7.5, abs=0.15)


@pytest.mark.parametrize("pointers", [(), (40, 200)])
def test_a_dial_with_no_pointer_or_with_two_is_refused(
    pointers: tuple[float, ...], finder: PointerFinder
) -> None:
    reading = read_meter_dial(dial(*pointers).pixels, known_of(calibration()), finder)
    assert (reading.value, reading.reason) == (None, "ambiguous_needle")


@pytest.mark.parametrize(("angle", "other"), [(30, 120), (100, 250), (240, 100)])
def test_with_a_second_pointer_that_looks_otherwise_no_reading_is_good(
    angle: float, other: float, finder: PointerFinder
) -> None:
    """Each of these was."""
    pixels = dial(angle).pixels.copy()
    ends = [(round(x), round(y)) for x, y in (at(other, 0), at(other, 0.85))]
    cv2.line(pixels, ends[0], ends[1], (30, 40, 160), 5, cv2.LINE_AA)
    assert read_meter_dial(dial(angle).pixels, known_of(calibration()), finder).quality == "good"
    assert read_meter_dial(pixels, known_of(calibration()), finder).quality != "good"


def test_views_that_disagree_are_not_sure() -> None:
    here, there = np.eye(90)[10], np.eye(90)[70]
    agreed = pointed_by_all(np.stack([here, here, here[::-1], here[::-1]]))
    assert (agreed.angle, agreed.spread, agreed.sureness) == (42.0, 0.0, 1.0)
    assert pointed_by_all(np.stack([here, there, here[::-1], there[::-1]])).sureness == 0.5


@pytest.mark.parametrize("turned", [-5.0, 5.0])
def test_marks_that_are_seen_beside_where_they_are_stated_count_as_much_as_these(
    turned: float, finder: PointerFinder
) -> None:
    marks = [{"at": at(36 * value + turned, 1.0), "value": value} for value in (0, 3, 6)]
    reading = read_meter_dial(dial(36 * 2.4).pixels, known_of(calibration(scale=marks)), finder)
    assert reading.value == pytest.approx(2.4 - turned / 36 / 2, abs=0.06)


def test_the_marks_are_where_all_views_and_their_mirrors_see_them() -> None:
    straight, even = np.eye(9)[[2, 2]], np.full((4, 9), 1 / 9)
    nowhere = Pointed(0.0, 0.0, 1.0)
    seen = turned_by_all(nowhere, np.concatenate([straight, straight[:, ::-1]]))
    assert (seen.marks, seen.marks_sureness) == (pytest.approx(10), pytest.approx(1))
    assert turned_by_all(nowhere, even).marks_sureness == pytest.approx(0)


async def test_a_calibrated_meter_is_read_by_the_application(tmp_path: Path) -> None:
    path = tmp_path / "meter.json"
    path.write_text(calibration(high=3).model_dump_json(), encoding="utf-8")
    async with Gauges(ModelManager(), GaugesOptions(calibration=str(path))) as gauges:
        result = await gauges(dial(180))
    (reading,) = result.data.readings
    assert reading.value == pytest.approx(5, abs=0.15)
    assert (reading.unit, reading.limit) == ("l", "high")
    assert [model.name for model in result.models] == [MODEL]
