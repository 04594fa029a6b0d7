"""A stream is calibrated as it runs, against the picture of the moment, and is read so after a restart too."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest

from media.loopback import Site, ok, open_site
from service.streams.conftest import BOUND_S, until_state
from services import Start, served
from siseon.applications.gauges.generated import Photo, calibration_of, photo
from siseon.applications.gauges.generated.digital import display_photo
from siseon.hosting import Host
from siseon.media.encode import encode
from siseon.settings import Settings

INDEX = 4
CAMERA = "/v1/streams/boiler"
CALIBRATION = f"{CAMERA}/calibration"


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    """A camera that gives one picture at a time."""
    async with open_site() as opened:
        yield opened


@pytest.fixture
def dial(site: Site) -> Photo:
    """What the camera sees."""
    one = photo(INDEX, "evaluation")
    show(site, one)
    return one


def show(site: Site, one: Photo) -> None:
    site.answers["/camera"] = ok(encode(one.image, "jpeg", quality=95), "Content-Type: image/jpeg")


@pytest.fixture
def gauges(tmp_path: Path) -> Callable[[], Host]:
    """A host of gauges whose own pipeline loads no network."""
    path = tmp_path / "served.json"
    path.write_text(calibration_of(photo(INDEX, "evaluation")).model_dump_json())

    def make() -> Host:
        return Host(
            Settings(
                port=0,
                cache_dir=tmp_path / "cache",
                pipelines={"gauges": {"calibration": str(path)}},
                streams_allow="127.0.0.1",
            )
        )

    return make


async def added(service: httpx.AsyncClient, site: Site) -> dict[str, Any]:
    body = {
        "name": "boiler",
        "source": site.url("/camera"),
        "application": "gauges",
        "options": {"fps": 10},
    }
    assert (await service.post("/v1/streams", json=body)).status_code == 201
    return await until_state(service, "boiler", "live")


def document(one: Photo, **more: object) -> dict[str, Any]:
    stated = calibration_of(one).model_dump(mode="json", exclude_none=True)
    return {**stated, **more}


async def read(service: httpx.AsyncClient, holds: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """The first reading of the stream of which something holds."""
    async with asyncio.timeout(BOUND_S), service.stream("GET", f"{CAMERA}/events", timeout=BOUND_S) as answer:
        async for line in answer.aiter_lines():
            if line.startswith('data: {"stream":"boiler","kind":"result"'):
                (reading,) = json.loads(line.removeprefix("data: "))["result"]["data"]["readings"]
                if holds(reading):
                    return dict(reading)
    raise AssertionError("the events ended")


async def test_a_running_stream_is_calibrated_without_a_new_connection(gauges, start: Start, site, dial):
    service = await start(gauges())
    await added(service, site)
    assert (await service.get(CALIBRATION)).json()["code"] == "not_found"
    put = await service.put(CALIBRATION, json=document(dial, unit="furlong"))
    assert put.status_code == 200, put.text
    assert put.json()["has_picture"]
    reading = await read(service, lambda reading: reading["unit"] == "furlong")
    span = max(dial.dial.numerals) - min(dial.dial.numerals)
    assert reading["value"] == pytest.approx(dial.value, abs=0.01 * span)
    picture = await service.get(f"{CALIBRATION}/picture")
    assert picture.headers["content-type"] == "image/jpeg"
    assert picture.content.startswith(b"\xff\xd8")
    assert (await service.get(CALIBRATION)).json()["calibration"]["unit"] == "furlong"
    info = (await service.get(CAMERA)).json()
    assert info["calibrated"]
    assert info["figures"]["losses"] == 0
    assert info["state"]["state"] == "live"
    assert (await service.delete(CALIBRATION)).status_code == 204
    await read(service, lambda reading: reading["unit"] != "furlong")


async def test_a_stream_of_a_display_is_calibrated_by_its_corners(gauges, start: Start, site):
    one = display_photo(1, "evaluation", "segments")
    site.answers["/camera"] = ok(encode(one.image, "jpeg", quality=95), "Content-Type: image/jpeg")
    service = await start(gauges())
    await added(service, site)
    body = {"kind": "digital", "width": 640, "height": 480, "corners": one.corners().tolist(), "unit": "bar"}
    put = await service.put(CALIBRATION, json=body)
    assert put.status_code == 200, put.text
    reading = await read(service, lambda reading: reading["kind"] == "digital")
    assert (reading["text"], reading["unit"]) == (one.face.text, "bar")
    assert (await service.get(CALIBRATION)).json()["calibration"]["kind"] == "digital"
    answer = await service.put(CALIBRATION, json={**body, "digits": 99})
    assert (answer.status_code, "digits" in answer.json()["detail"]) == (400, True)


async def test_a_pushed_camera_is_laid_on_the_kept_picture_after_a_restart(gauges, site, dial):
    async with served(gauges()) as service:
        await added(service, site)
        assert (await service.put(CALIBRATION, json=document(dial))).status_code == 200
    pushed = np.array([[1, 0, 12], [0, 1, -9], [0, 0, 1.0]])
    span = max(dial.dial.numerals) - min(dial.dial.numerals)
    value = min(dial.dial.numerals) + 0.3 * span
    show(site, photo(INDEX, "evaluation", view=pushed @ dial.to_picture, value=value))
    async with served(gauges()) as service:
        await until_state(service, "boiler", "live")
        reading = await read(service, lambda reading: reading["quality"] == "good")
        assert reading["value"] == pytest.approx(value, abs=0.01 * span)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"width": 33}, "invalid_input"),
        ({"rim": []}, "invalid_input"),
        ({"rim": [[1, 1]] * 100_000}, "invalid_input"),
        ({"unit": 7}, "invalid_input"),
        ({"colour": "red"}, "invalid_input"),
    ],
)
async def test_what_is_not_a_calibration_of_this_camera_changes_nothing(
    gauges, start: Start, site, dial, change, code
):
    service = await start(gauges())
    await added(service, site)
    answer = await service.put(CALIBRATION, json=document(dial, **change))
    assert answer.json()["code"] == code
    assert (await service.get(CALIBRATION)).json()["code"] == "not_found"


async def test_the_file_that_the_command_line_writes_is_taken_without_its_pictures_name(
    gauges, start: Start, site, dial
):
    service = await start(gauges())
    await added(service, site)
    put = await service.put(CALIBRATION, json=document(dial, picture="../../etc/passwd"))
    assert put.status_code == 200, put.text
    assert put.json()["has_picture"]
    assert put.json()["calibration"]["picture"] is None


async def test_a_camera_that_is_not_there_is_calibrated_without_a_picture_only(gauges, start: Start, dial):
    service = await start(gauges())
    body = {"name": "boiler", "source": "http://127.0.0.1:9999/none", "application": "gauges"}
    await service.post("/v1/streams", json=body)
    answer = await service.put(CALIBRATION, json=document(dial))
    assert (answer.status_code, answer.json()["code"]) == (409, "stream_not_live")
    answer = await service.put(CALIBRATION, params={"reference": "none"}, json=document(dial))
    assert answer.status_code == 200
    assert not answer.json()["has_picture"]
    for path in ("/v1/streams/none/calibration", "/v1/streams/..%2f/calibration"):
        assert (await service.put(path, json=document(dial))).status_code == 404


async def test_a_camera_that_is_lost_is_not_calibrated_on_an_old_picture(gauges, start: Start, site, dial):
    service = await start(gauges())
    await added(service, site)
    del site.answers["/camera"]
    await until_state(service, "boiler", "lost")
    answer = await service.put(CALIBRATION, json=document(dial))
    assert (answer.status_code, answer.json()["code"]) == (409, "stream_not_live")
    assert (await service.get(CALIBRATION)).json()["code"] == "not_found"


async def test_an_application_that_reads_without_one_says_so(service, add, dial):
    await add("gate", "http://127.0.0.1:9999/none")
    answer = await service.put("/v1/streams/gate/calibration", json=document(dial))
    assert (answer.status_code, "without a calibration" in answer.json()["detail"]) == (400, True)


async def test_a_calibration_goes_with_its_stream_and_is_no_file_any_more(gauges, start: Start, site, dial):
    service = await start(gauges())
    await added(service, site)
    for unit in ("one", "two", "three"):
        await service.put(CALIBRATION, json=document(dial, unit=unit))
    await read(service, lambda reading: reading["unit"] == "three")
    await service.delete(CAMERA)
    await added(service, site)
    assert (await service.get(CALIBRATION)).json()["code"] == "not_found"
    assert not (await service.get(CAMERA)).json()["calibrated"]
