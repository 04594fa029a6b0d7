"""What tests need of streams with alarms: rules, and outcomes as a hub would tell them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from siseon.contracts import Measurement, Result
from siseon.streams.causes import Cause
from siseon.streams.kept_options import KeptOptions
from siseon.streams.life import State
from siseon.streams.sink import Outcome
from siseon.streams.wire import FrameTold, ResultTold, StateTold

HIGH: dict[str, Any] = {"tag": "t", "kind": "high", "limit": 8.0}
STALE: dict[str, Any] = {"tag": "t", "kind": "stale", "after_s": 30.0}


def options(*rules: dict[str, Any], **others: Any) -> KeptOptions:
    return KeptOptions.model_validate({"alarms": rules, **others})


def seen(
    how: KeptOptions,
    value: float | None,
    at: float,
    stream: str = "gate",
    unit: str | None = "bar",
    latency_s: float = 0.0,
) -> Outcome:
    """A frame's result, with one figure; None: it was refused."""
    frame = FrameTold(number=1, at=datetime.fromtimestamp(at, UTC), latency_ms=latency_s * 1000)
    result: Result[Any] = Result.model_construct(data=None)
    measured = (
        Measurement(tag="t", value=None, quality="bad", reason="glare")
        if value is None
        else Measurement(tag="t", value=value, unit=unit)
    )
    told = ResultTold.model_construct(kind="result", stream=stream, frame=frame, result=result)
    return Outcome(stream, told, (measured,), how)


def state(
    how: KeptOptions, state: State, cause: Cause | None = None, stream: str = "gate", at: float | None = None
) -> Outcome:
    """``at``: in seconds since 1970; now, without."""
    when = datetime.now(UTC) if at is None else datetime.fromtimestamp(at, UTC)
    told = StateTold(stream=stream, at=when, state=state, cause=cause, message="", hint="", retry_s=None)
    return Outcome(stream, told, (), how)
