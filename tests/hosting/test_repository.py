"""Who loads a model keeps it, and nobody takes it from a pipeline: clients, swaps and unloads at the same time."""

from __future__ import annotations

import asyncio
from pathlib import Path

import httpx
import pytest

from siseon.contracts import FailureCode, ModelError
from siseon.hosting import Host
from siseon.hosting.repository import Repository
from siseon.models import WeightFile
from siseon.models.card_toml import card_toml
from siseon.settings import Settings

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


async def test_who_found_a_model_a_moment_before_it_was_unloaded_is_told_so(made):
    repository, model = Repository(made), made.models["other-colour"]
    stage = await repository.load(model)
    await repository.unload(model)
    with pytest.raises(ModelError) as refused:
        await stage.answer({}, timeout=1.0)
    assert refused.value.code is FailureCode.model_not_loaded


async def test_an_unload_that_looked_before_a_swap_had_ended_does_not_take_the_pipelines_model(
    made, client, upload, monkeypatch
):
    monkeypatch.setattr(Repository, "users", lambda *_: [])  # what it saw then
    for name in ("main-colour", "fixed-boxes"):
        with pytest.raises(ModelError) as refused:
            await Repository(made).unload(made.models[name])
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


async def test_a_version_takes_traffic_when_it_is_loaded_and_can_be_rolled_back(client, networks):
    networks.stand_in("turned.onnx", (2, 1, 0), classes=3)
    card = next(card for card in networks.cards if card.name == "other-colour").model_copy(
        update={"name": "fresh", "files": (WeightFile(name="fresh.onnx"),)}
    )
    for version, weights in (("9", "main-colour"), ("10", "turned")):
        file = ("fresh.onnx", (networks.folder / f"{weights}.onnx").read_bytes())
        text = card_toml(card.model_copy(update={"version": version})).encode()
        form = {"card": ("card.toml", text), "file": file}
        assert (await client.post("/v1/models", files=form)).status_code == 201
        again = await client.post("/v1/models", files=form)
        assert (again.status_code, again.json()["code"]) == (409, "model_exists")

    async def answers(address: str) -> tuple[str, list[float]]:
        answer = (await client.post(f"/v2/models/{address}/infer", json=TENSOR)).json()
        return answer["model_version"], answer["outputs"][0]["data"]

    await client.post("/v1/models/fresh/versions/9/load")
    assert await answers("fresh") == ("9", [1, 2, 3])  # 10 is there, but not loaded
    await client.post("/v1/models/fresh/versions/10/load")
    assert await answers("fresh") == ("10", [3, 2, 1])
    assert await answers("fresh/versions/9") == ("9", [1, 2, 3])
    versions = (await client.get("/v1/models/fresh/versions")).json()
    assert [(one["version"], one["loaded"]) for one in versions] == [("10", True), ("9", True)]
    await client.post("/v1/models/fresh/versions/10/unload")
    assert await answers("fresh") == ("9", [1, 2, 3])

    await swap(client, "fresh@10")
    assert await is_loaded(client, "fresh/versions/10")
    await swap(client, "fresh@9")
    assert not await is_loaded(client, "fresh/versions/10")
    used = await client.delete("/v1/models/fresh")
    assert (used.status_code, used.json()["code"]) == (409, "model_in_use")
    assert (await client.delete("/v1/models/fresh/versions/10")).status_code == 204
    assert [one["version"] for one in (await client.get("/v1/models/fresh/versions")).json()] == ["9"]


async def test_who_waited_for_its_turn_to_load_does_not_load_what_was_deleted_meanwhile(
    made, client, networks
):
    networks.classifier(name="fresh")
    card = next(card for card in networks.cards if card.name == "fresh")
    file = ("fresh.onnx", (networks.folder / "fresh.onnx").read_bytes())
    form = {"card": ("card.toml", card_toml(card.model_copy(update={"name": "mine"})).encode()), "file": file}
    assert (await client.post("/v1/models", files=form)).status_code == 201
    found = made.models["mine"]
    assert (await client.delete("/v1/models/mine")).status_code == 204
    assert (await client.post("/v1/models", files=form)).status_code == 201
    with pytest.raises(ModelError) as gone:
        await Repository(made).load(found)
    assert gone.value.code is FailureCode.model_not_found
    for step, status in (("load", 200), ("unload", 200)):
        assert (await client.post(f"/v1/models/mine/{step}")).status_code == status
    assert (await client.delete("/v1/models/mine")).status_code == 204


async def test_a_model_is_not_registered_under_the_name_of_a_pipeline(client, networks):
    file = ("inspection.onnx", (networks.folder / "main-colour.onnx").read_bytes())
    answer = await client.post("/v1/models", files={"file": file})
    assert (answer.status_code, answer.json()["code"]) == (409, "model_exists")


async def test_a_swap_that_cannot_be_leaves_no_model_loaded(client):
    change = {"classifier": "convnext-tiny", "detector": "nanodet-m-416"}
    assert (await client.patch("/v1/pipelines/inspection", json=change)).status_code == 404
    change = {
        "detector": "other-colour",
        "classifier": "convnext-tiny",
    }  # the first is there, the second is not
    assert (await client.patch("/v1/pipelines/inspection", json=change)).status_code == 404
    assert not await is_loaded(client, "other-colour")


async def test_one_more_model_takes_the_place_of_the_one_that_was_used_longest_ago(
    host, start, networks, tmp_path
):
    names = ["colour-a", "colour-b", "colour-c"]
    for name in names:
        networks.classifier(name=name)
    client = await start(host(cache_dir=tmp_path / "cache", max_loaded_models=2))
    for name in ("colour-a", "colour-b"):
        assert (await client.post(f"/v1/models/{name}/load")).status_code == 200
    assert (await client.post("/v2/models/colour-a/infer", json=TENSOR)).status_code == 200
    assert (await client.post("/v1/models/colour-c/load")).status_code == 200
    assert [await is_loaded(client, name) for name in names] == [True, False, True]
    assert await is_loaded(client, "main-colour")  # that of the pipeline does not count
    assert (await client.post("/v2/models/colour-b/infer", json=TENSOR)).json()["code"] == "model_not_loaded"
    assert (
        await client.post("/v1/models/colour-c/load")
    ).status_code == 200  # again: nothing to make room for
    assert [await is_loaded(client, name) for name in names] == [True, False, True]


async def test_a_model_of_which_room_is_made_by_a_pipeline_keeps_its_place_in_it(
    host, start, networks, tmp_path
):
    networks.classifier(name="other-colour")
    networks.classifier(name="third-colour")
    client = await start(host(cache_dir=tmp_path / "cache", max_loaded_models=1))
    await client.post("/v1/models/other-colour/load")
    await swap(client, "other-colour")
    assert (await client.post("/v1/models/third-colour/load")).status_code == 200
    assert await is_loaded(client, "other-colour")


async def test_a_network_of_ones_own_is_there_from_the_start(host, start, networks, tmp_path):
    networks.classifier(name="colours")
    own = (networks.folder / "colours.onnx").rename(networks.folder / "My_Colours.onnx")
    settings = Settings(port=0, cache_dir=tmp_path / "cache", own_network=own, warm_up=3)
    client = await start(Host(settings.model_copy(update={"pipelines": {}})))
    assert await is_loaded(client, "my-colours")
    answer = await client.post("/v2/models/my-colours/infer", json=TENSOR)
    assert answer.json()["outputs"][0]["data"] == [1, 2, 3]
    assert (await client.post("/v1/models/my-colours/unload")).json()["code"] == "model_in_use"
    assert await is_loaded(client, "my-colours")
