"""The form of an answer that a client likes best, and results as responses."""

from __future__ import annotations

from typing import Literal

from fastapi import Response
from starlette.datastructures import Headers

from siseon.contracts import FailureCode, InputError
from siseon.engine import Trace
from siseon.service.tracing import traceparent

PictureForm = Literal["jpeg", "png"]
Wanted = Literal["json"] | PictureForm
OFFERED: dict[str, Wanted] = {
    "application/json": "json",
    "application/*": "json",
    "*/*": "json",
    "image/jpeg": "jpeg",
    "image/*": "jpeg",
    "image/png": "png",
}


def wanted(headers: Headers) -> Wanted:
    """The kind of answer that the client likes best of those there are.

    Raises:
        InputError: it takes none of them.
    """
    ranked: list[tuple[float, Wanted]] = []
    for entry in headers.get("accept", "*/*").split(","):
        kind, _, rest = entry.partition(";")
        offer = OFFERED.get(kind.strip().lower())
        if offer is not None:
            ranked.append((_quality(rest), offer))
    best = max(ranked, key=lambda pair: pair[0], default=(0.0, "json"))  # the first of equals
    if not best[0]:
        raise InputError(
            f"Accept: {headers.get('accept', '')[:80]!r} cannot be served",
            code=FailureCode.not_acceptable,
            hint="there are application/json, image/jpeg and image/png",
        )
    return best[1]


def media_type(form: Wanted) -> str:
    """The content type of an answer in that form."""
    return "application/json" if form == "json" else f"image/{form}"


def _quality(parameters: str) -> float:
    for parameter in parameters.split(";"):
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                return min(1.0, max(0.0, float(value)))
            except ValueError:
                return 0.0
    return 1.0


def answer(body: bytes | str, trace: Trace, media_type: str = "application/json") -> Response:
    """A success, with the ids under which its trace and log lines are found."""
    headers = {"traceparent": traceparent(trace), "X-Trace-Id": trace.trace_id}
    return Response(body, 200, headers, media_type)
