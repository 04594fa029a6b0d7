"""``/v1/pipelines``: run a pipeline on one picture, or on many with each answer as soon as it is there."""

# Annotations are real objects here: FastAPI reads the parameters' types, which are made for each pipeline.

from functools import partial
from typing import Annotated, Generic, TypeVar

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, JsonValue, TypeAdapter

from siseon.contracts import Failure, ModelRef, Result
from siseon.hosting.served import Served
from siseon.service.batches import in_order, ndjson
from siseon.service.direct import Operation
from siseon.service.hangup import while_connected
from siseon.service.owners import refuse_paths
from siseon.service.parsing import parse_json
from siseon.service.problems import RESPONSES
from siseon.service.runner import Runner
from siseon.service.uploads import read_body

T = TypeVar("T")

CHANGES = TypeAdapter(dict[str, JsonValue])

PICTURE = {"type": "string", "format": "binary"}
ONE_PICTURE = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {"type": "object", "required": ["file"], "properties": {"file": PICTURE}}
        },
        "application/json": {"schema": {"$ref": "#/components/schemas/Reference"}},
        **{kind: {"schema": PICTURE} for kind in ("image/jpeg", "image/png", "image/webp")},
    },
}
MANY_PICTURES = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["files"],
                "properties": {
                    "files": {"type": "array", "minItems": 1, "items": PICTURE},
                },
            }
        },
        "application/json": {
            "schema": {
                "type": "object",
                "additionalProperties": False,
                "required": ["items"],
                "properties": {
                    "urls": {"type": "array", "items": {"type": "string"}},
                    "items": {
                        "type": "array",
                        "minItems": 1,
                        "items": {"$ref": "#/components/schemas/Reference"},
                    },
                },
            }
        },
    },
}
DRAWN: dict[str, object] = {"schema": PICTURE}


class BatchLine(BaseModel, Generic[T]):
    """One line of a batch's answer: the result, or the failure, of one picture."""

    model_config = ConfigDict(frozen=True)

    index: int
    """Place in the request, from 0."""
    name: str
    trace_id: str
    result: Result[T] | None = None
    failure: Failure | None = None


class PipelineInfo(BaseModel):
    """A pipeline that is served."""

    model_config = ConfigDict(frozen=True)

    name: str
    parameters: dict[str, JsonValue]
    """Those that were set; the others have their defaults."""
    models: list[ModelRef]
    stages: list[str]

    @classmethod
    def of(cls, served: Served) -> "PipelineInfo":
        """The pipeline as it is now."""
        stages = served.pipeline.stages()
        return cls(
            name=served.name,
            parameters=served.stated,
            models=[ref for stage in stages.values() for ref in stage.models()],
            stages=list(stages),
        )


def pipeline_routes(runner: Runner) -> APIRouter:
    """Two operations for each pipeline that is served, typed by its own parameters and result."""
    router = APIRouter(tags=["pipelines"])
    for served in runner.host.served.values():
        _add_one(router, runner, served)
        _add_batch(router, runner, served)
        _add_change(router, runner, served)

    @router.get("/v1/pipelines", summary="Which pipelines are served, with their models")
    async def list_pipelines() -> list[PipelineInfo]:
        return [PipelineInfo.of(served) for served in runner.host.served.values()]

    return router


def path_of(name: str) -> str:
    """Of a pipeline's operation on one picture."""
    return f"/v1/pipelines/{name}"


def direct_operations(runner: Runner) -> dict[str, Operation]:
    """Those operations on one picture without parameters, by path."""
    return {path_of(name): partial(runner.one, name=name) for name in runner.host.served}


def _add_one(router: APIRouter, runner: Runner, served: Served) -> None:
    parameters, data = served.application.choices, served.application.result

    async def run(request: Request, choices: Annotated[parameters, Query()]) -> Response:  # type: ignore[valid-type]
        return await runner.one(request, served.name, choices)

    router.add_api_route(
        path_of(served.name),
        run,
        methods=["POST"],
        summary=f"Run {served.name} on one picture",
        operation_id=f"run_{served.name}",
        responses={
            **RESPONSES,
            200: {"model": Result[data], "content": {"image/jpeg": DRAWN, "image/png": DRAWN}},  # type: ignore[valid-type]
        },
        openapi_extra={"requestBody": ONE_PICTURE},
        response_class=Response,
    )


def _add_batch(router: APIRouter, runner: Runner, served: Served) -> None:
    parameters, data = served.application.choices, served.application.result
    in_flight = runner.host.settings.batch_in_flight

    async def batch(request: Request, choices: Annotated[parameters, Query()]) -> Response:  # type: ignore[valid-type]
        items = await runner.items(request, served.name, choices)
        if request.headers.get("accept", "").startswith("application/json"):
            body = await while_connected(request, in_order(items, in_flight))
            return Response(body, media_type="application/json")
        return StreamingResponse(ndjson(items, in_flight), media_type="application/x-ndjson")

    router.add_api_route(
        f"{path_of(served.name)}/batch",
        batch,
        methods=["POST"],
        summary=f"Run {served.name} on many pictures, answered one a line as each is done",
        description="JSON, or a form of files, which may have fields `urls` beside them.",
        operation_id=f"run_{served.name}_batch",
        responses={
            **RESPONSES,
            200: {
                "model": list[BatchLine[data]],  # type: ignore[valid-type]
                "content": {"application/x-ndjson": {"schema": {"type": "string"}}},
                "description": "One JSON object a line; with Accept: application/json an array in input order.",
            },
        },
        openapi_extra={"requestBody": MANY_PICTURES},
        response_class=Response,
    )


def _add_change(router: APIRouter, runner: Runner, served: Served) -> None:
    options = served.application.options

    async def change(request: Request) -> PipelineInfo:
        body = await read_body(request)
        changes = parse_json(body, CHANGES)
        refuse_paths(served.application, changes)
        await runner.host.swap(served.name, changes)
        return PipelineInfo.of(served)

    router.add_api_route(
        path_of(served.name),
        change,
        methods=["PATCH"],
        summary=f"Change options of {served.name}, its models for example, without losing a request",
        description="What is not named stays as it is.",
        operation_id=f"change_{served.name}",
        responses=RESPONSES,
        openapi_extra={
            "requestBody": {
                "required": True,
                "content": {
                    "application/json": {"schema": {"$ref": f"#/components/schemas/{options.__name__}"}}
                },
            }
        },
    )
