"""The process: it starts loudly or not at all, and ends without losing what it accepted."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path

import httpx
import psutil
import pytest
from starlette.applications import Starlette

from jobs.servers import free_port
from siseon.contracts import SiseonError, StoreError
from siseon.service.server import Starting, serve

SIGN = Path(__file__).parents[2] / "examples" / "sign.png"


@contextmanager
def process(*words: str, **environment: str) -> Iterator[subprocess.Popen[str]]:
    """``siseon serve`` as a user starts it."""
    command = [sys.executable, "-m", "siseon", "serve", *words]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SISEON_")}
    child = subprocess.Popen(command, env=kept | environment, stderr=subprocess.PIPE, text=True)
    try:
        yield child
    finally:
        # Workers first: one that outlived its parent would hold the pipe, and whoever reads it, open for ever.
        family = psutil.Process(child.pid).children(recursive=True) if child.poll() is None else []
        child.kill()
        child.wait()
        for worker in family:
            with suppress(psutil.NoSuchProcess):
                worker.kill()
        assert child.stderr is not None
        child.stderr.close()


def address_of(child: subprocess.Popen[str]) -> str:
    """Where the service listens, once it is ready."""
    assert child.stderr is not None
    for line in child.stderr:
        found = re.search(r"http://[\d.:]+\d", line)
        if line.startswith("ready") and found:
            return found[0]
    raise AssertionError("the service ended before it was ready")


async def test_sigterm_answers_what_was_accepted_refuses_the_rest_and_ends_with_0(held):
    with process("held", "--port", "0", **held.environment) as child:
        base = address_of(child)
        async with httpx.AsyncClient(base_url=base, timeout=60, trust_env=False) as client:
            run = [
                asyncio.create_task(client.post("/v1/pipelines/held", content=SIGN.read_bytes()))
                for _ in range(12)
            ]
            while 'siseon_requests_in_flight{pipeline="held"} 12' not in (await client.get("/metrics")).text:
                await asyncio.sleep(0.01)
            child.send_signal(signal.SIGTERM)
            while (await client.get("/readyz")).status_code == 200:
                await asyncio.sleep(0.005)
            late = await client.post("/v1/pipelines/held", content=SIGN.read_bytes())
            assert (late.status_code, late.json()["code"]) == (503, "shutting_down")
            assert int(late.headers["retry-after"]) >= 1
            held.go_on()
            answers = await asyncio.gather(*run)
        assert [answer.status_code for answer in answers] == [200] * 12
        assert {answer.json()["data"]["bright"] for answer in answers} == {True}
        assert await asyncio.to_thread(child.wait, 60) == 0


def test_a_model_that_can_not_be_loaded_ends_the_process_with_one_clear_message(tmp_path: Path):
    (tmp_path / "yolox_nano.onnx").write_bytes(b"damaged")
    with process(
        "inspection", "--port", "0", SISEON_MODEL_PATH=str(tmp_path), SISEON_CACHE_DIR=str(tmp_path)
    ) as child:
        _, said = child.communicate(timeout=60)
    assert child.returncode == 1
    assert "Traceback" not in said
    assert re.search("weights_mismatch|model_load_failed|model_not_found", said)


@pytest.mark.parametrize(
    ("raised", "message"),
    [
        (OSError(5, "its database"), "the application could not start: OSError: [Errno 5] its database"),
        (StoreError("the database is locked"), "the database is locked"),
    ],
    ids=["of its own", "of siseon"],
)
async def test_an_application_that_cannot_start_while_models_load_ends_the_serving_with_its_cause(
    host, monkeypatch, raised, message
):
    """With an exit there the process would end in the middle of a load, and be aborted."""
    made, begun, loaded = host(), asyncio.Event(), asyncio.Event()
    load = made.start

    async def slow() -> None:
        begun.set()
        await loaded.wait()
        await load()

    @asynccontextmanager
    async def failing(_: Starlette) -> AsyncIterator[None]:
        await begun.wait()
        asyncio.get_running_loop().call_soon(loaded.set)
        raise raised
        yield

    monkeypatch.setattr(made, "start", slow)
    with pytest.raises(SiseonError) as caught:
        await serve(made, pytest.fail, asyncio.Event(), lambda _: Starlette(lifespan=failing))

    assert caught.value.message == message
    assert loaded.is_set()
    assert made.state == "stopped"


async def test_a_request_is_the_applications_own_and_no_fault_of_its_start():
    async def app(scope, receive, send) -> None:
        raise ValueError(scope["type"])

    starting = Starting(app)
    asked = starting({"type": "http"}, None, None)
    assert asked.cr_code is app.__code__  # nothing stands between them
    with pytest.raises(ValueError, match="http"):
        await asked
    assert "ValueError" not in starting.failure().message
    with pytest.raises(ValueError, match="lifespan"):
        await starting({"type": "lifespan"}, None, None)
    assert starting.failure().message == "the application could not start: ValueError: lifespan"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["nonsense"], "no pipeline called 'nonsense'"),
        (["text", "--host", "0.0.0.0"], "without a token"),
        (["text", "--set", "nonsense=1"], "no parameter 'nonsense'"),
        (["text", "inspection", "--set", "min_score=1"], "for no pipeline"),
        (["text", "--port", "99999"], "less than or equal to 65535"),
    ],
)
def test_a_service_that_can_not_be_is_refused_before_it_starts(words, message):
    with process(*words) as child:
        _, said = child.communicate(timeout=60)
    assert child.returncode == 2
    assert message in " ".join(said.split())
    assert "Traceback" not in said


def test_the_variables_of_the_earlier_gauge_service_are_heard(networks, tmp_path: Path):
    networks.classifier(name="colours")
    port = free_port()
    with process(
        "--jobs-only",
        PORT=str(port),
        TRT_MODEL_PATH=str(networks.folder / "colours.onnx"),
        USE_CUDA_STREAM="1",
        SISEON_CACHE_DIR=str(tmp_path / "cache"),
    ) as child:
        address = address_of(child)
        assert address.endswith(f":{port}")
        assert httpx.get(f"{address}/v1/models/colours", trust_env=False, timeout=60).json()["loaded"] is True
        assert child.stderr is not None
        told = [next(child.stderr) for _ in range(3)]
    assert "stream  USE_CUDA_STREAM=1: networks run on the CPU: there is no CUDA here\n" in told[-1]


@pytest.mark.parametrize(
    ("variable", "value", "message"),
    [
        ("PORT", "http", "PORT: Input should be a valid integer"),
        (
            "TRT_MODEL_PATH",
            "gauge.engine",
            "gauge.engine is an engine of TensorRT, which runs only on the GPU",
        ),
        ("TRT_MODEL_PATH", "/no/such/gauge.onnx", "/no/such/gauge.onnx is neither a network nor a folder"),
        ("USE_CUDA_STREAM", "maybe", "USE_CUDA_STREAM is neither true nor false"),
        (
            "SISEON_PROVIDERS",
            "tensorrt",
            "execution provider TensorrtExecutionProvider is not available here",
        ),
    ],
)
def test_a_variable_that_cannot_be_honoured_ends_the_start_with_what_to_do(variable, value, message):
    port = {} if variable == "PORT" else {"SISEON_PORT": "0"}
    with process("text", **port, **{variable: value}) as child:
        _, said = child.communicate(timeout=60)
    assert child.returncode == (1 if variable == "SISEON_PROVIDERS" else 2)  # a machine may have it
    assert f" {message}" in " ".join(said.split())
    assert "→" in said
    assert "Traceback" not in said


def test_a_network_of_ones_own_that_is_none_ends_the_start_with_one_clear_message(tmp_path: Path):
    (tmp_path / "gauge.onnx").write_bytes(b"hello")
    own = str(tmp_path / "gauge.onnx")
    with process("--jobs-only", "--port", "0", TRT_MODEL_PATH=own, SISEON_CACHE_DIR=str(tmp_path)) as child:
        _, said = child.communicate(timeout=60)
    assert child.returncode == 1
    assert "gauge.onnx cannot be loaded: it is not an ONNX file" in said
    assert "Traceback" not in said


def test_an_occupied_port_is_named():
    with (
        socket.create_server(("127.0.0.1", 0)) as taken,
        process("text", "--port", str(taken.getsockname()[1])) as child,
    ):
        _, said = child.communicate(timeout=60)
    assert child.returncode == 1
    assert "cannot listen" in said


def test_a_configuration_file_says_what_to_serve(tmp_path: Path):
    config = tmp_path / "siseon.toml"
    config.write_text("port = 0\n[pipelines.text]\nmin_score = 0.5\n")
    with process(SISEON_CONFIG=str(config)) as child:
        (one,) = httpx.get(f"{address_of(child)}/v1/pipelines", trust_env=False, timeout=60).json()
    assert (one["name"], one["parameters"]) == ("text", {"min_score": 0.5})


def test_who_names_a_pipeline_gets_that_one_with_its_options_of_the_file(tmp_path: Path):
    config = tmp_path / "siseon.toml"
    config.write_text("[pipelines.text]\nmin_score = 0.5\n[pipelines.inspection]\niou = 0.5\n")
    with process("text", "--port", "0", "--set", "max_side=640", SISEON_CONFIG=str(config)) as child:
        (one,) = httpx.get(f"{address_of(child)}/v1/pipelines", trust_env=False, timeout=60).json()
    assert (one["name"], one["parameters"]) == ("text", {"min_score": 0.5, "max_side": 640})


def test_a_configuration_file_with_an_unknown_line_is_refused(tmp_path: Path):
    config = tmp_path / "siseon.toml"
    config.write_text("prot = 8000\n")
    with process("text", SISEON_CONFIG=str(config)) as child:
        _, said = child.communicate(timeout=60)
    assert child.returncode == 2
    assert "prot" in said
