"""The OpenAPI document: what FastAPI reads from the routes, and the schemas that only bodies by hand refer to."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel

from siseon.service.jobs.request import JobRequest
from siseon.service.oip.tensors import InferRequest
from siseon.service.problems import Problem
from siseon.service.streams.request import StreamChange, StreamRequest
from siseon.service.uploads import Reference
from siseon.streams.wire import FailureTold, MissedTold, ResultTold, StateTold

REFERENCE = "#/components/schemas/{model}"
TOLD = StateTold, ResultTold, FailureTold, MissedTold
"""What goes over server-sent events and WebSockets."""
BY_HAND: tuple[type[BaseModel], ...] = (
    Problem,
    Reference,
    InferRequest,
    JobRequest,
    StreamRequest,
    StreamChange,
)


def complete_openapi(app: FastAPI, options: Iterable[type[BaseModel]]) -> None:
    """Add to the application's document the schemas of problems, picture references and ``options``."""

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            made = get_openapi(
                title=app.title, version=app.version, description=app.description, routes=app.routes
            )
            schemas = made.setdefault("components", {}).setdefault("schemas", {})
            for model in (*BY_HAND, *options):
                schema = model.model_json_schema(ref_template=REFERENCE)
                schemas.update(schema.pop("$defs", {}))
                schemas[model.__name__] = schema
            app.openapi_schema = made
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]  # the way that FastAPI documents
