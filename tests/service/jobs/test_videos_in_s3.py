"""A video that came over HTTP and lies in S3: workers fetch it once, look at its moments, and keep what they make."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from films import greys, write_film
from jobs.s3 import s3
from service.jobs.test_videos import a_worker, followed
from services import Start
from siseon.hosting import Host
from siseon.settings import Settings

__all__ = ["s3"]

pytest.importorskip("rasterio")

URL = "/v1/jobs"


@pytest.fixture
def settings(tmp_path: Path, s3: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Settings:
    for variable, value in s3.items():
        monkeypatch.setenv(variable, value)
    place = f"s3://jobs/{tmp_path.name}"
    return Settings(
        cache_dir=tmp_path / "cache",
        jobs_artifacts=place,
        port=0,
        pipelines={"oilspill": {"templates": "none"}},
    )


@pytest.mark.timeout(240)
async def test_a_flight_is_looked_at_and_mapped(settings: Settings, start: Start, tmp_path: Path) -> None:
    service = await start(Host(settings.model_copy(update={"pipelines": {}})))
    clip = write_film(tmp_path / "flight.ts", greys(30)).read_bytes()
    order = {"job": json.dumps({"application": "oilspill", "every_s": 3.0, "pictures": True})}
    answer = await service.post(URL, data=order, files={"files": ("flight.ts", clip)})
    assert answer.status_code == 202, answer.text
    job = answer.json()["id"]
    async with a_worker(settings):
        kinds = [kind for kind, _ in await followed(service, job)]
    assert kinds[-2:] == ["concluded", "result"]
    items = (await service.get(f"{URL}/{job}/items")).json()
    assert [item["input"] for item in items] == ["flight.ts#t=0.0", "flight.ts#t=3.0"]
    assert [item["state"] for item in items] == ["done", "done"]
    picture = await service.get(items[0]["files"][0], headers={"Range": "bytes=0-1"})
    assert (picture.status_code, picture.content) == (206, b"\xff\xd8")
    files = {file["name"]: file for file in (await service.get(f"{URL}/{job}/conclusion")).json()["files"]}
    assert {"flight.geojson", "flight.html", "flight.pdf", "flight.shp.zip"} <= files.keys()
    geojson = await service.get(files["flight.geojson"]["path"])
    assert geojson.headers["content-type"] == "application/geo+json"
    assert geojson.json()["type"] == "FeatureCollection"
    fetched = await asyncio.to_thread(lambda: list((settings.cache_dir / "videos").iterdir()))
    assert [path.read_bytes() for path in fetched] == [clip]  # once
    assert not any(path.is_file() for path in (settings.cache_dir / "incoming").rglob("*"))
