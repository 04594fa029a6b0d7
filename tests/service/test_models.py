"""Models at run time: list, register, load, warm, count, swap, unload."""

from __future__ import annotations

import asyncio
import hashlib
import resource
from collections.abc import Sequence
from pathlib import Path

import httpx
import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper

from services import served
from siseon.models import Model, ModelManager

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
    there = {name: (model["weights"], model["pulled_from"]) for name, model in models.items()}
    assert there["fixed-boxes"] == there["ppocr-v6-det"] == ("here", None)
    assert there["yolox-x"] == ("to pull", "github.com")
    assert there["nanodet-m-416"] == ("to bring", None)
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


async def test_a_model_is_warmed_up_as_often_as_the_client_says_or_else_the_settings(
    host, start, weights, tmp_path, monkeypatch
):
    counted: list[int] = []
    warm_up = Model.warm_up

    def counting(self: Model, batches: Sequence[object]) -> None:
        counted.append(len(batches))
        warm_up(self, batches)

    client = await start(host(cache_dir=tmp_path / "cache", warm_up=4))
    await client.post("/v1/models", files=form(weights))
    monkeypatch.setattr(Model, "warm_up", counting)
    for body, times in (({"warm_up": 3}, 3), (None, 4), ({"warm_up": None}, 4), ({}, 4)):
        answer = await client.post("/v1/models/my-colours/load", json=body)
        assert (answer.status_code, counted.pop()) == (200, times), body
    for wrong in (0, 101, "3", 1.5, True):
        answer = await client.post("/v1/models/my-colours/load", json={"warm_up": wrong})
        assert answer.status_code // 100 == 4, wrong
    assert counted == []


async def test_a_network_alone_is_registered_for_tensors_under_its_files_name(client, weights):
    made = await client.post("/v1/models", files={"file": ("Main_Colours.onnx", weights)})
    assert (made.json()["name"], made.json()["task"]) == ("main-colours", "tensors")
    await client.post("/v2/repository/models/main-colours/load")
    tensor = {"name": "pixels", "shape": [1, 3, 1, 1], "datatype": "FP32", "data": [1, 2, 3]}
    answer = await client.post("/v2/models/main-colours/infer", json={"inputs": [tensor]})
    assert answer.json()["outputs"][0]["data"] == [1, 2, 3]
    swapped = await client.patch("/v1/pipelines/inspection", json={"classifier": "main-colours"})
    assert (swapped.status_code, swapped.json()["code"]) == (422, "model_load_failed"), swapped.text
    assert "names no classes" in swapped.json()["detail"]


async def test_a_registered_model_is_known_after_a_restart(client, weights, host, start, tmp_path):
    await client.post("/v1/models", files=form(weights))
    again = ModelManager(registered=tmp_path / "cache" / "registered")
    again["my-colours"].load()
    assert again["my-colours"].card.version == "2"


async def test_a_registration_that_does_not_fit_is_refused(client, weights, tmp_path):
    for change, code in (
        ({"sha256": "0" * 64}, "weights_mismatch"),
        ({"name": "yolox-nano"}, "model_exists"),
        ({"name": "../escape"}, "invalid_input"),
    ):
        answer = await client.post("/v1/models", files=form(weights, **change))
        assert answer.json()["code"] == code
        assert not list((tmp_path / "cache").glob("registered/*"))


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


async def test_damaged_weights_are_named_when_they_are_loaded_without_the_servers_paths(client, tmp_path):
    await client.post("/v1/models", files=form(b"no network"))
    answer = await client.post("/v1/models/my-colours/load")
    assert (answer.status_code, answer.json()["code"]) == (422, "model_load_failed")
    assert "colours.onnx" in answer.json()["detail"]
    assert str(tmp_path) not in answer.text
    good = hashlib.sha256(b"good").hexdigest()
    await client.post("/v1/models", files={**form(b"good", name="pinned", sha256=good)})
    (tmp_path / "cache" / "registered" / "pinned" / "2" / "colours.onnx").write_bytes(b"rotten")
    answer = await client.post("/v1/models/pinned/load")
    assert (answer.status_code, answer.json()["code"]) == (422, "weights_mismatch")
    assert str(tmp_path) not in answer.text
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


