"""So many a second, of things that come at a pace of their own."""

from __future__ import annotations


class Rate:
    """Tells when the next one is due. Over time the rate is kept exactly; who was late does not hurry afterwards."""

    def __init__(self, fps: float | None) -> None:
        """``fps``: a second at most; None: all are due."""
        self.fps = fps
        self._due = 0.0

    def left_s(self, now: float) -> float:
        """Seconds until the next one is due, on the clock of ``now``."""
        return 0.0 if self.fps is None else max(0.0, self._due - now)

    def take(self, now: float) -> None:
        """One that was due is taken."""
        if self.fps is not None:
            period = 1 / self.fps
            self._due = self._due + period if now - self._due < period else now + period
