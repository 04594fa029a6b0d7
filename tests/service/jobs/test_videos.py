"""Videos over HTTP: a real service and a real worker, from the upload to the report and to what a person corrects."""

from __future__ import annotations

import asyncio
import io
import json
import zipfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from services import Start
from siseon.hosting import Host
from siseon.jobs.process import work
from siseon.media.film.reading import open_video
from siseon.settings import Settings

pytest.importorskip("trackers")

URL = "/v1/jobs"
ORDER = {"job": json.dumps({"application": "people"})}
CHOOSING = {"application": "people", "options": {"rate": 8, "show_id": False}}
PATIENCE_S = 100


@pytest.fixture
def settings(tmp_path: Path, model_path: Path) -> Settings:
    """Of both; chunks of two seconds, so that a short clip has two."""
    people = {"chunk_s": 2.0, "pose": "none", "faces": "none"}
    return Settings(
        cache_dir=tmp_path / "cache", model_path=(model_path,), port=0, pipelines={"people": people}
    )


@pytest.fixture
async def service(settings: Settings, start: Start) -> httpx.AsyncClient:
    return await start(Host(settings))


@asynccontextmanager
async def a_worker(settings: Settings) -> AsyncIterator[None]:
    stop, ready = asyncio.Event(), asyncio.Event()
    task = asyncio.create_task(work(Host(settings), 2, stop, ready.set))
    waiting = asyncio.create_task(ready.wait())
    await asyncio.wait((task, waiting), return_when=asyncio.FIRST_COMPLETED)
    try:
        yield
    finally:
        stop.set()
        waiting.cancel()
        await task


async def followed(service: httpx.AsyncClient, job: str, after: int = 0) -> list[tuple[str, dict[str, Any]]]:
    """Its events until it has ended."""
    headers = {"Last-Event-ID": str(after)}
    async with asyncio.timeout(PATIENCE_S):
        told = await service.get(f"{URL}/{job}/events", timeout=PATIENCE_S, headers=headers)
    events = [block.split("\n") for block in told.text.split("\n\n") if "data: " in block]
    return [
        (lines[1].removeprefix("event: "), json.loads(lines[2].removeprefix("data: "))) for lines in events
    ]


@pytest.mark.timeout(240)
async def test_a_clip_is_uploaded_looked_at_concluded_watched_and_corrected(service, settings, hug):
    files = {"files": ("hug.mp4", hug.read_bytes())}
    for more in ({"hide": False}, {"rate": 30}, {"rate": 1}):  # only the owner may allow that
        order = {"job": json.dumps({"application": "people", "options": more})}
        refused = await service.post(URL, data=order, files=files)
        assert (refused.status_code, refused.json()["code"]) == (403, "forbidden"), refused.text
    accepted = await service.post(URL, data={"job": json.dumps(CHOOSING)}, files=files)
    assert accepted.status_code == 202, accepted.text
    job = accepted.json()
    assert (job["total"], job["conclusion"]["state"], job["files"]) == (2, "pending", {})
    early = await service.get(f"{URL}/{job['id']}/conclusion/timeline.json")
    assert (early.status_code, early.json()["code"]) == (409, "job_not_finished")
    async with a_worker(settings):
        events = await followed(service, job["id"])
        kinds = [kind for kind, _ in events]
        assert kinds[:2] == ["queued", "started"]
        assert kinds[-3:] == ["concluding", "concluded", "result"]
        last = [data["data"] for kind, data in events if kind == "progress"][-1]
        assert (last["done"], last["total"]) == (2, 2)
        assert last["rate_per_s"] > 0
        items = (await service.get(f"{URL}/{job['id']}/items")).json()
        assert [item["input"] for item in items] == ["hug.mp4#t=0,2", "hug.mp4#t=2,2.575"]

        conclusion = (await service.get(f"{URL}/{job['id']}/conclusion")).json()
        paths = {file["name"]: file["path"] for file in conclusion["files"]}
        assert conclusion["state"] == "done"
        assert {"timeline.json", "report.html", "report.pdf", "annotated.mp4", "actions.vtt"} <= paths.keys()
        timeline = await service.get(paths["timeline.json"])
        assert timeline.headers["content-type"] == "application/json"
        people = timeline.json()["people"]
        assert len(people) == 2
        assert timeline.json()["coverage"]["moments"] >= 2.5 * 8  # as often as the job chose
        report = await service.get(paths["report.html"])
        assert "hug.mp4" in report.text
        assert "sandbox" in report.headers["content-security-policy"]
        assert report.headers["x-content-type-options"] == "nosniff"
        printed = await service.get(paths["report.pdf"])
        assert printed.content.startswith(b"%PDF")
        assert printed.headers["content-disposition"].startswith("attachment")
        await _seeks(service, paths["annotated.mp4"], settings.cache_dir)

        seen = timeline.json()["seen"]
        tracklet = int(timeline.json()["merged"]["1"][0])
        words = {"seen": seen, "rename": [{"person": {"sub_id": tracklet}, "name": "Mina", "role": "child"}]}
        corrected = await service.put(f"{URL}/{job['id']}/files/corrections", json=words)
        assert corrected.status_code == 202, corrected.text
        assert corrected.json()["state"] == "running"
        events = await followed(service, job["id"], after=len(events))
        assert not any(kind.startswith("item_") for kind, _ in events)  # no picture was looked at again
        again = (await service.get(f"{URL}/{job['id']}")).json()
        assert (again["state"], again["conclusion"]["revision"]) == ("done", 2)
        assert again["files"] == {"corrections": f"{URL}/{job['id']}/files/corrections"}
        renamed = (await service.get(paths["timeline.json"])).json()
        assert "Mina" in [person["name"] for person in renamed["people"]]
        assert (await service.get(again["files"]["corrections"])).json() == words
        address = f"{URL}/{job['id']}/files/corrections"
        tag = (await service.get(address)).headers["etag"]
        for condition in ({"If-Match": '"another"'}, {"If-None-Match": "*"}):  # somebody else was faster
            late = await service.put(address, json={"seen": seen}, headers=condition)
            assert (late.status_code, late.json()["code"]) == (409, "superseded")
            assert (await service.delete(address, headers=condition)).status_code == 409
        assert (await service.get(address)).headers["etag"] == tag
        same = await service.put(f"{URL}/{job['id']}/files/corrections", json=words)
        assert same.json()["state"] == "done"  # the same bytes change nothing

        for body in (b"[[split]]\nsub_id = -1\nat_ms = 1", b"\xff\xfe", b"{", b"rename = 7"):
            bad = await service.put(f"{URL}/{job['id']}/files/corrections", content=body)
            assert (bad.status_code, bad.json()["code"]) == (400, "invalid_input")
        other = await service.put(f"{URL}/{job['id']}/files/sidecar", content=b"x")
        assert "corrections" in other.json()["hint"]
    archive = await service.get(f"{URL}/{job['id']}/results.zip")
    with zipfile.ZipFile(io.BytesIO(archive.content)) as opened:
        assert opened.testzip() is None
        assert {f"conclusion/{name}" for name in paths} <= set(opened.namelist())
    await _damaged(service, job["id"], paths["timeline.json"], settings.cache_dir / "artifacts")


