"""Making a recording: a running pipeline measured request by request, then under load."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from siseon.contracts import InputError, SiseonError
from siseon.engine.machine import cores, processor
from siseon.engine.pipeline import Pipeline
from siseon.engine.stage import Stage
from siseon.engine.trace import Span, Trace
from siseon.planning.recording import BatchTime, RecordedCall, RecordedRequest, RecordedStage, Recording

IN_FLIGHT_PER_CORE = 4
"""Requests in flight under load: enough that no core waits for the next one."""

LOADED_S = 6.0
"""Seconds under load: a shorter time is at the mercy of single requests."""

STAT = Path("/proc/stat")


@dataclass(frozen=True, slots=True)
class LoadedRun:
    """A running pipeline with many requests in flight."""

    per_s: float
    in_flight: int
    traces: list[Trace]
    others_cores: float | None


async def record(
    name: str, chain: Pipeline[Any, Any], items: Sequence[Any], *, loaded_s: float = LOADED_S
) -> Recording:
    """Measure a running pipeline: every item alone, then many at once for ``loaded_s`` seconds or more.

    Raises:
        SiseonError: what an item failed with.
    """
    with _traces_of(chain) as bare:
        for item in items:
            await chain(item)
    return recording_of(name, chain, bare, await loaded_run(chain, items, at_least_s=loaded_s))


async def loaded_run(
    chain: Pipeline[Any, Any], items: Sequence[Any], *, at_least_s: float = LOADED_S
) -> LoadedRun:
    """Run the items again and again with many in flight, each at least once.

    Raises:
        SiseonError: what an item failed with.
    """
    in_flight = IN_FLIGHT_PER_CORE * cores()
    least = 2 * in_flight + max(len(items), 2 * in_flight)
    ended: list[float] = []
    failure: Exception | None = None
    others = OtherPrograms()
    started = time.perf_counter()

    async def client(number: int) -> None:
        while len(ended) < least or time.perf_counter() - started < at_least_s:
            await chain(items[number % len(items)])
            ended.append(time.perf_counter())
            number += in_flight

    with _traces_of(chain) as traces:
        try:
            async with asyncio.TaskGroup() as clients:
                for number in range(in_flight):
                    clients.create_task(client(number))
        except* SiseonError as failures:
            failure = failures.exceptions[
                0
            ]  # raised below: what is raised here would come out in a group again
    if failure is not None:
        raise failure
    # The first are still filling the queues, and while the last end fewer than these are in flight.
    steady = ended[in_flight - 1 : -in_flight]
    return LoadedRun((len(steady) - 1) / (steady[-1] - steady[0]), in_flight, traces, others.cores())


@contextmanager
def _traces_of(chain: Pipeline[Any, Any]) -> Iterator[list[Trace]]:
    before = chain.on_trace
    traces: list[Trace] = []
    chain.on_trace = traces.append
    try:
        yield traces
    finally:
        chain.on_trace = before


def recording_of(name: str, chain: Pipeline[Any, Any], bare: Sequence[Trace], loaded: LoadedRun) -> Recording:
    """The recording that a pipeline's traces make.

    Raises:
        InputError: the bare requests shared batches, so their service times are not their own.
    """
    fullest_first = sorted(bare, key=lambda trace: -len(trace.stages()))  # it knows the order of all stages
    spans = [span for trace in fullest_first for span in sorted(trace.spans, key=lambda span: span.start_s)]
    ran = [span for span in spans if span.batch_size]
    if any(span.batch_size > span.items for span in ran):
        raise InputError("the requests of a recording run one at a time", hint="use --in-flight 1")
    stages = chain.stages()
    return Recording(
        pipeline=name,
        cpu=processor(),
        cores=cores(),
        at_work=chain.at_work_limit,
        loaded_per_s=loaded.per_s,
        loaded_in_flight=min(loaded.in_flight, chain.at_work_limit),
        others_cores=loaded.others_cores,
        stages=tuple(
            _stage(span, stages.get(span.stage), loaded.traces)
            for span in {span.stage: span for span in ran}.values()
        ),
        requests=tuple(_request(trace) for trace in bare),
    )


def _stage(span: Span, stage: Stage[Any, Any] | None, loaded: Sequence[Trace]) -> RecordedStage:
    if stage is None:
        return RecordedStage(name=span.stage, kind="step", max_batch=1, replicas=1)
    batches = {
        other.batch_id: other
        for trace in loaded
        for other in trace.spans
        if other.stage == span.stage and other.batch_size
    }
    by_size: dict[int, list[float]] = {}
    for batch in batches.values():
        by_size.setdefault(batch.batch_size, []).append(batch.compute_s)
    return RecordedStage(
        name=span.stage,
        kind="batch",
        max_batch=span.max_batch,
        replicas=span.replicas,
        sorted_items=type(stage).bucket is not Stage.bucket or stage.max_cost is not None,
        loaded=tuple(
            BatchTime(size=size, count=len(times), mean_s=round(sum(times) / len(times), 6))
            for size, times in sorted(by_size.items())
        ),
    )


def _request(trace: Trace) -> RecordedRequest:
    ran = [span for span in trace.spans if span.batch_size]
    calls = []
    for stage in trace.stages():
        spans = [span for span in ran if span.stage == stage]
        if spans:
            active_s = max(map(_end, spans)) - min(span.start_s + span.queue_s for span in spans)
            batches = tuple(
                (span.items if span.kind == "batch" else 1, round(span.compute_s, 6)) for span in spans
            )
            calls.append(RecordedCall(stage=stage, active_s=round(active_s, 6), batches=batches))
    return RecordedRequest(elapsed_s=round(trace.elapsed_s, 6), calls=tuple(calls))


def _end(span: Span) -> float:
    return span.start_s + span.queue_s + span.compute_s


class OtherPrograms:
    """What the rest of the machine computes from here on; Linux tells it when all cores are ours to use."""

    def __init__(self) -> None:
        self._started = time.perf_counter(), self._busy_s()

    def cores(self) -> float | None:
        """Cores that they used, on average since the start."""
        (then, busy_then), (now, busy_now) = self._started, (time.perf_counter(), self._busy_s())
        if busy_then is None or busy_now is None:
            return None
        return round(max(0.0, (busy_now - busy_then) / (now - then)), 3)

    @staticmethod
    def _busy_s() -> float | None:
        if not STAT.exists() or cores() != os.cpu_count():
            return None
        user, nice, system, _idle, _wait, irq, soft_irq, *_ = STAT.read_text().split("\n", 1)[0].split()[1:]
        ticks = sum(map(int, (user, nice, system, irq, soft_irq)))
        return ticks / os.sysconf("SC_CLK_TCK") - time.process_time()
