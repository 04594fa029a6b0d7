"""What strangers send: generated requests against the OpenAPI document, damaged files, clients that misbehave."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest

from siseon.hosting import Host
from siseon.service.server import serve


@pytest.fixture
def address(host: Callable[..., Host], tmp_path: Path) -> Iterator[str]:
    """A service in a thread of its own, for clients that block."""
    ready: Future[str] = Future()
    loop = asyncio.new_event_loop()
    told = asyncio.Event()

    def run() -> None:
        try:
            loop.run_until_complete(serve(host(cache_dir=tmp_path / "cache"), ready.set_result, told))
        finally:
            loop.close()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield ready.result(60)
    finally:
        loop.call_soon_threadsafe(told.set)
        thread.join()


CONFIGURATION = """
[parameters]
# Names out of the blue would only ever be answered with 404.
"path.model" = "main-colour"
"path.version" = "1"
"path.name" = "main-colour"
"path.job" = "00000000000000000000000000"

[[operations]]
# The card in its form is TOML, which a schema cannot describe: what it allows may well be refused.
include-path = "/v1/models"
include-method = "POST"
checks.positive_data_acceptance.enabled = false

[[operations]]
# Which application runs a job, and what may be chosen of it, the document does not say.
include-path = "/v1/jobs"
include-method = "POST"
checks.positive_data_acceptance.enabled = false

[[operations]]
# Which addresses and folders the owner opens to clients, the document does not say.
include-path = "/v1/streams/{name}"
include-method = "PATCH"
checks.positive_data_acceptance.enabled = false

[[operations]]
include-path = "/v1/streams"
include-method = "POST"
checks.positive_data_acceptance.enabled = false

[[operations]]
# That points lie on a circle, and values rise along it, a schema cannot say.
include-path = "/v1/streams/{name}/calibration"
include-method = "PUT"
checks.positive_data_acceptance.enabled = false
"""


@pytest.mark.timeout(600)  # 75 operations, some dozens of requests each
def test_generated_requests_are_answered_as_documented(address, tmp_path):
    config = tmp_path / "schemathesis.toml"
    config.write_text(CONFIGURATION)
    command = [str(Path(sys.executable).with_name("schemathesis")), "--config-file", str(config), "run"]
    options = [
        "--max-examples=1",
        "--phases=coverage,fuzzing",
        "--seed=1",
        "--no-color",
        "--request-timeout=30",
    ]
    run = subprocess.run(
        [*command, f"{address}/openapi.json", *options],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout[-6000:]


async def test_the_damaged_files_of_the_world_are_named_failures_or_right_answers(client, test_data: Path):
    files = sorted(path for path in (test_data / "bad").rglob("*") if path.is_file())
    assert len(files) >= 60
    for path in files:
        for operation in ("/detect", "/v1/pipelines/inspection"):
            answer = await client.post(operation, files={"file": (path.name, path.read_bytes())})
            assert answer.status_code < 500, (path.name, answer.text)
            if answer.status_code != 200:
                assert answer.json()["code"] != "stage_failed"
                assert answer.json()["detail"]


async def raw(client: Any, data: bytes, then: bytes = b"", when: asyncio.Event | None = None) -> bytes:
    """Send bytes as they are, perhaps some later, and read what comes until the other side is done."""
    reader, writer = await asyncio.open_connection(client.base_url.host, client.base_url.port)
    writer.write(data)
    await writer.drain()
    if when is not None:
        await when.wait()
        writer.write(then)
        await writer.drain()
    try:
        return await asyncio.wait_for(reader.read(65536), 60)
    finally:
        writer.close()


HEAD = b"POST /detect HTTP/1.1\r\nHost: localhost\r\nContent-Type: image/png\r\n"


async def test_a_slow_sender_hinders_nobody(client, upload):
    data = upload().data
    start = HEAD + b"Content-Length: %d\r\n\r\n" % len(data)
    go_on = asyncio.Event()
    slow = [asyncio.create_task(raw(client, start + data[:50], data[50:], go_on)) for _ in range(20)]
    answers = await asyncio.gather(*(client.post("/detect", files={"file": data}) for _ in range(5)))
    assert [answer.status_code for answer in answers] == [200] * 5
    assert not any(task.done() for task in slow)
    go_on.set()
    for answer in await asyncio.gather(*slow):
        assert answer.startswith(b"HTTP/1.1 200")


async def test_a_sender_that_never_ends_is_cut_off(host, start):
    client = await start(host(request_timeout_s=0.3))
    answer = await raw(client, HEAD + b"Content-Length: 1000000\r\n\r\nabc")
    assert answer.startswith(b"HTTP/1.1 504")
    assert b'"stage":"upload"' in answer


@pytest.mark.parametrize(
    "data",
    [
        b"NONSENSE\r\n\r\n",
        b"POST /detect HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
        b"POST /detect HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n",
        b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
    ],
)
async def test_requests_that_are_no_http_do_not_disturb_the_rest(client, upload, data):
    answer = await raw(client, data)
    assert answer == b"" or answer.startswith(b"HTTP/1.1 4")
    assert (await client.post("/detect", files={"file": upload().data})).status_code == 200


async def test_a_sender_that_goes_half_way_leaves_nothing_behind(client, upload):
    for _ in range(20):
        _, writer = await asyncio.open_connection(client.base_url.host, client.base_url.port)
        writer.write(HEAD + b"Content-Length: 1000000\r\n\r\nabc")
        await writer.drain()
        writer.close()
    assert (await client.post("/detect", files={"file": upload().data})).status_code == 200
    metrics = (await client.get("/metrics")).text
    assert 'siseon_requests_in_flight{pipeline="inspection"} 0.0' in metrics
