"""What a pipeline answers with: the data, who made it, how long it took and what is missing from it."""

from __future__ import annotations

from collections.abc import Container, Iterable
from typing import Any, NamedTuple

from siseon.contracts import ModelRef, Result
from siseon.engine.context import Request
from siseon.engine.report import stage_timings
from siseon.engine.stage import AnyStage

ANY_RESULT = Result[Any]


class Answer(NamedTuple):
    """What ``run`` gave, and the models whose work is in it."""

    data: Any
    models: list[ModelRef]


def envelope(
    answer: Answer, request: Request, elapsed_s: float, stages: Container[str] | None = None
) -> Result[Any]:
    """The result; with the timings of some ``stages`` alone, by name, for a part of a request."""
    timings = stage_timings(request.trace)
    return ANY_RESULT.model_construct(  # nothing to validate: all values are our own
        data=answer.data,
        models=answer.models,
        trace_id=request.trace.trace_id,
        timings=[timing for timing in timings if stages is None or timing.stage in stages],
        degraded=list(request.degraded),
        warnings=list(request.warnings),
        elapsed_ms=elapsed_s * 1000,
    )


def models_of(stages: Iterable[AnyStage]) -> list[ModelRef]:
    """The models of these stages, each once."""
    refs = {}
    for stage in stages:
        for ref in stage.models():
            refs[ref.name, ref.version, ref.sha256] = ref
    return list(refs.values())