async def test_a_swap_to_a_network_that_does_not_do_in_that_place_is_the_callers_fault(
    client, weights, upload
):
    """A card that is one of a classifier, over a network that answers otherwise."""
    await client.post("/v1/models", files=form(weights))
    for name, network, change in (
        ("one-number", grows(1), "classifier"),
        ("no-detector", weights, "detector"),
    ):
        await client.post("/v1/models", files=form(network, name=name))
        answer = await client.patch("/v1/pipelines/inspection", json={change: name})
        assert (answer.status_code, answer.json()["code"]) == (422, "model_load_failed"), answer.text
        assert "cannot start with these models" in answer.json()["detail"]
        assert not (await client.get(f"/v1/models/{name}")).json()["loaded"]
    answer = await client.post("/detect", files={"file": upload().data})
    assert [model["name"] for model in answer.json()["models"]] == ["fixed-boxes", "main-colour"]


async def test_a_card_whose_pictures_would_take_the_memory_is_no_card(client, weights):
    for line in (
        "width = 100000",
        "width = 16\nmean = [nan, 0.0, 0.0]",
        "width = 16\ncrop_fraction = 0.0001",
    ):
        parts = form(weights)
        parts["card"] = ("card.toml", parts["card"][1].replace(b"width = 16", line.encode()))
        answer = await client.post("/v1/models", files=parts)
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid_input"), line
        assert "input." in answer.json()["detail"]


async def test_a_card_that_is_not_utf8_is_refused_and_one_that_was_stored_so_stops_no_start(
    client, weights, host, start, tmp_path, caplog
):
    latin = CARD.format(name="caf\u00e9", sha256="").replace("Apache-2.0", "Apache\u00e9").encode("latin-1")
    answer = await client.post("/v1/models", files={**form(weights), "card": ("card.toml", latin)})
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_input")
    await client.post("/v1/models", files=form(weights))
    broken = tmp_path / "cache" / "registered" / "broken" / "1"
    broken.mkdir(parents=True)
    (broken / "card.toml").write_bytes(latin)
    again = await start(host(cache_dir=tmp_path / "cache"))
    names = {model["name"] for model in (await again.get("/v1/models")).json()}
    assert "my-colours" in names
    assert "left out" in caplog.text


async def test_a_registered_model_uses_its_own_file_never_one_of_that_name_on_the_search_path(
    client, weights, networks, tmp_path
):
    networks.stand_in("turned.onnx", (2, 1, 0), classes=3)
    mine = (networks.folder / "turned.onnx").read_bytes()
    assert (networks.folder / "colours.onnx").exists()  # the folder of the fixture is on the search path
    made = await client.post("/v1/models", files=form(mine))
    await client.post("/v1/models/my-colours/load")
    info = (await client.get("/v1/models/my-colours")).json()
    assert info["sha256"] == hashlib.sha256(mine).hexdigest() != hashlib.sha256(weights).hexdigest()
    assert made.status_code == 201
    await client.post("/v1/models/my-colours/unload")
    (tmp_path / "cache" / "registered" / "my-colours" / "2" / "colours.onnx").unlink()
    lost = await client.post("/v1/models/my-colours/load")
    assert (lost.status_code, lost.json()["code"]) == (404, "model_not_found")


async def test_a_model_is_deleted_with_its_files_unless_it_is_loaded(client, weights, tmp_path):
    await client.post("/v1/models", files=form(weights))
    await client.post("/v1/models/my-colours/load")
    loaded = await client.delete("/v1/models/my-colours")
    assert (loaded.status_code, loaded.json()["code"]) == (409, "model_in_use")
    await client.post("/v1/models/my-colours/unload")
    assert (await client.delete("/v1/models/my-colours")).status_code == 204
    assert (await client.get("/v1/models/my-colours")).status_code == 404
    assert not list((tmp_path / "cache" / "registered").iterdir())
    assert (await client.post("/v1/models", files=form(weights))).status_code == 201
    catalogue = await client.delete("/v1/models/yolox-nano")
    assert (catalogue.status_code, catalogue.json()["code"]) == (409, "model_exists")


