"""Which figures are worth passing on: those that differ from the last one, and each now and then."""

from __future__ import annotations

from siseon.contracts import Measurement

MOST_TAGS = 64
"""Of one stream: each leaves something behind in the systems of a plant."""


class Changes:
    """What was passed on last, of each stream and tag."""

    def __init__(self, every_s: float) -> None:
        self._every_s = every_s
        self._last: dict[str, dict[str, tuple[Measurement, float]]] = {}

    def passes(self, stream: str, measurement: Measurement, now: float) -> bool:
        """Whether to pass it on; ``now`` in seconds of any clock that does not go back."""
        tags = self._last.setdefault(stream, {})
        last = tags.get(measurement.tag)
        if last is None and len(tags) >= MOST_TAGS:
            return False
        if last is not None and last[0] == measurement and now - last[1] < self._every_s:
            return False
        tags[measurement.tag] = (measurement, now)
        return True

    def forget(self, stream: str) -> None:
        """The stream has ended."""
        self._last.pop(stream, None)
