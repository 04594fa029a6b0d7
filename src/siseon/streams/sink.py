"""What takes the outcomes of streams further: alarms, a history, a broker. It never slows a stream."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from siseon.contracts import Measurement
from siseon.streams.kept_options import KeptOptions
from siseon.streams.wire import FailureTold, ResultTold, StateTold

AS_THEY_COME = KeptOptions()
"""Of a stream whose owner stated none."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a stream, with the figures that its application finds in it."""

    stream: str
    told: StateTold | ResultTold | FailureTold
    measured: tuple[Measurement, ...] = ()
    options: KeptOptions = AS_THEY_COME
    """Those of the stream when it came."""


class Sink(Protocol):
    """Takes outcomes further. ``run`` is one task for as long as streams are served."""

    def take(self, outcome: Outcome) -> None:
        """Note it and return at once: no waiting, no input or output. Called on the event loop."""
        ...

    async def run(self) -> None:
        """Pass on what was taken until cancelled; then pass on what is left, within a bounded time."""
        ...
