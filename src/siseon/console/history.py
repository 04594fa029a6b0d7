"""The last minutes of a service, made of its figures: what Overview shows. A ring: a day is as long as five minutes.

One of them serves all open pages; what it tells is compared with what it told before, so numbers are rounded to what
a person reads.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from siseon.console.figures import OK, Figures, Latency, ModelFigures

EVERY_S = 2.0
"""Between two looks."""
KEPT = 151
"""Looks: five minutes."""
WINDOW = 15
"""Looks over which latency and CPU are measured: half a minute."""
GAP = 3
"""Looks after which the past is forgotten: nobody was there, and a line across the gap would be invented."""

Line = tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class PipelineNow:
    """One line of the table of pipelines."""

    name: str
    per_second: float
    in_flight: int
    waiting: int
    p50_ms: float | None
    p95_ms: float | None
    p99_ms: float | None
    """Of the last half minute."""
    answered: int
    failed: int
    refused: int
    """Since the start."""


@dataclass(frozen=True, slots=True)
class StageNow:
    """One line of the table of stages: means since the start."""

    pipeline: str
    stage: str
    queue_ms: float
    compute_ms: float
    batch: float


@dataclass(frozen=True, slots=True)
class Lost:
    """Items that came to no good end, by cause, since the start."""

    pipeline: str
    stage: str
    cause: str
    items: int


@dataclass(frozen=True, slots=True)
class Overview:
    """All that the page shows."""

    per_second: Line
    failed_per_second: Line
    p50_ms: Line
    p95_ms: Line
    in_flight: Line
    waiting: Line
    pipelines: tuple[PipelineNow, ...]
    stages: tuple[StageNow, ...]
    lost: tuple[Lost, ...]
    models: tuple[ModelFigures, ...]
    memory_mb: int
    cpu_percent: int | None
    started_at: int
    """Seconds since 1970."""


@dataclass(frozen=True, slots=True)
class Point:
    """One moment of the charts."""

    per_second: float | None = None
    failed_per_second: float | None = None
    p50_ms: float | None = None
    p95_ms: float | None = None
    in_flight: float | None = None
    waiting: float | None = None


UNKNOWN = Point()


class History:
    """Of one service."""

    def __init__(self) -> None:
        self._looks: deque[tuple[float, Figures]] = deque(maxlen=WINDOW + 1)
        self._points: deque[Point] = deque(maxlen=KEPT)
        self._forget()

    def add(self, at: float, figures: Figures) -> Overview:
        """One more look, ``at`` seconds by a clock that never goes back."""
        if self._looks:
            then, before = self._looks[-1]
            if at - then > GAP * EVERY_S or before.started_at != figures.started_at:
                self._forget()
        self._looks.append((at, figures))
        looks = list(self._looks)
        self._points.append(_point(looks))
        return Overview(
            tuple(point.per_second for point in self._points),
            tuple(point.failed_per_second for point in self._points),
            tuple(point.p50_ms for point in self._points),
            tuple(point.p95_ms for point in self._points),
            tuple(point.in_flight for point in self._points),
            tuple(point.waiting for point in self._points),
            tuple(_pipeline(looks, name) for name in sorted(figures.in_flight)),
            _stages(figures),
            tuple(Lost(*which, int(items)) for which, items in sorted(figures.lost.items()) if items),
            figures.models,
            round(figures.memory_bytes / 1e6),
            _cpu_percent(looks),
            round(figures.started_at),
        )

    def _forget(self) -> None:
        self._looks.clear()
        self._points.extend([UNKNOWN] * KEPT)


Looks = list[tuple[float, Figures]]


def _point(looks: Looks) -> Point:
    figures = looks[-1][1]
    return Point(
        _rate(looks),
        _rate(looks, failed=True),
        _quantile_ms(looks, 0.5),
        _quantile_ms(looks, 0.95),
        float(sum(figures.in_flight.values())),
        float(sum(figures.waiting.values())),
    )


def _answers(figures: Figures, pipeline: str | None = None, *, failed: bool = False) -> float:
    return sum(
        count
        for (name, outcome), count in figures.answered.items()
        if pipeline in (None, name) and not (failed and outcome == OK)
    )


def _rate(looks: Looks, pipeline: str | None = None, *, failed: bool = False) -> float | None:
    if len(looks) < 2:
        return None
    (then, before), (now, figures) = looks[-2:]
    more = _answers(figures, pipeline, failed=failed) - _answers(before, pipeline, failed=failed)
    return round(max(0.0, more) / max(now - then, 0.1), 2)


def _quantile_ms(looks: Looks, share: float, pipeline: str | None = None) -> float | None:
    if len(looks) < 2:
        return None
    now, before = looks[-1][1], looks[0][1]
    recent: Latency | None = None
    for name, latency in now.latency.items():
        if pipeline in (None, name):
            each = latency.since(before.latency.get(name))
            recent = each if recent is None else _sum(recent, each)
    seconds = None if recent is None else recent.quantile(share)
    return None if seconds is None else _three_digits(seconds * 1000)


def _sum(one: Latency, other: Latency) -> Latency:
    if one.bounds != other.bounds:
        return one
    return Latency(one.bounds, tuple(a + b for a, b in zip(one.counts, other.counts, strict=True)))


def _pipeline(looks: Looks, name: str) -> PipelineNow:
    figures = looks[-1][1]
    return PipelineNow(
        name,
        _rate(looks, name) or 0.0,
        int(figures.in_flight[name]),
        int(sum(count for (pipeline, _), count in figures.waiting.items() if pipeline == name)),
        _quantile_ms(looks, 0.5, name),
        _quantile_ms(looks, 0.95, name),
        _quantile_ms(looks, 0.99, name),
        int(_answers(figures, name)),
        int(_answers(figures, name, failed=True)),
        int(figures.refused.get(name, 0)),
    )


def _stages(figures: Figures) -> tuple[StageNow, ...]:
    made = []
    for which, (computed, batches) in sorted(figures.computed_s.items()):
        waited, times = figures.queued_s.get(which, (0.0, 0.0))
        items, all_batches = figures.batched.get(which, (0.0, 0.0))
        made.append(
            StageNow(
                *which,
                _three_digits(1000 * waited / times) if times else 0.0,
                _three_digits(1000 * computed / batches),
                round(items / all_batches, 1) if all_batches else 0.0,
            )
        )
    return tuple(made)


def _cpu_percent(looks: Looks) -> int | None:
    """Of one core, over the last half minute."""
    (then, before), (now, figures) = looks[0], looks[-1]
    return None if now <= then else round(100 * (figures.cpu_s - before.cpu_s) / (now - then))


def _three_digits(value: float) -> float:
    return float(f"{value:.3g}")
