"""Clips over HTTP: taken, listed, played, removed; how much is kept; what a stop leaves."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from service.streams.conftest import BOUND_S, until_state
from services import served
from siseon.jobs.database import Database
from siseon.streams import kept
from siseon.streams.alarms.rules import StaleRule
from siseon.streams.clips import writer
from siseon.streams.clips.options import ClipOptions
from siseon.streams.kept_options import KeptOptions
from streams.clips.films import played

CLIPS = "/v1/streams/gate/clips"


async def ready(service: httpx.AsyncClient, location: str) -> dict[str, Any]:
    async with asyncio.timeout(BOUND_S):
        while (clip := (await service.get(location)).json()).get("state") != "ready":
            assert clip.get("state") == "taking", clip
            await asyncio.sleep(0.05)
    return clip


@pytest.fixture
async def gate(service, add, serving, clip):
    server = serving(clip=clip)
    await add("gate", server.url("/clip"), options={"fps": 10, "clips": {"before_s": 5, "after_s": 1}})
    await until_state(service, "gate", "live")


async def test_a_clip_is_taken_listed_played_and_removed(service, gate):
    await asyncio.sleep(2.5)  # more than so much is to be in the clip
    taken = await service.post(CLIPS, json={"reason": "a look"})
    assert taken.status_code == 202
    location = taken.headers["location"]
    assert (await service.get(CLIPS)).json()[0]["id"] == taken.json()["id"]
    early = await service.get(f"{location}/video")
    assert (early.status_code, early.json()["code"]) == (409, "clip_not_ready")
    assert early.json()["hint"]
    clip = await ready(service, location)
    assert clip["reasons"] == ["a look"]
    assert clip["at"] > clip["begins_at"]
    video = await service.get(f"{location}/video")
    assert video.headers["content-type"] == "video/webm"
    assert len(video.content) == clip["nbytes"] == int(video.headers["content-length"])
    seen = played(video.content)
    assert seen[-1][0] == pytest.approx(clip["seconds"], abs=0.01)
    assert clip["seconds"] > 2
    assert (await service.delete(location)).status_code == 204
    assert (await service.get(CLIPS)).json() == []
    assert (await service.get(f"{location}/video")).json()["code"] == "not_found"
    for bad in ("..%2f..%2fetc", "nope"):
        assert (await service.get(f"{CLIPS}/{bad}/video")).status_code == 404


async def test_the_oldest_go_when_there_are_too_many_and_a_stop_keeps_what_is_taken(host, serving, clip):
    settings = {"streams_allow": "127.0.0.0/8", "clips_most": 2}
    server = serving(clip=clip)
    body = {"name": "gate", "source": server.url("/clip"), "application": "inspection"}
    async with served(host(**settings)) as service:
        await service.post("/v1/streams", json=body)
        await until_state(service, "gate", "live")
        made = []
        for _ in range(3):
            taken = await service.post(CLIPS, json={"after_s": 1})
            made.append(await ready(service, taken.headers["location"]))
        left = (await service.get(CLIPS)).json()
        assert [one["id"] for one in left] == [made[2]["id"], made[1]["id"]]
        gone = await service.get(f"{CLIPS}/{made[0]['id']}")
        assert gone.json()["code"] == "not_found"
        last = (await service.post(CLIPS, json={"after_s": 300})).json()
        async with asyncio.timeout(BOUND_S):
            while not (await service.get(f"{CLIPS}/{last['id']}")).json()["frames"]:
                await asyncio.sleep(0.05)
    async with served(host(**settings)) as service:
        left = (await service.get(CLIPS)).json()
        assert left[0]["id"] == last["id"]
        assert left[0]["state"] == "ready"
        assert played((await service.get(f"{CLIPS}/{last['id']}/video")).content)


async def test_a_clip_that_cannot_be_stored_is_told_as_failed(
    host, start, serving, clip, monkeypatch, tmp_path
):
    monkeypatch.setattr(writer, "TRIES", 1)
    (tmp_path / "full").write_text("no folder can be made here")
    service = await start(host(streams_allow="127.0.0.0/8", jobs_artifacts=str(tmp_path / "full")))
    body = {"name": "gate", "source": serving(clip=clip).url("/clip"), "application": "inspection"}
    await service.post("/v1/streams", json=body)
    await until_state(service, "gate", "live")
    location = (await service.post(CLIPS, json={"after_s": 1})).headers["location"]
    async with asyncio.timeout(BOUND_S):
        while (told := (await service.get(location)).json())["state"] == "taking":
            await asyncio.sleep(0.05)
    assert (told["state"], told["failure"]["code"]) == ("failed", "storage_failed")
    assert (await service.get(CLIPS)).json() == [told]
    video = await service.get(f"{location}/video")
    assert video.status_code == 404
    assert told["failure"]["message"] in video.json()["detail"]
    assert (await service.delete(location)).status_code == 204
    assert (await service.get(CLIPS)).json() == []


async def test_an_alarm_that_goes_on_makes_a_clip_where_the_stream_says_so(host, start, film):
    hosted = host()
    service = await start(hosted)
    stale = StaleRule(kind="stale", tag="pressure", after_s=0.5)
    with Database(hosted.settings.jobs_database_url) as database:
        taken = KeptOptions(alarms=(stale,), clips=ClipOptions(on_alarm=True, after_s=1))
        kept.add(database, "gate", str(film), "inspection", taken)
        kept.add(database, "yard", str(film), "inspection", KeptOptions(alarms=(stale,)))
    async with asyncio.timeout(BOUND_S):
        while len((await service.get("/v1/alarms")).json()) < 2:
            await asyncio.sleep(0.05)
        while not (found := (await service.get(CLIPS)).json()):
            await asyncio.sleep(0.05)
    made = await ready(service, f"{CLIPS}/{found[0]['id']}")
    assert made["reasons"] == ["gate.pressure.stale"]
    assert (await service.get("/v1/streams/yard/clips")).json() == []


async def test_what_cannot_be_asked_for_is_refused(service, gate):
    for order in ({"after_s": 1e9}, {"before_s": -1}, {"reason": "x" * 999}, {"nope": 1}):
        assert (await service.post(CLIPS, json=order)).json()["code"] == "invalid_input"
    assert (await service.post("/v1/streams/other/clips")).json()["code"] == "stream_not_found"
    refused = await service.patch("/v1/streams/gate", json={"options": {"clips": {"before_s": 1e6}}})
    assert refused.json()["code"] == "invalid_input"
