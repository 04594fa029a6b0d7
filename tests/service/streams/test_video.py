"""Streams as pictures over HTTP: MJPEG for many, one picture, and viewers that behave badly."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing, suppress

import httpx
import numpy as np
import pytest

from jobs.servers import free_port
from service.streams.conftest import BOUND_S, until_state
from services import served
from streams.pictures.hubs import pixels


async def parts(service: httpx.AsyncClient, url: str) -> AsyncIterator[bytes]:
    """The pictures of an answer without an end."""
    async with service.stream("GET", url, timeout=BOUND_S) as answer:
        assert answer.status_code == 200, await answer.aread()
        assert answer.headers["content-type"] == "multipart/x-mixed-replace; boundary=frame"
        held = b""
        async for piece in answer.aiter_raw():
            held += piece
            while (at := held.find(b"\r\n\r\n")) >= 0:
                head, _, rest = held.partition(b"\r\n\r\n")
                length = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
                end = at + 4 + length
                if len(held) < end + len(b"\r\n--frame\r\n"):
                    break
                yield rest[:length]
                assert held[end:].startswith(b"\r\n--frame\r\n")
                held = held[end + len(b"\r\n--frame\r\n") :]


async def pictures(service: httpx.AsyncClient, url: str, count: int) -> list[np.ndarray]:
    found = []
    async with aclosing(parts(service, url)) as coming, asyncio.timeout(BOUND_S):
        async for jpeg in coming:
            found.append(pixels(jpeg))
            if len(found) == count:
                return found
    return found


async def opened(service: httpx.AsyncClient, url: str) -> AsyncIterator[bytes]:
    """A viewer that has seen something; where all places are taken, when one who has just left is gone."""
    while True:
        viewer = parts(service, url)
        with suppress(AssertionError):
            await anext(viewer)
            return viewer


def is_card(picture: np.ndarray) -> bool:
    return bool(np.median(picture) < 40 and picture[:, 0].mean() > 80)


@pytest.fixture
async def gate(service, add, serving, clip):
    """A camera that is live, as the stream ``gate``."""
    server = serving(clip=clip)
    await add("gate", server.url("/clip"), options={"fps": 10})
    await until_state(service, "gate", "live")
    return server


async def test_a_camera_is_seen_its_loss_too_and_its_return(service, gate):
    async with aclosing(parts(service, "/v1/streams/gate/video?drawn=false&fps=25")) as coming:
        async with asyncio.timeout(BOUND_S):
            seen = [pixels(await anext(coming)) for _ in range(5)]
            assert all(picture.shape == (120, 160, 3) and not is_card(picture) for picture in seen)
            gate.kill()
            while not is_card(pixels(await anext(coming))):
                pass
            gate.start()
            while is_card(pixels(await anext(coming))):
                pass


async def test_results_are_drawn_and_pictures_have_the_size_that_is_asked_for(service, gate):
    plain, drawn = [
        (await pictures(service, f"/v1/streams/gate/video?drawn={drawn}", 3))[-1] for drawn in (False, True)
    ]
    assert plain.shape == drawn.shape == (120, 160, 3)
    blue = np.array((86, 180, 233))  # the first colour of the palette, around the box that the detector gives
    near = [
        int((np.abs(picture[:, :4].astype(int) - blue).max(axis=2) < 60).sum()) for picture in (plain, drawn)
    ]
    assert near[1] > near[0] + 50
    answer = await service.get("/v1/streams/gate/video?width=150")
    assert answer.json()["code"] == "invalid_input"


async def test_a_stream_that_never_was_live_shows_why(service, add):
    await add("none", f"rtsp://127.0.0.1:{free_port()}/x")
    (card,) = await pictures(service, "/v1/streams/none/video?width=320", 1)
    assert card.shape == (180, 320, 3)
    assert is_card(card)
    assert (await service.get("/v1/streams/other/video")).json()["code"] == "stream_not_found"


async def test_viewers_are_let_go_when_they_hang_up_and_refused_when_they_are_too_many(host, serving, clip):
    server = serving(clip=clip)
    async with (
        served(host(streams_allow="127.0.0.0/8", stream_viewers=3)) as service,
        asyncio.timeout(BOUND_S),
    ):
        body = {"name": "gate", "source": server.url("/clip"), "application": "inspection"}
        await service.post("/v1/streams", json=body)
        for _ in range(4):  # each time as many as may
            viewers = [await opened(service, "/v1/streams/gate/video") for _ in range(3)]
            refused = await service.get("/v1/streams/gate/video")
            assert (refused.status_code, refused.json()["code"]) == (503, "overloaded")
            assert "retry-after" in refused.headers
            for viewer in viewers:
                await viewer.aclose()


async def test_a_viewer_that_reads_nothing_holds_up_neither_others_nor_the_end(host, serving, clip):
    server = serving(clip=clip)
    writers = []
    async with asyncio.timeout(BOUND_S), served(host(streams_allow="127.0.0.0/8", drain_s=600)) as service:
        body = {"name": "gate", "source": server.url("/clip"), "application": "inspection"}
        await service.post("/v1/streams", json=body)
        await until_state(service, "gate", "live")
        for _ in range(30):
            _, writer = await asyncio.open_connection(service.base_url.host, service.base_url.port, limit=1)
            writer.write(b"GET /v1/streams/gate/video?fps=25 HTTP/1.1\r\nHost: localhost\r\n\r\n")
            writers.append(writer)
        seen = await pictures(service, "/v1/streams/gate/video?fps=25&drawn=false", 30)
        assert not any(map(is_card, seen))
    for writer in writers:
        writer.close()


async def test_a_service_that_ends_ends_its_viewers(host, serving, clip):
    server = serving(clip=clip)
    async with asyncio.timeout(BOUND_S), httpx.AsyncClient(trust_env=False) as other:
        async with served(host(streams_allow="127.0.0.0/8")) as service:
            body = {"name": "gate", "source": server.url("/clip"), "application": "inspection"}
            await service.post("/v1/streams", json=body)
            viewer = parts(other, f"{service.base_url}/v1/streams/gate/video")
            await anext(viewer)

            async def rest() -> int:
                return sum([1 async for _ in viewer])

            watching = asyncio.create_task(rest())
        await watching


async def test_a_snapshot_is_the_newest_picture_with_its_age(service, gate):
    answer = await service.get("/v1/streams/gate/snapshot")
    assert answer.headers["content-type"] == "image/jpeg"
    assert pixels(answer.content).shape == (120, 160, 3)
    assert 0 <= float(answer.headers["x-frame-age"]) < 10
    assert int(answer.headers["x-frame-number"]) > 0
    png = await service.get("/v1/streams/gate/snapshot?format=png&drawn=true")
    assert png.content.startswith(b"\x89PNG")


async def test_a_snapshot_that_there_is_not_or_that_is_too_old_is_refused(service, add, gate):
    await add("none", f"rtsp://127.0.0.1:{free_port()}/x")
    await until_state(service, "none", "lost", "connecting")
    answer = await service.get("/v1/streams/none/snapshot")
    assert (answer.status_code, answer.json()["code"]) == (409, "stream_not_live")
    gate.kill()
    await until_state(service, "gate", "lost")
    old = await service.get("/v1/streams/gate/snapshot?max_age=0.001")
    assert old.json()["code"] == "stream_not_live"
    assert "s old" in old.json()["detail"]
    assert (await service.get("/v1/streams/gate/snapshot?max_age=3600")).status_code == 200
