"""One clip while it is taken, and what is told of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from siseon.contracts import Failure
from siseon.streams.clips.ring import Frame
from siseon.streams.clips.room import Room

TAKE_BYTES = 128 << 20
"""Of the pictures of one clip while it is taken; it ends early beyond it."""
LONGEST_S = 600.0
"""A clip that further events make longer ends then all the same."""
MOST_REASONS = 10
"""Events of one clip that it tells."""


class ClipState(StrEnum):
    """Where a clip is in its life."""

    taking = "taking"
    """Until its video is kept."""
    ready = "ready"
    failed = "failed"
    """There will be no video of it."""


class Clip(BaseModel):
    """A clip of a stream."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    id: str
    stream: str
    state: ClipState
    at: datetime
    """When the first event was, UTC."""
    begins_at: datetime
    """When its first picture was."""
    reasons: tuple[str, ...]
    """Of the events that it shows."""
    seconds: float
    """How long it is, or so far."""
    frames: int
    nbytes: int
    """Length of the file; of its pictures, while it is taken; 0 where it failed."""
    width: int | None = None
    """Pixels; None while it is taken."""
    height: int | None = None
    failure: Failure | None = None
    """Why it failed, where it did."""


@dataclass(slots=True)
class Take:
    """Pictures that come together until ``end_s``."""

    id: str
    stream: str
    at: datetime
    at_s: float
    end_s: float
    reasons: list[str]
    frames: list[Frame]
    """Those of before; the oldest give way where there is no room for all."""
    room: Room = field(default_factory=Room)
    """That of all clips of a service."""
    nbytes: int = 0
    crowded: bool = False
    """A picture had no room: it is shorter than it should be."""

    def __post_init__(self) -> None:
        before, self.frames = self.frames, []
        for frame in reversed(before):
            if not self._keep(frame):
                break
        self.frames.reverse()

    def put(self, frame: Frame) -> None:
        """One more picture; it ends early where there is no room for it."""
        if not self._keep(frame) or self.nbytes > TAKE_BYTES:
            self.end_s = frame.at_s

    def let_go(self) -> None:
        """Its pictures are needed no more."""
        self.room.give_back(self.nbytes)
        self.frames, self.nbytes = [], 0

    def _keep(self, frame: Frame) -> bool:
        if not self.room.take(len(frame.jpeg)):
            self.crowded = True
            return False
        self.frames.append(frame)
        self.nbytes += len(frame.jpeg)
        return True

    def extend(self, end_s: float, reason: str) -> None:
        """Another event: it is taken for longer."""
        begun = self.frames[0].at_s if self.frames else self.at_s
        self.end_s = min(max(self.end_s, end_s), begun + LONGEST_S)
        if reason and reason not in self.reasons and len(self.reasons) < MOST_REASONS:
            self.reasons.append(reason)

    def told(self, now_s: float) -> Clip:
        """What there is of it."""
        first = self.frames[0] if self.frames else None
        return Clip(
            id=self.id,
            stream=self.stream,
            state=ClipState.taking,
            at=self.at,
            begins_at=self.at if first is None else first.at,
            reasons=tuple(self.reasons),
            seconds=0.0 if first is None else round(min(now_s, self.end_s) - first.at_s, 3),
            frames=len(self.frames),
            nbytes=self.nbytes,
        )
