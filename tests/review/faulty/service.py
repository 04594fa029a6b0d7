"""A tiny vision service that does everything right, each part of which may be replaced by a faulty one."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from uuid import uuid4

import numpy as np
from fastapi import FastAPI, File, Request, UploadFile
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from review.faulty.detectors import Detector, Found, Pixels, by_colour
from siseon.contracts import FailureCode, Frame, Image, InputError, Mask, SiseonError
from siseon.media.decode import decode

Answer = dict[str, object]
Labels = list[tuple[int, str]]
"""Index of a detection, and what its crop shows."""

LIMIT = 1 << 20
TURNS = 2
"""Requests that compute at once. Who waits for a turn and goes is dropped: on a slow machine, the work shows."""
CROP_SIDE = 32
"""Pixels: smaller crops are not classified."""
HUES = {"red": (190, 25, 35), "orange": (230, 135, 20), "grey": (120, 120, 120), "white": (250, 250, 250)}


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


def classify(pixels: Pixels, found: Sequence[Found]) -> Labels:
    """The hue of each crop that is large enough."""
    large = [index for index, each in enumerate(found) if min(crop(pixels, each).shape[:2]) >= CROP_SIDE]
    return [(index, hue(crop(pixels, found[index]))) for index in large]


def crop(pixels: Pixels, found: Found) -> Pixels:
    x1, y1, x2, y2 = map(int, found.box)
    return pixels[y1:y2, x1:x2]


def hue(pixels: Pixels) -> str:
    mean = np.median(pixels.reshape(-1, 3), axis=0)
    return min(HUES, key=lambda name: float(np.abs(mean - HUES[name]).sum()))


def refusal(error: SiseonError) -> Response:
    content = {"code": error.code, "detail": error.message, "retryable": error.code.retryable}
    return Response(json.dumps(content), error.code.http_status, media_type="application/problem+json")


async def nothing(request: Request) -> None:
    """What a right service does before it reads the body, and while it works."""


async def alone(compute: Callable[[], Answer], data: bytes) -> Answer:
    """Each request computes by itself, beside the event loop."""
    return await asyncio.to_thread(compute)


@dataclass
class Parts:
    """What the service is made of."""

    detect: Detector = by_colour
    decode: Callable[[bytes], Image] = decode
    classify: Callable[[Pixels, Sequence[Found]], Labels] = classify
    change: Callable[[Answer], Answer] = lambda answer: answer
    together: Callable[[Callable[[], Answer], bytes], Awaitable[Answer]] = alone
    """Computes the answer to an upload, perhaps beside others."""
    refuse: Callable[[SiseonError], Response] = refusal
    encode: Callable[[Answer], str] = json.dumps
    media_type: str = "application/json"
    work: Callable[[Request], Awaitable[None]] = nothing
    health: Callable[[Request], Awaitable[None]] = nothing
    limit: int = LIMIT
    gate: Callable[[Callable[[], Awaitable[None]]], Awaitable[Response | None]] = lambda rest: rest()
    """Lets a request through, or answers it itself."""

    def answer(self, data: bytes, name: str) -> Answer:
        image = self.decode(data)
        found = self.detect(image.pixels)
        labels = self.classify(image.pixels, found)
        return {
            "image_id": name,
            "detections": [detection(each) for each in found],
            "classifications": [
                {
                    "detection_index": index,
                    "class_id": list(HUES).index(word),
                    "class_name": word,
                    "score": 0.8,
                }
                for index, word in labels
            ],
            "models": {"eye": "1"},
            "trace_id": uuid4().hex,
        }


def detection(found: Found) -> Answer:
    height, width = found.shape.shape
    mask = Mask.encode(found.shape, Frame.root(width, height)).to_wire()
    return {
        "box": list(found.box),
        "score": found.score,
        "class_id": found.class_id,
        "class_name": found.name,
        "mask": mask,
    }


def service(parts: Parts) -> ASGIApp:
    app = FastAPI()
    turns = asyncio.Semaphore(TURNS)

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
            async with turns:
                if await request.is_disconnected():
                    return Response(status_code=499)
                answer = await parts.together(lambda: parts.answer(data, file.filename or ""), data)
            answer = parts.change(answer)
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
