"""What the runtime keeps to compute a network in goes back to the system while nobody asks for the network.

An arena of ONNX Runtime keeps the most that its runs ever took together, for the next ones, and gives it back at the
end of a run that is told so. Told with each run, the next would ask the system for all of it anew; so a network that
nobody has run for a while is run once more, on the least that it was ever given, of ones: by zeros some divide.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from siseon.models.ports import Array

REST_S = 5.0
"""Seconds that such a run may take: an end of the service waits for it."""


class Rest:
    """Of one network: whether it is due, and with what it is run for it."""

    def __init__(self) -> None:
        self._runs = 0
        self._looked = 0
        self._rested = 0
        self._refused = False
        self._bytes: int | None = None
        self._least: Mapping[str, tuple[tuple[int, ...], np.dtype[Any]]] = {}

    def ran(self, feeds: Mapping[str, Array]) -> None:
        """It was run, and has answered, on these."""
        self._runs += 1
        size = sum(array.nbytes for array in feeds.values())
        if self._bytes is None or size < self._bytes:
            self._bytes = size
            self._least = {name: (array.shape, array.dtype) for name, array in feeds.items()}

    def due(self) -> Mapping[str, Array] | None:
        """What it is to be run on now: where it has run since its last rest, but not since this was last asked."""
        runs, looked, self._looked = self._runs, self._looked, self._runs
        if runs != looked or runs == self._rested or self._refused:
            return None
        self._rested = runs
        return {name: np.ones(shape, dtype) for name, (shape, dtype) in self._least.items()}

    def refused(self) -> None:
        """It does not run on ones, or for too long: it is not asked again."""
        self._refused = True
