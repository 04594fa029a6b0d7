"""The OpenAPI document: what FastAPI reads from the routes, and the schemas that only bodies by hand refer to."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from siseon.service.oip.tensors import InferRequest
from siseon.service.problems import Problem
from siseon.service.uploads import Reference

REFERENCE = "#/components/schemas/{model}"
BY_HAND = (Problem, Reference, InferRequest)


def complete_openapi(app: FastAPI) -> None:
    """Add the schemas of problems and picture references to the application's document."""

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            made = get_openapi(
                title=app.title, version=app.version, description=app.description, routes=app.routes
            )
            schemas = made.setdefault("components", {}).setdefault("schemas", {})
            for model in BY_HAND:
                schema = model.model_json_schema(ref_template=REFERENCE)
                schemas.update(schema.pop("$defs", {}))
                schemas[model.__name__] = schema
            app.openapi_schema = made
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]  # the way that FastAPI documents
