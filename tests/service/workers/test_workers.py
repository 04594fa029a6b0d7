"""Several processes behind one port, as real ones: even, counted together, and not to be brought down one by one."""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from service.test_server import SIGN, address_of, process

PATIENCE_S = 60.0
pytestmark = pytest.mark.skipif(not hasattr(os, "memfd_create"), reason="looks for processes in /proc")


class Service:
    """A service of two workers, and what its log says."""

    def __init__(self, child: subprocess.Popen[str]) -> None:
        self.child = child
        self.base = address_of(child)
        self.log: list[dict[str, Any]] = []
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.child.stderr is not None
        with suppress(ValueError):  # closed: the test has ended
            for line in self.child.stderr:
                if line.startswith("{"):
                    self.log.append(json.loads(line))

    def client(self) -> httpx.AsyncClient:
        """A client with one connection of its own."""
        return httpx.AsyncClient(base_url=self.base, timeout=PATIENCE_S, trust_env=False)

    def workers(self) -> list[int]:
        """Their process ids."""
        return children(self.child.pid)

    def spread(self, path: str) -> list[int]:
        """How many answers each worker has logged for a path."""
        answered = [line["worker"] for line in self.log if line.get("path") == path]
        return [answered.count(0), answered.count(1)]


def children(pid: int) -> list[int]:
    return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


@contextmanager
def service(pipeline: str = "text", **environment: str) -> Iterator[Service]:
    with process(pipeline, "--port", "0", "--workers", "2", **environment) as child:
        yield Service(child)


async def until(condition: Callable[[], bool]) -> None:
    """Wait for what must come."""
    end = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < end, "it did not come"
        await asyncio.sleep(0.02)


async def counted(client: httpx.AsyncClient, name: str) -> float:
    """A figure of the whole service, over all labels."""
    text = (await client.get("/metrics")).text
    samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    return sum(sample.value for sample in samples if sample.name == name)


def exists(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


async def test_connections_are_spread_evenly_also_after_a_worker_was_killed_and_figures_never_fall():
    answered = "siseon_request_duration_seconds_count"
    rounds = itertools.count()
    with service() as two:
        async with AsyncExitStack() as stack:
            clients = [await stack.enter_async_context(two.client()) for _ in range(8)]

            async def ask_all() -> list[int]:
                path = f"/round-{next(rounds)}"
                await asyncio.gather(*(client.get(path) for client in clients))
                await until(lambda: sum(two.spread(path)) == 8)
                return two.spread(path)

            assert await ask_all() == [4, 4]
            picture = SIGN.read_bytes()
            for client in clients:
                assert (await client.post("/v1/pipelines/text", content=picture)).status_code == 200
            assert [await counted(client, answered) for client in clients] == [8] * 8
            assert await counted(clients[0], "siseon_workers") == 2

            old = two.workers()
            os.kill(old[0], signal.SIGKILL)
            outcomes = await asyncio.gather(
                *(client.post("/v1/pipelines/text", content=picture) for client in clients),
                return_exceptions=True,
            )
            statuses = [one.status_code for one in outcomes if isinstance(one, httpx.Response)]
            assert statuses.count(200) >= 4
            assert set(statuses) == {200}
            assert all(isinstance(one, httpx.TransportError | httpx.Response) for one in outcomes)
            assert await counted(clients[0], answered) >= 8 + 4

            await until(lambda: len(two.workers()) == 2 and old[0] not in two.workers())
            while await counted(clients[0], "siseon_workers") < 2:
                await asyncio.sleep(0.05)
            assert await counted(clients[0], "siseon_worker_restarts_total") == 1
            assert await counted(clients[0], answered) >= 8 + 4
            while await ask_all() != [4, 4]:
                await asyncio.sleep(0.05)


async def test_models_cannot_be_changed_in_one_worker_alone_and_streams_are_not_run():
    with service() as two:
        async with two.client() as client:
            for method, path in (
                ("PATCH", "/v1/pipelines/text"),
                ("POST", "/v1/models"),
                ("POST", "/v1/models/x/load"),
                ("POST", "/v2/repository/models/x/unload"),
            ):
                refused = await client.request(method, path, json={})
                assert (refused.status_code, refused.json()["code"]) == (409, "model_in_use")
            for method, path in (("GET", "/v1/streams"), ("POST", "/v1/streams"), ("PATCH", "/v1/streams/x")):
                refused = await client.request(method, path, json={})
                assert (refused.status_code, refused.json()["code"]) == (409, "streams_not_run")
                assert "--workers 1" in refused.json()["hint"]
            assert (await client.post("/v2/repository/index")).status_code == 200


@pytest.fixture
def heard() -> Iterator[None]:
    """SIGHUP as it is by default: under nohup the service would inherit that it is ignored, and rightly keep to it."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
async def test_a_signal_drains_all_workers_and_ends_with_0(number, heard, held):
    with service("held", **held.environment) as two:
        async with AsyncExitStack() as stack:
            clients = [await stack.enter_async_context(two.client()) for _ in range(6)]
            run = [
                asyncio.create_task(one.post("/v1/pipelines/held", content=SIGN.read_bytes()))
                for one in clients
            ]
            probe = await stack.enter_async_context(two.client())
            while await counted(probe, "siseon_requests_in_flight") < 6:
                await asyncio.sleep(0.01)
            two.child.send_signal(number)
            while (await probe.get("/readyz")).status_code == 200:
                await asyncio.sleep(0.005)
            late = await probe.post("/v1/pipelines/held", content=SIGN.read_bytes())
            assert (late.status_code, late.json()["code"]) == (503, "shutting_down")
            held.go_on()
            assert [answer.status_code for answer in await asyncio.gather(*run)] == [200] * 6
        assert await asyncio.to_thread(two.child.wait, 60) == 0


async def test_when_the_parent_is_killed_the_workers_end():
    with service() as two:
        workers = two.workers()
        two.child.kill()
        await until(lambda: not any(map(exists, workers)))


async def test_a_worker_that_stands_still_gets_no_connections():
    with service() as two:
        still = two.workers()[0]
        os.kill(still, signal.SIGSTOP)
        try:
            await until(lambda: any(line["event"] == "worker does not answer" for line in two.log))
            for _ in range(4):
                async with two.client() as client:
                    assert (await client.get("/readyz")).status_code == 200
        finally:
            os.kill(still, signal.SIGCONT)


def test_a_model_that_cannot_be_loaded_ends_the_service_with_one_clear_message(tmp_path: Path):
    (tmp_path / "yolox_nano.onnx").write_bytes(b"damaged")
    folder = {"SISEON_MODEL_PATH": str(tmp_path), "SISEON_CACHE_DIR": str(tmp_path)}
    with process("inspection", "--port", "0", "--workers", "2", **folder) as child:
        _, said = child.communicate(timeout=60)
    assert child.returncode == 1
    assert "Traceback" not in said
    assert said.count("✗") == 1
    assert "→" in said


@pytest.mark.parametrize("words", [["0"], ["nonsense"], ["-1"]])
def test_a_number_of_workers_that_cannot_be_is_refused(words):
    with process("text", "--workers", *words) as child:
        _, said = child.communicate(timeout=60)
    assert child.returncode == 2
    assert "workers" in said


def test_the_parent_imports_no_library():
    heavy = "{'numpy', 'pydantic', 'fastapi', 'uvicorn', 'onnxruntime', 'prometheus_client', 'orjson'}"
    code = f"import sys, siseon.service.workers.parent; print(*({heavy} & set(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == ""
