"""What a stream tells: states, results and failures, each a line of JSON."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SerializeAsAny

from siseon.contracts import Failure, Result
from siseon.streams.causes import Cause
from siseon.streams.life import State


class _Told(BaseModel):
    model_config = ConfigDict(frozen=True)

    stream: str
    """The stream's name."""


class StateTold(_Told):
    """The stream came into a state."""

    kind: Literal["state"] = "state"
    at: datetime
    state: State
    cause: Cause | None
    """Why it is not live; None before the first session and while it is."""
    message: str
    """The cause in words; empty without one."""
    hint: str
    retry_s: float | None
    """In ``lost``: seconds until the next try."""


class FrameTold(BaseModel):
    """Which frame, and when."""

    model_config = ConfigDict(frozen=True)

    number: int
    """From 1, over all sessions; skipped ones count."""
    at: datetime
    """When it had come, UTC."""
    latency_ms: float
    """From its coming to this outcome: the wait, and all stages."""


class ResultTold(_Told):
    """A frame's result."""

    kind: Literal["result"] = "result"
    frame: FrameTold
    result: SerializeAsAny[Result[Any]]


class FailureTold(_Told):
    """A frame's failure; the stream goes on."""

    kind: Literal["failure"] = "failure"
    frame: FrameTold
    failure: Failure


class MissedTold(_Told):
    """Whoever follows was too slow for some of what came."""

    kind: Literal["missed"] = "missed"
    missed: int
    """States, results and failures that are not told, the oldest ones."""


Told = Annotated[StateTold | ResultTold | FailureTold, Field(discriminator="kind")]
