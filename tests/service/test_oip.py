"""The Open Inference Protocol, by the real Triton client."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable
from typing import Any

import httpx
import numpy as np
import pytest
import tritonclient.http as triton
from tritonclient.utils import InferenceServerException

from siseon.applications.inspection import Detect
from siseon.contracts import InputError
from siseon.service.oip.tensors import HEADER_LENGTH, read_request


@pytest.fixture
def client(lasting: httpx.AsyncClient) -> httpx.AsyncClient:
    """One service for all that ask for no other: they leave nothing behind in it."""
    return lasting


@pytest.fixture
async def ask(client) -> Callable[..., Any]:
    """Calls a method of a Triton client in a thread."""
    base = str(client.base_url).removeprefix("http://").rstrip("/")

    def call(method: str, *arguments: Any, **options: Any) -> Any:
        made = triton.InferenceServerClient(base)
        try:
            return getattr(made, method)(*arguments, **options)
        finally:
            made.close()

    async def run(method: str, *arguments: Any, **options: Any) -> Any:
        return await asyncio.to_thread(call, method, *arguments, **options)

    return run


def pixels(rows: int = 1, *, binary: bool = True) -> list[triton.InferInput]:
    tensor = triton.InferInput("pixels", [rows, 3, 16, 16], "FP32")
    values = np.zeros((rows, 3, 16, 16), np.float32)
    values[:, 1] = 2.0
    tensor.set_data_from_numpy(values, binary_data=binary)
    return [tensor]


async def test_health_and_metadata(ask):
    assert await ask("is_server_live")
    assert await ask("is_server_ready")
    assert await ask("is_model_ready", "main-colour")
    assert not await ask("is_model_ready", "nanodet-m-416")
    assert (await ask("get_server_metadata"))["name"] == "siseon"
    model = await ask("get_model_metadata", "main-colour")
    assert model["inputs"] == [{"name": "pixels", "datatype": "FP32", "shape": [-1, 3, -1, -1]}]
    assert model["versions"] == ["1"]
    assert (await ask("get_model_config", "main-colour"))["input"][0]["data_type"] == "TYPE_FP32"


@pytest.mark.parametrize("binary_in", [True, False])
@pytest.mark.parametrize("binary_out", [True, False])
async def test_a_network_answers_tensors_in_both_encodings(ask, binary_in, binary_out):
    wanted = [triton.InferRequestedOutput("logits", binary_data=binary_out)]
    answer = await ask(
        "infer", "main-colour", pixels(2, binary=binary_in), outputs=wanted, request_id="seven"
    )
    np.testing.assert_array_equal(answer.as_numpy("logits"), [[0, 2, 0], [0, 2, 0]])
    assert answer.get_response()["id"] == "seven"
    assert answer.get_response()["model_version"] == "1"


async def test_all_outputs_come_when_none_is_named_and_a_version_can_be(ask):
    answer = await ask("infer", "main-colour", pixels(), model_version="1")
    assert answer.as_numpy("logits").shape == (1, 3)


async def test_a_pipeline_answers_pictures(ask, upload):
    picture = triton.InferInput("image", [2], "BYTES")
    picture.set_data_from_numpy(np.array([upload((0, 0, 200, 100, "blue")).data] * 2, dtype=object))
    answer = await ask("infer", "inspection", [picture])
    results = [json.loads(text) for text in answer.as_numpy("result")]
    assert [result["data"]["classifications"][0]["class_name"] for result in results] == ["blue", "blue"]


async def test_a_picture_that_fails_ends_the_work_for_the_others_of_its_request(
    host, start, upload, monkeypatch
):
    hold = threading.Event()
    monkeypatch.setattr(Detect, "process", lambda self, batch: hold.wait(60) and [])
    monkeypatch.setattr(Detect, "setup", lambda self: None)
    service = host()
    client = await start(service)
    picture = triton.InferInput("image", [3], "BYTES")
    picture.set_data_from_numpy(np.array([upload().data, upload().data, b"no picture"], dtype=object))
    body, length = triton.InferenceServerClient.generate_request_body([picture])
    try:
        answer = await client.post(
            "/v2/models/inspection/infer", content=body, headers={HEADER_LENGTH: str(length)}
        )
        assert answer.json()["code"] == "unsupported_media"
        assert service["inspection"].admission.in_flight == 0
    finally:
        hold.set()


async def test_models_are_indexed_loaded_and_unloaded(ask, networks):
    networks.classifier(name="spare")

    async def state() -> dict[str, str]:
        return {one["name"]: one["state"] for one in await ask("get_model_repository_index")}

    assert (await state())["inspection"] == "READY"
    assert (await state())["fixed-boxes"] == "READY"
    assert (await state())["nanodet-m-416"] == "UNAVAILABLE"
    with pytest.raises(InferenceServerException, match="at work in pipeline inspection"):
        await ask("unload_model", "fixed-boxes")
    with pytest.raises(InferenceServerException, match="no model called"):
        await ask("load_model", "unheard-of")
    with pytest.raises(InferenceServerException, match="not loaded"):
        await ask("infer", "nanodet-m-416", pixels())


async def test_statistics_count_requests_rows_and_failures(ask):
    await ask("infer", "main-colour", pixels(3))
    before = (await ask("get_inference_statistics", "main-colour"))["model_stats"][0]
    await ask("infer", "main-colour", pixels(3))
    with pytest.raises(InferenceServerException):
        await ask(
            "infer",
            "main-colour",
            [triton.InferInput("x", [1], "FP32").set_data_from_numpy(np.zeros(1, np.float32))],
        )
    after = (await ask("get_inference_statistics", "main-colour"))["model_stats"][0]
    assert after["inference_count"] == before["inference_count"] + 3
    assert after["inference_stats"]["success"]["count"] == before["inference_stats"]["success"]["count"] + 1
    assert after["inference_stats"]["success"]["ns"] > before["inference_stats"]["success"]["ns"]
    every = (await ask("get_inference_statistics"))["model_stats"]
    assert {one["name"] for one in every} == {"fixed-boxes", "main-colour"}


@pytest.mark.parametrize(
    ("tensor", "message"),
    [
        ({"name": "x", "shape": [1], "datatype": "FP32", "data": [1]}, "takes"),
        ({"name": "pixels", "shape": [1, 3, 2], "datatype": "FP32", "data": [0] * 6}, "takes"),
        ({"name": "pixels", "shape": [1, 3, 2, 2], "datatype": "INT8", "data": [0] * 12}, "takes"),
        ({"name": "pixels", "shape": [1, 3, 2, 2], "datatype": "FP32", "data": [0] * 11}, "11 values"),
        ({"name": "pixels", "shape": [1, -3, 2, 2], "datatype": "FP32", "data": [0] * 12}, "greater than"),
        ({"name": "pixels", "shape": [0, 3, 2, 2], "datatype": "FP32", "data": []}, "takes"),
        ({"name": "pixels", "shape": [0, 1 << 63], "datatype": "FP32", "data": []}, "less than"),
        ({"name": "pixels", "shape": [0, 1 << 40, 1 << 40], "datatype": "FP32", "data": []}, "no tensor"),
        ({"name": "pixels", "shape": [1], "datatype": "FP33", "data": [1]}, "not offered"),
        ({"name": "pixels", "shape": [1], "datatype": "FP32", "data": ["a"]}, "expected numbers"),
        ({"name": "pixels", "shape": [1], "datatype": "FP32"}, "no data"),
        (
            {"name": "pixels", "shape": [1], "datatype": "FP32", "parameters": {"binary_data_size": 4}},
            "0 of its 4",
        ),
        (
            {"name": "pixels", "shape": [1], "datatype": "FP32", "data": [1], "surprise": 1},
            "there is no such field",
        ),
    ],
)
async def test_tensors_that_do_not_fit_are_refused_by_name(client, tensor, message):
    answer = await client.post("/v2/models/main-colour/infer", json={"inputs": [tensor]})
    assert answer.status_code == 400
    assert message in answer.json()["error"]
    assert answer.json()["code"] == "invalid_input"


@pytest.mark.parametrize(
    ("datatype", "value", "expected"),
    [
        ("FP32", None, "null is not a value of FP32, expected numbers up to 3.4028e+38"),
        ("FP32", True, "true is not a value of FP32"),
        ("FP32", "1", "'1' is not a value of FP32"),
        ("FP32", {}, "an object is not a value of FP32"),
        ("FP32", 1e39, "1e+39 is not a value of FP32"),
        ("FP32", 10**400, "a number of many digits is not a value of FP32"),
        ("FP16", 70_000, "70000 is not a value of FP16, expected numbers up to 65504"),
        ("INT64", 3.7, "3.7 is not a value of INT64, expected whole numbers from -9223372036854775808"),
        ("INT64", 1 << 63, "is not a value of INT64"),
        ("INT8", True, "true is not a value of INT8, expected whole numbers from -128 to 127"),
        ("UINT8", 300, "300 is not a value of UINT8, expected whole numbers from 0 to 255"),
        ("UINT8", -1, "-1 is not a value of UINT8"),
        ("BOOL", 1, "1 is not a value of BOOL, expected true or false"),
        ("BYTES", 1, "1 is not a value of BYTES, expected strings"),
    ],
)
async def test_a_value_of_another_kind_is_refused_and_not_converted(client, datatype, value, expected):
    good = {"BOOL": True, "BYTES": "x"}.get(datatype, 1)
    tensor = {"name": "pixels", "shape": [3], "datatype": datatype, "data": [good, value, good]}
    answer = await client.post("/v2/models/main-colour/infer", json={"inputs": [tensor]})
    assert answer.status_code == 400
    assert "input 'pixels': " in answer.json()["error"]
    assert expected in answer.json()["error"]


def asked(tensor: dict[str, Any]) -> Any:
    return read_request(json.dumps({"inputs": [tensor]}).encode(), None)[1][tensor["name"]]


def test_values_come_as_they_are_nested_as_the_shape_or_flat():
    want = np.array([[0, 255], [1, 2]], np.uint8)
    for data in ([0, 255, 1, 2], [[0, 255], [1, 2]]):
        np.testing.assert_array_equal(
            asked({"name": "a", "shape": [2, 2], "datatype": "UINT8", "data": data}), want
        )
    big = asked({"name": "a", "shape": [2], "datatype": "UINT64", "data": [2**64 - 1, 2**53 + 1]})
    assert big.tolist() == [2**64 - 1, 2**53 + 1]
    lost = asked({"name": "a", "shape": [3], "datatype": "FP32", "data": [float("nan"), float("inf"), 1]})
    np.testing.assert_array_equal(lost, np.array([np.nan, np.inf, 1], np.float32))


@pytest.mark.parametrize(
    ("datatype", "values"),
    [
        ("BOOL", np.array([[True], [False]])),
        ("UINT8", np.array([[0], [255]], np.uint8)),
        ("INT64", np.array([[-(2**63)], [2**63 - 1]])),
        ("FP32", np.array([[0.1], [-1e38]], np.float32)),
        ("FP64", np.array([[0.1], [-1e300]])),
        ("BYTES", np.array([["é".encode()], [b""]], dtype=object)),
    ],
)
def test_what_the_triton_client_writes_as_json_arrives_as_it_was(datatype, values):
    tensor = triton.InferInput("a", [2, 1], datatype)
    tensor.set_data_from_numpy(values, binary_data=False)
    np.testing.assert_array_equal(asked(tensor._get_tensor()), values)


@pytest.mark.parametrize("data", [[[1, 2, 3], [4, 5, 6]], [[1, 2], [3]], [[[1], [2]], [[3], [4]]], 1, "1"])
def test_values_nested_otherwise_than_the_shape_are_refused(data):
    with pytest.raises(InputError, match=r"input 'a': (its arrays are nested|data is .*, expected an array)"):
        asked({"name": "a", "shape": [3, 2], "datatype": "INT8", "data": data})


def test_bytes_of_a_bool_are_0_or_1():
    body = b'{"inputs":[{"name":"a","shape":[2],"datatype":"BOOL","parameters":{"binary_data_size":2}}]}'
    assert read_request(body + b"\0\1", str(len(body)))[1]["a"].tolist() == [False, True]
    with pytest.raises(InputError, match="0 or 1"):
        read_request(body + b"\0\2", str(len(body)))


async def test_an_output_that_json_cannot_say_is_refused_and_comes_as_bytes(ask, client):
    pixels = triton.InferInput("pixels", [1, 3, 1, 1], "FP32")
    pixels.set_data_from_numpy(np.full((1, 3, 1, 1), np.nan, np.float32))
    answer = await ask(
        "infer", "main-colour", [pixels], outputs=[triton.InferRequestedOutput("logits", binary_data=True)]
    )
    assert np.isnan(answer.as_numpy("logits")).all()
    with pytest.raises(InferenceServerException, match="output 'logits' has NaN or infinity"):
        await ask(
            "infer",
            "main-colour",
            [pixels],
            outputs=[triton.InferRequestedOutput("logits", binary_data=False)],
        )


async def test_requests_that_lie_about_their_length_are_refused(client):
    for length, body in (("9999", b"{}"), ("x", b"{}"), ("2", b"{}extra")):
        answer = await client.post(
            "/v2/models/main-colour/infer", content=body, headers={HEADER_LENGTH: length}
        )
        assert answer.status_code == 400, length


async def test_what_is_not_offered_is_refused(client):
    infer = "/v2/models/main-colour/infer"
    tensor = {"name": "pixels", "shape": [1, 3, 1, 1], "datatype": "FP32", "data": [0, 0, 0]}
    sequence = await client.post(infer, json={"inputs": [tensor], "parameters": {"sequence_id": 1}})
    missing = await client.post(infer, json={"inputs": [tensor], "outputs": [{"name": "nothing"}]})
    twice = await client.post(infer, json={"inputs": [tensor], "outputs": [{"name": "logits"}] * 2})
    packed = await client.post(infer, content=b"x", headers={"content-encoding": "gzip"})
    version = await client.get("/v2/models/main-colour/versions/7")
    assert [answer.status_code for answer in (sequence, missing, twice, packed)] == [400] * 4
    assert version.status_code == 404


def test_strings_stand_behind_their_lengths():
    body = b'{"inputs":[{"name":"a","shape":[2],"datatype":"BYTES","parameters":{"binary_data_size":11}}]}'
    _, arrays = read_request(body + b"\x02\0\0\0hi\x01\0\0\0!", str(len(body)))
    assert arrays["a"].tolist() == [b"hi", b"!"]
