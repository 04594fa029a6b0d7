"""What is told of clips that are not in the archive: those to come, and for a while those that failed.

It is in memory, since it may be the store that fails; a restart forgets it.
"""

from __future__ import annotations

import time

from siseon.contracts import Failure
from siseon.streams.clips.take import Clip, ClipState, Take

FAILED_S = 3600.0
"""For so long a clip that failed is told."""
FAILED_MOST = 1000
"""So many of them at once; the oldest go first."""


class Unwritten:
    """Of a service."""

    def __init__(self) -> None:
        self._coming: dict[str, Take | Clip] = {}
        self._failed: dict[str, tuple[float, Clip]] = {}
        """With when they failed, on the monotonic clock; in that order."""

    def take(self, take: Take) -> None:
        """One that is taken."""
        self._coming[take.id] = take

    def code(self, clip: Clip) -> None:
        """It is coded and waits to be written: its pictures are needed no more."""
        self._coming[clip.id] = clip.model_copy(update={"state": ClipState.taking})

    def fail(self, clip: Clip, failure: Failure) -> None:
        """It will not be written."""
        told = {"state": ClipState.failed, "failure": failure, "nbytes": 0}
        self._coming.pop(clip.id, None)
        self._failed[clip.id] = time.monotonic(), clip.model_copy(update=told)
        self._forget_old()

    def drop(self, clip: str) -> None:
        """Tell it no longer."""
        self._coming.pop(clip, None)
        self._failed.pop(clip, None)

    def of(self, stream: str) -> list[Clip]:
        """Those of a stream."""
        self._forget_old()
        now_s = time.monotonic()
        told = [one.told(now_s) if isinstance(one, Take) else one for one in self._coming.values()]
        told += [clip for _, clip in self._failed.values()]
        return [clip for clip in told if clip.stream == stream]

    def _forget_old(self) -> None:
        oldest_s = time.monotonic() - FAILED_S
        for clip, (at_s, _) in list(self._failed.items()):
            if at_s >= oldest_s and len(self._failed) <= FAILED_MOST:
                break
            del self._failed[clip]
