"""Where a model can be used: the options of served pipelines that name one."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, JsonValue, TypeAdapter

from siseon.console.api import Api

REFERENCE = "#/components/schemas/"


class Pipeline(BaseModel):
    """A pipeline as ``/v1/pipelines`` tells it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    name: str
    parameters: dict[str, JsonValue]


PIPELINES = TypeAdapter(tuple[Pipeline, ...])
DOCUMENT = TypeAdapter(dict[str, JsonValue])


@dataclass(frozen=True, slots=True)
class Place:
    """An option of a pipeline, and the model that it has now."""

    pipeline: str
    option: str
    now: str


async def places(api: Api, models: Container[str]) -> list[Place]:
    """All of a service: options of its pipelines whose value, stated or by default, is the name of a model.

    Raises:
        ApiFailure: the service does not say.
    """
    pipelines = await api.get("/v1/pipelines", PIPELINES)
    document = await api.get("/openapi.json", DOCUMENT)
    return [
        Place(pipeline.name, option, value)
        for pipeline in pipelines
        for option, default in _defaults(document, pipeline.name).items()
        if isinstance(value := pipeline.parameters.get(option, default), str)
        and value.partition("@")[0] in models
    ]


def _defaults(document: JsonValue, pipeline: str) -> dict[str, JsonValue]:
    """The options that a pipeline can be changed to, with their defaults."""
    body = _at(document, "paths", f"/v1/pipelines/{pipeline}", "patch", "requestBody", "content")
    reference = _at(body, "application/json", "schema", "$ref")
    name = reference.removeprefix(REFERENCE) if isinstance(reference, str) else ""
    properties = _at(document, "components", "schemas", name, "properties")
    if not isinstance(properties, dict):
        return {}
    return {option: _at(schema, "default") for option, schema in properties.items()}


def _at(document: JsonValue, *keys: str) -> JsonValue:
    for key in keys:
        document = document.get(key) if isinstance(document, dict) else None
    return document
