"""``/predict``, ``/predict/batch`` and ``/predict/json``: one picture as a form, many, or one as JSON."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from pydantic import AliasChoices, BaseModel, ConfigDict, Field, TypeAdapter

from siseon.applications.gauges import GaugesResult
from siseon.contracts import FailureCode, InputError, Result
from siseon.media.names import MAX_NAME
from siseon.service.batches import in_order
from siseon.service.compat.instruments import Batch, Predicted, PredictedOfMany
from siseon.service.hangup import while_connected
from siseon.service.parsing import beside, parse_json
from siseon.service.pipelines import MANY_PICTURES, ONE_PICTURE, BatchLine
from siseon.service.problems import RESPONSES
from siseon.service.runner import Runner
from siseon.service.uploads import (
    Reference,
    Source,
    from_reference,
    media_type_of,
    read_body,
)

GAUGES = "gauges"
ONE, IN_JSON, BATCH = PATHS = ("/predict", "/predict/json", "/predict/batch")
LINES = TypeAdapter(list[BatchLine[GaugesResult]])


class JsonPicture(BaseModel):
    """One picture in JSON."""

    model_config = ConfigDict(extra="forbid")

    image: str | None = Field(
        default=None,
        validation_alias=AliasChoices("image", "base64"),
        description="The file, in base64, perhaps as a data: URL.",
    )
    url: str | None = Field(
        default=None, description="An http(s) address of a public server.", max_length=4096
    )
    name: str | None = Field(default=None, description="Becomes the image_id.", max_length=MAX_NAME)


JSON_PICTURE = TypeAdapter(JsonPicture)


def predict_routes(runner: Runner) -> APIRouter:
    """The three operations."""
    router = APIRouter(responses=RESPONSES)

    @router.post(
        ONE,
        summary="Read the instruments of one picture",
        response_model=Predicted,
        openapi_extra={"requestBody": ONE_PICTURE},
    )
    async def predict(request: Request) -> Response:
        return await runner.one(request, GAUGES, told=_told)

    @router.post(
        IN_JSON,
        summary="Read the instruments of one picture that comes in JSON",
        response_model=Predicted,
        openapi_extra={
            "requestBody": {
                "required": True,
                "content": {"application/json": {"schema": JsonPicture.model_json_schema()}},
            }
        },
    )
    async def predict_json(request: Request) -> Response:
        return await runner.one(request, GAUGES, read=_from_json, told=_told)

    @router.post(
        BATCH,
        summary="Read the instruments of many pictures, answered in order",
        response_model=Batch,
        openapi_extra={"requestBody": MANY_PICTURES},
    )
    async def predict_batch(request: Request) -> Response:
        items = await runner.items(request, GAUGES)
        lines = await while_connected(request, in_order(items, runner.host.settings.batch_in_flight))
        return Response(await beside(len(lines), _batch, lines), media_type="application/json")

    return router


async def _from_json(request: Request, limit: int) -> Source:
    kind = media_type_of(request.headers)
    if kind != "application/json":
        raise InputError(
            f"a body of type {kind[:60]!r} is not JSON",
            code=FailureCode.unsupported_media,
            hint='send {"image": BASE64} as application/json; files go to /predict',
        )
    body = await read_body(request)
    return await beside(len(body), _parsed, body, limit)


def _parsed(body: bytes, limit: int) -> Source:
    asked = parse_json(body, JSON_PICTURE)
    if (asked.image is None) == (asked.url is None):
        raise InputError("give either image or url", hint='{"image": BASE64}')
    return from_reference(Reference(url=asked.url, base64=asked.image, name=asked.name), limit)


def _told(result: Result[GaugesResult]) -> bytes:
    return Predicted.of(result).model_dump_json().encode()


def _batch(lines: bytes) -> bytes:
    """From the lines of a batch, whose results are envelopes."""
    return Batch(results=tuple(map(_one_of_many, LINES.validate_json(lines)))).model_dump_json().encode()


def _one_of_many(line: BatchLine[GaugesResult]) -> PredictedOfMany:
    return PredictedOfMany(
        index=line.index,
        filename=line.name,
        success=line.result is not None,
        prediction=None if line.result is None else Predicted.of(line.result),
        error=line.failure,
    )
