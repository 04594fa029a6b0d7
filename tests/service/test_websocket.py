"""WebSockets at the door: the token, the page that asks, and a place in the room until they have ended."""

from __future__ import annotations

import asyncio
import json
import logging

import httpx
import pytest
import websockets
from websockets.asyncio.client import connect

from services import served

TOKEN = "a-secret-of-32-characters-length"


@pytest.fixture
def client(lasting: httpx.AsyncClient) -> httpx.AsyncClient:
    """One service for all that ask for no other: they leave nothing behind in it."""
    return lasting


def address(client, path: str = "/v1/streams/tiles") -> str:
    return f"ws://{client.base_url.host}:{client.base_url.port}{path}"


async def refusal(client, **more) -> tuple[int, dict]:
    with pytest.raises(websockets.InvalidStatus) as refused:
        async with connect(address(client), proxy=None, **more):
            pass
    response = refused.value.response
    return response.status_code, json.loads(response.body)


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer wrong"}])
async def test_without_the_token_none_is_opened(host, start, headers):
    client = await start(host(token=TOKEN))
    status, problem = await refusal(client, additional_headers=headers)
    assert (status, problem["code"]) == (401, "unauthorized")


@pytest.mark.parametrize("origin", ["https://evil.example", "null"])
async def test_a_page_of_another_site_or_of_a_file_opens_none_and_is_no_error(client, caplog, origin):
    status, problem = await refusal(client, origin=origin)
    assert (status, problem["code"]) == (403, "forbidden")
    assert "localhost" in problem["hint"]
    await client.get("/v1/pipelines")
    assert [record.message for record in caplog.records if record.levelno >= logging.WARNING] == []


async def test_a_path_that_is_none_is_refused_and_leaves_the_room(client):
    for _ in range(40):
        with pytest.raises(websockets.InvalidStatus) as refused:
            async with connect(address(client, "/nope"), proxy=None):
                pass
        assert refused.value.response.status_code == 403
    assert (await client.get("/v1/pipelines")).status_code == 200


async def test_one_that_is_refused_gives_its_place_to_others(host):
    async with asyncio.timeout(30), served(host(max_connections=16)) as client:
        for _ in range(40):
            await refusal(client, origin="https://evil.example")
        assert (await client.get("/v1/pipelines")).status_code == 200
