"""Alarms over HTTP: raised by a stream that runs, told by webhook and events, acknowledged by somebody."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import httpx
import pytest

from jobs.receiver import Receiver
from media.loopback import open_site
from services import Start
from siseon.contracts import Measurement
from siseon.hosting import Host
from siseon.jobs.database import Database
from siseon.streams import kept
from siseon.streams.kept_options import KeptOptions

SECRET = "a secret of tests"
HIGH = {"tag": "level", "kind": "high", "limit": 5.0, "priority": "high"}
ID = "film.level.high"
BOUND_S = 60


class Level:
    """What the camera sees, as a test says."""

    def __init__(self) -> None:
        self.value: float | None = 1.0

    def measure(self, _: object) -> tuple[Measurement, ...]:
        if self.value is None:
            return (Measurement(tag="level", value=None, quality="bad", reason="glare"),)
        return (Measurement(tag="level", value=self.value, unit="m"),)


@pytest.fixture
def level() -> Level:
    return Level()


@pytest.fixture
async def service(host: Callable[..., Host], start: Start, level: Level, film: Any) -> httpx.AsyncClient:
    """One with a stream ``film`` whose figure is ``level``."""
    hosted = host(jobs_webhook_secret=SECRET, url_allow="127.0.0.1", streams_allow="127.0.0.1")
    served = hosted["inspection"]
    served.application = replace(served.application, measure=level.measure)
    with Database(hosted.settings.jobs_database_url) as database:
        kept.add(database, "film", str(film), "inspection", KeptOptions(fps=20))
    return await start(hosted)


async def until(service: httpx.AsyncClient, state: str, alarm: str = ID) -> dict[str, Any]:
    """The alarm when it stands so."""
    async with asyncio.timeout(BOUND_S):
        while True:
            for one in (await service.get("/v1/alarms")).json():
                if (one["id"], one["state"]) == (alarm, state):
                    return dict(one)
            await asyncio.sleep(0.05)


async def watch(service: httpx.AsyncClient, *rules: dict[str, Any], **others: Any) -> None:
    answer = await service.patch("/v1/streams/film", json={"options": {"alarms": rules, **others}})
    assert answer.status_code == 200, answer.text


async def do(service: httpx.AsyncClient, deed: str, **body: Any) -> httpx.Response:
    return await service.post(f"/v1/alarms/{ID}/{deed}", json={"by": "Eve", **body})


async def test_an_alarm_is_raised_told_acknowledged_and_over(service, level):
    async with open_site() as site:
        site.first = receiver = Receiver()
        await watch(service, HIGH, webhook=site.url("/secret/hook"))
        shown = (await service.get("/v1/streams/film")).json()["options"]["webhook"]
        assert shown == f"http://127.0.0.1:{site.port}/***"
        level.value = 7.0
        raised = await until(service, "unacknowledged")
        assert (raised["value"], raised["rule"]["limit"]) == (7.0, 5.0)
        acknowledged = (await do(service, "acknowledge", note="valve open")).json()
        assert (acknowledged["state"], acknowledged["acknowledged_by"]) == ("acknowledged", "Eve")
        assert (await do(service, "acknowledge", by="Bob")).json()["acknowledged_by"] == "Eve"
        level.value = 1.0
        await until(service, "normal")
        async with asyncio.timeout(BOUND_S):
            while len(receiver.bodies) < 3:
                await asyncio.sleep(0.05)
    told = sorted((json.loads(body) for body in receiver.bodies), key=lambda event: event["id"])
    assert told == (await service.get("/v1/alarms/events")).json()
    assert [event["kind"] for event in told] == ["raised", "acknowledged", "returned"]
    assert told[1]["note"] == "valve open"
    headers, body = receiver.headers[0], receiver.bodies[0]
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    digest = hmac.new(SECRET.encode(), signed, hashlib.sha256).digest()
    assert headers["webhook-signature"] == f"v1,{base64.b64encode(digest).decode()}"


async def test_shelved_reset_and_what_is_not_possible_is_named(service, level):
    await watch(service, {**HIGH, "latch": True})
    level.value = 7.0
    await until(service, "unacknowledged")
    assert (await do(service, "reset")).json()["code"] == "alarm_active"
    shelved = (await do(service, "shelve", seconds=3600)).json()
    assert (shelved["state"], shelved["shelved_by"], shelved["active"]) == ("shelved", "Eve", True)
    assert (await service.get("/v1/alarms", params={"state": "unacknowledged"})).json() == []
    assert len((await service.get("/v1/alarms", params={"stream": "film", "state": "shelved"})).json()) == 1
    assert (await do(service, "unshelve")).json()["state"] == "unacknowledged"
    level.value = None
    await do(service, "acknowledge")
    assert (await until(service, "acknowledged"))["active"]
    level.value = 1.0
    await until(service, "latched_acknowledged")
    assert (await do(service, "reset")).json()["state"] == "normal"
    missing = await service.post("/v1/alarms/film.level.low/acknowledge", json={"by": "Eve"})
    assert (missing.status_code, missing.json()["code"]) == (404, "alarm_not_found")


async def read(events: httpx.Response, count: int) -> list[tuple[str, str]]:
    """Ids and kinds of the next events."""
    seen, identifier = [], ""
    async with asyncio.timeout(BOUND_S):
        async for line in events.aiter_lines():
            key, _, value = line.partition(": ")
            if key == "id":
                identifier = value
            elif key == "event":
                seen.append((identifier, value))
            if len(seen) == count:
                break
    return seen


async def test_events_come_as_they_happen_and_a_client_that_comes_back_misses_none(service, level):
    await watch(service, HIGH)
    level.value = 7.0
    await until(service, "unacknowledged")
    headers = {"Accept": "text/event-stream"}
    async with (
        asyncio.timeout(BOUND_S),
        service.stream("GET", "/v1/alarms/events", headers=headers) as events,
    ):
        level.value = 1.0
        await until(service, "returned_unacknowledged")
        level.value = 7.0
        assert await read(events, 2) == [("2", "returned"), ("3", "raised")]
    headers["Last-Event-ID"] = "1"
    async with service.stream("GET", "/v1/alarms/events", headers=headers) as events:
        assert await read(events, 2) == [("2", "returned"), ("3", "raised")]
    async with service.stream(
        "GET", "/v1/alarms/events?after=0", headers={"Accept": "text/event-stream"}
    ) as events:
        assert await read(events, 1) == [("1", "raised")]
    after = await service.get("/v1/alarms/events", params={"after": 1, "limit": 1})
    assert [event["id"] for event in after.json()] == [2]


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"alarms": [{**HIGH, "limit": 1}, {**HIGH, "kind": "low", "limit": 2}]}, "high is 1 and low 2"),
    ({"alarms": [{**HIGH, "limit": "much"}]}, "limit"),
    ({"webhook": "http://127.0.0.1/***"}, "***"),
    ({"webhook": "ftp://example.com/x"}, "webhook"),
]


async def test_rules_that_cannot_be_are_refused_and_change_nothing(service):
    before = (await service.get("/v1/streams/film")).json()["options"]
    for options, told in REFUSED:
        answer = await service.patch("/v1/streams/film", json={"options": options})
        assert answer.status_code == 400
        assert told in answer.json()["detail"]
    assert (await service.get("/v1/streams/film")).json()["options"] == before


async def test_a_service_without_streams_makes_no_database(host, start):
    hosted = host()
    service = await start(hosted)
    await asyncio.sleep(0.5)
    assert (await service.get("/readyz")).status_code == 200
    assert not Database(hosted.settings.jobs_database_url).exists()


async def test_an_application_without_figures_raises_no_alarms_and_says_so(host, start, film):
    hosted = host()
    with Database(hosted.settings.jobs_database_url) as database:
        kept.add(database, "film", str(film), "inspection", KeptOptions(fps=1))
    service = await start(hosted)
    answer = await service.patch("/v1/streams/film", json={"options": {"alarms": [HIGH]}})
    assert "no figures" in answer.json()["detail"]
    answer = await service.patch("/v1/streams/film", json={"options": {"webhook": "https://example.com/x"}})
    assert "no secret is set" in answer.json()["detail"]


async def test_who_does_not_say_who_he_is_does_nothing(service):
    for body in ({}, {"by": ""}, {"by": "x" * 101}, {"by": "a\nb"}, {"by": "Eve", "note": "\0"}, {"by": 5}):
        answer = await service.post(f"/v1/alarms/{ID}/acknowledge", json=body)
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid_input"), body


async def test_a_rule_on_a_tag_that_never_comes_is_kept_with_a_warning(service):
    async with asyncio.timeout(BOUND_S):
        while not await points(service):
            await asyncio.sleep(0.05)
    rules = {"options": {"alarms": [HIGH, {**HIGH, "tag": "levl"}]}}
    answer = (await service.patch("/v1/streams/film", json=rules)).json()
    assert len(answer["options"]["alarms"]) == 2
    assert answer["warnings"] == ["no figure of the tag levl has come yet; there is level"]
    async with asyncio.timeout(BOUND_S):
        warned: dict[str, str] = {}
        while not warned:
            listed = (await service.get("/v1/alarms")).json()
            warned = {one["id"]: one["warning"] for one in listed if one["warning"]}
            await asyncio.sleep(0.05)
    assert warned == {"film.levl.high": answer["warnings"][0]}


async def test_an_empty_body_is_told_what_to_send(service):
    answer = await service.post(f"/v1/alarms/{ID}/reset")
    assert answer.status_code == 400
    assert (answer.json()["code"], '{"by": "Eve"}' in answer.json()["hint"]) == ("invalid_input", True)


async def test_a_history_is_told_as_pages_and_as_a_table(service, level):
    history = "/v1/streams/film/history"
    async with asyncio.timeout(BOUND_S):
        for value in (2.0, 3.0, None, 4.0):
            level.value = value
            while not any(point["value"] == value for point in await points(service)):
                await asyncio.sleep(0.05)
    whole = await points(service)
    values = [point["value"] for point in whole if point["value"] != 1.0]
    assert values == [2.0, 3.0, None, 4.0]
    bad = next(point for point in whole if point["value"] is None)
    assert (bad["quality"], bad["reason"]) == ("bad", "glare")
    paged: list[dict[str, Any]] = []
    after: dict[str, str] = {}
    while True:
        page = (await service.get(history, params={"limit": 2, **after})).json()
        paged += page["points"]
        if page["next"] is None:
            break
        after = {"after": page["next"]}
    assert paged[: len(whole)] == whole
    table = await service.get(history, params={"format": "csv", "tag": "level", "to": whole[-1]["at"]})
    assert table.headers["content-type"].startswith("text/csv")
    lines = table.text.splitlines()
    assert lines[0] == "at,tag,value,unit,quality,reason"
    assert len(lines) == len(whole)
    assert ",level,,,bad,glare" in table.text
    assert (await service.get(history, params={"tag": "other"})).json() == {"points": [], "next": None}
    assert (await service.get("/v1/streams/none/history")).json()["code"] == "stream_not_found"
    assert (await service.get(history, params={"after": "x"})).json()["code"] == "invalid_input"


async def points(service: httpx.AsyncClient) -> list[dict[str, Any]]:
    return list((await service.get("/v1/streams/film/history")).json()["points"])
