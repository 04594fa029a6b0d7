"""The last seconds of a stream as coded pictures, in bounded memory."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from datetime import datetime

RING_BYTES = 32 << 20
"""Of one stream at most: a minute at 10 pictures a second has 50 KiB for each."""


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One picture."""

    at_s: float
    """When it was shown, on the monotonic clock."""
    at: datetime
    """The same, UTC."""
    jpeg: bytes


class Ring:
    """Pictures not older than ``seconds``, and not more than ``most`` bytes: the oldest give way."""

    def __init__(self, seconds: float, most: int = RING_BYTES) -> None:
        self.nbytes = 0
        self._seconds = seconds
        self._most = most
        self._frames: deque[Frame] = deque()

    def put(self, frame: Frame) -> None:
        """Another one; its times are not before the last one's."""
        self._frames.append(frame)
        self.nbytes += len(frame.jpeg)
        while self._frames and (
            self.nbytes > self._most or self._frames[0].at_s < frame.at_s - self._seconds
        ):
            self.nbytes -= len(self._frames.popleft().jpeg)

    def since(self, at_s: float) -> list[Frame]:
        """Those since that time, and the one that was to be seen then."""
        frames = list(self._frames)
        first = next((index for index, frame in enumerate(frames) if frame.at_s >= at_s), len(frames))
        return frames[max(0, first - 1) :]
