"""Models at run time: list, register, load, warm, count, swap, unload."""

from __future__ import annotations

import asyncio
import hashlib
from pathlib import Path

import pytest

from siseon.models import ModelManager

CARD = """
name = "{name}"
version = "2"
task = "classify"
licence = "Apache-2.0"
labels = ["red", "green", "blue"]
[[files]]
name = "colours.onnx"
{sha256}
[input]
width = 16
height = 16
[output]
decoder = "logits"
"""


@pytest.fixture
def weights(networks) -> bytes:
    networks.classifier(name="colours")
    return (networks.folder / "colours.onnx").read_bytes()


@pytest.fixture
async def client(host, start, tmp_path: Path):
    return await start(host(cache_dir=tmp_path / "cache"))


def form(weights: bytes, name: str = "my-colours", sha256: str | None = None) -> dict[str, tuple[str, bytes]]:
    line = f'sha256 = "{sha256}"' if sha256 else ""
    return {
        "card": ("card.toml", CARD.format(name=name, sha256=line).encode()),
        "file": ("colours.onnx", weights),
    }


async def test_models_are_listed_with_their_pipelines_and_figures(client, upload):
    await client.post("/detect", files={"file": upload().data})
    models = {model["name"]: model for model in (await client.get("/v1/models")).json()}
    one = models["fixed-boxes"]
    assert (one["loaded"], one["pipelines"]) == (True, ["inspection"])
    assert one["stats"]["p95_ms"] >= one["stats"]["p50_ms"] >= one["stats"]["min_ms"] > 0
    assert one["items_per_second"] > 0
    assert models["nanodet-m-416"]["loaded"] is False
    assert (await client.get("/v1/models/unheard-of")).json()["code"] == "model_not_found"


async def test_a_registered_model_loads_warms_answers_and_goes(client, weights):
    made = await client.post("/v1/models", files=form(weights, sha256=hashlib.sha256(weights).hexdigest()))
    assert made.status_code == 201
    assert made.json()["loaded"] is False
    loaded = (await client.post("/v1/models/my-colours/load", json={"warm_up": 3})).json()
    assert (loaded["loaded"], loaded["version"]) == (True, "2")
    tensor = {"name": "pixels", "shape": [1, 3, 1, 1], "datatype": "FP32", "data": [1, 2, 3]}
    answer = await client.post("/v2/models/my-colours/infer", json={"inputs": [tensor]})
    assert answer.json()["outputs"][0]["data"] == [1, 2, 3]
    assert (await client.post("/v1/models/my-colours/warm-up", json={"iterations": 5})).status_code == 200
    gone = (await client.post("/v1/models/my-colours/unload")).json()
    assert gone["freed_bytes"] == gone["resident_before"] - gone["resident_after"]
    assert (await client.post("/v2/models/my-colours/infer", json={"inputs": [tensor]})).status_code == 409


async def test_a_network_alone_is_registered_for_tensors_under_its_files_name(client, weights):
    made = await client.post("/v1/models", files={"file": ("Main_Colours.onnx", weights)})
    assert (made.json()["name"], made.json()["task"]) == ("main-colours", "tensors")
    await client.post("/v2/repository/models/main-colours/load")
    tensor = {"name": "pixels", "shape": [1, 3, 1, 1], "datatype": "FP32", "data": [1, 2, 3]}
    answer = await client.post("/v2/models/main-colours/infer", json={"inputs": [tensor]})
    assert answer.json()["outputs"][0]["data"] == [1, 2, 3]
    swapped = await client.patch("/v1/pipelines/inspection", json={"classifier": "main-colours"})
    assert swapped.json()["code"] == "contract_violation", swapped.text


async def test_a_registered_model_is_known_after_a_restart(client, weights, host, start, tmp_path):
    await client.post("/v1/models", files=form(weights))
    again = ModelManager(search_path=[tmp_path / "cache" / "registered"])
    again["my-colours"].load()
    assert again["my-colours"].card.version == "2"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"sha256": "0" * 64}, "weights_mismatch"),
        ({"name": "yolox-nano"}, "model_load_failed"),
        ({"name": "../escape"}, "invalid_input"),
    ],
)
async def test_a_registration_that_does_not_fit_is_refused(client, weights, change, code, tmp_path):
    answer = await client.post("/v1/models", files=form(weights, **change))
    assert answer.json()["code"] == code
    assert not (tmp_path / "cache" / "registered").exists()


async def test_a_registration_without_its_parts_is_refused(client, weights):
    whole = form(weights)
    for files in (
        {"file": ("../x.onnx.exe", b"")},
        {"a": ("a.onnx", b""), "b": ("b.onnx", b"")},
        {"card": whole["card"]},
        {"card": ("card.toml", b"name ="), "file": whole["file"]},
    ):
        answer = await client.post("/v1/models", files=files)
        assert answer.json()["code"] == "invalid_input"
    source = whole["card"][1].replace(
        b"[input]", b'[[files.sources]]\nurl = "https://example.com/x.onnx"\n[input]'
    )
    answer = await client.post("/v1/models", files={**whole, "card": ("card.toml", source)})
    assert "brings its files" in answer.json()["detail"]


async def test_damaged_weights_are_named_when_they_are_loaded(client):
    await client.post("/v1/models", files=form(b"no network"))
    answer = await client.post("/v1/models/my-colours/load")
    assert (answer.status_code, answer.json()["code"]) == (500, "model_load_failed")
    assert (await client.get("/readyz")).status_code == 200


async def test_a_swap_loses_no_request_and_unloads_what_nobody_uses(client, weights, upload):
    await client.post("/v1/models", files=form(weights))
    picture = upload((0, 0, 200, 100, "red")).data
    answers = []

    async def keep_asking(until: asyncio.Event) -> None:
        while not until.is_set():
            answers.append(await client.post("/detect", files={"file": picture}))

    done = asyncio.Event()
    askers = [asyncio.create_task(keep_asking(done)) for _ in range(4)]
    while not answers:
        await asyncio.sleep(0.01)
    swapped = await client.patch("/v1/pipelines/inspection", json={"classifier": "my-colours"})
    assert {model["name"] for model in swapped.json()["models"]} == {"fixed-boxes", "my-colours"}
    after = await client.post("/detect", files={"file": picture})
    done.set()
    await asyncio.gather(*askers)
    assert {answer.status_code for answer in answers} == {200}
    assert [model["name"] for model in after.json()["models"]] == ["fixed-boxes", "my-colours"]
    assert (await client.get("/v1/models/main-colour")).json()["loaded"] is False


async def test_a_swap_that_can_not_be_leaves_all_as_it_was(client, upload):
    for changes, code in (
        ({"classifier": "unheard-of"}, "model_not_found"),
        ({"nonsense": 1}, "invalid_input"),
        ({"min_side": "x"}, "invalid_input"),
        ({"score_threshold": 2}, "invalid_input"),
        ({"classifier": "convnext-tiny"}, "model_not_found"),
    ):
        answer = await client.patch("/v1/pipelines/inspection", json=changes)
        assert answer.json()["code"] == code
    answer = await client.post("/detect", files={"file": upload().data})
    assert [model["name"] for model in answer.json()["models"]] == ["fixed-boxes", "main-colour"]
