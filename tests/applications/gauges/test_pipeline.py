"""Photos of a calibrated camera, through the whole application."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from loaded import loaded_models
from siseon.applications.gauges import Calibration, DisplayCalibration, Gauges, GaugesOptions, GaugesResult
from siseon.applications.gauges.evaluate import GaugesTruth, evaluate
from siseon.applications.gauges.generated import Photo, calibration_of, photo
from siseon.applications.gauges.generated.digital import DisplayPhoto, display_photo
from siseon.applications.gauges.show import count, draw, text
from siseon.contracts import Image, InputError, Result
from siseon.media.bounds import DEFAULT_BOUNDS
from siseon.media.encode import encode
from siseon.media.files import read_file

INDEX = 4
DISPLAY = 1


def kept(folder: Path, one: Photo, **more: object) -> str:
    """The calibration in a file, with the picture that it was made on beside it."""
    kept_picture(folder, one.image)
    path = folder / "boiler.json"
    calibration = calibration_of(one, picture="boiler.png", **more)
    path.write_text(calibration.model_dump_json(), encoding="utf-8")
    return str(path)


def kept_picture(folder: Path, image: Image) -> None:
    (folder / "boiler.png").write_bytes(encode(image, "png"))


async def read(image: Image, calibration: str | None) -> Result[GaugesResult]:
    async with Gauges(loaded_models(), GaugesOptions(calibration=calibration)) as gauges:
        return await gauges(image)


async def test_a_calibrated_instrument_is_read_from_another_picture_of_a_pushed_camera(
    tmp_path: Path,
) -> None:
    one = photo(INDEX, "evaluation")
    shift = np.array([[1, 0, 12], [0, 1, -9], [0, 0, 1.0]])
    value = min(one.dial.numerals) + 0.3 * (max(one.dial.numerals) - min(one.dial.numerals))
    later = photo(INDEX, "evaluation", view=shift @ one.to_picture, value=value)
    result = await read(later.image, kept(tmp_path, one, low=value + 1, high=value + 2))
    (reading,) = result.data.readings
    assert reading.value == pytest.approx(value, abs=0.01 * (max(one.dial.numerals) - min(one.dial.numerals)))
    assert (reading.quality, reading.unit, reading.limit) == ("good", one.dial.unit, "low")
    assert reading.needle is not None
    assert np.allclose(reading.needle.middle, later.points((0.0,), 0.0)[0], atol=2)
    drawn = draw(later.image, result.data)
    x, y = np.mean([reading.needle.middle, reading.needle.tip], axis=0).astype(int)
    assert (
        drawn.pixels[y - 2 : y + 3, x - 2 : x + 3] != later.image.pixels[y - 2 : y + 3, x - 2 : x + 3]
    ).any()
    assert count(result.data) == 1
    assert "below its limit" in text("later.jpg", result)


async def test_another_picture_is_said_to_be_of_a_moved_camera(tmp_path: Path) -> None:
    path = kept(tmp_path, photo(INDEX, "evaluation"))
    other = photo(INDEX + 1, "evaluation").image
    small = Image.from_array(np.ascontiguousarray(other.pixels[:400]))
    for image in (other, small):
        (reading,) = (await read(image, path)).data.readings
        assert (reading.value, reading.reason) == (None, "camera_moved")


async def test_without_the_picture_the_camera_is_taken_to_stand_still(tmp_path: Path) -> None:
    one = photo(INDEX, "evaluation")
    path = tmp_path / "still.json"
    path.write_text(calibration_of(one).model_dump_json(), encoding="utf-8")
    (reading,) = (await read(one.image, str(path))).data.readings
    assert reading.value == pytest.approx(
        one.value, abs=0.01 * (max(one.dial.numerals) - min(one.dial.numerals))
    )


async def test_a_calibration_that_cannot_be_used_stops_the_start(tmp_path: Path) -> None:
    one = photo(INDEX, "evaluation", hardness="clean")
    with pytest.raises(InputError, match="missing"):
        await read(one.image, str(tmp_path / "missing.json"))
    path = kept(tmp_path, one)
    kept_picture(tmp_path, Image.from_array(one.image.pixels[:100]))
    with pytest.raises(InputError, match="640 × 100 pixels"):
        await read(one.image, path)
    (tmp_path / "boiler.png").unlink()
    os.mkfifo(tmp_path / "boiler.png")
    with pytest.raises(InputError, match=r"boiler\.png cannot be read: it is not a file"):
        await read(one.image, path)
    elsewhere = tmp_path / "else" / "boiler.json"  # another file of the machine, by a stranger's calibration
    elsewhere.parent.mkdir()
    elsewhere.write_text(calibration_of(one, picture="../boiler.png").model_dump_json(), encoding="utf-8")
    with pytest.raises(InputError, match="not the name of a file beside it"):
        await read(one.image, str(elsewhere))


def test_a_calibration_survives_its_json() -> None:
    calibration = calibration_of(photo(INDEX), low=1, high=2)
    assert Calibration.model_validate_json(calibration.model_dump_json()) == calibration


async def test_real_dials_are_read_by_sight_and_none_wrongly(test_data: Path) -> None:
    folder = test_data / "gauges-dev" / "analog"
    truth = GaugesTruth(labels=folder / "truth.csv", images=folder)
    table = await evaluate(
        loaded_models(), GaugesOptions(), truth, bounds=DEFAULT_BOUNDS, progress=lambda: None
    )
    assert isinstance(table.document, dict)
    assert (table.document["instruments"], table.document["wrong"]) == (6, 0)
    assert table.document["read"] >= 4


async def test_photos_without_a_gauge_give_no_reading(test_data: Path) -> None:
    photos = sorted((test_data / "coco-dev" / "images").glob("*.jpg"))[::6]
    async with Gauges(loaded_models()) as gauges:
        for path in photos:
            result = await gauges(read_file(path))
            assert count(result.data) == 0, path
            assert "not read" in text(path.name, result)


def display_of(one: DisplayPhoto, **more: object) -> str:
    """The calibration of a generated display, as JSON."""
    corners = [tuple(corner) for corner in one.corners().tolist()]
    calibration = DisplayCalibration.model_validate(
        {"kind": "digital", "width": one.image.width, "height": one.image.height, "corners": corners, **more}
    )
    return calibration.model_dump_json()


async def test_a_calibrated_display_is_read_drawn_and_limited(tmp_path: Path) -> None:
    one = display_photo(DISPLAY, "evaluation", "segments")
    path = tmp_path / "display.json"
    value = float(one.face.text)
    path.write_text(display_of(one, unit="bar", high=value - 1))
    result = await read(one.image, str(path))
    (reading,) = result.data.readings
    assert (reading.kind, reading.text, reading.value) == ("digital", one.face.text, value)
    assert (reading.quality, reading.unit, reading.limit) == ("good", "bar", "high")
    assert [model.name for model in result.models] == ["gauge-digits"]
    assert f"{one.face.text} bar" in text("display.jpg", result)
    assert (draw(one.image, result.data).pixels != one.image.pixels).any()


async def test_a_calibrated_display_is_found_again_or_said_to_have_moved(tmp_path: Path) -> None:
    one = display_photo(DISPLAY, "evaluation", "segments")
    kept_picture(tmp_path, one.image)
    path = tmp_path / "display.json"
    path.write_text(display_of(one, picture="boiler.png"))
    pushed = Image.from_array(np.roll(one.image.pixels, (7, -11), axis=(0, 1)))
    (reading,) = (await read(pushed, str(path))).data.readings
    assert reading.text == one.face.text
    assert reading.display is not None
    assert np.allclose(reading.display[:4], one.corners() + np.array([-11, 7]), atol=1.5)
    (refusal,) = (await read(display_photo(DISPLAY + 1, "evaluation").image, str(path))).data.readings
    assert (refusal.kind, refusal.reason) == ("digital", "camera_moved")


async def test_a_display_is_read_by_sight() -> None:
    one = display_photo(DISPLAY, "evaluation", "segments")
    readings = (await read(one.image, None)).data.readings
    assert [(reading.kind, reading.text) for reading in readings] == [("digital", one.face.text)]


async def test_each_dial_of_a_picture_is_read_from_left_to_right() -> None:
    left, right = photo(0, "evaluation"), photo(1, "evaluation")
    wall = np.full((640, 1600, 3), 110, np.uint8)
    wall[60:540, 60:700], wall[60:540, 880:1520] = left.image.pixels, right.image.pixels
    readings = (await read(Image.from_array(wall), None)).data.readings
    for one, reading, moved in zip((left, right), readings, (60, 880), strict=True):
        full_scale = max(one.dial.numerals) - min(one.dial.numerals)
        assert reading.value == pytest.approx(one.value, abs=0.02 * full_scale)
        assert reading.needle is not None
        assert np.allclose(reading.needle.middle, one.points((0.0,), 0.0)[0] + (moved, 60), atol=6)
