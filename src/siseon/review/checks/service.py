"""Rules on what operators need: a light probe, traces, versions, a typed contract, an answer in bounded time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from statistics import fmean

from siseon.review.checks.check import Check, Fault
from siseon.review.exchange import Evidence, Exchange, Group
from siseon.review.listing import keys_of, pairs_of, texts_of
from siseon.review.report import Severity

SLOW_S = 10.0
"""Seconds for one photo beyond which clients and proxies give up."""
CROWDED = 1.5
"""How much longer requests that come at once may take than one after the other: cores and caches are shared."""
HEAVY_S = 0.1
"""Seconds of a health answer from which it is compared with a request: less is nobody's load."""

TRACE_KEYS = {"trace_id", "traceid", "request_id", "requestid", "inference_id"}
TRACE_HEADERS = {"traceparent", "x-trace-id", "x-request-id", "x-correlation-id"}
VERSION_KEYS = {
    "models",
    "model_version",
    "model_versions",
    "version",
    "sha256",
    "weights_sha256",
    "model_sha256",
}
NAME_AT_VERSION = re.compile(r"[A-Za-z][\w./-]{0,80}@(?:v?\d[\w.+-]{0,40}|sha256:[0-9a-f]{6,64})")
"""A value such as ``yolox-nano@0.1.1``, whatever its field is called."""
VERSION_HEADERS = {"x-model-version", "x-model"}


def _slow(evidence: Evidence) -> Iterator[Fault]:
    alone = [each.elapsed_s for each in evidence.accepted(Group.plain, Group.layout)]
    alone_s = fmean(alone) if alone else 0.0
    for exchange in evidence.of():
        among, elapsed_s = exchange.case.among, exchange.elapsed_s
        # How long many take is a matter of the machine; that they wait for more than one another is not.
        if elapsed_s > max(SLOW_S, CROWDED * among * alone_s if among > 1 else 0.0):
            beside = f", one of which takes {alone_s:.1f} s alone" if among > 1 else ""
            yield Fault(f"{exchange.case.name}: answered after {elapsed_s:.1f} s{beside}", exchange)


def _no_health(evidence: Evidence) -> Iterator[Fault]:
    if evidence.over_http and (evidence.health is None or not evidence.health.ok):
        path = evidence.operation.health or "/healthz, /health or /readyz"
        yield Fault(
            f"no health probe answers at {path}",
            command=f"curl -i {{host}}{evidence.operation.health or '/healthz'}",
        )


def _heavy_health(evidence: Evidence) -> Iterator[Fault]:
    health = evidence.health
    if health is not None and health.ok and health.elapsed_s > max(HEAVY_S, evidence.typical_s / 2):
        yield Fault(
            f"the health probe takes {health.elapsed_s * 1000:.0f} ms: it does inference",
            command=f"time curl {{host}}{evidence.operation.health or '/healthz'}",
        )


def _untyped(evidence: Evidence) -> Iterator[Fault]:
    if not evidence.over_http:
        return
    operation = evidence.operation
    if operation.document is None:
        yield Fault("there is no OpenAPI document", command="curl {host}/openapi.json")
    elif operation.answer is None:
        yield Fault(f"the OpenAPI document does not describe the answer of {operation.path}", evidence.plain)


def _no_trace(evidence: Evidence) -> Iterator[Fault]:
    plain = evidence.plain
    if plain and not (TRACE_KEYS & keys_of(plain.document) or TRACE_HEADERS & set(plain.headers)):
        yield Fault("an answer cannot be found in the logs: it has no trace or request id", plain)
        return
    first, *others = (
        (_ids(exchange) for exchange in evidence.accepted(Group.plain)) if plain else [set[str]()]
    )
    if first and any(first == ids for ids in others):
        yield Fault(f"two answers have one id, {sorted(first)[0]!r}", plain)


def _no_version(evidence: Evidence) -> Iterator[Fault]:
    plain = evidence.plain
    if plain is None or any(NAME_AT_VERSION.fullmatch(text) for text in texts_of(plain.document)):
        return
    if not (VERSION_KEYS & keys_of(plain.document) or VERSION_HEADERS & set(plain.headers)):
        yield Fault("an answer does not say which model in which version made it", plain)


def _ids(exchange: Exchange) -> set[str]:
    """All values of fields and headers that are called like an id of the request."""
    fields = {str(value) for key, value in pairs_of(exchange.document) if key in TRACE_KEYS}
    return fields | {value for name, value in exchange.headers.items() if name in TRACE_HEADERS}


_R, _A = Severity.risky, Severity.advice
CHECKS = (
    Check(
        "bounded-time", _R, f"A request is answered within {SLOW_S:.0f} s, many at once as if in turn.", _slow
    ),
    Check("health-light", _R, "The health probe does no inference.", _heavy_health),
    Check("health", _A, "There is a health probe.", _no_health),
    Check("typed-answer", _A, "An OpenAPI document describes the answer.", _untyped),
    Check("trace-id", _A, "An answer has an id of its own that finds it in the logs.", _no_trace),
    Check("model-version", _A, "An answer names the models that made it, with version.", _no_version),
)
