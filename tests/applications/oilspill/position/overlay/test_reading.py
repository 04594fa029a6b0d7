"""Whole overlays: two real frames, read completely; frames that are of another layout, or have half of one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from siseon.applications.build import manager
from siseon.applications.oilspill.position.generated import flight, frame, look
from siseon.applications.oilspill.position.generated.frame import template_of
from siseon.applications.oilspill.position.overlay.mask import overlay_mask
from siseon.applications.oilspill.position.overlay.reading import ReadOverlay
from siseon.applications.oilspill.position.overlay.template import read_template, shipped
from siseon.contracts import Image
from siseon.media import read_file
from siseon.media.decode import decode
from siseon.settings import Settings


def _reader() -> ReadOverlay:
    return ReadOverlay(manager(Settings()), [read_template(name) for name in shipped()], stated=True)


TURRET_2009 = {
    "date": "17JUN2009", "clock": "16:54:09", "zone": "UTC+0.0", "exposure": "AUTO", "scene": "VIC",
    "correlation": "COR-A", "sensor": "EON", "shutter": "1000", "colour": "COL", "preset": "DFLT",
    "gain_mode": "AUTO", "gain": "50", "counter": "9216", "illuminator_arm": "LI:DISARM",
    "illuminator_power": "LI:LOW", "laser_mode": "MAN", "laser_state": "VALID", "aircraft": "ACFT",
    "latitude": "54:40.79N", "longitude": "110:07.44W", "heading": "084°", "altitude": "5026FT",
    "target_elevation": "2300FT", "bearing": "033°", "slant_range": "9240M", "target": "TGT",
    "target_latitude": "54:44.94N", "range_from": "LRF", "target_longitude": "110:02.80W",
}  # fmt: skip
VIEWER_2012 = {
    "label_latitude": "LAT", "label_altitude": "ALT", "label_target_latitude": "FCLAT",
    "label_target_elevation": "FCELV", "stamp": "TS: 2012-09-19 20:34:22", "turret_date": "19SEP2012",
    "turret_clock": "14:34:25", "turret_zone": "UTC-6.0", "exposure": "AUTO", "scene": "SPA", "sensor": "EOW",
    "laser_mode": "OFF", "laser_state": "NONE", "aircraft": "ACFT", "target": "TGT",
    "turret_latitude": "41.14025N", "heading": "325°", "bearing": "236°", "turret_target_latitude": "41.12736N",
    "turret_longitude": "104.76458W", "turret_altitude": "9733FT", "turret_target_elevation": "6033FT",
    "slant_range": "1.5NM", "range_from": "LOS", "turret_target_longitude": "104.78978W",
    "latitude": "LAT41.139514", "longitude": "LON-104.763846", "altitude": "ALT2969.5m",
    "target_latitude": "FCLAT41.127362", "target_longitude": "FCLON-104.789776", "target_elevation": "FCELV1839.0m",
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "texts"), [("turret_eo_2009.jpg", TURRET_2009), ("turret_eo_tank_farm_2012.png", VIEWER_2012)]
)
async def test_a_real_frame_is_read_completely(test_data: Path, name: str, texts: dict[str, str]) -> None:
    image = decode(read_file(test_data / "aerial-dev" / "overlay" / name).data)
    async with _reader() as reader:
        read = (await reader(image)).data
    said = {
        one.field.name: one.value if one.field.words else one.text.replace(" ", "") for one in read.fields
    }
    assert said == {key: text if " " not in text else text.replace(" ", "") for key, text in texts.items()}
    assert not [one for one in read.fields if one.value is None]
    assert not read.metadata.refused
    assert {"time", "latitude", "longitude", "altitude_m", "target_latitude", "slant_range_m"} <= set(
        read.metadata.facts
    )


async def test_frames_of_another_shape_or_without_words_have_no_layout() -> None:
    async with _reader() as reader:
        for size, why in (
            ((100, 300), "no template is of frames of 300 × 100"),
            ((450, 801), "were not read"),
        ):
            read = (await reader(Image.from_array(np.full((*size, 3), 90, np.uint8)))).data
            assert read.template is None
            assert {one.reason for one in read.metadata.refused} == {"not_found"}
            assert why in read.metadata.refused[0].detail


async def test_half_an_overlay_is_told_and_the_rest_is_read() -> None:
    one, seen = flight(1, 1), look(0)
    shot = one.shots[0]
    image, cover = frame(shot, seen, 0, "clean")
    template = template_of(one, seen)
    pixels = image.pixels.copy()
    pixels[:, : image.width // 2] = 0  # the aircraft's half
    async with ReadOverlay(manager(Settings()), [template]) as reader:
        whole, half = (await reader(image)).data, (await reader(Image.from_array(pixels))).data
    assert {name: fact.value for name, fact in whole.metadata.facts.items()} == pytest.approx(shot.truth)
    assert {name for name in half.metadata.facts if name.startswith("target")} == {
        "target_latitude",
        "target_longitude",
    }
    assert "latitude" not in half.metadata.facts
    assert {one.name: one.reason for one in half.metadata.refused}["latitude"] == "not_found"
    mask = overlay_mask(template, image.width, image.height)
    assert not (cover & ~mask).any()
    assert mask.mean() < 0.1


async def test_a_frame_of_a_stated_layout_whose_words_are_blurred_leaves_its_figures_to_the_others() -> None:
    """One field of two is lost: ACFT is read as HCFT, TGT as THT, and a half of the figures is in doubt."""
    number, index = 5008, 15
    one, seen = flight(number, index + 1), look(number)
    image, _ = frame(one.shots[index], seen, 1000 * number + index)
    async with ReadOverlay(manager(Settings()), [template_of(one, seen)], stated=True) as reader:
        read = (await reader(image)).data
    assert read.template is not None
    assert not read.metadata.facts
    likely = {refused.name: refused.candidates for refused in read.metadata.refused}
    for name in ("time", "longitude", "altitude_m", "slant_range_m", "hfov"):
        truth = one.shots[index].truth[name]
        assert any(abs(value - (truth % 1800 if name == "time" else truth)) < 1e-7 for value in likely[name])
