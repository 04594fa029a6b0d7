"""``/predict`` and its neighbours, row E10: the earlier service's addresses, with its fields."""

from __future__ import annotations

import base64
import json
import re

import httpx
import pytest

from siseon.service.compat.instruments import Batch, Predicted

FIELDS = {"id", "type", "value", "unit", "confidence", "box", "needle_angle", "status"}


@pytest.fixture
def client(lasting: httpx.AsyncClient) -> httpx.AsyncClient:
    """One service for all that ask for no other: they leave nothing behind in it."""
    return lasting


async def test_an_uploaded_picture_is_answered_with_the_fields_of_the_earlier_service(client, boiler, png):
    answer = await client.post("/predict", files={"file": ("boiler.png", png)})
    assert answer.status_code == 200, answer.text
    (one,) = answer.json()["results"]
    assert set(one) >= FIELDS
    low, high = min(boiler.dial.numerals), max(boiler.dial.numerals)
    assert one["value"] == pytest.approx(boiler.value, abs=0.01 * (high - low))
    assert (one["id"], one["type"], one["unit"], one["status"]) == (1, "analog", boiler.dial.unit, "ok")
    left, top, right, bottom = one["box"]
    assert left < right
    assert top < bottom
    assert 0 <= one["needle_angle"] < 360
    body = Predicted.model_validate_json(answer.content)
    assert (body.image_id, body.status) == ("boiler.png", "ok")
    assert body.inference_time > 0
    assert body.trace_id == answer.headers["x-trace-id"]


@pytest.mark.parametrize("field", ["image", "base64"])
async def test_a_picture_in_json_is_answered_as_an_uploaded_one(client, png, field):
    text = base64.b64encode(png).decode()
    for value in (text, f"data:image/png;base64,{text}"):
        answer = await client.post("/predict/json", json={field: value, "name": "a.png"})
        assert answer.status_code == 200, answer.text
        assert (answer.json()["image_id"], answer.json()["status"]) == ("a.png", "ok")


async def test_a_picture_of_another_camera_is_refused_with_its_reason(client, elsewhere):
    answer = await client.post("/predict", files={"file": ("x.png", elsewhere)})
    body = Predicted.model_validate_json(answer.content)
    assert body.status == "camera_moved"
    assert [(one.value, one.status) for one in body.results] == [(None, "camera_moved")]


async def test_a_batch_is_answered_in_order_and_a_bad_picture_fails_alone(client, png):
    files = [("files", ("a.png", png)), ("files", ("b.png", b"\0" * 99)), ("files", ("c.png", png))]
    answer = await client.post("/predict/batch", files=files)
    assert answer.status_code == 200, answer.text
    lines = Batch.model_validate_json(answer.content).results
    assert [(line.filename, line.success) for line in lines] == [
        ("a.png", True),
        ("b.png", False),
        ("c.png", True),
    ]
    assert lines[1].error is not None
    assert lines[1].error.code == "unsupported_media"


async def test_the_picture_itself_is_drawn_on_where_a_client_wants_that(client, png):
    answer = await client.post("/predict", files={"file": ("a.png", png)}, headers={"accept": "image/png"})
    assert (answer.status_code, answer.content[:4]) == (200, b"\x89PNG")


DEEP = "[" * 100_000
JUNK = [
    (b"", "empty_upload"),
    (b"{", "invalid_input"),
    (b"\xff\xfe", "invalid_input"),
    (DEEP.encode(), "invalid_input"),
    (b'{"image": 1}', "invalid_input"),
    (b'{"image": "!!"}', "invalid_input"),
    (b'{"image": ""}', "empty_upload"),
    (b'{"image": "AAAA"}', "unsupported_media"),
    (b'{"image": "AAAA", "url": "http://example.com"}', "invalid_input"),
    (b'{"image": "AAAA", "confidence": 0.25}', "invalid_input"),
    (b'{"image": "AAAA", "base64": "AAAA"}', "invalid_input"),
    (b'{"url": "http://127.0.0.1:1/a.png"}', "url_blocked"),
    (b'{"url": "file:///etc/passwd"}', "url_blocked"),
    (json.dumps({"image": [""] * 30_000}).encode(), "invalid_input"),
]


async def test_junk_in_json_is_a_named_failure(client):
    for body, code in JUNK:
        answer = await client.post(
            "/predict/json", content=body, headers={"content-type": "application/json"}
        )
        assert (answer.status_code // 100, answer.json()["code"]) == (4, code), body[:40]


async def test_what_is_no_picture_is_a_named_failure_on_each_path(client):
    for path in ("/predict", "/predict/batch", "/predict/json"):
        for body, kind in (
            (b"hello", "text/plain"),
            (b"--b", "multipart/form-data; boundary=b"),
            (b"\0", ""),
        ):
            answer = await client.post(path, content=body, headers={"content-type": kind})
            assert answer.status_code == 400, (path, kind, answer.text)
        assert (await client.get(path)).status_code == 405


async def test_a_picture_in_base64_that_is_too_long_is_refused_before_it_is_decoded(gauges, start):
    client = await start(gauges(max_upload_bytes=200_000))
    for length in (220_000, 400_000):
        body = b'{"image": "' + b"A" * (length // 3 * 4) + b'"}'
        answer = await client.post(
            "/predict/json", content=body, headers={"content-type": "application/json"}
        )
        assert (answer.status_code, answer.json()["code"]) == (413, "image_too_large")


async def test_the_operations_are_documented_on_pages_that_need_nothing_from_elsewhere(client):
    for page in ("/docs", "/redoc"):
        answer = await client.get(page)
        assert answer.status_code == 200
        assert not re.findall(r"""(?:src|href)=["']https?://""", answer.text)
    document = (await client.get("/openapi.json")).json()
    assert {"/predict", "/predict/batch", "/predict/json", "/models/{name}/stats", "/health"} <= set(
        document["paths"]
    )
    assert set(document["components"]["schemas"]["Instrument"]["properties"]) >= FIELDS
