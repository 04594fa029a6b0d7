"""A flight whose frames were drawn from above: what it says together, and the files that it makes."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta
from pathlib import Path

import pyogrio
import pytest

from applications.oilspill.slicks.flight import frame, place
from siseon.applications.concluding import Answered, Unanswered
from siseon.applications.oilspill import APPLICATION
from siseon.applications.oilspill.conclusion import conclude
from siseon.applications.oilspill.contracts import Fact, Metadata, OilSpillResult
from siseon.applications.oilspill.flight import flown
from siseon.applications.oilspill.options import DEFAULTS
from siseon.contracts import Failure, FailureCode

SLICK = [(0.0, 0.0, 50.0, "rainbow")]


def told(result: OilSpillResult) -> OilSpillResult:
    """A result as it comes back from a file of results."""
    return OilSpillResult.model_validate_json(result.model_dump_json())


def frames() -> list[OilSpillResult]:
    """Four, a second apart, with what an overlay tells of them."""
    return [
        _with_facts(frame(f"f-{8 + n}.jpg", SLICK, east=20.0 * n - 30, seconds=n), 20.0 * n - 30)
        for n in range(4)
    ]


def _with_facts(result: OilSpillResult, east: float) -> OilSpillResult:
    longitude, latitude = place(east, 0.0)
    told = {
        "time": result.time.timestamp(),
        "longitude": longitude,
        "latitude": latitude,
        "height_m": 300.0,
        "platform_heading": 20.0,
        "sensor_azimuth": 0.0,
        "sensor_elevation": -90.0,
        "hfov": 60.0,
        "vfov": 36.0,
    }
    facts = {name: Fact(value=value, source="overlay") for name, value in told.items()}
    return result.model_copy(update={"metadata": Metadata(facts=facts)})


def lost(result: OilSpillResult) -> OilSpillResult:
    """Without what says where it was taken."""
    facts = {
        name: fact
        for name, fact in result.metadata.facts.items()
        if name not in ("latitude", "longitude", "target_latitude", "target_longitude")
    }
    return result.model_copy(
        update={
            "metadata": result.metadata.model_copy(update={"facts": facts}),
            "georeference": None,
            "no_position": "no position of the camera is known",
            "slicks": tuple(
                one.model_copy(update={"rings": None, "area_m2": None, "volume_l": None})
                for one in result.slicks
            ),
        }
    )


def test_frames_are_in_the_order_of_their_numbers_and_a_lost_one_lies_between_its_neighbours() -> None:
    eight, nine, ten, eleven = frames()
    flight = flown([eleven, lost(ten), eight, nine])
    assert [one.image_id for one in flight.frames] == ["f-8.jpg", "f-9.jpg", "f-10.jpg", "f-11.jpg"]
    found = flight.frames[2]
    assert found.metadata.facts["longitude"].source == "interpolated"
    assert found.georeference is not None
    assert found.georeference.interpolated
    assert found.metadata.value("longitude") == pytest.approx(ten.metadata.value("longitude"), abs=1e-6)
    assert found.slicks[0].area_m2 == pytest.approx(ten.slicks[0].area_m2, rel=0.01)
    assert not any(one.georeference.interpolated for one in flight.frames[:2])
    (slick,) = flight.slicks
    assert slick.area_m2 == pytest.approx(ten.slicks[0].area_m2, rel=0.02)


def test_a_video_without_a_clock_is_filled_by_its_own_seconds() -> None:
    results = []
    for number, one in enumerate(frames()):
        facts = {name: fact for name, fact in one.metadata.facts.items() if name != "time"}
        name = f"flight.ts#t={number}.0"
        results.append(
            one.model_copy(update={"image_id": name, "time": None, "metadata": Metadata(facts=facts)})
        )
    first, second, third, fourth = results
    found = flown([first, second, lost(third), fourth]).frames[2]
    assert found.metadata.facts["longitude"].source == "interpolated"
    assert found.metadata.value("longitude") == pytest.approx(third.metadata.value("longitude"), abs=1e-6)
    photos = [
        one.model_copy(update={"image_id": f"{n}.jpg"}) for n, one in enumerate((first, lost(third), fourth))
    ]
    assert flown(photos).frames[1].georeference is None


@pytest.mark.parametrize("home", [(10.5, 56.0), (179.9995, -17.0)])
def test_a_frame_on_the_other_side_of_the_earth_is_not_on_the_map(home: tuple[float, float]) -> None:
    near = [frame(f"{n}.jpg", SLICK, east=10.0 * n, seconds=n, home=home) for n in range(3)]
    far = frame("3.jpg", SLICK, seconds=3, home=((home[0] + 360) % 360 - 180, -home[1]))
    flight = flown([*near, far])
    lost = flight.frames[3]
    assert lost.georeference is None
    assert lost.no_position is not None
    assert "km from the middle of the flight" in lost.no_position
    assert [one.rings for one in lost.slicks] == [None]
    assert [one.area_m2 for one in flight.slicks] == [
        pytest.approx(one.area_m2) for one in flown(near).slicks
    ]
    assert flight.frames[:3] == flown(near).frames


def test_the_files_are_whole_and_say_what_was_filled(tmp_path: Path) -> None:
    eight, nine, ten, eleven = frames()
    results = [told(eight), told(nine), told(lost(ten)), told(eleven)]
    answered = [Answered(one.image_id, one, lambda: pytest.fail("no picture is needed")) for one in results]
    files = {file.name: file.data for file in conclude(DEFAULTS, answered)}
    assert {"flight.gpkg", "flight.shp.zip", "flight.geojson", "flight.kml", "flight.csv"} < set(files)
    archive = tmp_path / "flight.shp.zip"
    archive.write_bytes(files["flight.shp.zip"])
    assert pyogrio.read_info(archive)["features"] == 1
    (feature,) = json.loads(files["flight.geojson"])["features"]
    assert feature["properties"]["class"] == "rainbow"
    rows = list(csv.DictReader(io.StringIO(files["flight-frames.csv"].decode())))
    assert [row["longitude_from"] for row in rows][2] == "interpolated"
    assert [row["interpolated"] for row in rows] == ["False", "False", "True", "False"]
    shown = json.loads(files["flight-frames.geojson"])["features"]
    assert [one["properties"]["image"] for one in shown] == ["f-8.jpg", "f-9.jpg", "f-10.jpg", "f-11.jpg"]
    assert [one["properties"]["camera_from"] for one in shown][1:3] == ["overlay", "interpolated"]
    assert {one["geometry"]["type"] for one in shown} == {"Polygon"}
    assert b"4 frames (4 oil); 4 with a position, 1 of them filled from other frames" in files["flight.html"]
    assert b"<svg" in files["flight.html"]
    assert files["flight.pdf"].startswith(b"%PDF")


def test_the_report_says_what_a_table_leaves_open(tmp_path: Path) -> None:
    table = tmp_path / "facts.csv"
    table.write_text("file,latitude,longitud\nf-8.jpg,50,7\na/other.jpg,50,7\n")
    options = DEFAULTS.model_copy(update={"sidecar": str(table)})
    answered = [Answered(one.image_id, one, lambda: pytest.fail("no picture is needed")) for one in frames()]
    (report,) = (file.data.decode() for file in conclude(options, answered) if file.name == "flight.html")
    assert (
        "Note: of the table facts.csv columns are not read: &#x27;longitud&#x27; (is it longitude?)."
        in report
    )
    assert "Note: of 3 of 4 frames there is no row in the table facts.csv." in report
    assert (
        "Note: rows of the table facts.csv that are of no frame: 1, &#x27;a/other.jpg&#x27; first." in report
    )
    table.unlink()
    (report,) = (file.data.decode() for file in conclude(options, answered) if file.name == "flight.html")
    assert "facts.csv cannot be read" in report


def test_frames_that_failed_or_were_refused_are_named_with_why_and_the_rest_is_whole() -> None:
    first, *others = frames()
    radar = lost(others.pop()).model_copy(
        update={"refused": "not_optical", "slicks": (), "verdict": "unsure"}
    )
    answered = [Answered(one.image_id, one, lambda: pytest.fail("no")) for one in (first, *others, radar)]
    broken = Failure(code=FailureCode.corrupt_image, message="it ends <early>", retryable=False)
    failed = [Unanswered(f"f-{number}.jpg", broken) for number in range(160, 100, -1)]
    files = {file.name: file.data for file in conclude(DEFAULTS, answered, failed)}
    report = files["flight.html"].decode()
    assert "64 frames (60 failed, 3 oil, 1 refused)" in report
    assert (
        'f-101.jpg</td><td class="">failed</td><td class="">it ends &lt;early&gt; (corrupt_image)' in report
    )
    assert "and 11 more, in the table of frames." in report
    rows = list(csv.DictReader(io.StringIO(files["flight-frames.csv"].decode())))
    assert [row["image"] for row in rows[3:5]] == ["f-11.jpg", "f-101.jpg"]
    assert {row["failure"] for row in rows[:4]} == {""}
    assert [(row["verdict"], row["failure"]) for row in rows[4:]] == [
        ("failed", "corrupt_image: it ends <early>")
    ] * 60
    few = {file.name: file.data for file in conclude(DEFAULTS, answered, failed[:1])}["flight.html"].decode()
    assert 'f-11.jpg</td><td class="">refused</td><td class="">it is no picture in daylight' in few


def test_a_flight_without_any_position_is_a_report_that_says_so() -> None:
    results = [lost(one) for one in frames()]
    answered = [Answered(one.image_id, one, lambda: pytest.fail("no picture is needed")) for one in results]
    files = {file.name: file.data for file in conclude(DEFAULTS, answered)}
    assert b"No frame has a position" in files["flight.html"]
    assert json.loads(files["flight.geojson"])["features"] == []


def test_names_of_strangers_are_no_html_and_no_formulas() -> None:
    first = frames()[0]
    evil = lost(first.model_copy(update={"image_id": "=1+1<script>.jpg"}))
    files = {
        file.name: file.data
        for file in conclude(DEFAULTS, [Answered(evil.image_id, evil, lambda: pytest.fail("no"))])
    }
    assert b"<script>" not in files["flight.html"]
    assert b"\r\n'=1+1" in files["flight-frames.csv"]
    assert APPLICATION.conclude is conclude
    assert evil.time is None or evil.time.utcoffset() == timedelta()