async def test_a_network_that_never_ends_is_ended_and_keeps_nobody_waiting(host, start, tmp_path):
    client = await start(host(cache_dir=tmp_path / "cache", run_timeout_s=2.0))
    for name, condition in (("endless", True), ("endless-on-demand", False)):
        answer = await client.post("/v1/models", files={"file": (f"{name}.onnx", endless(always=condition))})
        assert answer.status_code == 201
    assert (await client.post("/v1/models/endless-on-demand/load")).status_code == 200
    ask = {"inputs": [{"name": "go", "shape": [1], "datatype": "BOOL", "data": [True]}]}
    loaded, ran = await asyncio.gather(
        client.post("/v1/models/endless/load"), client.post("/v2/models/endless-on-demand/infer", json=ask)
    )
    assert (loaded.status_code, loaded.json()["code"]) == (422, "network_failed")
    assert (await client.get("/v1/models/endless")).json()["loaded"] is False
    assert (ran.status_code, ran.json()["code"]) == (422, "network_failed")
    assert (await client.get("/healthz")).status_code == 200


async def test_a_network_that_never_ends_does_not_keep_the_service_from_its_end(host, tmp_path):
    made = host(cache_dir=tmp_path / "cache", run_timeout_s=600, drain_s=0.2)
    async with asyncio.timeout(60), httpx.AsyncClient(trust_env=False, timeout=60) as client:
        async with served(made) as setup:
            await setup.post("/v1/models", files={"file": ("endless.onnx", endless(always=False))})
            await setup.post("/v1/models/endless/load")
            ask = {"inputs": [{"name": "go", "shape": [1], "datatype": "BOOL", "data": [True]}]}
            url = setup.base_url.join("/v2/models/endless/infer")
            asking = asyncio.create_task(client.post(url, json=ask))
            while not made.models.patience.under_way:
                await asyncio.sleep(0.01)
        answer = await asking
    assert (answer.status_code, answer.json()["code"]) == (422, "network_failed")


async def test_a_small_network_does_not_take_the_machines_memory(client):
    """Four ways in which a kilobyte becomes ten gigabytes: asked for, always, inside only, and while it loads."""
    count = 10 << 28
    for name, network in (
        ("asked", grows()),
        ("answers", grows(count)),
        ("inside", grows(count, inside=True)),
        ("folded", grows(count, inside=True, constant=True)),
    ):
        assert len(network) < 1000
        assert (await client.post("/v1/models", files={"file": (f"{name}.onnx", network)})).status_code == 201
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert (await client.post("/v1/models/asked/load")).status_code == 200

    async def ask(count: int) -> httpx.Response:
        tensors = [
            {"name": "x", "shape": [1], "datatype": "FP32", "data": [1]},
            {"name": "count", "shape": [1], "datatype": "INT64", "data": [count]},
        ]
        return await client.post("/v2/models/asked/infer", json={"inputs": tensors})

    refused = [await client.post(f"/v1/models/{name}/load") for name in ("answers", "inside", "folded")]
    for answer in (*refused, await ask(count)):
        assert (answer.status_code, answer.json()["code"]) == (422, "network_failed")
        assert "wants more memory than there is: 2048 MiB" in answer.json()["detail"]
    assert (await ask(3)).json()["outputs"][0]["data"] == [1, 1, 1]
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - peak < 200 << 10
    assert not (await client.get("/v1/models/folded")).json()["loaded"]


async def test_an_answer_that_is_too_long_is_refused_before_it_is_written(host, start, tmp_path):
    client = await start(host(cache_dir=tmp_path / "cache", max_upload_bytes=10_000))
    await client.post("/v1/models", files={"file": ("grows.onnx", grows())})
    assert (await client.post("/v1/models/grows/load")).status_code == 200

    async def ask(count: int, **parameters: bool) -> httpx.Response:
        tensors = [
            {"name": "x", "shape": [1], "datatype": "FP32", "data": [1]},
            {"name": "count", "shape": [1], "datatype": "INT64", "data": [count]},
        ]
        asked = {"inputs": tensors, "parameters": parameters}
        return await client.post("/v2/models/grows/infer", json=asked)

    assert (await ask(10_000, binary_data_output=True)).status_code == 200
    for answer in (await ask(10_001, binary_data_output=True), await ask(2_000)):
        assert (answer.status_code, answer.json()["code"]) == (422, "network_failed")
        assert "the limit is 40000" in answer.json()["detail"]


