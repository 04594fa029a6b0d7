"""``/v1/pipelines``: run a pipeline on one picture, or on many with each answer as soon as it is there."""

# Annotations are real objects here: FastAPI reads the parameters' types, which are made for each pipeline.

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Annotated, Any, Generic, TypeVar

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, JsonValue, TypeAdapter

from siseon.applications.options import Choices
from siseon.contracts import Encoded, Failure, InputError, ModelRef, Result
from siseon.hosting.deadline import Allowance
from siseon.hosting.drawing import Draw, Drawing
from siseon.hosting.host import Host
from siseon.hosting.served import Served
from siseon.media.fetch import Fetcher
from siseon.media.names import UPLOAD_NAME
from siseon.service.answers import PictureForm, answer, media_type, wanted
from siseon.service.batches import Item, in_order, ndjson
from siseon.service.direct import Operation
from siseon.service.hangup import while_connected
from siseon.service.owners import refuse_paths
from siseon.service.parsing import parse_json
from siseon.service.problems import RESPONSES
from siseon.service.tracing import TIMEOUT_HEADER, allowed_seconds
from siseon.service.uploads import (
    Source,
    bounded,
    only,
    read_body,
    read_picture,
    read_pictures,
)

T = TypeVar("T")

MAX_OPTIONS_BYTES = 1 << 16
CHANGES = TypeAdapter(dict[str, JsonValue])

MAGIC: dict[PictureForm, bytes] = {"jpeg": b"\xff\xd8", "png": b"\x89PNG"}
"""How files of these forms begin."""

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


class Runner:
    """What a request to a pipeline needs, whatever route it came by."""

    def __init__(self, host: Host, fetcher: Fetcher, draw: Draw) -> None:
        self.host = host
        self.fetcher = fetcher
        self.draw = draw

    def allowance(self, request: Request) -> Allowance:
        """The time that the request has since it came in."""
        seconds = allowed_seconds(request.headers, self.host.settings.request_timeout_s)
        return Allowance(seconds, request.state.trace.start)

    async def picture(self, source: Source, allowance: Allowance) -> Encoded:
        """The picture itself, fetched if it is a URL."""
        if isinstance(source, Encoded):
            return source
        if isinstance(source, InputError):
            raise source
        async with allowance.spent_on("fetch"):
            return bounded(await self.fetcher.fetch(source), self.host.settings.max_upload_bytes)

    async def one(
        self,
        request: Request,
        name: str,
        choices: Choices | None = None,
        *,
        read: Callable[[Request, int], Awaitable[Source]] = read_picture,
        formats: Sequence[str] | None = None,
        told: Callable[[Result[Any]], bytes] = Result.to_json,
    ) -> Response:
        """Read the request's picture, run the pipeline, answer in the form that the client wants.

        ``formats``: the only ones that the picture may have; ``told``: how a result becomes JSON.
        """
        form = wanted(request.headers)
        allowance = self.allowance(request)
        async with allowance.spent_on("upload"):
            source = await read(request, self.host.settings.max_upload_bytes)
        trace = request.state.trace

        async def work() -> bytes:
            picture = await self.picture(source, allowance)
            if formats is not None:
                picture = only(formats, picture)
            result = await self.host[name].run(
                picture,
                trace=trace,
                timeout=allowance.left(),
                choices=choices,
                untold=TIMEOUT_HEADER not in request.headers,
                client=request.state.client,
            )
            if form == "json":
                return told(result)
            return await self.drawn(name, picture, result, form, allowance)

        return answer(await while_connected(request, work()), trace, media_type(form))

    async def drawn(
        self, name: str, picture: Encoded, result: Result[Any], form: PictureForm, allowance: Allowance
    ) -> bytes:
        """The picture with what was found, encoded; the one that the application made, where it is of that form."""
        made = self.host[name].application.made
        for file in () if made is None else made(result.data):
            if file.data.startswith(MAGIC[form]):
                return file.data
        drawing = Drawing(picture, result.data, self.host[name].application.draw, form)
        (body,) = await self.draw.map([drawing], timeout=allowance.left())
        return body

    async def items(self, request: Request, name: str, choices: Choices | None = None) -> list[Item]:
        """The batch's pictures as work that has not begun."""
        settings = self.host.settings
        seconds = allowed_seconds(request.headers, settings.request_timeout_s)
        async with self.allowance(request).spent_on("upload"):
            sources = await read_pictures(request, settings.max_upload_bytes, settings.batch_items)

        async def run(source: Source, item: Item) -> Result[Any]:
            allowance = Allowance(seconds)  # each picture has the time of a request, from its own start
            picture = await self.picture(source, allowance)
            timeout = allowance.left()
            return await self.host[name].run(
                picture,
                trace=item.trace,
                timeout=timeout,
                choices=choices,
                client=request.state.client,
            )

        return [Item(index, _name(source), partial(run, source)) for index, source in enumerate(sources)]


def _name(source: Source) -> str:
    if isinstance(source, InputError):
        return UPLOAD_NAME
    return source if isinstance(source, str) else source.name


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
        f"/v1/pipelines/{served.name}/batch",
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
        f"/v1/pipelines/{served.name}",
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
