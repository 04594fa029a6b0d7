"""Who calibrates sees what would be read, and what sight proposes, before anything is kept."""

from __future__ import annotations

import httpx
import pytest

from media.loopback import Site, ok
from service.streams.test_calibration import CALIBRATION, added, dial, document, gauges, show, site
from services import Start
from siseon.applications.gauges.generated import Photo, photo
from siseon.applications.gauges.generated.digital import display_photo
from siseon.media.encode import encode

__all__ = ["dial", "gauges", "site"]

PREVIEW, PROPOSAL = f"{CALIBRATION}/preview", f"{CALIBRATION}/proposal"


async def test_a_calibration_is_read_by_before_it_is_kept(gauges, start: Start, site, dial: Photo):
    service = await start(gauges())
    await added(service, site)
    answer = await service.post(PREVIEW, json=document(dial, unit="furlong", high=dial.value - 1))
    assert answer.status_code == 200, answer.text
    reading = answer.json()["reading"]
    span = max(dial.dial.numerals) - min(dial.dial.numerals)
    assert reading["value"] == pytest.approx(dial.value, abs=0.01 * span)
    assert (reading["unit"], reading["limit"]) == ("furlong", "high")
    assert (await service.get(CALIBRATION)).json()["code"] == "not_found"


async def test_a_display_is_read_by_before_it_is_kept(gauges, start: Start, site: Site):
    one = display_photo(1, "evaluation", "segments")
    site.answers["/camera"] = ok(encode(one.image, "jpeg", quality=95), "Content-Type: image/jpeg")
    service = await start(gauges())
    await added(service, site)
    body = {"kind": "digital", "width": 640, "height": 480, "corners": one.corners().tolist()}
    reading = (await service.post(PREVIEW, json=body)).json()["reading"]
    assert (reading["kind"], reading["text"]) == ("digital", one.face.text)


@pytest.mark.parametrize(
    ("change", "code"), [({"width": 33}, "invalid_input"), ({"rim": []}, "invalid_input")]
)
async def test_what_is_no_calibration_is_refused(gauges, start: Start, site, dial: Photo, change, code):
    service = await start(gauges())
    await added(service, site)
    assert (await service.post(PREVIEW, json=document(dial, **change))).json()["code"] == code


async def test_sight_proposes_a_calibration_that_reads_the_dial(gauges, start: Start, site):
    dial = photo(1, "evaluation")
    show(site, dial)
    service = await start(gauges())
    await added(service, site)
    told = await proposed(service)
    assert told["calibration"]["picture"] is None
    span = max(dial.dial.numerals) - min(dial.dial.numerals)
    assert told["reading"]["value"] == pytest.approx(dial.value, abs=0.02 * span)
    put = await service.put(CALIBRATION, json=told["calibration"])
    assert put.status_code == 200, put.text


async def test_where_there_is_no_dial_it_says_why(gauges, start: Start, site: Site):
    one = display_photo(1, "evaluation", "segments")
    site.answers["/camera"] = ok(encode(one.image, "jpeg"), "Content-Type: image/jpeg")
    service = await start(gauges())
    await added(service, site)
    told = await proposed(service)
    assert told["calibration"] is None
    assert told["message"] in ("no_dial", "no_scale")


async def test_a_stream_that_is_not_live_or_reads_without_one_is_refused(
    gauges, start: Start, site, dial: Photo
):
    service = await start(gauges())
    show(site, dial)
    body = {"name": "boiler", "source": "http://127.0.0.1:9999/none", "application": "gauges"}
    await service.post("/v1/streams", json=body)
    assert (await service.post(PREVIEW, json=document(dial))).json()["code"] == "stream_not_live"
    assert (await service.post(PROPOSAL)).json()["code"] == "stream_not_live"
    assert (await service.post("/v1/streams/none/calibration/proposal")).status_code == 404


async def proposed(service: httpx.AsyncClient) -> dict:
    answer = await service.post(PROPOSAL, timeout=120)
    assert answer.status_code == 200, answer.text
    return answer.json()
