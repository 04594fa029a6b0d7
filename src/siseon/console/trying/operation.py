"""What the service says that a pipeline takes: read from its OpenAPI document, so a form is never out of date."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from pydantic import JsonValue

from siseon.console.api import Api

RUN = "/v1/pipelines/"
Kind = Literal["text", "whole", "number", "switch", "choice", "words"]
KINDS: dict[str, Kind] = {"integer": "whole", "number": "number", "boolean": "switch", "array": "words"}


@dataclass(frozen=True, slots=True)
class Option:
    """One thing that a request may choose."""

    name: str
    title: str
    help: str
    kind: Kind
    default: JsonValue
    least: float | None = None
    most: float | None = None
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Operation:
    """A pipeline that can be tried."""

    name: str
    options: tuple[Option, ...]


async def operations(api: Api) -> list[Operation]:
    """Those that are served.

    Raises:
        ApiFailure: the service does not say.
    """
    document = (await api.ask("GET", "/openapi.json", by_itself=True)).json()
    found = []
    for path, methods in document["paths"].items():
        name = path.removeprefix(RUN)
        if path.startswith(RUN) and "/" not in name and "post" in methods:
            parameters = methods["post"].get("parameters", [])
            found.append(Operation(name, tuple(map(option_of, parameters))))
    return found


def option_of(parameter: Mapping[str, JsonValue]) -> Option:
    """One parameter of an operation."""
    schema = parameter.get("schema")
    schema = schema if isinstance(schema, dict) else {}
    bounds = _one_of(schema)
    choices = bounds.get("enum")
    kind: Kind = "choice" if isinstance(choices, list) else KINDS.get(str(bounds.get("type")), "text")
    name = str(parameter["name"])
    return Option(
        name,
        name.replace("_", " ").capitalize(),
        str(parameter.get("description") or schema.get("description") or "").replace("`", ""),
        kind,
        schema.get("default"),
        _number(bounds.get("minimum", bounds.get("exclusiveMinimum"))),
        _number(bounds.get("maximum", bounds.get("exclusiveMaximum"))),
        tuple(map(str, choices)) if isinstance(choices, list) else (),
    )


def _one_of(schema: Mapping[str, JsonValue]) -> Mapping[str, JsonValue]:
    """What is meant where nothing may be said too."""
    for each in schema.get("anyOf") or () if isinstance(schema.get("anyOf"), list) else ():  # type: ignore[union-attr]
        if isinstance(each, dict) and each.get("type") != "null":
            return each
    return schema


def _number(value: JsonValue) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
