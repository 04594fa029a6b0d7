"""What a pipeline answers with: the data, who made it, how long it took and what is missing from it."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable
from typing import Any, NamedTuple

from siseon.contracts import ContractViolation, ModelRef, Result
from siseon.engine.context import Request
from siseon.engine.report import stage_timings
from siseon.engine.stage import AnyStage
from siseon.engine.user_values import label_of

_validate: Callable[[dict[str, Any]], Result[Any]] = Result[Any].__pydantic_validator__.validate_python


class Answer(NamedTuple):
    """What ``run`` gave, and the models whose work is in it."""

    data: Any
    models: list[ModelRef]


def envelope(
    answer: Answer, request: Request, elapsed_s: float, stages: Container[str] | None = None
) -> Result[Any]:
    """The result; with the timings of some ``stages`` alone, by name, for a part of a request."""
    timings = stage_timings(request.trace)
    if stages is not None:
        timings = [timing for timing in timings if timing["stage"] in stages]
    values: dict[str, Any] = {
        "data": answer.data,
        "models": answer.models,
        "trace_id": request.trace.trace_id,
        "timings": timings,
        "degraded": request.degraded,
        "warnings": request.warnings,
        "elapsed_ms": elapsed_s * 1000,
    }
    return _validate(values)  # one look at all of them


def models_of(stages: Iterable[AnyStage]) -> list[ModelRef]:
    """The models of these stages, each once.

    Raises:
        ContractViolation: what a stage calls its models is something else.
    """
    refs = {}
    for stage in stages:
        for ref in stage.models():
            if not isinstance(ref, ModelRef):
                raise ContractViolation(
                    f"models of stage {label_of(stage)!r} gave {type(ref).__name__}, not ModelRef"
                )
            refs[ref.name, ref.version, ref.sha256] = ref
    return list(refs.values())
