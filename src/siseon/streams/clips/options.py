"""How clips are taken of a stream."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

MOST_BEFORE_S = 60.0
MOST_AFTER_S = 300.0


class ClipOptions(BaseModel):
    """Of one stream."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    before_s: float = Field(default=0.0, ge=0, le=MOST_BEFORE_S)
    """Seconds before an event: so many are held in memory all the time, as small pictures. 0: none."""
    after_s: float = Field(default=10.0, ge=1, le=MOST_AFTER_S)
    """Seconds after it."""
    fps: Literal[1, 2, 5, 10] = 5
    """Pictures a second at most."""
    width: Literal[320, 640, 1280] = 640
    """Pixels across, and down, at most."""
    on_alarm: bool = False
    """Whether an alarm of the stream that goes on makes one."""
