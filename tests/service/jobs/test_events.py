"""Server-sent events of a job: in order, from where a client was, to the end of the job or of the service."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx

from service.jobs.conftest import ended
from services import served
from siseon.service.jobs.told import JOB_EVENT

URL = "/v1/jobs"


def told(text: str) -> list[dict[str, Any]]:
    blocks = [block for block in text.split("\n\n") if block.startswith("id:")]
    events = []
    for block in blocks:
        fields = dict(line.split(": ", 1) for line in block.splitlines())
        event = json.loads(fields["data"])
        assert (int(fields["id"]), fields["event"]) == (event["id"], event["kind"])
        events.append(event)
    return events


async def submit(service: httpx.AsyncClient, data: bytes, count: int) -> str:
    files = [("files", (f"{number}.png", data + bytes([number]))) for number in range(count)]
    answer = await service.post(URL, data={"job": json.dumps({"application": "inspection"})}, files=files)
    return str(answer.json()["id"])


async def test_all_events_come_in_order_and_the_stream_ends_with_the_job(service, working, upload):
    job = await submit(service, upload().data, 3)
    async with working():
        events = told((await service.get(f"{URL}/{job}/events", timeout=60)).text)
    assert [event["id"] for event in events] == list(range(1, len(events) + 1))
    kinds = [event["kind"] for event in events]
    assert (kinds[:2], kinds[-1]) == (["queued", "started"], "result")
    assert sorted(event["number"] for event in events if event["kind"] == "item_done") == [0, 1, 2]
    assert events[-1]["data"]["done"] == 3
    assert [
        JOB_EVENT.dump_python(JOB_EVENT.validate_python(event), mode="json") for event in events
    ] == events


async def test_a_client_that_comes_back_misses_nothing_and_sees_nothing_twice(service, working, upload):
    job = await submit(service, upload().data, 4)
    async with working():
        await ended(service, job)
    whole = told((await service.get(f"{URL}/{job}/events")).text)
    for seen in range(len(whole)):
        answer = await service.get(f"{URL}/{job}/events", headers={"Last-Event-ID": str(seen)})
        assert told(answer.text) == whole[seen:]
    over = await service.get(f"{URL}/{job}/events", headers={"Last-Event-ID": str(len(whole))})
    assert over.status_code == 204
    odd = await service.get(f"{URL}/{job}/events", headers={"Last-Event-ID": "x"})
    assert odd.status_code == 400


async def test_a_watcher_hears_of_a_cancel(service, upload):
    job = await submit(service, upload().data, 1)
    async with asyncio.TaskGroup() as group:
        watching = group.create_task(service.get(f"{URL}/{job}/events", timeout=60))
        await service.post(f"{URL}/{job}/cancel")
    assert told(watching.result().text)[-1]["kind"] == "cancelled"


async def test_a_watcher_does_not_hold_up_the_end_of_the_service(host, here, upload):
    here["drain_s"] = 600.0  # a service that waited for its watchers would outlive the patience of a test
    begun = asyncio.Event()

    async def watch(address: httpx.URL, job: str) -> str:
        text = ""
        async with (
            httpx.AsyncClient(base_url=address, trust_env=False, timeout=60) as client,
            client.stream("GET", f"{URL}/{job}/events", timeout=60) as answer,
        ):
            async for piece in answer.aiter_text():
                text += piece
                begun.set()
        return text

    async with served(host(**here)) as service:
        job = await submit(service, upload().data, 1)
        watching = asyncio.create_task(watch(service.base_url, job))
        await begun.wait()
    assert "result" not in await watching
