"""What a request brings along: its ids in the W3C trace context, and how long its caller will wait."""

from __future__ import annotations

import math
import re

from starlette.datastructures import Headers

from siseon.contracts import InputError
from siseon.engine import Trace

# https://www.w3.org/TR/trace-context/#traceparent-header; later versions may append fields.
TRACEPARENT = re.compile(r"(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}(-.*)?")
TIMEOUT_HEADER = "X-Request-Timeout"
SHORTEST_S = 0.001


def incoming_trace(headers: Headers) -> Trace:
    """An empty trace that continues the caller's; one of its own where the header is absent or invalid.

    The standard asks to ignore an invalid header rather than to refuse the request.
    """
    match = TRACEPARENT.fullmatch(headers.get("traceparent", "").strip())
    if match is None or not int(match[1], 16) or not int(match[2], 16):
        return Trace()
    return Trace(trace_id=match[1], parent_span_id=match[2])


def traceparent(trace: Trace) -> str:
    """The header that hands the trace on."""
    return f"00-{trace.trace_id}-{trace.span_id}-01"


def allowed_seconds(headers: Headers, most: float) -> float:
    """Seconds that the caller will wait, at most ``most``.

    Raises:
        InputError: the header is not a number of seconds from ``SHORTEST_S`` on.
    """
    text = headers.get(TIMEOUT_HEADER)
    if text is None:
        return most
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not (seconds >= SHORTEST_S and math.isfinite(seconds)):
        raise InputError(
            f"{TIMEOUT_HEADER}: {text[:40]!r} is not a time", hint="give seconds, 0.5 for example"
        )
    return min(seconds, most)
