"""What a plan is computed from: a pipeline measured on this machine, small enough to keep beside the code.

Two facts are recorded. *Bare*: requests one at a time, with the items and the seconds of every batch they
caused; that is the service time of each stage and the distribution of objects per image at once, and it keeps
which request is heavy in which stages. *Loaded*: how many requests a second the machine answers when many
are in flight, since cores that share caches do less together than each does alone, and how a batch's time
grows with its size, since only full queues make full batches.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, ValidationError, model_validator

from siseon.contracts import FailureCode, InputError
from siseon.engine.pipeline import Pipeline
from siseon.engine.stage import Stage
from siseon.engine.trace import Span, Trace

IN_FLIGHT_PER_CORE = 8
"""Requests in flight while the rate is measured: enough that no core waits for the next one."""

LOADED_S = 3.0
"""Seconds that the loaded measurement takes at least: a shorter one is at the mercy of single requests."""

STAT = Path("/proc/stat")

Seconds = FiniteFloat
"""Written with microseconds: clocks and schedulers are no finer."""


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class BatchTime(_Value):
    """Batches of one size, as they ran under load."""

    size: int = Field(ge=1)
    count: int = Field(ge=1)
    mean_s: Seconds = Field(ge=0)


class RecordedStage(_Value):
    """A stage, or a step of plain Python, as it was configured."""

    name: str = Field(min_length=1)
    kind: Literal["batch", "step"]
    max_batch: int = Field(ge=1)
    replicas: int = Field(ge=1)
    sorted_items: bool = False
    """It has buckets or costs: what shares a batch is alike, and a batch's size does not tell its time."""
    loaded: tuple[BatchTime, ...] = ()


class RecordedCall(_Value):
    """What one request asked of one stage."""

    stage: str
    active_s: Seconds = Field(ge=0)
    """From the start of its first batch to the end of its last."""
    batches: tuple[tuple[int, Seconds], ...] = Field(min_length=1)
    """Items and seconds of each batch; all items are this request's own."""

    @property
    def items(self) -> int:
        """Items in all batches."""
        return sum(items for items, _ in self.batches)

    @property
    def seconds(self) -> float:
        """Service time of all batches, summed."""
        return sum(seconds for _, seconds in self.batches)


class RecordedRequest(_Value):
    """One request that had the machine to itself; its calls in the order in which they began."""

    elapsed_s: Seconds = Field(ge=0)
    calls: tuple[RecordedCall, ...]


class Recording(_Value):
    """A pipeline's service times and the distribution of its requests, on one machine."""

    version: Literal[1] = 1
    pipeline: str
    cpu: str
    cores: int = Field(ge=1)
    """Cores that the process could use."""
    loaded_per_s: Seconds = Field(gt=0)
    """Requests answered a second with ``loaded_in_flight`` of them at work."""
    loaded_in_flight: int = Field(ge=1)
    others_cores: Seconds | None = Field(ge=0)
    """Cores that other programs used meanwhile; what they took is missing here. None where it is not told."""
    stages: tuple[RecordedStage, ...] = Field(min_length=1)
    requests: tuple[RecordedRequest, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _calls_have_stages(self) -> Recording:
        names = {stage.name for stage in self.stages}
        if len(names) != len(self.stages):
            raise ValueError("two stages have one name")
        called = {call.stage for request in self.requests for call in request.calls}
        if called != names:
            raise ValueError(f"calls and stages differ: {', '.join(sorted(called ^ names))}")
        return self

    def write(self, path: Path) -> None:
        """As JSON.

        Raises:
            InputError: ``file_unreadable``.
        """
        try:
            path.write_text(self.model_dump_json() + "\n", encoding="utf-8")
        except OSError as error:
            raise InputError(
                f"{path} can not be written: {error.strerror}", code=FailureCode.file_unreadable
            ) from None

    @classmethod
    def read(cls, path: Path) -> Recording:
        """What ``write`` wrote.

        Raises:
            InputError: ``file_unreadable``, or ``invalid_input`` when it is no recording of this version.
        """
        try:
            return cls.model_validate_json(path.read_bytes())
        except OSError as error:
            raise InputError(
                f"{path} can not be read: {error.strerror}", code=FailureCode.file_unreadable
            ) from None
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            where = ".".join(map(str, first["loc"])) or "the document"
            raise InputError(
                f"{path} is no recording of version 1: {where}: {first['msg']}",
                hint="make one with `siseon profile PIPELINE PICTURES --record FILE`",
            ) from None


@dataclass(frozen=True, slots=True)
class Load:
    """A running pipeline with many requests in flight."""

    per_s: float
    in_flight: int
    traces: list[Trace]
    others_cores: float | None


async def record(name: str, chain: Pipeline[Any, Any], items: Sequence[Any]) -> Recording:
    """Measure a running pipeline: every item alone, then all together.

    Raises:
        SiseonError: what an item failed with.
    """
    with _traces_of(chain) as bare:
        for item in items:
            await chain(item)
    return recording_of(name, chain, bare, await load(chain, items))


async def load(chain: Pipeline[Any, Any], items: Sequence[Any]) -> Load:
    """Run the items again and again with many in flight.

    Raises:
        SiseonError: what an item failed with.
    """
    in_flight = IN_FLIGHT_PER_CORE * usable_cores()
    with _traces_of(chain) as traces:
        others = OtherPrograms()
        started = time.perf_counter()

        async def client(number: int) -> None:
            while time.perf_counter() - started < LOADED_S or len(traces) < len(items):
                await chain(items[number % len(items)])
                number += in_flight

        async with asyncio.TaskGroup() as clients:
            for number in range(in_flight):
                clients.create_task(client(number))
        rate = len(traces) / (time.perf_counter() - started)
        return Load(rate, in_flight, traces, others.cores())


@contextmanager
def _traces_of(chain: Pipeline[Any, Any]) -> Iterator[list[Trace]]:
    before = chain.on_trace
    traces: list[Trace] = []
    chain.on_trace = traces.append
    try:
        yield traces
    finally:
        chain.on_trace = before


def recording_of(name: str, chain: Pipeline[Any, Any], bare: Sequence[Trace], loaded: Load) -> Recording:
    """The recording that a pipeline's traces make.

    Raises:
        InputError: the bare requests shared batches, so their service times are not their own.
    """
    spans = [span for trace in bare for span in sorted(trace.spans, key=lambda span: span.start_s)]
    ran = [span for span in spans if span.batch_size]
    if any(span.batch_size > span.items for span in ran):
        raise InputError("the requests of a recording run one at a time", hint="use --in-flight 1")
    stages = chain.stages()
    return Recording(
        pipeline=name,
        cpu=_cpu(),
        cores=usable_cores(),
        loaded_per_s=loaded.per_s,
        loaded_in_flight=loaded.in_flight,
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
        if not STAT.exists() or usable_cores() != os.cpu_count():
            return None
        user, nice, system, _idle, _wait, irq, soft_irq, *_ = STAT.read_text().split("\n", 1)[0].split()[1:]
        ticks = sum(map(int, (user, nice, system, irq, soft_irq)))
        return ticks / os.sysconf("SC_CLK_TCK") - time.process_time()


def usable_cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _cpu() -> str:
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    import platform

    return platform.processor() or platform.machine()
