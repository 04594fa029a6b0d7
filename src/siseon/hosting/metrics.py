"""Prometheus metrics, read from the same records as the traces. Base units: seconds, bytes, items."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple
from weakref import finalize

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from siseon.engine import Batch, Pipeline, Trace
from siseon.engine.trace import OK
from siseon.hosting.host import Host
from siseon.hosting.tally import Count, Counters, Distribution, Histograms
from siseon.models import Model

CONTENT_TYPE = CONTENT_TYPE_LATEST
SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
SIZES = (1, 2, 4, 8, 16, 32, 64)
FILLS = (0.125, 0.25, 0.5, 0.75, 1.0)


class Metrics:
    """The figures of one service, in a registry of their own."""

    def __init__(self, host: Host) -> None:
        self._registry = CollectorRegistry()
        stage = ("pipeline", "stage")

        def histogram(
            name: str, text: str, labels: tuple[str, ...], buckets: tuple[float, ...]
        ) -> Histograms:
            made = Histograms(name, text, labels, buckets)
            self._registry.register(made)
            return made

        def counter(name: str, text: str, labels: tuple[str, ...]) -> Counters:
            made = Counters(name, text, labels)
            self._registry.register(made)
            return made

        self._request = histogram(
            "siseon_request_duration_seconds", "From call to answer.", ("pipeline", "outcome"), SECONDS
        )
        self._queue = histogram("siseon_stage_queue_seconds", "Wait of a request's items.", stage, SECONDS)
        self._compute = histogram(
            "siseon_stage_compute_seconds", "Work of a batch.", (*stage, "model"), SECONDS
        )
        self._part = histogram(
            "siseon_stage_part_seconds", "Work of a batch, by named part.", (*stage, "part"), SECONDS
        )
        self._size = histogram("siseon_stage_batch_size", "Items of a batch.", stage, SIZES)
        self._fill = histogram("siseon_stage_batch_fill_ratio", "Share of the batch limit.", stage, FILLS)
        self._items = counter("siseon_stage_items", "Items by what came of them.", (*stage, "outcome"))
        self._dropped = counter("siseon_stage_dropped_items", "Items that never ran.", (*stage, "cause"))
        self._bytes = counter(
            "siseon_stage_input_bytes", "Pixels and arrays handed to a stage, by reference.", stage
        )
        self._copied = counter(
            "siseon_stage_copied_bytes", "Copied on the way to worker processes and back.", stage
        )
        self._batches: dict[int, dict[str, _BatchFigures]] = {}
        """By pipeline and stage: a swap puts another pipeline, with other models, in the place of the one of a name.
        By its id while it lives, since a user's pipeline may have no hash."""
        self._registry.register(_Now(host))
        ProcessCollector(registry=self._registry)
        host.on_trace.append(self._on_trace)
        host.on_batch.append(self._on_batch)

    def show(self, collector: Collector) -> None:
        """Tell other figures too."""
        self._registry.register(collector)

    def text(self) -> bytes:
        """The figures now, in the exposition format."""
        return generate_latest(self._registry)

    def _on_trace(self, pipeline: str, trace: Trace) -> None:
        self._request.of(pipeline, trace.outcome).observe(trace.elapsed_s)
        for span in trace.spans:
            key = (pipeline, span.stage, span.outcome)
            self._items.of(*key).add(span.items)
            if span.kind == "batch":
                self._queue.of(pipeline, span.stage).observe(span.queue_s)
            if span.outcome != OK and not span.batch_size:
                self._dropped.of(*key).add(span.items)

    def _on_batch(self, name: str, pipeline: Pipeline[Any, Any], batch: Batch) -> None:
        by_stage = self._batches.get(id(pipeline))
        if by_stage is None:
            by_stage = self._batches[id(pipeline)] = {}
            finalize(pipeline, self._batches.pop, id(pipeline)).atexit = False
        figures = by_stage.get(batch.stage)
        if figures is None:
            figures = by_stage[batch.stage] = self._of_stage(name, pipeline, batch.stage)
        figures.compute.observe(batch.compute_s)
        for part, seconds in batch.parts.items():
            self._part.of(name, batch.stage, part).observe(seconds)
        figures.size.observe(batch.size)
        figures.fill.observe(batch.size / batch.max_batch)
        figures.bytes_in.add(batch.bytes_in)
        figures.copied.add(batch.bytes_copied)

    def _of_stage(self, name: str, pipeline: Pipeline[Any, Any], stage: str) -> _BatchFigures:
        running = pipeline.stages().get(stage)  # none of its own: one that ``run`` has made
        models = ",".join(f"{ref.name}:{ref.version}" for ref in running.models()) if running else ""
        labels = (name, stage)
        return _BatchFigures(
            self._compute.of(*labels, models),
            self._size.of(*labels),
            self._fill.of(*labels),
            self._bytes.of(*labels),
            self._copied.of(*labels),
        )


