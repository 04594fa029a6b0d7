"""A service whose stages are in worker processes: the same answers, true figures, no request lost with a worker."""

from __future__ import annotations

import asyncio
import os
import re
import signal
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest

from networks import Networks
from services import client_of, inspecting, served_aside


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Networks:
    """Those of the service."""
    return Networks(tmp_path_factory.mktemp("placed"))


@pytest.fixture(scope="module")
def address(made: Networks) -> Iterator[str]:
    """Of one service for all tests: its workers take seconds to begin."""
    with served_aside(lambda: inspecting(made, made.folder, placement="processes")) as address:
        yield address


@pytest.fixture
async def placed(address: str) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(address) as client:
        yield client


async def pids(client) -> list[int]:
    page = (await client.get("/metrics")).text
    return [
        int(pid) for pid in re.findall(r'siseon_stage_worker_resident_bytes\{.*worker="(\d+)"\} [1-9]', page)
    ]


async def test_answers_are_those_of_threads(placed, lasting, upload):
    path = "/v1/pipelines/inspection"
    one, other = [await each.post(path, files={"file": upload().data}) for each in (placed, lasting)]
    assert one.status_code == other.status_code == 200
    assert _told(one) == _told(other)


async def test_figures_of_models_are_those_of_their_workers(placed, upload):
    for _ in range(3):
        assert (
            await placed.post("/v1/pipelines/inspection", files={"file": upload().data})
        ).status_code == 200
    models = {one["name"]: one for one in (await placed.get("/v1/models")).json() if one["pipelines"]}
    assert len(models) == 2
    for model in models.values():
        assert model["workers"] == len(os.sched_getaffinity(0))
        assert model["stats"]["calls"] >= 3
        assert model["stats"]["resident_bytes"] > 0
        assert model["providers"] == ["CPUExecutionProvider"]
        assert len(model["sha256"]) == 64
        refused = await placed.post(f"/v1/models/{model['name']}/unload")
        assert refused.json()["code"] == "model_in_use"
    page = (await placed.get("/metrics")).text
    assert re.search(r'siseon_stage_copied_bytes_total\{pipeline="inspection",stage="decode"\} [1-9]', page)
    assert 'siseon_stage_worker_restarts_total{pipeline="inspection",stage="detect"} 0.0' in page
    assert len(await pids(placed)) == 3 * len(os.sched_getaffinity(0))


async def test_a_killed_worker_costs_no_request(placed, upload):
    path = "/v1/pipelines/inspection"
    asked = [asyncio.ensure_future(placed.post(path, files={"file": upload().data})) for _ in range(20)]
    await asyncio.wait(asked, return_when=asyncio.FIRST_COMPLETED)
    os.kill((await pids(placed))[0], signal.SIGKILL)
    assert {answer.status_code for answer in await asyncio.gather(*asked)} == {200}


async def test_a_model_can_be_swapped_under_workers(placed, upload, made):
    other = made.detector([(0, 0, 1, 1), (0, 0, 1, 1)])
    before = await pids(placed)
    swapped = await placed.patch("/v1/pipelines/inspection", json={"detector": other})
    assert swapped.status_code == 200
    assert (await placed.post("/v1/pipelines/inspection", files={"file": upload().data})).status_code == 200
    assert not set(before) & set(await pids(placed))


def _told(answer) -> object:
    told = answer.json()["data"]
    return {key: value for key, value in told.items() if not key.endswith("_ms")}
