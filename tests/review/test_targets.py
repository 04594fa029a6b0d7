"""The ways to reach a service: a URL, raw bodies, addresses of pictures, a pipeline."""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from siseon.applications.decode import Decode
from siseon.contracts import Encoded, FailureCode, Image, InputError, SiseonError
from siseon.engine import Pipeline
from siseon.media.decode import decode
from siseon.review import FunctionService, Hints, Options, at_url, in_process, review
from siseon.review.cases import cases
from siseon.review.exchange import Case, Group
from siseon.review.message import file_of
from siseon.review.operation import Envelope


def answer(data: bytes) -> Response:
    try:
        image = decode(data)
    except SiseonError as error:
        return JSONResponse({"code": error.code, "message": error.message, "retryable": False}, 400)
    return JSONResponse({"width": image.width, "height": image.height})


async def raw(request: Request) -> Response:
    if request.headers.get("content-type") == "application/json":
        return JSONResponse({"code": "invalid_input", "message": "no picture", "retryable": False}, 415)
    return await asyncio.to_thread(answer, await request.body())


async def by_url(request: Request) -> Response:
    try:
        address = json.loads(await request.body())["url"]
    except (ValueError, KeyError):
        return JSONResponse({"code": "invalid_input", "message": "url is missing", "retryable": False}, 422)
    async with httpx.AsyncClient(timeout=60) as client:
        return answer((await client.get(address)).content)


async def mirror(request: Request) -> Response:
    """What arrived: the fields of a form, or the body's length."""
    kind = request.headers.get("content-type", "")
    if not kind.startswith("multipart/"):
        return JSONResponse([kind, len(await request.body())])
    async with request.form() as form:
        return JSONResponse(
            [
                [name, value if isinstance(value, str) else [value.filename, value.content_type, value.size]]
                for name, value in form.multi_items()
            ]
        )


@asynccontextmanager
async def lifespan(_: Starlette):
    yield {"ready": True}


async def ready(request: Request) -> Response:
    return JSONResponse({"ready": request.state.ready})


APP = Starlette(
    routes=[
        Route("/raw", raw, methods=["POST"]),
        Route("/mirror", mirror, methods=["POST"]),
        Route("/by-url", by_url, methods=["POST"]),
        Route("/readyz", ready),
    ],
    lifespan=lifespan,
)


drawn = cache(cases)
"""To draw them takes most of a test."""


def case(name: str, envelope: Envelope) -> Case:
    return next(each for each in drawn(envelope) if each.name == name)


@pytest.mark.parametrize(("path", "envelope"), [("/raw", Envelope.raw), ("/by-url", Envelope.json_url)])
async def test_pictures_are_sent_as_the_service_takes_them(path: str, envelope: Envelope) -> None:
    async with in_process(APP, "app", Hints(path, "url", envelope)) as service:
        whole = await service.send(case("plain photo", envelope))
        broken = await service.send(case("JPEG cut at 30 %", envelope))
    assert whole.document == {"width": 640, "height": 480}
    assert (broken.status, broken.document["code"]) == (400, "corrupt_image")


async def test_every_malformed_request_is_refused_by_a_service_that_looks() -> None:
    async with in_process(APP, "app", Hints("/by-url", "url", Envelope.json_url)) as service:
        malformed = [each for each in drawn(Envelope.json_url) if each.group is Group.malformed]
        assert {(await service.send(each)).status for each in malformed} == {422}


async def test_the_state_of_the_start_up_reaches_the_requests() -> None:
    async with in_process(APP, "app", Hints("/raw")) as service:
        assert (await service.health()).document == {"ready": True}


async def test_a_start_up_that_fails_is_told_by_name() -> None:
    @asynccontextmanager
    async def failing(_: Starlette):
        raise RuntimeError("the weights are missing")
        yield

    with pytest.raises(InputError, match="the weights are missing"):
        async with in_process(Starlette(lifespan=failing), "app", Hints("/detect")):
            pass


async def test_an_address_where_nothing_listens_is_told_by_name() -> None:
    with pytest.raises(InputError) as caught:
        async with at_url("http://127.0.0.1:9", Hints("/detect")):
            pass
    assert caught.value.code is FailureCode.url_unreachable


class Size(Pipeline[Encoded | Image, dict[str, int]]):
    def __init__(self) -> None:
        self.decode = Decode()

    async def run(self, item: Encoded | Image) -> dict[str, int]:
        image = await self.decode(item)
        return {"width": image.width, "height": image.height}


async def test_a_pipeline_is_reviewed_without_http() -> None:
    async with Size() as pipeline:
        service = FunctionService(pipeline, label="tests:Size", command="size {file}", timeout_s=30)
        report = await review(service, Options())
    assert report.violations == ()
    assert any("called directly" in note for note in report.not_judged)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    server = uvicorn.Server(uvicorn.Config(APP, port=0, log_level="error", ws="none"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        assert thread.is_alive()
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join()


async def test_a_url_is_reviewed_over_its_socket(address: str) -> None:
    options = Options(flood_bytes=1 << 20)
    async with at_url(f"{address}/raw", Hints(envelope=Envelope.raw)) as service:
        report = await review(service, options)
    checks = {violation.check for violation in report.violations}
    # How soon it answers is the machine's: it shares its process with the one who asks.
    timed = {"health-under-load", "slow-clients", "vanished-clients"}
    assert checks - timed == {"upload-limit", "typed-answer", "trace-id", "model-version"}


COMMANDS = [
    (Envelope.raw, "plain photo"),
    (Envelope.raw, "JPEG sent without a type"),
    (Envelope.raw, "JSON instead"),
    (Envelope.multipart, "plain photo"),
    (Envelope.multipart, "JPEG sent without a type"),
    (Envelope.multipart, "file name in Korean"),
    (Envelope.multipart, "two files"),
    (Envelope.multipart, "missing field"),
    (Envelope.multipart, "empty"),
    (Envelope.multipart, "text instead of a file"),
]


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
@pytest.mark.parametrize(("envelope", "name"), COMMANDS, ids=str)
async def test_the_command_of_a_finding_sends_the_same_request(
    address: str, envelope: Envelope, name: str, tmp_path: Path
) -> None:
    sent = case(name, envelope)
    (tmp_path / file_of(sent)).write_bytes(sent.upload.data)
    async with at_url(f"{address}/mirror", Hints(envelope=envelope)) as service:
        exchange = await service.send(sent)
        command = service.reproduce(sent, str(tmp_path)).replace("curl -i", "curl -s")
    shown = await asyncio.to_thread(
        subprocess.run, command, shell=True, capture_output=True, check=True, timeout=60
    )
    assert json.loads(shown.stdout) == exchange.document
