"""A stream is followed live: over server-sent events and a WebSocket, with a ticket where a page has no header."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx
import pytest
import websockets
from websockets.asyncio.client import ClientConnection, connect

from service.streams.conftest import BOUND_S, until_state
from services import served

TOKEN = "a-secret-of-32-characters-length"
BEARER = {"Authorization": f"Bearer {TOKEN}"}


def address(service: httpx.AsyncClient, path: str) -> str:
    return f"ws://{service.base_url.host}:{service.base_url.port}{path}"


async def closed(socket: ClientConnection) -> int | None:
    """The code with which the service ends it."""
    async for _ in socket:
        pass
    return socket.close_code


async def kinds(answer: httpx.Response, *wanted: str) -> list[dict[str, Any]]:
    """What is told until each of these kinds has come."""
    found: list[dict[str, Any]] = []
    async with asyncio.timeout(BOUND_S):
        async for line in answer.aiter_lines():
            if line.startswith("data: "):
                found.append(json.loads(line.removeprefix("data: ")))
                if {one["kind"] for one in found} >= set(wanted):
                    return found
    raise AssertionError(f"the events ended after {found}")


async def test_events_begin_with_the_state_and_go_on_with_results_and_losses(service, add, serving, clip):
    server = serving(clip=clip)
    await add("gate", server.url("/clip"), options={"fps": 5})
    await until_state(service, "gate", "live")
    async with service.stream("GET", "/v1/streams/gate/events", timeout=BOUND_S) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        told = await kinds(answer, "state", "result")
        assert (told[0]["kind"], told[0]["state"]) == ("state", "live")
        result = next(one for one in told if one["kind"] == "result")
        assert result["result"]["data"]["detections"]
        assert result["frame"]["number"] > 0
    server.kill()
    await until_state(service, "gate", "lost")
    async with service.stream("GET", "/v1/streams/gate/events", timeout=BOUND_S) as answer:
        (told,) = await kinds(answer, "state")
        assert told["state"] in ("lost", "connecting")


async def test_results_come_over_a_websocket_which_ends_with_the_stream(service, add, serving, clip):
    server = serving(clip=clip)
    await add("gate", server.url("/clip"))
    async with (
        asyncio.timeout(BOUND_S),
        connect(address(service, "/v1/streams/gate/results"), proxy=None) as socket,
    ):
        await socket.send("what a client says means nothing")
        while (told := json.loads(await socket.recv()))["kind"] != "result":
            pass
        assert told["stream"] == "gate"
        await service.delete("/v1/streams/gate")
        assert await closed(socket) == 1001


async def test_a_stream_that_is_none_is_followed_nowhere(service):
    assert (await service.get("/v1/streams/none/events")).json()["code"] == "stream_not_found"
    with pytest.raises(websockets.InvalidStatus) as refused:
        async with connect(address(service, "/v1/streams/none/results"), proxy=None):
            pass
    assert refused.value.response.status_code == 404


async def test_those_who_follow_do_not_hold_up_the_end_of_the_service(host, film):
    async with asyncio.timeout(BOUND_S), httpx.AsyncClient(timeout=BOUND_S) as other:
        async with served(host(streams_folder=film.parent)) as service:
            body = {"name": "film", "source": film.name, "application": "inspection"}
            await service.post("/v1/streams", json=body)
            path = "/v1/streams/film/events"
            answer = await other.send(other.build_request("GET", service.base_url.join(path)), stream=True)
            socket = await connect(address(service, "/v1/streams/film/results"), proxy=None)
        async for _ in answer.aiter_bytes():  # to its end
            pass
        assert await closed(socket) == 1001


async def test_a_ticket_opens_what_is_looked_at_of_streams_and_nothing_else(host, start, film):
    service = await start(host(token=TOKEN, streams_folder=film.parent))
    body = {"name": "film", "source": film.name, "application": "inspection"}
    assert (await service.post("/v1/streams", json=body, headers=BEARER)).status_code == 201
    assert (await service.post("/v1/tickets")).status_code == 401
    ticket = (await service.post("/v1/tickets", headers=BEARER)).json()["ticket"]
    asked = {"params": {"ticket": ticket}}
    async with service.stream("GET", "/v1/streams/film/events", timeout=BOUND_S, **asked) as answer:
        await kinds(answer, "state")
    async with connect(address(service, f"/v1/streams/film/results?ticket={ticket}"), proxy=None) as socket:
        assert json.loads(await socket.recv())["kind"] == "state"
    assert (await service.get("/v1/streams/film", **asked)).status_code == 200
    for method, path in (("DELETE", "/v1/streams/film"), ("GET", "/v1/streams"), ("GET", "/v1/models")):
        assert (await service.request(method, path, **asked)).status_code == 401


async def test_no_other_ticket_opens_anything(host, start):
    service = await start(host(token=TOKEN))
    for ticket in ("", "x", "1-", "99999999999-00", "٣-0", "1-é", "0" * 5000):
        for path in ("/v1/streams/film/events", "/v1/streams/film"):
            assert (await service.get(path, params={"ticket": ticket})).status_code == 401


async def test_a_ticket_that_has_ended_opens_nothing(host, start, monkeypatch):
    service = await start(host(token=TOKEN))
    ticket = (await service.post("/v1/tickets", headers=BEARER)).json()["ticket"]
    asked = {"params": {"ticket": ticket}}
    assert (await service.get("/v1/streams/film", **asked)).status_code == 404
    later = int(ticket.partition("-")[0])
    monkeypatch.setattr("siseon.service.tickets.time.time", lambda: later)
    assert (await service.get("/v1/streams/film", **asked)).status_code == 401
