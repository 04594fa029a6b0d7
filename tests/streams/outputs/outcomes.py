"""Outcomes of streams, as a service hands them to its sinks."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel

from siseon.contracts import Failure, FailureCode, Measurement, Result
from siseon.streams.address import Address
from siseon.streams.causes import Cause
from siseon.streams.kept import Kept
from siseon.streams.kept_options import KeptOptions
from siseon.streams.life import State
from siseon.streams.outputs.look import Look
from siseon.streams.sink import Outcome
from siseon.streams.wire import FailureTold, FrameTold, ResultTold, StateTold


class Nothing(BaseModel):
    """The data of a result that nobody looks at."""


def looking(*names: str, **modbus: dict[str, int]) -> Look:
    """These streams are kept; those with ``modbus`` have registers."""
    options = dict.fromkeys(names, KeptOptions()) | {
        name: KeptOptions(modbus=tags) for name, tags in modbus.items()
    }

    async def look() -> list[Kept]:
        address = Address.written("rtsp://10.0.0.7/live")
        return [Kept(name, address, "gauges", how, datetime.now(UTC)) for name, how in options.items()]

    return look


def in_state(stream: str, state: State = State.live, cause: Cause | None = None) -> Outcome:
    message = "" if cause is None else cause.meaning
    told = StateTold(
        stream=stream, at=datetime.now(UTC), state=state, cause=cause, message=message, hint="", retry_s=None
    )
    return Outcome(stream, told)


def measured(stream: str, *measurements: Measurement, at: datetime | None = None) -> Outcome:
    frame = FrameTold(number=1, at=at or datetime.now(UTC), latency_ms=1.0)
    result: Result[Any] = Result(
        data=Nothing(), models=[], trace_id="0" * 32, timings=[], degraded=[], warnings=[], elapsed_ms=1.0
    )
    return Outcome(stream, ResultTold(stream=stream, frame=frame, result=result), measurements)


def read(value: float | None, tag: str = "reading", unit: str | None = "bar", **more: Any) -> Measurement:
    if value is None:
        return Measurement(tag=tag, value=None, unit=unit, quality="bad", **{"reason": "glare", **more})
    return Measurement(tag=tag, value=value, unit=unit, **more)


def failed(stream: str) -> Outcome:
    frame = FrameTold(number=1, at=datetime.now(UTC), latency_ms=1.0)
    failure = Failure(code=FailureCode.deadline_exceeded, message="late", retryable=True)
    return Outcome(stream, FailureTold(stream=stream, frame=frame, failure=failure))
