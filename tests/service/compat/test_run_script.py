"""A run over a folder at the addresses of an earlier oil spill service: a job, its progress, and what it has made."""

from __future__ import annotations

import asyncio
import io
import zipfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path, PurePosixPath
from typing import Any

import cv2
import httpx
import numpy as np
import pytest
import rasterio
from PIL import Image as Picture

from applications.oilspill.sea.test_stage import orange, water
from service.jobs.conftest import ended
from siseon.hosting import Host
from siseon.jobs.process import work
from siseon.settings import Settings

PLACE = "file,latitude,longitude,height_m,platform_heading,sensor_azimuth,sensor_elevation,hfov\n"
RUN = "/run-script/flight-7"
IMAGE = "/get-image/flight-7"


@pytest.fixture
def oilspill(tmp_path: Path) -> Callable[[], Host]:
    """A host with an open folder: two pictures, the second without a place, and one that is none."""
    folder = tmp_path / "open" / "flight-7"
    (folder / "sub").mkdir(parents=True)
    for name in ("a.jpg", "sub/nowhere.png"):
        picture = water()
        orange(picture)
        small = cv2.resize(picture, (320, 180), interpolation=cv2.INTER_AREA)  # looked at as a whole alone
        cv2.imwrite(str(folder / name), small[:, :, ::-1])
    (folder / "z.jpg").write_bytes(b"no picture")
    (tmp_path / "table.csv").write_text(f"{PLACE}a.jpg,56,10.5,300,20,0,-90,60\n", encoding="utf-8")
    options: dict[str, Any] = {"sidecar": str(tmp_path / "table.csv"), "templates": "none"}

    def make() -> Host:
        return Host(
            Settings(
                port=0,
                pipelines={"oilspill": options},
                cache_dir=tmp_path / "cache",
                jobs_folder=tmp_path / "open",
            )
        )

    return make


@asynccontextmanager
async def working(host: Host) -> AsyncIterator[None]:
    """A worker as long as the context lasts."""
    stop, ready = asyncio.Event(), asyncio.Event()
    task = asyncio.create_task(work(host, 2, stop, ready.set))
    await ready.wait()
    try:
        yield
    finally:
        stop.set()
        await task


async def test_a_run_is_a_job_that_tells_its_steps_and_gives_out_what_it_has_made(start, oilspill) -> None:
    service: httpx.AsyncClient = await start(oilspill())
    assert (await service.get(RUN)).json()["code"] == "job_not_found"
    begun = await service.post(RUN)
    assert begun.status_code == 202
    run = begun.json()
    assert (run["file_id"], run["state"], run["total"], run["workers"]) == ("flight-7", "queued", 3, 0)
    assert "siseon worker --applications oilspill" in run["hint"]
    assert (await service.post(RUN)).json()["job"] == run["job"]
    assert (await service.get(f"{IMAGE}/Mask/a.png")).json()["code"] == "job_not_finished"
    async with working(oilspill()):
        await ended(service, run["job"])
    done = (await service.get(RUN)).json()
    assert (done["state"], done["done"], done["failed"], done["hint"]) == ("done", 2, 1, None)
    assert [failure["code"] for failure in done["failures"]] == ["unsupported_media"]
    names = [step["name"] for step in done["steps"]]
    assert names == ["inference", "metadata", "georeference", "oilshape"]
    assert all(step["done"] == 2 and step["mean_ms"] > 0 for step in done["steps"])

    drawn = await service.get(f"{IMAGE}/Inference/a.jpg")
    assert drawn.headers["content-type"] == "image/jpeg"
    assert Picture.open(io.BytesIO(drawn.content)).size == (320, 180)
    mask = await service.get(f"{IMAGE}/Mask/sub/nowhere.png")
    assert Picture.open(io.BytesIO(mask.content)).mode == "P"
    on_map = await service.get(f"{IMAGE}/Georeference/Tif/a.tif")
    assert on_map.headers["content-type"] == "image/tiff"
    with rasterio.MemoryFile(on_map.content) as held, held.open() as tif:
        assert (tif.crs.to_epsg(), tif.compression.name) == (32632, "lzw")
        assert np.count_nonzero(tif.read(4)) > 0
    unplaced = (await service.get(f"{IMAGE}/Georeference/Tif/sub/nowhere.tif")).json()
    assert unplaced["code"] == "not_found"
    assert "no position of the camera is known" in unplaced["hint"]
    assert (await service.get(f"{IMAGE}/Mask/z.png")).json()["code"] == "job_item_failed"

    archive = await service.get(done["results"])
    with zipfile.ZipFile(io.BytesIO(archive.content)) as held:
        (shapes,) = [name for name in held.namelist() if name.endswith(".shp.zip")]
        expected = held.read(shapes)
    assert (await service.get(f"{IMAGE}/{PurePosixPath(shapes).name}")).content == expected
    again = (await service.post(RUN)).json()
    assert (again["job"] != run["job"], again["state"]) == (True, "queued")


async def test_a_folder_that_is_not_open_is_refused(start, oilspill) -> None:
    service: httpx.AsyncClient = await start(oilspill())
    for path in (
        "/run-script/..",
        "/run-script/%2e%2e",
        "/run-script/a%2Fb",
        "/run-script/flight-8",
        "/run-script/.hidden",
        f"/run-script/{'a' * 101}",
        "/run-script/비행",
    ):
        assert (await service.post(path)).status_code in (400, 404, 422), path


async def test_no_other_file_is_given_out(start, oilspill) -> None:
    service: httpx.AsyncClient = await start(oilspill())
    await service.post(RUN)
    for path in (
        "Mask/.",
        "Mask/%2e%2e",
        "Mask/%2e%2e/%2e%2e/table",
        "Mask/",
        "Mask/A.png",
        "jobs.db",
        "%00",
        "a/b",
    ):
        answer = await service.get(f"{IMAGE}/{path}")
        assert answer.status_code in (400, 404, 409), path
        assert answer.headers["content-type"] == "application/problem+json", path
