"""The door: tokens, loopback names, and what stays open while models load or the service drains."""

from __future__ import annotations

import logging

import httpx
import pytest

from siseon.settings import Settings

TOKEN = "a-secret-of-32-characters-length"


@pytest.fixture
def client(lasting: httpx.AsyncClient) -> httpx.AsyncClient:
    """One service for all that ask for no other: they leave nothing behind in it."""
    return lasting


def test_a_short_token_is_refused_and_never_shown():
    with pytest.raises(ValueError, match="at least 16"):
        Settings(token="short")
    assert TOKEN not in repr(Settings(token=TOKEN))


async def test_without_the_token_nothing_but_health_is_answered(host, start):
    client = await start(host(token=TOKEN))
    for header in (None, "Bearer wrong", f"Basic {TOKEN}", "Bearer", f"Bearer {TOKEN}x", "Bearer \xff"):
        headers = {} if header is None else {"authorization": header.encode("latin-1")}
        for path in ("/v1/pipelines", "/metrics", "/docs", "/openapi.json", "/nope"):
            answer = await client.get(path, headers=headers)
            assert (answer.status_code, answer.json()["code"]) == (401, "unauthorized"), (header, path)
            assert answer.headers["www-authenticate"] == "Bearer"
        for path in ("/healthz", "/readyz"):
            assert (await client.get(path, headers=headers)).status_code == 200, (header, path)


async def test_with_the_token_all_is_answered_under_any_name(host, start):
    client = await start(host(token=TOKEN))
    headers = {"authorization": f"bearer {TOKEN}", "host": "vision.example.com"}
    assert (await client.get("/v1/pipelines", headers=headers)).status_code == 200


@pytest.mark.parametrize(
    "name", ["evil.example", "169.254.169.254", "localhost.evil.example", "", "[::1", "[bad]"]
)
async def test_on_loopback_a_foreign_host_name_is_refused(client, name):
    answer = await client.get("/v1/pipelines", headers={"host": name})
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthorized")


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://localhost.evil.example", "http://[bad"]
)
async def test_on_loopback_a_page_of_another_site_is_refused(client, origin):
    answer = await client.post("/v1/models/fixed-boxes/unload", headers={"origin": origin})
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    own = await client.post("/v1/models/fixed-boxes/unload", headers={"origin": "http://localhost:8000"})
    assert own.status_code == 409


async def test_every_answer_is_one_line_in_the_log_with_its_trace_and_the_time_of_every_step(
    host, start, upload, caplog
):
    client = await start(host())
    with caplog.at_level(logging.INFO, logger="siseon.access"):
        answer = await client.post("/v1/pipelines/inspection", content=upload().data)
        await client.get("/healthz")
        await client.get("/nope")
    lines = [(record.path, record.status, record.trace_id) for record in caplog.records]
    assert lines[0] == ("/v1/pipelines/inspection", 200, answer.headers["x-trace-id"])
    assert [line[:2] for line in lines[1:]] == [("/nope", 404)]
    steps = ["decode", "detect", "crop", "classify", "aggregate", "validate", "respond"]
    assert list(caplog.records[0].compute_ms) == steps
    assert not hasattr(caplog.records[1], "compute_ms")


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nope", 404, "not_found"),
        ("GET", "/detect", 405, "method_not_allowed"),
        ("POST", "/v1/pipelines/inspection/nope", 404, "not_found"),
    ],
)
async def test_what_is_not_there_is_a_problem_too(client, method, path, status, code):
    answer = await client.request(method, path)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"
    assert "/docs" in answer.json()["hint"]
    if status == 405:
        assert answer.headers["Allow"] == "POST"
        assert answer.json()["hint"].startswith("it takes POST: ")
    assert path in answer.json()["detail"]


async def test_a_pipeline_that_is_not_served_is_answered_with_those_that_are(client):
    answer = await client.post("/v1/pipelines/inspektion?min_score=0.5")
    assert (answer.status_code, answer.json()["code"]) == (404, "pipeline_not_found")
    assert "'inspektion'" in answer.json()["detail"]
    assert answer.json()["hint"].startswith("did you mean inspection? ")
    other = (await client.post("/v1/pipelines/oilspill")).json()
    assert other["hint"] == "/docs has the paths of those served: inspection"
