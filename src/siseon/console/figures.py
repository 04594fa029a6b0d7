"""What ``/metrics`` says at one moment, as values: counts since the start, and what is now."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from prometheus_client.parser import text_string_to_metric_families

OK = "ok"
READ = (
    "siseon_request",
    "siseon_stage_items_total",
    "siseon_stage_waiting_items",
    *(
        f"siseon_stage_{figure}_{of_it}"
        for figure in ("queue_seconds", "compute_seconds", "batch_size")
        for of_it in ("sum", "count")
    ),
    "siseon_model_",
    "process_",
)
"""How lines begin that are looked at: a sixth of all, and reading is what most of a look costs."""

FIGURES = re.compile(r"\s*(#|[a-zA-Z_:][\w:]*[{ ]|\Z)")
"""How a document of figures begins."""


@dataclass(frozen=True, slots=True)
class Latency:
    """A histogram: how many took at most so many seconds, by the bounds in order; the last bound is infinite."""

    bounds: tuple[float, ...]
    counts: tuple[float, ...]
    """Cumulative."""

    def since(self, before: Latency | None) -> Latency:
        """What came after ``before``; all where the service has started anew in between."""
        if before is None or before.bounds != self.bounds or before.counts[-1] > self.counts[-1]:
            return self
        return Latency(
            self.bounds, tuple(now - then for now, then in zip(self.counts, before.counts, strict=True))
        )

    def quantile(self, share: float) -> float | None:
        """Seconds within which that share was answered, even within a bucket, as Prometheus estimates it; None
        without any.
        """
        total = self.counts[-1] if self.counts else 0.0
        if total <= 0:
            return None
        rank, low, below = share * total, 0.0, 0.0
        for bound, count in zip(self.bounds, self.counts, strict=True):
            if count >= rank:
                if math.isinf(bound):
                    return low
                inside = count - below
                return low + (bound - low) * ((rank - below) / inside if inside else 1.0)
            low, below = bound, count
        return low


@dataclass(frozen=True, slots=True)
class ModelFigures:
    """Of one loaded model."""

    name: str
    version: str
    calls: float
    items: float
    resident_bytes: float


@dataclass(frozen=True, slots=True)
class Figures:
    """Of the whole service."""

    answered: Mapping[tuple[str, str], float]
    """By pipeline and outcome, since the start."""
    latency: Mapping[str, Latency]
    """By pipeline, of what was answered well."""
    refused: Mapping[str, float]
    """At the door, by pipeline, since the start."""
    in_flight: Mapping[str, float]
    """Now, by pipeline."""
    waiting: Mapping[tuple[str, str], float]
    """Items in queues now, by pipeline and stage."""
    queued_s: Mapping[tuple[str, str], tuple[float, float]]
    """Seconds waited and how often, by pipeline and stage, since the start."""
    computed_s: Mapping[tuple[str, str], tuple[float, float]]
    """The same of batches at work."""
    batched: Mapping[tuple[str, str], tuple[float, float]]
    """Items and batches, by pipeline and stage."""
    lost: Mapping[tuple[str, str, str], float]
    """Items that came to no good end, by pipeline, stage and cause, since the start."""
    models: tuple[ModelFigures, ...]
    memory_bytes: float
    cpu_s: float
    started_at: float
    """Seconds since 1970."""


def read_figures(text: str) -> Figures:
    """What the exposition format says; a figure that is not there is zero, or no entry.

    Raises:
        ValueError: it is another document.
    """
    if FIGURES.match(text) is None:
        raise ValueError("no figures")
    answered: dict[tuple[str, str], float] = {}
    buckets: dict[str, dict[float, float]] = defaultdict(lambda: defaultdict(float))
    simple: dict[str, dict[str, float]] = defaultdict(dict)
    staged: dict[str, dict[tuple[str, str], float]] = defaultdict(lambda: defaultdict(float))
    lost: dict[tuple[str, str, str], float] = {}
    of_models: dict[tuple[str, str], dict[str, float]] = defaultdict(dict)
    process: dict[str, float] = {}
    lines = "".join(line for line in text.splitlines(keepends=True) if line.startswith(READ))
    for family in text_string_to_metric_families(lines):
        for name, labels, value, *_ in family.samples:
            pipeline, stage, outcome = labels.get("pipeline"), labels.get("stage"), labels.get("outcome")
            if "model" in labels and "version" in labels:
                of_models[labels["model"], labels["version"]][name] = value
            elif name == "siseon_request_duration_seconds_count" and pipeline and outcome:
                answered[pipeline, outcome] = value
            elif name == "siseon_request_duration_seconds_bucket" and pipeline and outcome == OK:
                buckets[pipeline][float(labels["le"])] += value
            elif name == "siseon_stage_items_total" and pipeline and stage and outcome:
                if outcome != OK:
                    lost[pipeline, stage, outcome] = value
            elif pipeline and stage:
                staged[name][pipeline, stage] += value
            elif pipeline:
                simple[name][pipeline] = value
            elif not labels:
                process[name] = value
    return Figures(
        answered,
        {name: _latency(each) for name, each in buckets.items()},
        simple["siseon_requests_refused_total"],
        simple["siseon_requests_in_flight"],
        staged["siseon_stage_waiting_items"],
        _pairs(staged, "siseon_stage_queue_seconds"),
        _pairs(staged, "siseon_stage_compute_seconds"),
        _pairs(staged, "siseon_stage_batch_size"),
        lost,
        tuple(_model(*which, each) for which, each in sorted(of_models.items())),
        process.get("process_resident_memory_bytes", 0.0),
        process.get("process_cpu_seconds_total", 0.0),
        process.get("process_start_time_seconds", 0.0),
    )


def _latency(buckets: Mapping[float, float]) -> Latency:
    bounds = tuple(sorted(buckets))
    return Latency(bounds, tuple(buckets[bound] for bound in bounds))


def _pairs(
    staged: Mapping[str, Mapping[tuple[str, str], float]], name: str
) -> Mapping[tuple[str, str], tuple[float, float]]:
    counts = staged.get(f"{name}_count", {})
    sums = staged.get(f"{name}_sum", {})
    return {which: (sums.get(which, 0.0), count) for which, count in counts.items() if count}


def _model(name: str, version: str, figures: Mapping[str, float]) -> ModelFigures:
    return ModelFigures(
        name,
        version,
        figures.get("siseon_model_calls_total", 0.0),
        figures.get("siseon_model_items_total", 0.0),
        figures.get("siseon_model_resident_bytes", 0.0),
    )
