"""Who loads a model keeps it, and nobody takes it from a pipeline: clients, swaps and unloads at the same time."""

from __future__ import annotations

import asyncio
from pathlib import Path

import httpx
import pytest

from siseon.contracts import FailureCode, ModelError
from siseon.hosting.repository import Repository
from siseon.models import WeightFile
from siseon.models.card_toml import card_toml

TENSOR = {"inputs": [{"name": "pixels", "shape": [1, 3, 1, 1], "datatype": "FP32", "data": [1, 2, 3]}]}


@pytest.fixture
def made(host, networks, tmp_path: Path):
    networks.classifier(name="other-colour")
    return host(cache_dir=tmp_path / "cache")


@pytest.fixture
async def client(made, start) -> httpx.AsyncClient:
    return await start(made)


async def swap(client: httpx.AsyncClient, classifier: str) -> None:
    answer = await client.patch("/v1/pipelines/inspection", json={"classifier": classifier})
    assert answer.status_code == 200, answer.text


async def is_loaded(client: httpx.AsyncClient, name: str) -> bool:
    return (await client.get(f"/v1/models/{name}")).json()["loaded"]


async def test_what_a_client_has_loaded_stays_through_swaps_until_a_client_unloads_it(client):
    await client.post("/v1/models/other-colour/load")
    await swap(client, "other-colour")
    await swap(client, "main-colour")
    assert await is_loaded(client, "other-colour")
    assert (await client.post("/v2/models/other-colour/infer", json=TENSOR)).status_code == 200
    assert (await client.post("/v1/models/other-colour/unload")).status_code == 200
    assert not await is_loaded(client, "other-colour")


async def test_who_only_asks_a_pipelines_model_does_not_keep_it(client):
    assert (await client.get("/v2/models/stats")).status_code == 200
    assert (await client.post("/v2/models/main-colour/infer", json=TENSOR)).status_code == 200
    await swap(client, "other-colour")
    assert not await is_loaded(client, "main-colour")
    answer = await client.post("/v2/models/main-colour/infer", json=TENSOR)
    assert (answer.status_code, answer.json()["code"]) == (409, "model_not_loaded")


async def test_an_unload_that_looked_before_a_swap_had_ended_does_not_take_the_pipelines_model(
    made, client, upload, monkeypatch
):
    monkeypatch.setattr(Repository, "users", lambda *_: [])  # what it saw then
    for name in ("main-colour", "fixed-boxes"):
        with pytest.raises(ModelError) as refused:
            await Repository(made).unload(name)
        assert refused.value.code is FailureCode.model_in_use
        answer = await client.post(f"/v1/models/{name}/unload")
        assert (answer.status_code, answer.json()["code"]) == (409, "model_in_use")
    assert (await client.post("/detect", files={"file": upload().data})).status_code == 200


async def test_swaps_and_unloads_at_the_same_time_lose_no_request(client, upload):
    picture = upload((0, 0, 200, 100, "red")).data
    over = asyncio.Event()

    async def asks() -> set[int]:
        seen = set()
        while not over.is_set():
            seen.add((await client.post("/detect", files={"file": picture})).status_code)
        return seen

    async def unloads(name: str) -> set[int]:
        seen = set()
        while not over.is_set():
            seen.add((await client.post(f"/v1/models/{name}/unload")).status_code)
        return seen

    async with asyncio.TaskGroup() as tasks:
        askers = [tasks.create_task(asks()) for _ in range(3)]
        names = ("main-colour", "other-colour", "fixed-boxes")
        unloaders = [tasks.create_task(unloads(name)) for name in names]
        for _ in range(6):
            await swap(client, "other-colour")
            await swap(client, "main-colour")
        over.set()
    assert [asker.result() for asker in askers] == [{200}] * 3
    assert set.union(*(unloader.result() for unloader in unloaders)) <= {200, 409}
    assert await is_loaded(client, "main-colour")


async def test_a_model_registered_again_by_a_name_answers_with_its_new_weights(client, networks):
    networks.stand_in("turned.onnx", (2, 1, 0), classes=3)
    card = next(card for card in networks.cards if card.name == "other-colour").model_copy(
        update={"name": "fresh", "files": (WeightFile(name="fresh.onnx"),)}
    )
    for weights, answer in (("main-colour", [1, 2, 3]), ("turned", [3, 2, 1])):
        file = ("fresh.onnx", (networks.folder / f"{weights}.onnx").read_bytes())
        form = {"card": ("card.toml", card_toml(card).encode()), "file": file}
        assert (await client.post("/v1/models", files=form)).status_code == 201
        await swap(client, "fresh")
        outputs = (await client.post("/v2/models/fresh/infer", json=TENSOR)).json()["outputs"]
        assert outputs[0]["data"] == answer
        await swap(client, "main-colour")
