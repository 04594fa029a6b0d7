"""Results as bytes: JSON, or the picture with what was found drawn on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from fastapi import Response
from starlette.datastructures import Headers

from siseon.applications.show import annotate
from siseon.contracts import Encoded, InputError, Result
from siseon.engine import Stage, Trace
from siseon.engine.machine import cores
from siseon.media.bounds import MediaBounds
from siseon.media.decode import decode
from siseon.media.encode import encode
from siseon.service.tracing import traceparent

Wanted = Literal["json", "jpeg", "png"]
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
            f"Accept: {headers.get('accept', '')[:80]!r} can not be served",
            hint="there are application/json, image/jpeg and image/png",
        )
    return best[1]


def _quality(parameters: str) -> float:
    for parameter in parameters.split(";"):
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                return min(1.0, max(0.0, float(value)))
            except ValueError:
                return 0.0
    return 1.0


@dataclass(frozen=True, slots=True)
class Drawing:
    """A picture to draw on, and what was found in it."""

    picture: Encoded
    data: Any
    format: Literal["jpeg", "png"]


class Draw(Stage[Drawing, bytes]):
    """Draw results on their pictures. Each is decoded once more: pixels are not kept for answers in JSON."""

    name = "draw"

    def __init__(self, bounds: MediaBounds) -> None:
        self.bounds = bounds
        self.replicas = cores()

    def process(self, batch: Sequence[Drawing]) -> Sequence[bytes]:
        """Decode, draw, encode."""
        return [
            encode(annotate(decode(one.picture.data, bounds=self.bounds), one.data), one.format)
            for one in batch
        ]


def answer(body: bytes | str, trace: Trace, media_type: str = "application/json") -> Response:
    """A success, with the ids under which its trace and log lines are found."""
    headers = {"traceparent": traceparent(trace), "X-Trace-Id": trace.trace_id}
    return Response(body, 200, headers, media_type)


def to_json(result: Result[Any]) -> bytes:
    """The whole envelope as UTF-8 JSON."""
    return result.__pydantic_serializer__.to_json(result)
