"""A tiny vision service that does everything right, each part of which a test may replace by a faulty one."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass

import numpy as np
import pytest
from fastapi import FastAPI, File, Request, UploadFile
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from siseon.contracts import FailureCode, Image, InputError, SiseonError
from siseon.media.decode import decode
from siseon.review import Hints, Options, Report, in_process, pictures
from siseon.review.cases import cases
from siseon.review.exchange import Case, Group
from siseon.review.operation import Envelope
from siseon.review.suite import ask, experiment, judged

Answer = dict[str, object]
LIMIT = 1 << 20
NAMES = {7: "stop sign"}


class Detection(BaseModel):
    box: tuple[float, float, float, float]
    score: float
    class_id: int
    class_name: str
    mask: dict[str, object] | None


class Classification(BaseModel):
    detection_index: int
    class_id: int
    class_name: str
    score: float


class Inspected(BaseModel):
    image_id: str
    detections: list[Detection]
    classifications: list[Classification]
    models: dict[str, str]
    trace_id: str


def detect(image: Image) -> list[Answer]:
    """The red of the stop sign is the object."""
    red, green, blue = (image.pixels[:, :, band].astype(int) for band in range(3))
    rows, columns = np.nonzero((red > 140) & (green < 70) & (blue < 80))
    if len(rows) < 50:
        return []
    box = [float(columns.min()), float(rows.min()), float(columns.max() + 1), float(rows.max() + 1)]
    return [{"box": box, "score": 0.9, "class_id": 7, "class_name": NAMES[7], "mask": None}]


def answer_of(image: Image, name: str) -> Answer:
    found = detect(image)
    labels = [
        {"detection_index": i, "class_id": 3, "class_name": "sign", "score": 0.8} for i in range(len(found))
    ]
    return {
        "image_id": name,
        "detections": found,
        "classifications": labels,
        "models": {"red": "1"},
        "trace_id": "0123",
    }


def refusal(error: SiseonError) -> Response:
    content = {"code": error.code, "detail": error.message, "retryable": error.code.retryable}
    return Response(json.dumps(content), error.code.http_status, media_type="application/problem+json")


async def nothing(request: Request) -> None:
    """What a right service does before it reads the body, and while it works."""


@dataclass
class Parts:
    """What the service is made of."""

    decode: Callable[[bytes], Image] = decode
    change: Callable[[Answer], Answer] = lambda answer: answer
    refuse: Callable[[SiseonError], Response] = refusal
    encode: Callable[[Answer], str] = json.dumps
    media_type: str = "application/json"
    work: Callable[[Request], Awaitable[None]] = nothing
    health: Callable[[Request], Awaitable[None]] = nothing
    limit: int = LIMIT
    gate: Callable[[Callable[[], Awaitable[None]]], Awaitable[Response | None]] = lambda rest: rest()
    """Lets a request through, or answers it itself."""


def service(parts: Parts) -> ASGIApp:
    app = FastAPI()

    @app.exception_handler(RequestValidationError)
    async def invalid(_: Request, error: RequestValidationError) -> Response:
        return parts.refuse(InputError(str(error.errors()[0]["msg"])))

    @app.get("/healthz")
    async def healthz(request: Request) -> dict[str, str]:
        await parts.health(request)
        return {"status": "ok"}

    @app.post("/detect", response_model=Inspected)
    async def inspect(request: Request, file: UploadFile = File()) -> Response:  # noqa: B008
        data = await file.read()
        await parts.work(request)
        try:
            answer = parts.change(answer_of(parts.decode(data), file.filename or ""))
        except SiseonError as error:
            return parts.refuse(error)
        return Response(parts.encode(answer), media_type=parts.media_type)

    async def bounded(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        response: Response | None
        if int(dict(scope["headers"]).get(b"content-length", 0)) > parts.limit:
            response = parts.refuse(InputError("too many bytes", code=FailureCode.image_too_large))
        else:
            response = await parts.gate(lambda: app(scope, receive, send))
        if response is not None:
            await response(scope, receive, send)

    return bounded


@pytest.fixture(scope="session")
def sent() -> list[Case]:
    """All cases around a small copy of the drawn scene, so that a review takes a fraction of a second."""
    small = pictures.enlarged(pictures.scene(), 0.25)
    return cases(Envelope.multipart, pictures.Photo(pictures.jpeg(small), small))


@pytest.fixture
def reviewed(sent: list[Case]) -> Callable[..., Report]:
    """Reviews the right service with some parts replaced.

    ``groups``: the cases to send, all when None; ``load``: whether to make the experiments with many clients.
    """

    def run(*, groups: Collection[Group] | None = None, load: bool = False, **replaced: object) -> Report:
        options = Options(flood_bytes=2 * LIMIT, patience_s=0.5)
        chosen = [case for case in sent if groups is None or case.group in groups]

        async def go() -> Report:
            async with in_process(service(Parts(**replaced)), "app", Hints()) as target:  # type: ignore[arg-type]
                evidence = await ask(target, chosen)
                if load:
                    await experiment(target, evidence, options)
                return judged(target, evidence, options)

        return asyncio.run(go())

    return run
