"""Failures as problem documents (RFC 9457): the code, the stage, a remedy, and whether to try again."""

from __future__ import annotations

import logging
import math
from collections.abc import Iterable, Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.routing import Match

from siseon.applications.options import no_parameter
from siseon.applications.registry import not_among
from siseon.contracts import Failure, FailureCode, InputError, SiseonError, StageFailed
from siseon.contracts.words import words_of
from siseon.engine import Trace
from siseon.service.tracing import traceparent

log = logging.getLogger("siseon.service")

PROTOCOL = "/v2"
PIPELINES = "/v1/pipelines/"
CONSOLE = "/console"
MEDIA_TYPE = "application/problem+json"
SHOWN_PATH = 200
"""Characters of a path that a message repeats."""
CAPACITY = (FailureCode.overloaded, FailureCode.shutting_down, FailureCode.model_not_ready)
HTTP_CODES = {
    401: FailureCode.unauthorized,
    404: FailureCode.not_found,
    405: FailureCode.method_not_allowed,
    413: FailureCode.image_too_large,
}


class Problem(BaseModel):
    """The body of every answer that is not a success."""

    model_config = ConfigDict(frozen=True)

    type: str = Field(description="Where the code is explained.")
    title: str
    status: int
    detail: str
    code: FailureCode
    stage: str | None = Field(description="The step of the pipeline it came from.")
    hint: str | None = Field(description="What to do about it.")
    retryable: bool = Field(description="Whether the same request may succeed later.")
    trace_id: str | None

    @classmethod
    def of(cls, failure: Failure, trace_id: str | None) -> Problem:
        """The document of one failure."""
        return cls(
            type=f"/v1/failures#{failure.code}",
            title=failure.code.replace("_", " "),
            status=failure.code.http_status,
            detail=failure.message,
            code=failure.code,
            stage=failure.stage,
            hint=failure.hint,
            retryable=failure.retryable,
            trace_id=trace_id,
        )


class ProtocolProblem(Problem):
    """With the one member in which clients of the Open Inference Protocol look for what went wrong."""

    error: str


def problem(error: SiseonError, trace: Trace | None = None, path: str = "") -> Response:
    """The answer to a failed request. On overload ``Retry-After`` says when to come back, in whole seconds."""
    body = Problem.of(error.failure(), trace.trace_id if trace else None)
    if path.startswith(PROTOCOL):
        body = ProtocolProblem(**dict(body), error=f"{body.code}: {body.detail}")
    headers = {"traceparent": traceparent(trace), "X-Trace-Id": trace.trace_id} if trace else {}
    if error.code in CAPACITY:
        headers["Retry-After"] = str(max(1, math.ceil(getattr(error, "retry_after_s", 1.0))))
    if error.code is FailureCode.unauthorized:
        headers["WWW-Authenticate"] = "Bearer"
    return Response(body.model_dump_json(), body.status, headers, MEDIA_TYPE)


def plain_problem(status: int, code: FailureCode, text: str) -> bytes:
    """The body for what never became a request, and has no trace."""
    body = Problem.of(InputError(text, code=code).failure(), None)
    return body.model_copy(update={"status": status}).model_dump_json().encode()


def trace_of(request: Request) -> Trace | None:
    """The trace that the request was given when it came in."""
    trace = getattr(request.state, "trace", None)
    return trace if isinstance(trace, Trace) else None


