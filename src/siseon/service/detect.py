"""``/detect`` and ``/detect_batch``: the paths of the first detection services, over the ``inspection`` pipeline."""

from __future__ import annotations

from functools import partial

from fastapi import APIRouter, Request, Response

from siseon.applications.inspection import InspectionResult
from siseon.contracts import ModelRef, Result, StageTiming
from siseon.service.batches import in_order
from siseon.service.direct import Operation
from siseon.service.hangup import while_connected
from siseon.service.pipelines import ONE_PICTURE, PICTURE, BatchLine
from siseon.service.problems import RESPONSES
from siseon.service.runner import Runner

DETECT = "/detect"
BATCH = "/detect_batch"
PATHS = (DETECT, BATCH)
PIPELINE = "inspection"
FORMATS = ("JPEG", "PNG", "WEBP")
FORM = {"required": True, "content": {"multipart/form-data": ONE_PICTURE["content"]["multipart/form-data"]}}  # type: ignore[index]
URLS = {
    "required": True,
    "content": {
        "application/json": {
            "schema": {
                "type": "object",
                "additionalProperties": False,
                "required": ["urls"],
                "properties": {"urls": {"type": "array", "minItems": 1, "items": {"type": "string"}}},
            }
        },
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["files"],
                "properties": {"files": {"type": "array", "minItems": 1, "items": PICTURE}},
            }
        },
    },
}


class DetectAnswer(InspectionResult):
    """An inspection's result with the envelope's facts beside it, in one flat object."""

    models: list[ModelRef]
    trace_id: str
    timings: list[StageTiming]
    degraded: list[str]
    warnings: list[str]


def _flat(result: Result[InspectionResult]) -> bytes:
    """The JSON of a ``DetectAnswer``, put together from two halves that are valid already."""
    facts = result.model_dump_json(exclude={"data", "elapsed_ms"})
    return b"%s,%s" % (result.data.to_json()[:-1], facts[1:].encode())


def direct_detect(runner: Runner) -> dict[str, Operation]:
    """``/detect``, by its path."""
    return {DETECT: partial(runner.one, name=PIPELINE, formats=FORMATS, told=_flat)}


def detect_routes(runner: Runner) -> APIRouter:
    """The two operations; only where ``inspection`` is served."""
    router = APIRouter(tags=["detect"])
    direct = direct_detect(runner)

    @router.post(
        DETECT,
        summary="Detect and classify the objects of one uploaded JPEG, PNG or WebP picture",
        response_model=DetectAnswer,
        responses=RESPONSES,
        openapi_extra={"requestBody": FORM},
    )
    async def detect(request: Request) -> Response:
        return await direct[DETECT](request)

    @router.post(
        BATCH,
        summary="Detect and classify the objects of pictures at public URLs, answered in order",
        responses={
            **RESPONSES,
            200: {
                "model": list[BatchLine[InspectionResult]],
                "description": "One entry a picture: its result, or its failure.",
            },
        },
        openapi_extra={"requestBody": URLS},
    )
    async def detect_batch(request: Request) -> Response:
        items = await runner.items(request, PIPELINE)
        work = in_order(items, runner.host.settings.batch_in_flight)
        return Response(await while_connected(request, work), media_type="application/json")

    return router
