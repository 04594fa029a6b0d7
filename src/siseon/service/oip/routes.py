"""The protocol's operations. Models are networks by their card's name; pipelines take pictures as BYTES."""

from __future__ import annotations

import orjson
from fastapi import APIRouter, Request, Response
from pydantic import TypeAdapter

from siseon import __version__
from siseon.contracts import InputError
from siseon.hosting.host import Host
from siseon.hosting.repository import Repository
from siseon.service.crew import Crew
from siseon.service.oip.protocol import Protocol
from siseon.service.oip.statistics import statistics
from siseon.service.parsing import parse_json
from siseon.service.problems import RESPONSES

EXTENSIONS = ["binary_tensor_data", "model_configuration", "model_repository", "statistics"]
INFER_BODY = {
    "required": True,
    "content": {
        "application/json": {"schema": {"$ref": "#/components/schemas/InferRequest"}},
        "application/octet-stream": {"schema": {"type": "string", "format": "binary"}},
    },
}
ANY_JSON: TypeAdapter[dict[str, object]] = TypeAdapter(dict[str, object])


def protocol_routes(host: Host, repository: Repository, crew: Crew) -> APIRouter:
    """All of ``/v2``."""
    router = APIRouter(
        prefix="/v2",
        tags=["open inference protocol"],
        responses=RESPONSES,
        generate_unique_id_function=lambda route: f"oip_{route.name}",
    )
    protocol = Protocol(host, repository)

    @router.get("", summary="Name, version and extensions of the server")
    async def server() -> dict[str, object]:
        return {"name": "siseon", "version": __version__, "extensions": EXTENSIONS}

    @router.get("/health/live", summary="Whether the process answers")
    async def live() -> dict[str, object]:
        return {"live": True}

    @router.get("/health/ready", summary="Whether all models are warm")
    async def ready() -> Response:
        is_ready = host.state == "ready" and crew.opened
        return Response(
            orjson.dumps({"ready": is_ready}), 200 if is_ready else 503, media_type="application/json"
        )

    @router.get("/models/stats", summary="Statistics of all loaded models")
    async def all_stats() -> dict[str, object]:
        return {"model_stats": [statistics(stage) for stage in await repository.loaded()]}

    _add_model_routes(router, protocol)

    @router.post("/repository/index", summary="Every model that is known, and whether it is loaded")
    async def index(request: Request) -> list[dict[str, object]]:
        body = await request.body()
        only_ready = bool(parse_json(body, ANY_JSON).get("ready")) if body else False
        return protocol.index(only_ready=only_ready)

    @router.post("/repository/models/{model}/load", summary="Load and warm a model")
    async def load(model: str, request: Request) -> dict[str, object]:
        await _no_parameters(request)
        await repository.load(repository.model(model))
        return {}

    @router.post("/repository/models/{model}/unload", summary="Unload a model that no pipeline uses")
    async def unload(model: str) -> dict[str, object]:
        await repository.unload(repository.model(model))
        return {}

    return router


def _add_model_routes(router: APIRouter, protocol: Protocol) -> None:
    """Each operation twice: for the model, and for one version of it."""

    async def metadata(model: str, version: str | None = None) -> dict[str, object]:
        return await protocol.metadata(model, version)

    async def config(model: str, version: str | None = None) -> dict[str, object]:
        return await protocol.config(model, version)

    async def model_ready(model: str, version: str | None = None) -> dict[str, object]:
        await protocol.metadata(model, version)
        return {"name": model, "ready": True}

    async def stats(model: str, version: str | None = None) -> dict[str, object]:
        return await protocol.stats(model, version)

    async def infer(request: Request, model: str, version: str | None = None) -> Response:
        return await protocol.infer(model, version, request)

    operations = (
        ("", "GET", metadata, "Inputs and outputs of a model or pipeline"),
        ("/config", "GET", config, "The model's configuration"),
        ("/ready", "GET", model_ready, "Whether the model is loaded"),
        ("/stats", "GET", stats, "Counts and times since the model was loaded"),
        ("/infer", "POST", infer, "Run a model on tensors, or a pipeline on pictures"),
    )
    for at, method, operation, summary in operations:
        body = {"requestBody": INFER_BODY} if method == "POST" else {}
        for version in ("", "/versions/{version}"):
            router.add_api_route(
                f"/models/{{model}}{version}{at}",
                operation,
                methods=[method],
                summary=summary,
                operation_id=f"oip_{operation.__name__}{'_of_version' if version else ''}",
                openapi_extra=body,
            )


async def _no_parameters(request: Request) -> None:
    body = await request.body()
    if body and any(parse_json(body, ANY_JSON).values()):
        raise InputError("a load takes no parameters here", hint="register a card at /v1/models instead")
