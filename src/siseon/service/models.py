"""``/v1/models``: what there is, and loading, warming, unloading, registering and swapping while requests go on."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated, Literal
from urllib.parse import urlsplit

from fastapi import APIRouter, Body, Request, Response
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from siseon.contracts import InputError
from siseon.contracts.words import words_of
from siseon.hosting.repository import Repository, Unloaded
from siseon.models import Model, ModelStats, WeightFile
from siseon.models.card import parse_card
from siseon.models.card_toml import card_toml
from siseon.models.own import plain, tensors_card
from siseon.service.forms import Part
from siseon.service.problems import RESPONSES
from siseon.service.uploads import read_body, read_form

MAX_CARD_BYTES = 1 << 20
MAX_TOLD = 80
"""Characters of a name that are told back."""


class ModelInfo(BaseModel):
    """A model and what it has done since it was loaded."""

    model_config = ConfigDict(frozen=True)

    name: str
    version: str
    task: str
    licence: str
    loaded: bool = Field(description="In the service's own process.")
    workers: int = Field(description="Worker processes that have it loaded.")
    providers: tuple[str, ...] = Field(description="Where it runs; empty while it is not loaded.")
    pipelines: list[str] = Field(description="Those that use it.")
    weights: Literal["here", "to pull", "to bring"] = Field(
        description="Whether its files are on this machine: `here`; `to pull`, by `siseon models pull`; or `to bring`, "
        "into a folder on SISEON_MODEL_PATH."
    )
    pulled_from: str | None = Field(description="Host of what is to pull.")
    sha256: str
    stats: ModelStats
    items_per_second: float = Field(description="Items over the compute time of one replica.")


class Gone(BaseModel):
    """What an unload gave back, measured on the whole process."""

    model_config = ConfigDict(frozen=True)

    name: str
    resident_before: int
    resident_after: int
    freed_bytes: int

    @classmethod
    def of(cls, unloaded: Unloaded) -> Gone:
        """The answer of one unload."""
        return cls(**asdict(unloaded), freed_bytes=unloaded.freed_bytes)


Iterations = Annotated[int, Field(ge=1, le=100, strict=True), Body(embed=True)]
WarmUps = Annotated[int | None, Field(ge=1, le=100, strict=True), Body(embed=True)]
"""None: as often as the settings say."""


def model_routes(repository: Repository) -> APIRouter:
    """All of ``/v1/models``; each operation for the model, and for one version of it."""
    router = APIRouter(tags=["models"], responses=RESPONSES)
    models = repository.host.models

    @router.get("/v1/models", summary="Every model that is known")
    async def list_models() -> list[ModelInfo]:
        return await model_infos(repository, models.all())

    @router.post(
        "/v1/models",
        summary="Register a model: a form with its card (TOML) and its files, or with a network alone",
        status_code=201,
        openapi_extra={"requestBody": REGISTRATION},
    )
    async def register_model(request: Request) -> ModelInfo:
        body = await read_body(request)
        parts = await read_form(request.headers, body, files=16)
        text, files = card_and_files(parts)
        card = await asyncio.to_thread(parse_card, utf8(text))
        return await told(await repository.register(card, text, files))

    @router.get("/v1/models/{name}/versions", summary="All versions of a model, the newest first")
    async def list_versions(name: str) -> list[ModelInfo]:
        return await model_infos(repository, models.versions(name))

    async def told(model: Model) -> ModelInfo:
        (one,) = await model_infos(repository, [model])
        return one

    async def get_model(name: str, version: str | None = None) -> ModelInfo:
        return await told(repository.model(name, version))

    async def load_model(name: str, version: str | None = None, warm_up: WarmUps = None) -> ModelInfo:
        model = repository.model(name, version)
        await repository.load(model, warm_up)
        return await told(model)

    async def warm_up_model(name: str, version: str | None = None, iterations: Iterations = 1) -> ModelInfo:
        model = repository.model(name, version)
        await repository.stage(model)
        await repository.warm_up(model, iterations)
        return await told(model)

    async def unload_model(name: str, version: str | None = None) -> Gone:
        return Gone.of(await repository.unload(repository.model(name, version)))

    async def delete_model(name: str, version: str | None = None) -> Response:
        await repository.delete([repository.model(name, version)] if version else models.versions(name))
        return Response(status_code=204)

    operations = (
        ("GET", "", get_model, "One model and its figures"),
        ("POST", "/load", load_model, "Load a model and warm it up; requests go on meanwhile"),
        ("POST", "/warm-up", warm_up_model, "Run a loaded model on zeros"),
        ("POST", "/unload", unload_model, "Free a model that no pipeline uses"),
        ("DELETE", "", delete_model, "Delete a registered model, all of its versions, with its files"),
    )
    for method, at, operation, summary in operations:
        for version in ("", "/versions/{version}"):
            router.add_api_route(
                f"/v1/models/{{name}}{version}{at}",
                operation,
                methods=[method],
                summary=summary.replace(", all of its versions,", "") if version else summary,
                operation_id=f"{operation.__name__}{'_version' if version else ''}",
                status_code=204 if method == "DELETE" else 200,
            )
    return router


def card_and_files(parts: Sequence[Part]) -> tuple[bytes, dict[str, bytes]]:
    """What a registration's form brings; the card of a network that came alone is made.

    Raises:
        InputError: a card that is too long, or parts of one name, of which one would be lost.
    """
    uploads = [part for part in parts if part.filename is not None]
    names = Counter(part.name for part in uploads), Counter(part.filename or "" for part in uploads)
    twice = [name for counted in names for name, count in counted.items() if count > 1]
    if twice:
        raise InputError(f"the form has {twice[0][:MAX_TOLD]!r} twice", hint="send each part and file once")
    files = {part.filename or "": part.data for part in uploads if part.name != "card"}
    card = next((part.data for part in uploads if part.name == "card"), None)
    if card is None:
        return bare_card(list(files)).encode(), files
    if len(card) > MAX_CARD_BYTES:
        raise InputError(f"the card has {len(card)} bytes, the limit is {MAX_CARD_BYTES}")
    return card, files


def utf8(text: bytes) -> str:
    """A card's text.

    Raises:
        InputError: it is not UTF-8: what is stored now must be read after a restart.
    """
    try:
        return text.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError(f"the card is not UTF-8: {error.reason} at byte {error.start}") from None


REGISTRATION = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["file"],
                "properties": {
                    "card": {"type": "string", "format": "binary"},
                    "file": {"type": "string", "format": "binary"},
                },
            }
        }
    },
}


def bare_card(files: Sequence[str]) -> str:
    """The card of a network that came alone: called like its file, for tensors only.

    Raises:
        InputError: there is not exactly one ``.onnx`` file, with a name of which a model's can be made.
    """
    match = re.fullmatch(r"([A-Za-z0-9][A-Za-z0-9._-]*)\.onnx", files[0]) if len(files) == 1 else None
    if match is None:
        raise InputError(
            f"the form has the files {list(files)} and no card",
            hint="send one network, curl -F file=@model.onnx, or its card beside it, -F card=@card.toml",
        )
    try:
        return card_toml(tensors_card(plain(match[1]), files[0]))
    except ValidationError as error:
        raise InputError(
            f"{files[0][:80]!r}: {words_of(error.errors()[0])}", hint="give it another name"
        ) from None


async def model_infos(repository: Repository, models: Sequence[Model]) -> list[ModelInfo]:
    """What is told of models. A thread looks for the files of those that are not loaded: a disk may be slow."""
    absent = await asyncio.to_thread(_absent, models)
    return [_info(repository, model, files) for model, files in zip(models, absent, strict=True)]


def _absent(models: Sequence[Model]) -> list[list[WeightFile]]:
    return [[] if model.providers else model.absent() for model in models]


def _info(repository: Repository, model: Model, absent: Sequence[WeightFile]) -> ModelInfo:
    stats = model.stats
    hosts = [_host(file) for file in absent]
    to_pull = bool(hosts) and None not in hosts
    return ModelInfo(
        name=model.card.name,
        version=model.card.version,
        task=model.card.task,
        licence=model.card.licence,
        loaded=model.loaded,
        workers=model.workers,
        providers=model.providers,
        pipelines=repository.users(model),
        weights="to pull" if to_pull else "to bring" if absent else "here",
        pulled_from=hosts[0] if to_pull else None,
        sha256=model.ref.sha256,
        stats=stats,
        items_per_second=stats.items_per_second,
    )


def _host(file: WeightFile) -> str | None:
    """That a file is pulled from."""
    return next((urlsplit(source.url).hostname for source in file.sources if source.url), None)