def grows(count: int | None = None, *, inside: bool = False, constant: bool = False) -> bytes:
    """A network whose answer, or a tensor inside, has as many values as it is asked for, or always ``count``."""
    given = helper.make_tensor_value_info("x", TensorProto.FLOAT, [1])
    asked = helper.make_tensor_value_info("count", TensorProto.INT64, [1])
    start = "one" if constant else "x"
    nodes = [helper.make_node("Expand", [start, "count"], ["large" if inside else "y"])]
    if inside:
        nodes.append(helper.make_node("ReduceSum", ["large"], ["sum"], keepdims=1))
        nodes.append(helper.make_node("Add", ["sum", "x"], ["y"]))
    constants = [numpy_helper.from_array(np.ones(1, np.float32), "one")] if constant else []
    if count is not None:
        constants.append(numpy_helper.from_array(np.array([count]), "count"))
    graph = helper.make_graph(
        nodes,
        "grows",
        [given] if count is not None else [given, asked],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["n"])],
        constants,
    )
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    return bytes(made.SerializeToString())


def endless(*, always: bool) -> bytes:
    """A network that adds for ever: always, or where its input says so."""
    body = helper.make_graph(
        [
            helper.make_node("Identity", ["on"], ["on_out"]),
            helper.make_node("Add", ["sum", "one"], ["sum_out"]),
        ],
        "body",
        [
            helper.make_tensor_value_info("i", TensorProto.INT64, []),
            helper.make_tensor_value_info("on", TensorProto.BOOL, []),
            helper.make_tensor_value_info("sum", TensorProto.FLOAT, [1]),
        ],
        [
            helper.make_tensor_value_info("on_out", TensorProto.BOOL, []),
            helper.make_tensor_value_info("sum_out", TensorProto.FLOAT, [1]),
        ],
        [numpy_helper.from_array(np.ones(1, np.float32), "one")],
    )
    nodes = [
        helper.make_node("Squeeze", ["go"], ["go_scalar"]),
        helper.make_node("Or", ["go_scalar", "always"], ["on_0"]),
        helper.make_node("Loop", ["", "on_0", "start"], ["sum_last"], body=body),
    ]
    graph = helper.make_graph(
        nodes,
        "endless",
        [helper.make_tensor_value_info("go", TensorProto.BOOL, [1])],
        [helper.make_tensor_value_info("sum_last", TensorProto.FLOAT, [1])],
        [
            numpy_helper.from_array(np.array(always), "always"),
            numpy_helper.from_array(np.zeros(1, np.float32), "start"),
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    return bytes(model.SerializeToString())


KINDS = {
    "BOOL": (TensorProto.BOOL, [True]),
    "FP16": (TensorProto.FLOAT16, [1.5]),
    "FP32": (TensorProto.FLOAT, [1.5]),
    "FP64": (TensorProto.DOUBLE, [1.5]),
    "INT8": (TensorProto.INT8, [-3]),
    "INT16": (TensorProto.INT16, [-3]),
    "INT32": (TensorProto.INT32, [-3]),
    "INT64": (TensorProto.INT64, [-3]),
    "UINT8": (TensorProto.UINT8, [3]),
    "UINT16": (TensorProto.UINT16, [3]),
    "UINT32": (TensorProto.UINT32, [3]),
    "UINT64": (TensorProto.UINT64, [3]),
    "BYTES": (TensorProto.STRING, ["w\u00f6rter"]),
}


def echo(kind: int) -> bytes:
    """A network that answers what it is asked."""
    graph = helper.make_graph(
        [helper.make_node("Identity", ["asked"], ["answer"])],
        "echo",
        [helper.make_tensor_value_info("asked", kind, ["n"])],
        [helper.make_tensor_value_info("answer", kind, ["n"])],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    return bytes(model.SerializeToString())


async def test_tensors_of_every_type_load_warm_up_and_come_back(client):
    for datatype, (kind, data) in KINDS.items():
        name = f"echo-{datatype.lower()}"
        await client.post("/v1/models", files={"file": (f"{name}.onnx", echo(kind))})
        loaded = await client.post(f"/v1/models/{name}/load", json={"warm_up": 2})
        assert loaded.status_code == 200, loaded.text
        ask = {"name": "asked", "shape": [1], "datatype": datatype, "data": data}
        answer = (await client.post(f"/v2/models/{name}/infer", json={"inputs": [ask]})).json()
        assert answer["outputs"][0] == {"name": "answer", "shape": [1], "datatype": datatype, "data": data}


async def test_a_type_that_numpy_has_not_is_named_as_unsupported(client):
    await client.post("/v1/models", files={"file": ("echo.onnx", echo(TensorProto.BFLOAT16))})
    loaded = await client.post("/v1/models/echo/load")
    assert (loaded.status_code, loaded.json()["code"]) == (422, "model_load_failed")
    assert "bfloat16" in loaded.json()["detail"]


async def test_no_part_of_a_registration_is_lost_in_silence(client, weights):
    for change, reason in (
        (lambda parts: [*parts, parts[0]], "'card' twice"),
        (lambda parts: [*parts, ("more", ("colours.onnx", b"other"))], "'colours.onnx' twice"),
        (lambda parts: [("card", ("card.toml", CARD.encode() + b"#" * (1 << 20))), parts[1]], "the limit is"),
        (lambda parts: [("card", ("card.toml", b"x=" + b"[" * 100_000)), parts[1]], "the limit is"),
    ):
        answer = await client.post("/v1/models", files=change(list(form(weights).items())))
        assert (answer.status_code, reason in answer.json()["detail"]) == (400, True), answer.text


async def test_a_network_that_fails_in_its_warm_up_is_not_kept(client):
    text = helper.make_tensor("c", TensorProto.STRING, (1,), [b"\xff"])
    network = helper.make_graph(
        [helper.make_node("Identity", ["c"], ["y"])],
        "g",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, (1,))],
        [helper.make_tensor_value_info("y", TensorProto.STRING, (1,))],
        [text],
    )
    model = helper.make_model(network, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    await client.post("/v1/models", files={"file": ("latin.onnx", model.SerializeToString())})
    answer = await client.post("/v1/models/latin/load")
    assert (answer.status_code, answer.json()["code"]) == (422, "network_failed"), answer.text
    assert not (await client.get("/v1/models/latin")).json()["loaded"]


async def test_a_file_that_calls_itself_the_pin_of_another_is_a_named_failure(client, weights):
    card = CARD.format(name="pinned", sha256="").replace(
        "[input]", '[[files]]\nname = "colours.onnx.pin.json"\n[input]'
    )
    form = [
        ("card", ("card.toml", card.encode())),
        ("file", ("colours.onnx", weights)),
        ("pin", ("colours.onnx.pin.json", b"[1")),
    ]
    assert (await client.post("/v1/models", files=form)).status_code == 201
    answer = await client.post("/v1/models/pinned/load")
    assert (answer.status_code, answer.json()["code"]) == (422, "weights_mismatch"), answer.text


async def test_inputs_that_are_too_much_together_are_refused_before_they_are_made(client):
    names = [f"x{number}" for number in range(40)]
    network = helper.make_graph(
        [helper.make_node("Identity", ["x0"], ["y"])],
        "g",
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, (8 << 20,)) for name in names],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, (8 << 20,))],
    )
    model = helper.make_model(network, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    await client.post("/v1/models", files={"file": ("wide.onnx", model.SerializeToString())})
    answer = await client.post("/v1/models/wide/load")
    assert (answer.status_code, "'x8'" in answer.json()["detail"]) == (422, True), answer.text
