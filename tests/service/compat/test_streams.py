"""``/api/streams`` and ``/api/video-feed/NAME``, rows E11 and E22, over ``/v1/streams``."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from service.streams.conftest import BOUND_S, until_state
from siseon.service.compat.streams import ours
from streams.conftest import clip, serving

__all__ = ["clip", "serving"]

TOKEN = "sixteen characters"
CAMERA = "http://127.0.0.1:49151/video"


@pytest.fixture
async def service(gauges, start) -> httpx.AsyncClient:
    client = await start(gauges(streams_allow="127.0.0.0/8", token=TOKEN))
    client.headers["authorization"] = f"Bearer {TOKEN}"
    return client


@pytest.mark.parametrize(
    ("path", "our_path"),
    [
        ("/api/streams", "/v1/streams"),
        ("/api/streams/boiler", "/v1/streams/boiler"),
        ("/api/video-feed/boiler", "/v1/streams/boiler/video"),
        ("/api/streams/{name}", "/v1/streams/{name}"),
        ("/api/streams/a/b", None),
        ("/api/video-feed", None),
        ("/v1/streams", None),
    ],
)
def test_an_earlier_address_is_one_of_ours(path, our_path):
    assert ours(path) == our_path


@pytest.mark.parametrize(
    "words",
    [{"name": "boiler", "url": CAMERA, "fps": 2}, {"id": "boiler", "rtsp_url": CAMERA, "fps_limit": 2}],
)
async def test_a_stream_is_added_listed_and_deleted_at_the_earlier_addresses(service, words):
    added = await service.post("/api/streams", json=words)
    assert added.status_code == 201, added.text
    assert (added.json()["application"], added.json()["options"]["fps"]) == ("gauges", 2)
    listed = (await service.get("/api/streams")).json()
    assert [stream["name"] for stream in listed] == ["boiler"]
    assert listed[0]["address"] == (await service.get("/v1/streams/boiler")).json()["address"]
    assert (await service.delete("/api/streams/boiler")).status_code == 204
    assert (await service.get("/api/streams")).json() == []
    assert (await service.delete("/api/streams/boiler")).json()["code"] == "stream_not_found"


JUNK = [
    b"",
    b"[]",
    b"{",
    b"[" * 100_000,
    b'{"name": "a"}',
    b'{"name": "../a", "url": "http://127.0.0.1:49151/x"}',
    b'{"name": "a", "url": "file:///etc/passwd"}',
    b'{"name": "a", "url": "/etc/passwd"}',
    b'{"name": "a", "url": "rtsp://10.0.0.1/x"}',
    b'{"name": "a", "url": "http://127.0.0.1:49151/x", "application": "text"}',
    b'{"name": "a", "url": "http://127.0.0.1:49151/x", "fps": -1}',
    b'{"name": "a", "url": "http://127.0.0.1:49151/x", "fps": 1e999}',
]


async def test_junk_is_a_named_failure_and_keeps_nothing(service):
    for body in JUNK:
        answer = await service.post("/api/streams", content=body)
        assert answer.status_code == 400, (body[:60], answer.text)
        assert answer.json()["code"], body[:60]
    assert (await service.get("/api/streams")).json() == []


async def test_the_token_is_asked_for_at_each_of_them(service):
    del service.headers["authorization"]
    for method, path in (
        ("GET", "/api/streams"),
        ("POST", "/api/streams"),
        ("DELETE", "/api/streams/boiler"),
        ("GET", "/api/video-feed/boiler"),
    ):
        assert (await service.request(method, path)).status_code == 401


async def test_a_feed_that_is_not_there_is_a_named_failure(service):
    for name in ("boiler", "..%2F..%2Fetc", "a" * 3000):
        answer = await service.get(f"/api/video-feed/{name}")
        assert answer.status_code == 404, name
        assert answer.json()["code"] in ("stream_not_found", "not_found")


async def test_a_camera_that_was_added_is_captured_read_and_seen_as_motion_jpeg(service, serving, clip):
    camera = serving(clip=clip).url("/clip")
    assert (await service.post("/api/streams", json={"name": "boiler", "url": camera})).status_code == 201
    await until_state(service, "boiler", "live")
    async with asyncio.timeout(BOUND_S), service.stream("GET", "/api/video-feed/boiler") as feed:
        assert feed.headers["content-type"].startswith("multipart/x-mixed-replace")
        held = b""
        async for piece in feed.aiter_raw():
            held += piece
            if held.count(b"\xff\xd8\xff") >= 2 and b"\xff\xd9" in held:
                break
    async with asyncio.timeout(BOUND_S):
        while not (await service.get("/api/streams/boiler")).json()["figures"]["answered"]:
            await asyncio.sleep(0.05)
