"""``/v1/models``: what there is, and loading, warming, unloading, registering and swapping while requests go on."""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Body, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.datastructures import UploadFile

from siseon.contracts import FailureCode, InputError, ModelError
from siseon.hosting.repository import Repository, Unloaded
from siseon.models import Model, ModelCard, ModelStats
from siseon.models.card import parse_card
from siseon.service.problems import RESPONSES
from siseon.service.uploads import open_form, read_body

MAX_MODEL_BYTES = 2 << 30
MAX_CARD_BYTES = 1 << 20


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


def model_routes(repository: Repository) -> APIRouter:
    """All of ``/v1/models``."""
    router = APIRouter(tags=["models"], responses=RESPONSES)
    models = repository.host.models

    @router.get("/v1/models", summary="Every model that is known")
    async def list_models() -> list[ModelInfo]:
        return [_info(repository, models[name]) for name in repository.names()]

    @router.get("/v1/models/{name}", summary="One model and its figures")
    async def get_model(name: str) -> ModelInfo:
        return _info(repository, models[name])

    @router.post(
        "/v1/models",
        summary="Register a model: a form with its card (TOML) and its files, or with a network alone",
        status_code=201,
        openapi_extra={"requestBody": REGISTRATION},
    )
    async def register(request: Request) -> ModelInfo:
        body = await read_body(request, MAX_MODEL_BYTES)
        async with open_form(request.headers, body, files=16) as form:
            parts = {key: value for key, value in form.multi_items() if isinstance(value, UploadFile)}
            files = {
                value.filename or "": await value.read() for key, value in parts.items() if key != "card"
            }
            text = await parts["card"].read(MAX_CARD_BYTES) if "card" in parts else None
        if text is None:
            text = bare_card(list(files)).encode()
        card = parse_card(text.decode("utf-8", "replace"))
        models.check_name(card.name)
        await asyncio.to_thread(store, card, text, files, repository.host.registered)
        return _info(repository, models.register(card, repository.host.registered))

    @router.post("/v1/models/{name}/load", summary="Load a model and warm it up; requests go on meanwhile")
    async def load(name: str, warm_up: Iterations = 1) -> ModelInfo:
        await repository.load(name, warm_up)
        return _info(repository, models[name])

    @router.post("/v1/models/{name}/warm-up", summary="Run a loaded model on zeros")
    async def warm_up(name: str, iterations: Iterations = 1) -> ModelInfo:
        await repository.stage(name)
        await repository.warm_up(name, iterations)
        return _info(repository, models[name])

    @router.post("/v1/models/{name}/unload", summary="Free a model that no pipeline uses")
    async def unload(name: str) -> Gone:
        return Gone.of(await repository.unload(name))

    return router


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
    name = match[1].lower().replace("_", "-")
    return (
        f'name = "{name}"\nversion = "1"\ntask = "tensors"\nlicence = "NOASSERTION"\n'
        f'[[files]]\nname = "{files[0]}"\n[output]\ndecoder = "none"\n'
    )


def store(card: ModelCard, text: bytes, files: dict[str, bytes], folder: Path) -> None:
    """Write a model's files under ``folder``, each whole or not at all, after comparing hashes; its card last.

    Raises:
        InputError: a file that the card does not name, or lacks; a card that points elsewhere.
        ModelError: ``weights_mismatch``.
    """
    if any(file.sources for file in card.files):
        raise InputError(
            "a registered card brings its files with it", hint="take the sources out of the card"
        )
    wanted = {file.name: file for file in card.files}
    if set(files) != set(wanted):
        raise InputError(
            f"the card names {sorted(wanted)}, the form has {sorted(files)}", hint="send exactly those"
        )
    for name, data in files.items():
        expected = wanted[name].sha256
        actual = hashlib.sha256(data).hexdigest()
        if expected is not None and actual != expected:
            raise ModelError(
                f"{name} has the sha256 {actual}, the card says {expected}", code=FailureCode.weights_mismatch
            )
    place = folder / card.name
    place.mkdir(parents=True, exist_ok=True)
    for name, data in (*files.items(), ("card.toml", text)):
        with tempfile.NamedTemporaryFile(dir=place, delete=False) as part:
            part.write(data)
        os.replace(part.name, place / name)


def _info(repository: Repository, model: Model) -> ModelInfo:
    stats = model.stats
    total_s = stats.mean_ms * stats.calls / 1000
    return ModelInfo(
        name=model.card.name,
        version=model.card.version,
        task=model.card.task,
        licence=model.card.licence,
        loaded=model.loaded,
        workers=model.workers,
        providers=model.providers,
        pipelines=repository.users(model.card.name),
        sha256=model.ref.sha256,
        stats=stats,
        items_per_second=stats.items / total_s if total_s else 0.0,
    )
