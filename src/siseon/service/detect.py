"""``/detect`` and ``/detect_batch``: the paths of the first detection services, over the ``inspection`` pipeline."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response

from siseon.applications.inspection import InspectionResult
from siseon.contracts import ModelRef, Result, StageTiming
from siseon.service.batches import in_order
from siseon.service.hangup import while_connected
from siseon.service.pipelines import ONE_PICTURE, PICTURE, BatchLine, Runner
from siseon.service.problems import RESPONSES

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

    @classmethod
    def of(cls, result: Result[Any]) -> DetectAnswer:
        """Flatten an envelope."""
        return cls(
            **dict(result.data),
            models=result.models,
            trace_id=result.trace_id,
            timings=result.timings,
            degraded=result.degraded,
            warnings=result.warnings,
        )


def _flat(result: Result[Any]) -> bytes:
    return DetectAnswer.of(result).to_json()


def detect_routes(runner: Runner) -> APIRouter:
    """The two operations; only where ``inspection`` is served."""
    router = APIRouter(tags=["detect"])

    @router.post(
        "/detect",
        summary="Detect and classify the objects of one uploaded JPEG, PNG or WebP picture",
        response_model=DetectAnswer,
        responses=RESPONSES,
        openapi_extra={"requestBody": FORM},
    )
    async def detect(request: Request) -> Response:
        return await runner.one(request, PIPELINE, formats=FORMATS, told=_flat)

    @router.post(
        "/detect_batch",
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