class _BatchFigures(NamedTuple):
    compute: Distribution
    size: Distribution
    fill: Distribution
    bytes_in: Count
    copied: Count


class _Now(Collector):
    """Figures that are read when somebody asks: what waits, what is at work, what the models have done."""

    def __init__(self, host: Host) -> None:
        self._host = host

    def collect(self) -> Iterator[Metric]:
        flight = GaugeMetricFamily("siseon_requests_in_flight", "Requests at work.", labels=["pipeline"])
        refused = CounterMetricFamily(
            "siseon_requests_refused",
            "Requests that were refused before the pipeline ran: for want of room, or for what they are.",
            labels=["pipeline"],
        )
        waiting = GaugeMetricFamily(
            "siseon_stage_waiting_items", "Items in the queue.", labels=["pipeline", "stage"]
        )
        resident = GaugeMetricFamily(
            "siseon_stage_worker_resident_bytes",
            "Memory of a worker process, what it shares included.",
            labels=["pipeline", "stage", "worker"],
        )
        restarts = CounterMetricFamily(
            "siseon_stage_worker_restarts",
            "Workers started in the place of dead ones.",
            labels=["pipeline", "stage"],
        )
        no_room = CounterMetricFamily(
            "siseon_stage_copies_without_room",
            "Arrays sent through a socket because shared memory was full.",
            labels=["pipeline", "stage"],
        )
        models: set[Model] = set()
        for name, served in self._host.served.items():
            flight.add_metric([name], served.admission.in_flight)
            refused.add_metric([name], served.admission.refused + served.turned_away)
            for stage, one in served.pipeline.stages().items():
                now = one.statistics()
                waiting.add_metric([name, stage], now.waiting)
                restarts.add_metric([name, stage], now.place.restarts)
                no_room.add_metric([name, stage], now.place.copies_without_room)
                for pid, size in now.place.workers.items():
                    resident.add_metric([name, stage, str(pid)], size)
            models |= set(self._host.models_of(served.pipeline))
        yield flight
        yield refused
        yield waiting
        yield resident
        yield restarts
        yield no_room
        yield GaugeMetricFamily(
            "siseon_event_loop_tasks", "Tasks of the event loop.", len(asyncio.all_tasks())
        )
        yield GaugeMetricFamily("siseon_threads", "Threads of Python.", threading.active_count())
        yield from _of_models(models)


def _of_models(models: Iterable[Model]) -> Iterator[Metric]:
    calls = CounterMetricFamily("siseon_model_calls", "Batches run.", labels=["model", "version"])
    items = CounterMetricFamily("siseon_model_items", "Items run.", labels=["model", "version"])
    resident = GaugeMetricFamily(
        "siseon_model_resident_bytes", "Memory of the weights.", labels=["model", "version"]
    )
    for model in sorted(models, key=lambda model: (model.card.name, model.card.version)):
        labels, stats = [model.card.name, model.card.version], model.stats
        calls.add_metric(labels, stats.calls)
        items.add_metric(labels, stats.items)
        resident.add_metric(labels, stats.resident_bytes)
    yield calls
    yield items
    yield resident
