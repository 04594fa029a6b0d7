"""OpenTelemetry spans, made of the same records as everything else: a span a request, with its stages inside, and a
span a batch, linked to the requests whose items it held.

Spans are written after the fact, with the times of the records, so that tracing costs the hot path nothing.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from siseon.contracts import DependencyMissing
from siseon.engine import Batch, Pipeline, Span, Trace
from siseon.engine.trace import OK
from siseon.hosting.host import Host

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.trace import SpanContext, Tracer

TRACES_PATH = "/v1/traces"
"""Where an OTLP collector takes spans over HTTP, below its endpoint."""


class Telemetry:
    """Sends the spans of one host to a collector."""

    def __init__(self, host: Host, endpoint: str) -> None:
        """Listen to the host; ``endpoint`` is the collector's base address.

        Raises:
            DependencyMissing: the OpenTelemetry SDK is not installed.
        """
        try:
            from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
            from opentelemetry.sdk.resources import Resource
            from opentelemetry.sdk.trace import TracerProvider
            from opentelemetry.sdk.trace.export import BatchSpanProcessor
        except ImportError:
            raise DependencyMissing(
                "otlp_endpoint is set, but OpenTelemetry is not installed", hint="pip install 'siseon[otel]'"
            ) from None
        self._ids = _Ids()
        self._provider: TracerProvider = TracerProvider(
            resource=Resource.create({"service.name": "siseon"}), id_generator=self._ids.generator
        )
        exporter = OTLPSpanExporter(endpoint=endpoint.rstrip("/") + TRACES_PATH)
        self._provider.add_span_processor(BatchSpanProcessor(exporter))
        self._tracer: Tracer = self._provider.get_tracer("siseon")
        host.on_trace.append(self._request)
        host.on_batch.append(self._batch)

    def close(self) -> None:
        """Send what is left."""
        self._provider.shutdown()

    def _request(self, pipeline: str, trace: Trace) -> None:
        from opentelemetry.trace import NonRecordingSpan, SpanKind, Status, StatusCode, set_span_in_context

        zero = _epoch_ns(trace.start)
        self._ids.next = (trace.trace_id, trace.span_id)
        parent = (
            set_span_in_context(NonRecordingSpan(_context(trace.trace_id, trace.parent_span_id)))
            if trace.parent_span_id
            else None
        )
        root = self._tracer.start_span(
            f"pipeline {pipeline}",
            context=parent,
            kind=SpanKind.SERVER,
            start_time=zero,
            attributes={"siseon.pipeline": pipeline, "siseon.outcome": trace.outcome},
        )
        if trace.outcome != OK:
            root.set_status(Status(StatusCode.ERROR, trace.outcome))
        within = set_span_in_context(root)
        for span in trace.spans:
            began = zero + round(span.start_s * 1e9)
            child = self._tracer.start_span(
                span.stage, context=within, start_time=began, attributes=_attributes(span)
            )
            if span.outcome != OK:
                child.set_status(Status(StatusCode.ERROR, span.outcome))
            child.end(began + round((span.queue_s + span.compute_s) * 1e9))
        root.end(zero + round(trace.elapsed_s * 1e9))

    def _batch(self, pipeline: str, _: Pipeline[Any, Any], batch: Batch) -> None:
        from opentelemetry.trace import Link

        began = _epoch_ns(batch.start)
        span = self._tracer.start_span(
            f"batch {batch.stage}",
            start_time=began,
            links=[Link(_context(trace.trace_id, trace.span_id)) for trace in batch.requests],
            attributes={
                "siseon.pipeline": pipeline,
                "siseon.stage": batch.stage,
                "siseon.batch.size": batch.size,
                "siseon.batch.limit": batch.max_batch,
                "siseon.replica": batch.replica,
            },
        )
        span.end(began + round(batch.compute_s * 1e9))


class _Ids:
    """Gives a request's span the ids under which its answer and its log lines name it."""

    def __init__(self) -> None:
        from opentelemetry.sdk.trace.id_generator import RandomIdGenerator

        ids = self
        self.next: tuple[str, str] | None = None
        """Trace and span id of the span that is begun next; spans are begun in the event loop's thread alone."""

        class Generator(RandomIdGenerator):
            def generate_trace_id(self) -> int:
                return int(ids.next[0], 16) if ids.next else super().generate_trace_id()

            def generate_span_id(self) -> int:
                taken, ids.next = ids.next, None
                return int(taken[1], 16) if taken else super().generate_span_id()

        self.generator = Generator()


def _context(trace_id: str, span_id: str) -> SpanContext:
    from opentelemetry.trace import SpanContext, TraceFlags

    return SpanContext(
        int(trace_id, 16), int(span_id, 16), is_remote=True, trace_flags=TraceFlags(TraceFlags.SAMPLED)
    )


def _attributes(span: Span) -> dict[str, str | int | float]:
    return {
        "siseon.kind": span.kind,
        "siseon.items": span.items,
        "siseon.batch.size": span.batch_size,
        "siseon.queue_seconds": span.queue_s,
        "siseon.compute_seconds": span.compute_s,
        "siseon.outcome": span.outcome,
    }


def _epoch_ns(monotonic: float) -> int:
    """A moment of the monotonic clock as nanoseconds since 1970."""
    return time.time_ns() - round((time.monotonic() - monotonic) * 1e9)
