"""The whole chain on one picture, with the network and the reader that are shipped."""

from __future__ import annotations

import numpy as np
import pytest
import pytest_asyncio
import shapely
from rasterio.io import MemoryFile

from siseon.applications.oilspill import APPLICATION, OilSpill, OilSpillChoices, OilSpillOptions
from siseon.applications.oilspill.contracts import OilSpillResult
from siseon.applications.text import TextOptions
from siseon.contracts import Image, InputError
from siseon.media import read_file
from siseon.media.decode import decode
from siseon.models import ModelManager

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def pipeline():
    async with OilSpill(ModelManager()) as started:
        yield started


def sea() -> Image:
    """Blue water with a little noise."""
    noise = np.random.default_rng(0).normal(0, 6, (360, 640, 1))
    return Image.from_array(np.clip(np.array([30, 70, 105]) + noise, 0, 255).astype(np.uint8))


STATED = OilSpillChoices(
    latitude=56.0, longitude=10.5, height_m=300.0, heading=20.0, depression=90.0, hfov=60.0
)


async def test_what_a_request_states_lays_its_picture_on_the_sea(pipeline) -> None:
    data = (await pipeline(sea(), parameters={"choices": STATED})).data
    assert data.refused is None
    where = data.georeference
    assert (where.method, where.crs, where.interpolated) == ("nadir", "EPSG:32632", False)
    assert where.gsd_m == pytest.approx(2 * 300 * np.tan(np.radians(30)) / 640, rel=1e-3)
    middle = shapely.Polygon(where.corners).centroid
    assert (middle.x, middle.y) == pytest.approx((10.5, 56.0), abs=1e-5)
    assert {fact.source for fact in data.metadata.facts.values()} == {"stated"}
    (mask, on_map) = APPLICATION.beside(data)
    assert decode(mask.data).width == 640
    assert on_map.data[:4] in (b"II*\0", b"MM\0*")


async def test_a_map_is_cloud_optimised_and_has_a_quicklook_where_that_is_wanted(
    pipeline, monkeypatch
) -> None:
    wanted = pipeline.options.model_copy(update={"cloud_optimised": True, "quicklook": True})
    monkeypatch.setattr(pipeline, "options", wanted)
    data = (await pipeline(sea(), parameters={"choices": STATED})).data
    _, on_map, small = APPLICATION.beside(data)
    with MemoryFile(on_map.data) as file, file.open() as picture:
        assert picture.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
        assert picture.compression.name == "lzw"
        assert max(picture.shape) == max(decode(small.data).height, decode(small.data).width)


async def test_a_picture_that_says_nothing_of_its_place_is_told_so_and_still_looked_at(pipeline) -> None:
    data = (await pipeline(sea())).data
    assert data.georeference is None
    assert data.no_position == "no position of the camera is known"
    assert data.cover["sea"] > 0.5
    assert len(APPLICATION.beside(data)) == 1
    assert APPLICATION.beside(OilSpillResult.model_validate_json(data.model_dump_json())) == ()


async def test_radar_is_refused_by_name(pipeline) -> None:
    grey = np.random.default_rng(1).integers(0, 255, (300, 400, 1)).astype(np.uint8).repeat(3, axis=2)
    result = await pipeline(Image.from_array(grey), parameters={"choices": STATED})
    assert (result.data.refused, result.data.verdict, result.data.slicks) == ("not_optical", "unsure", ())
    assert "refused: not optical" in APPLICATION.text("grey.png", result)


async def test_a_real_turret_frame_tells_where_it_was_taken(pipeline, test_data) -> None:
    frame = read_file(test_data / "aerial-dev" / "overlay" / "turret_eo_2009.jpg")
    result = await pipeline(frame, parameters={"choices": OilSpillChoices(hfov=2.0)})
    facts = result.data.metadata.facts
    assert result.data.metadata.template == "turret-ddm"
    assert facts["latitude"].value == pytest.approx(54 + 40.79 / 60)
    assert facts["longitude"].value == pytest.approx(-(110 + 7.44 / 60))
    assert facts["latitude"].source == "overlay"
    assert f"{result.data.time:%Y-%m-%d %H:%M:%S}" == "2009-06-17 16:54:09"
    assert facts["target_elevation_m"].value > 600
    assert (result.data.refused, result.data.slicks) == ("not_the_sea", ())
    assert "camera at 54.67983, -110.12400  (overlay)" in APPLICATION.text("turret.jpg", result)
    assert (APPLICATION.count(result.data), APPLICATION.nothing) == (0, "no oil found")


async def test_it_is_drawn_at_full_size_and_told_in_lines(pipeline) -> None:
    picture = sea()
    result = await pipeline(picture, parameters={"choices": STATED})
    drawn = APPLICATION.draw(picture, result.data)
    assert (drawn.width, drawn.height) == (640, 360)
    assert (drawn.pixels != picture.pixels).any()
    told = APPLICATION.text("sea.png", result)
    assert "at 56.00000, 10.50000 ±" in told
    assert APPLICATION.count(result.data) == len(result.data.slicks)


async def test_a_template_that_is_not_there_is_refused_when_it_is_made() -> None:
    with pytest.raises(InputError, match="no template"):
        OilSpill(ModelManager(), OilSpillOptions(templates=("mx-99",)))


async def test_a_lone_request_loads_nothing_that_its_picture_does_not_need(pipeline) -> None:
    models, picture = ModelManager(warm_ups=0), Image.from_array(sea().pixels[:, :480])
    async with OilSpill(models) as lone:
        alone = await lone(picture, parameters={"choices": STATED})
        assert not models[TextOptions().recognizer].loaded
    assert (
        alone.data.model_dump() == (await pipeline(picture, parameters={"choices": STATED})).data.model_dump()
    )


async def test_a_lone_request_reads_the_overlay_of_its_frame_as_others_do(pipeline, test_data) -> None:
    frame = read_file(test_data / "aerial-dev" / "overlay" / "turret_eo_2009.jpg")
    usual = await pipeline(frame)
    async with OilSpill(ModelManager(warm_ups=0)) as lone:
        alone = await lone(frame)
    assert alone.data.model_dump() == usual.data.model_dump()
    assert alone.models == usual.models
    assert {one.stage for one in alone.timings} == {one.stage for one in usual.timings}


async def test_a_lone_request_says_too_that_a_stated_layout_is_of_other_frames(pipeline) -> None:
    picture, options = Image.from_array(sea().pixels[:, :480]), OilSpillOptions(templates=("turret-ddm",))
    async with (
        OilSpill(ModelManager(warm_ups=0), options) as lone,
        OilSpill(ModelManager(), options) as usual,
    ):
        alone, other = await lone(picture), await usual(picture)
    assert alone.data.metadata == other.data.metadata
    assert {one.detail for one in alone.data.metadata.refused} == {"no template is of frames of 480 × 360"}
