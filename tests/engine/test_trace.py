"""What traces record, and what is read from them."""

from __future__ import annotations

import asyncio
import json
import os
import random
import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Sequence

import numpy as np
import pytest

from siseon.contracts import InputError
from siseon.engine import Pipeline, Span, Stage, Trace, part, profile, step, to_chrome, to_json


class Sums(Stage[np.ndarray, float]):
    max_batch = 4

    def process(self, batch: Sequence[np.ndarray]) -> Sequence[float]:
        with part("infer"):
            return [float(item.sum()) for item in batch]


class Total(Pipeline[int, float]):
    def __init__(self) -> None:
        self.sums = Sums()

    async def run(self, item: int) -> float:
        values = await self.sums.map([np.ones(10, np.float32)] * item)
        with step("aggregate", items=item):
            return sum(values)


@pytest.fixture
async def traces() -> list[Trace]:
    seen: list[Trace] = []
    pipeline = Total()
    pipeline.on_trace = seen.append
    async with pipeline:
        await asyncio.gather(*(pipeline(n) for n in (1, 3, 6)))
    return seen


async def test_every_item_is_recorded_once_with_batch_size_and_bytes(traces):
    for trace in traces:
        assert trace.stages() == ["sums", "aggregate"]
    spans = [span for trace in traces for span in trace.spans if span.stage == "sums"]
    assert sum(span.items for span in spans) == 10
    assert sum(span.bytes_in for span in spans) == 10 * 40
    assert all(0 < span.items <= span.batch_size <= 4 for span in spans)
    assert all(span.queue_s >= 0 and span.compute_s >= span.parts["infer"] >= 0 for span in spans)


async def test_spans_of_one_batch_add_up_to_its_size(traces):
    shared: dict[int, list[Span]] = {}
    for trace in traces:
        for span in trace.spans:
            if span.kind == "batch":
                shared.setdefault(span.batch_id, []).append(span)
    for spans in shared.values():
        assert sum(span.items for span in spans) == spans[0].batch_size
        assert sum(span.busy_s for span in spans) == pytest.approx(spans[0].compute_s)


async def test_a_profile_counts_a_shared_batch_once(traces):
    report = profile(traces)
    sums = next(row for row in report.stages if row.stage == "sums")
    batches = {s.batch_id: s.compute_s for t in traces for s in t.spans if s.kind == "batch"}
    assert report.requests == 3
    assert sums.items == 10
    assert sums.busy_s == pytest.approx(sum(batches.values()))
    assert sum(row.share for row in report.stages) == pytest.approx(1.0)
    assert list(sums.parts) == ["infer"]


def test_the_bottleneck_is_the_stage_with_most_work_a_replica():
    trace = Trace("0" * 32, "P")
    trace.spans = [
        Span("detect", "batch", 0.0, 0.0, 1.0, batch_id=1, replicas=4),
        Span("classify", "batch", 1.0, 0.0, 0.5, batch_id=1, replicas=1),
    ]
    assert profile([trace]).bottleneck == "classify"


def test_a_profile_of_nothing_is_empty():
    assert profile([]).bottleneck is None


async def test_chrome_trace_is_json_with_balanced_requests_and_one_slice_a_batch(traces):
    document = json.loads(json.dumps(to_chrome(traces)))
    events = document["traceEvents"]
    assert all(event["ph"] in "MXbe" for event in events)
    assert all(event["ts"] >= 0 for event in events if event["ph"] != "M")
    assert_slices_nest(events)
    batches = {s.batch_id for t in traces for s in t.spans if s.kind == "batch"}
    assert len([e for e in events if e["ph"] == "X"]) == len(batches)


def assert_slices_nest(events: list[dict]) -> None:
    """Perfetto drops an end that does not belong to the slice that is open under its id."""
    stacks: dict[str, list[str]] = defaultdict(list)
    times: dict[str, float] = defaultdict(float)
    for event in events:
        if event["ph"] in "be":
            row = event["id2"]["local"]
            assert event["ts"] >= times[row]
            times[row] = event["ts"]
            if event["ph"] == "b":
                stacks[row].append(event["name"])
            else:
                assert stacks[row].pop() == event["name"]
    assert stacks
    assert not any(stacks.values())


async def test_batches_of_one_request_that_overlap_stand_in_rows_of_their_own():
    def span(start: float, replica: int) -> Span:
        return Span("classify", "batch", start, queue_s=0.5, compute_s=1.0, batch_id=replica, replica=replica)

    trace = Trace(
        trace_id="0" * 32, pipeline="P", start=0.0, elapsed_s=3.0, spans=[span(0.0, 1), span(0.2, 0)]
    )
    events = to_chrome([trace])["traceEvents"]
    assert_slices_nest(events)
    rows = [event["args"]["name"] for event in events if event["name"] == "thread_name"]
    assert rows == ["classify #0", "classify #1"]


async def test_json_trace_has_every_span(traces):
    document = json.loads(json.dumps(to_json(traces[0])))
    assert document["outcome"] == "ok"
    assert len(document["spans"]) == len(traces[0].spans)


async def test_a_failed_step_names_its_code():
    class Refuses(Total):
        async def run(self, item: int) -> float:
            with step("validate"):
                raise InputError("no")

    seen: list[Trace] = []
    pipeline = Refuses()
    pipeline.on_trace = seen.append
    async with pipeline:
        with pytest.raises(InputError):
            await pipeline(1)
    assert [(span.stage, span.outcome) for span in seen[0].spans] == [("validate", "invalid_input")]


def test_ids_are_of_their_own_whatever_users_seed_and_after_a_fork():
    random.seed(1)
    one = Trace()
    random.seed(1)
    other = Trace()
    assert one.trace_id != other.trace_id
    assert re.fullmatch("[0-9a-f]{32}", one.trace_id)
    assert re.fullmatch("[0-9a-f]{16}", one.span_id)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_ids_of_a_forked_child_are_not_those_of_its_parent():
    code = "import os; from siseon.engine import Trace; child = os.fork()"
    code += "; os.write(1, b' %s' % Trace().trace_id.encode())"
    code += "; child and os.wait()"
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert len(set(printed.split())) == 2