def install(app: FastAPI, served: Sequence[str] = ()) -> None:
    """Answer every failure of the application with a problem document; ``served``: the names of its pipelines."""

    async def named(request: Request, error: Exception) -> Response:
        assert isinstance(error, SiseonError)  # noqa: S101 - the handler is registered for this type alone
        return problem(error, trace_of(request), request.url.path)

    async def invalid(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)  # noqa: S101
        return problem(_invalid(request, error), trace_of(request), request.url.path)

    async def http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101
        code = HTTP_CODES.get(error.status_code, FailureCode.invalid_input)
        headers = dict(error.headers or {})
        if code is FailureCode.not_found:
            told = _unknown(request, served)
        elif code is FailureCode.method_not_allowed:
            headers["Allow"] = ", ".join(sorted(_methods(request)))
            told = _not_taken(request, headers["Allow"])
        else:
            told = InputError(str(error.detail), code=code)
        answer = problem(told, trace_of(request), request.url.path)
        answer.headers.update(headers)
        return answer

    async def unnamed(request: Request, error: Exception) -> Response:
        log.error("unnamed failure in %s", request.url.path, exc_info=error)
        failed = StageFailed("the service failed", hint="its log has the traceback")
        return problem(failed, trace_of(request), request.url.path)

    app.add_exception_handler(SiseonError, named)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(HTTPException, http)
    app.add_exception_handler(Exception, unnamed)


def _methods(request: Request) -> set[str]:
    """What the path takes: Starlette names the methods of the first of its operations only. A path that is written out,
    as /v1/streams/test, is not that of a stream of this name too."""
    written_out: set[str] = set()
    found: set[str] = set()
    for route in _routes(request.app):
        if getattr(route, "methods", None) and route.matches(request.scope)[0] is not Match.NONE:
            found |= route.methods
            if route.path == request.url.path:
                written_out |= route.methods
    return written_out or found


def _routes(app: FastAPI) -> Iterable[Any]:
    """Those of included routers too, which newer versions of FastAPI no longer copy."""
    try:
        from fastapi.routing import iter_route_contexts
    except ImportError:
        return app.routes
    return iter_route_contexts(app.routes)


def _unknown(request: Request, served: Sequence[str]) -> InputError:
    """Of a path that there is not; of a pipeline's, which pipelines there are."""
    path = request.url.path[:SHOWN_PATH]
    name = path.removeprefix(PIPELINES).partition("/")[0]
    if path.startswith(PIPELINES) and name and name not in served:
        return not_among(name, served, "no pipeline {} is served here", "/docs has the paths of those served")
    hint = "/docs lists the paths there are"
    if path.startswith(CONSOLE):
        hint = "this service has no console: pip install 'siseon[console]', and serve with --console"
    return InputError(f"there is no path {path}", code=FailureCode.not_found, hint=hint)


def _not_taken(request: Request, methods: str) -> InputError:
    """Of a method that a path does not take, a picture's path opened in a browser for one; the router's own words name
    neither."""
    return InputError(
        f"{request.url.path[:SHOWN_PATH]} does not take {request.method}",
        code=FailureCode.method_not_allowed,
        hint=f"it takes {methods}: /docs shows with what",
    )


def _invalid(request: Request, error: RequestValidationError) -> InputError:
    first = error.errors()[0]
    place, *names = map(str, first["loc"])
    if first["type"] == "extra_forbidden" and place == "query":
        for parameter in request.scope["route"].dependant.query_params:
            if isinstance(model := parameter.field_info.annotation, type) and issubclass(model, BaseModel):
                return no_parameter(".".join(names), model)
    where = ".".join((place, *names))
    return InputError(f"{where}: {words_of(first)}", hint="see /docs for what the request takes")


RESPONSES: dict[int | str, dict[str, object]] = {
    status: {
        "description": description,
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    for status, description in {
        400: "The request cannot be used: not a picture, damaged, an unknown parameter.",
        409: "The model is at work, is not loaded, or is there already; the job has not ended; its key was used.",
        401: "The token is missing or wrong.",
        403: "A page of another site asks, of a service without a token.",
        406: "The client takes none of the forms that there are.",
        404: "There is no such thing.",
        413: "The picture is too large.",
        422: "A safety check keeps the picture back, or the model cannot be loaded or run.",
        500: "A stage failed: a fault of ours or of the weights.",
        502: "A URL, or the weights' server, did not answer.",
        503: "Overloaded or shutting down: try again after `Retry-After`.",
        504: "The deadline passed.",
        507: "The disk is full.",
    }.items()
}
"""What any operation may answer, for the OpenAPI document."""
