"""The OpenAPI document: what FastAPI reads from the routes, and what only bodies by hand refer to.

Clients in typed languages are generated from it, so it says what is certain: which answers there are to a failure, what
events hold, and that an answer has all its fields.
"""

from __future__ import annotations

import copy
import functools
import operator
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel, JsonValue, TypeAdapter

from siseon.applications.options import brought_files
from siseon.contracts import Result
from siseon.service.jobs.request import JOBS, JobRequest
from siseon.service.jobs.told import JOB_EVENT
from siseon.service.oip.tensors import InferRequest
from siseon.service.problems import RESPONSES, Problem
from siseon.service.streams.request import StreamChange, StreamRequest
from siseon.service.uploads import Reference
from siseon.streams.wire import FailureTold, MissedTold, ResultTold, StateTold

REFERENCE = "#/components/schemas/{model}"
ANY_RESULT = "AnyResult"
ONE_OF_TWO = "BatchLine_"
"""Begins the names of answers that have one of two fields: a result or a failure."""
ASKED: tuple[type[BaseModel], ...] = (Reference, InferRequest, JobRequest, StreamRequest, StreamChange)
"""Bodies of requests that routes read by hand."""
TOLD: dict[str, TypeAdapter[Any]] = {
    "Problem": TypeAdapter(Problem),
    "JobEvent": JOB_EVENT,
    "StreamEvent": TypeAdapter(StateTold | ResultTold | FailureTold | MissedTold),
}
"""What is answered outside of what routes declare."""


def complete_openapi(
    app: FastAPI, options: Iterable[type[BaseModel]], results: Iterable[type[BaseModel]]
) -> None:
    """Add to the application's document what routes cannot say.

    Args:
        app: with all its routes.
        options: of the pipelines that are served.
        results: of them, what each has found.
    """

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            made = get_openapi(
                title=app.title, version=app.version, description=app.description, routes=app.routes
            )
            components = made.setdefault("components", {})
            schemas = components.setdefault("schemas", {})
            for asked in (*ASKED, *options):
                _add(schemas, asked.__name__, asked.model_json_schema(ref_template=REFERENCE))
            for name, told in {**TOLD, ANY_RESULT: _any_of(results)}.items():
                _add(schemas, name, told.json_schema(ref_template=REFERENCE, mode="serialization"))
            schemas["ResultTold"]["properties"]["result"] = {"$ref": REFERENCE.format(model=ANY_RESULT)}
            del schemas["Result_Any_"]  # what stood there
            components["responses"] = {_name(status): told for status, told in RESPONSES.items()}
            _name_files_of_jobs(made, options)
            _share_problems(made)
            _require_what_is_answered(made)
            app.openapi_schema = made
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]  # the way that FastAPI documents


def _name_files_of_jobs(document: Mapping[str, Any], options: Iterable[type[BaseModel]]) -> None:
    """A form of a job may have the options of its application that are files as files of their names."""
    if JOBS not in document["paths"]:  # the libraries for jobs are not installed
        return
    body = copy.deepcopy(document["paths"][JOBS]["post"]["requestBody"])
    document["paths"][JOBS]["post"]["requestBody"] = body
    parts = body["content"]["multipart/form-data"]["schema"]["properties"]
    for model in options:
        for name in brought_files(model):
            said = model.model_fields[name].description
            parts[name] = {"type": "string", "format": "binary", "description": said}


def _any_of(results: Iterable[type[BaseModel]]) -> TypeAdapter[Any]:
    """An envelope with the result of one of the pipelines; of a service without any, with whatever a worker says."""
    envelopes = [Result[found] for found in results] or [Result[JsonValue]]  # type: ignore[valid-type]
    return TypeAdapter(functools.reduce(operator.or_, envelopes))


def _add(schemas: dict[str, Any], name: str, schema: dict[str, Any]) -> None:
    schemas.update(schema.pop("$defs", {}))
    schemas.setdefault(name, schema)


def _name(status: int | str) -> str:
    return f"Problem{status}"


def _operations(document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for methods in document["paths"].values():
        yield from methods.values()


def _share_problems(document: Mapping[str, Any]) -> None:
    """Each failure once: the same answers in every operation would be most of the document."""
    for operation in _operations(document):
        answers = operation["responses"]
        for status, told in RESPONSES.items():
            if answers.get(str(status)) == told:
                answers[str(status)] = {"$ref": f"#/components/responses/{_name(status)}"}


def _require_what_is_answered(document: Mapping[str, Any]) -> None:
    """An answer has all its fields, those with a default too: nothing is left out when it is written."""
    schemas = document["components"]["schemas"]
    asked, answered = set[str](), set[str]()
    for operation in _operations(document):
        _reach(schemas, [operation.get("requestBody"), operation.get("parameters")], asked)
        _reach(schemas, operation["responses"], answered)
    _reach(schemas, document["components"]["responses"], answered)
    for name in answered - asked:
        if "properties" in schemas[name] and not name.startswith(ONE_OF_TWO):
            schemas[name]["required"] = list(schemas[name]["properties"])


def _reach(schemas: Mapping[str, Any], node: object, found: set[str]) -> None:
    """Add the names of all schemas that a part of the document leads to."""
    if isinstance(node, list):
        for each in node:
            _reach(schemas, each, found)
    elif isinstance(node, dict):
        name = str(node.get("$ref", "")).removeprefix(REFERENCE.format(model=""))
        if name in schemas and name not in found:
            found.add(name)
            _reach(schemas, schemas[name], found)
        for each in node.values():
            _reach(schemas, each, found)
