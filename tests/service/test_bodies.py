"""One limit, one deadline and one budget for the bodies of all routes."""

from __future__ import annotations

import asyncio
import contextlib

import httpx
import pytest

from siseon.service.bodies import SMALL

ROUTES = (
    ("PATCH", "/v1/pipelines/inspection"),
    ("POST", "/v1/models/fixed-boxes/load"),
    ("POST", "/v1/models/fixed-boxes/unload"),
    ("POST", "/v2/repository/index"),
    ("POST", "/v2/repository/models/fixed-boxes/load"),
    ("POST", "/nothing/is/here"),
)


@pytest.fixture
def client(lasting: httpx.AsyncClient) -> httpx.AsyncClient:
    """One service for all that ask for no other: they leave nothing behind in it."""
    return lasting


@pytest.mark.parametrize(("method", "path"), ROUTES)
async def test_a_body_that_is_too_long_is_refused_on_every_route_before_and_while_it_is_read(
    client, method, path
):
    async def chunks():
        for _ in range(3):
            yield b" " * (SMALL // 2)

    for content in (b" " * (SMALL + 1), chunks()):
        answer = await client.request(method, path, content=content)
        assert (answer.status_code, answer.json()["code"]) == (413, "image_too_large")


@pytest.mark.parametrize(("method", "path"), [*ROUTES, ("POST", "/v1/models"), ("POST", "/detect")])
async def test_a_body_that_does_not_come_in_time_is_cut_off_on_every_route(client, method, path):
    reader, writer = await asyncio.open_connection(client.base_url.host, client.base_url.port)
    head = "Host: localhost\r\nTransfer-Encoding: chunked\r\nX-Request-Timeout: 0.1"
    writer.write(f"{method} {path} HTTP/1.1\r\n{head}\r\n\r\n1\r\n{{\r\n".encode())  # and no more
    async with asyncio.timeout(60):
        answer = await reader.readuntil(b"}")
    assert answer.startswith(b"HTTP/1.1 504")
    assert b'"stage":"upload"' in answer
    writer.close()


async def test_a_timeout_that_is_none_is_refused_on_every_route(client):
    for method, path in ROUTES:
        answer = await client.request(method, path, headers={"X-Request-Timeout": "soon"})
        assert answer.status_code == 400


async def test_uploads_beyond_the_budget_are_told_to_come_back(host, start, upload):
    client = await start(host(max_uploads_bytes=100_000))
    reader, writer = await asyncio.open_connection(client.base_url.host, client.base_url.port)
    writer.write(b"POST /detect HTTP/1.1\r\nHost: localhost\r\nContent-Length: 90000\r\n\r\n" + b"a" * 80_000)
    while True:
        answer = await client.post("/detect", content=b"a" * 40_000, headers={"Content-Type": "image/png"})
        if answer.status_code == 503:
            break
        await asyncio.sleep(0.01)
    assert answer.json()["code"] == "overloaded"
    assert int(answer.headers["retry-after"]) >= 1
    writer.write(b"a" * 10_000)
    assert (await reader.readuntil(b"\r\n")).startswith(b"HTTP/1.1 400")
    writer.close()
    again = await client.post("/detect", files={"file": upload().data})
    assert again.status_code == 200


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/detect_batch", b'{"urls": [' + b'"",' * 100_000 + b'""]}'),
        ("/v1/pipelines/inspection", b"[" * 100_000),
        ("/v2/models/fixed-boxes/infer", b'{"inputs":[{"name":"a","shape":[1],"datatype":"FP32","data":['
            + b"0," * 2_000_000 + b"0]}]}"),
    ],
)  # fmt: skip
async def test_json_of_too_many_values_is_refused_before_it_is_parsed(client, path, body):
    answer = await client.post(path, content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 400
    assert "values, the limit is" in answer.json()["detail"]


async def test_strings_without_length_are_bounded_by_the_shape(client):
    head = b'{"inputs":[{"name":"image","shape":[%d],"datatype":"BYTES","parameters":{"binary_data_size":4000000}}]}'
    for count in (3, 1_000_000):
        json = head % count
        answer = await client.post(
            "/v2/models/inspection/infer",
            content=json + b"\0" * 4_000_000,
            headers={"Inference-Header-Content-Length": str(len(json))},
        )
        assert answer.status_code == 400
        assert "strings" in answer.json()["detail"]


@pytest.mark.parametrize("key", ["a" + ".a" * 100_000 + "=1", "x=" + "[" * 5000, "x=" + "{a=" * 1900])
async def test_a_card_that_would_become_a_large_object_is_refused(client, key):
    answer = await client.post("/v1/models", files={"card": key.encode(), "file": ("a.onnx", b"x")})
    assert answer.status_code == 400


async def test_a_change_that_takes_longer_than_its_caller_waits_goes_on(host, start, monkeypatch):
    service = host()
    client = await start(service)
    release, done = asyncio.Event(), asyncio.Event()

    async def slow(*_: object) -> None:
        await release.wait()
        done.set()

    monkeypatch.setattr(service, "swap", slow)
    answer = await client.patch("/v1/pipelines/inspection", json={}, headers={"X-Request-Timeout": "1"})
    assert (answer.status_code, answer.json()["stage"]) == (504, "change")
    release.set()
    with contextlib.suppress(asyncio.TimeoutError):
        await asyncio.wait_for(done.wait(), 60)
    assert done.is_set()
