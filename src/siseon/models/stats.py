"""What a model has done since it was loaded."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from threading import Lock

import numpy as np

RECENT_CALLS = 2048
"""Calls whose times are kept for percentiles."""


@dataclass(frozen=True, slots=True)
class ModelStats:
    """Counters; times in milliseconds a call, percentiles over the most recent calls."""

    calls: int = 0
    items: int = 0
    mean_ms: float = 0.0
    min_ms: float = 0.0
    max_ms: float = 0.0
    p50_ms: float = 0.0
    p95_ms: float = 0.0
    p99_ms: float = 0.0
    resident_bytes: int = 0
    """Growth of the process while the model was loaded, at least its weights; 0 when it is not loaded.
    The first model of a process brings the runtime's own share with it (9 MB on a CPU)."""

    @property
    def items_per_second(self) -> float:
        """Items over the time of their calls: the throughput of one replica that is never idle."""
        total_s = self.mean_ms * self.calls / 1000
        return self.items / total_s if total_s else 0.0


@dataclass(slots=True)
class CallCounter:
    """Counts calls from several threads."""

    calls: int = 0
    items: int = 0
    total_s: float = 0.0
    min_s: float = float("inf")
    max_s: float = 0.0
    recent: deque[float] = field(default_factory=lambda: deque(maxlen=RECENT_CALLS))
    lock: Lock = field(default_factory=Lock)
    untold: list[tuple[float, int]] | None = None
    """Calls since ``take_untold``, for one who counts them elsewhere too; None when there is nobody."""

    def take_untold(self) -> list[tuple[float, int]]:
        """Seconds and items of each call since the last time; from now on they are kept for the next."""
        with self.lock:
            untold, self.untold = self.untold or [], []
            return untold

    def add(self, seconds: float, items: int) -> None:
        """Count one call."""
        with self.lock:
            if self.untold is not None:
                self.untold.append((seconds, items))
            self.calls += 1
            self.items += items
            self.total_s += seconds
            if seconds < self.min_s:
                self.min_s = seconds
            if seconds > self.max_s:
                self.max_s = seconds
            self.recent.append(seconds)

    def stats(self, resident_bytes: int) -> ModelStats:
        """The counters now."""
        with self.lock:
            if not self.calls:
                return ModelStats(resident_bytes=resident_bytes)
            p50, p95, p99 = (float(value) * 1000 for value in np.percentile(list(self.recent), (50, 95, 99)))
            return ModelStats(
                calls=self.calls,
                items=self.items,
                mean_ms=self.total_s / self.calls * 1000,
                min_ms=self.min_s * 1000,
                max_ms=self.max_s * 1000,
                p50_ms=p50,
                p95_ms=p95,
                p99_ms=p99,
                resident_bytes=resident_bytes,
            )