async def _damaged(service: httpx.AsyncClient, job: str, path: str, artifacts: Path) -> None:
    """What is cut on the disk is sent as it is, and what is gone is a failure with a name, here and in the archive."""
    (file,) = (artifacts / "out" / job).glob("end-*/0.json")
    file.write_bytes(file.read_bytes()[:100])
    assert len((await service.get(path)).content) == 100
    file.unlink()
    gone = await service.get(path)
    assert (gone.status_code, gone.json()["code"]) == (404, "not_found")
    archive = await service.get(f"{URL}/{job}/results.zip")
    with zipfile.ZipFile(io.BytesIO(archive.content)) as opened:
        assert "conclusion/timeline.json.missing.json" in opened.namelist()


async def _seeks(service: httpx.AsyncClient, path: str, folder: Path) -> None:
    """What the player of a browser asks for."""
    whole = await service.get(path)
    assert whole.headers["accept-ranges"] == "bytes"
    assert whole.headers["content-type"] == "video/mp4"
    data, size = whole.content, len(whole.content)
    (folder / "watched.mp4").write_bytes(data)
    assert open_video(folder / "watched.mp4").duration_ms > 2_000

    async def part(asked: str, **headers: str) -> httpx.Response:
        return await service.get(path, headers={"Range": asked, **headers})

    for asked, span in (
        ("bytes=0-", data),
        ("bytes=0-99", data[:100]),
        (f"bytes={size - 7}-{size + 100}", data[-7:]),
        ("bytes=-5", data[-5:]),
    ):
        answer = await part(asked)
        assert (answer.status_code, answer.content) == (206, span), asked
        assert answer.headers["content-range"].endswith(f"/{size}")
        assert int(answer.headers["content-length"]) == len(span)
    assert (await part(f"bytes={size}-")).status_code == 416
    assert (await part("bytes=-0")).status_code == 416
    for whole_again in ("bytes=5-1", "bytes=0-1,4-5", "lines=1-2", "bytes=-", "bytes=x-"):
        assert (await part(whole_again)).status_code == 200, whole_again
    tag = whole.headers["etag"]
    assert (await part("bytes=0-9", **{"If-Range": tag})).status_code == 206
    assert (await part("bytes=0-9", **{"If-Range": '"another"'})).status_code == 200
    assert (await service.get(path, headers={"If-None-Match": tag})).status_code == 304
