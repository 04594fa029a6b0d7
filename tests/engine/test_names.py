"""Names belong to pipelines: a stage shared by two is called by each its own way, wherever it is held."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from engine.probes import Held, Through, bounded
from siseon.contracts import DeadlineExceeded, InputError, ModelRef, Result
from siseon.engine import Pipeline, Stage, Trace, remaining, step

pytestmark = pytest.mark.usefixtures(bounded.__name__)


class Reads(Stage[int, int]):
    """Adds one with a model; refuses negative numbers."""

    max_batch = 4

    def process(self, batch: Sequence[int]) -> Sequence[int]:
        if any(item < 0 for item in batch):
            raise InputError("negative")
        return [item + 1 for item in batch]

    def models(self) -> Sequence[ModelRef]:
        return [ModelRef(name="reader", version="1", sha256="0" * 64)]


class Text(Pipeline[int, int]):
    def __init__(self, recognise: Stage[int, int]) -> None:
        self.recognise = recognise

    async def run(self, item: int) -> int:
        return await self.recognise(item)


class Parent(Pipeline[int, int]):
    """Runs a text pipeline as a part of itself, by a call."""

    def __init__(self, text: Text) -> None:
        self.text = text

    async def run(self, item: int) -> int:
        return (await self.text(item)).data


class OtherParent(Pipeline[int, int]):
    """Runs a text pipeline as a part of itself, by ``run``; under another name."""

    def __init__(self, text: Text) -> None:
        self.letters = text

    async def run(self, item: int) -> int:
        return await self.letters.run(item)


async def test_stages_never_renames_a_stage():
    stage, named = Reads(), Reads()
    named.name = "mine"
    for pipeline in (Parent(Text(stage)), OtherParent(Text(stage)), Text(named), Parent(Text(named))):
        assert len(pipeline.stages()) == 1
        pipeline.stages()
    async with Text(stage) as pipeline:
        await pipeline(1)
    assert (stage.name, named.name) == ("", "mine")


async def test_a_shared_stage_has_a_name_in_each_pipeline():
    stage = Reads()
    text = Text(stage)
    assert list(text.stages()) == ["recognise"]
    assert list(Parent(text).stages()) == ["text.recognise"]
    assert list(OtherParent(text).stages()) == ["letters.recognise"]
    assert list(text.stages()) == ["recognise"]


async def test_timings_spans_and_models_of_a_shared_stage_have_each_pipelines_own_name():
    text = Text(Reads())
    pipelines = {"recognise": text, "text.recognise": Parent(text), "letters.recognise": OtherParent(text)}
    traces: dict[str, Trace] = {}
    for name, pipeline in pipelines.items():
        pipeline.on_trace = lambda trace, name=name: traces.setdefault(name, trace)
        await pipeline.start()
    for name, pipeline in pipelines.items():
        result = await pipeline(1)
        assert result.data == 2
        assert [timing.stage for timing in result.timings] == [name]
        assert [ref.name for ref in result.models] == ["reader"]
        assert [span.stage for span in traces[name].spans] == [name]
    for pipeline in pipelines.values():
        await pipeline.stop()


async def test_failures_of_a_shared_stage_have_each_pipelines_own_name():
    stage = Reads()
    text = Text(stage)
    async with text, Parent(text) as parent, OtherParent(text) as other:
        for pipeline, name in ((text, "recognise"), (parent, "text.recognise"), (other, "letters.recognise")):
            with pytest.raises(InputError) as failed:
                await pipeline(-1)
            assert failed.value.stage == name


async def test_two_pipelines_in_one_failing_batch_each_get_their_own_name(until):
    class Fails(Held):
        def process(self, batch: Sequence[int]) -> Sequence[int]:
            super().process(batch)
            raise InputError("all of it")

    class Named(Through):
        def __init__(self, stage: Stage[int, int]) -> None:
            self.other_name = stage

        async def run(self, item: int) -> int:
            return await self.other_name(item)

    stage = Fails()
    stage.max_batch, stage.linger_ms = 2, 60_000
    stage.gate.set()
    async with Through(stage) as one, Named(stage) as two:
        outcomes = await asyncio.gather(one(1), two(2), return_exceptions=True)
    assert [outcome.stage for outcome in outcomes] == ["only", "other_name"]
    assert stage.batches[0] == [1, 2]


async def test_being_late_and_being_degraded_are_told_by_each_pipelines_own_name():
    class Degrades(Text):
        async def run(self, item: int) -> Any:
            if item < 0:
                return await self.recognise.map([item], timeout=0.02, fallback=None)
            return await self.recognise(item)

    stage = Held()
    text = Degrades(stage)
    async with text, Parent(text) as parent:
        assert (await text(-1)).degraded == ["recognise: deadline_exceeded"]
        assert (await parent(-1)).degraded == ["text.recognise: deadline_exceeded"]
        with pytest.raises(DeadlineExceeded) as late:
            await parent(1, timeout=0.05)
        stage.gate.set()
    assert late.value.stage == "text.recognise"


@dataclass
class Parts:
    fast: Reads = field(default_factory=Reads)
    rest: list[Reads] = field(default_factory=lambda: [Reads()])


@dataclass(frozen=True, slots=True)
class Slots:
    fast: Reads = field(default_factory=Reads)


@pytest.mark.parametrize(
    ("held", "stages"),
    [
        (lambda: [Reads(), Reads()], 2),
        (lambda: (Reads(),), 1),
        (lambda: {"fast": Reads(), 3: Reads()}, 2),
        (lambda: {Reads(), Reads()}, 2),
        (lambda: frozenset({Reads()}), 1),
        (Parts, 2),
        (Slots, 1),
        (lambda: {"deep": [(Parts(), {Reads()})]}, 3),
        (lambda: {"text": Text(Reads()), "more": [Text(Reads())]}, 2),
    ],
    ids=["list", "tuple", "dict", "set", "frozenset", "dataclass", "slots", "deep", "pipelines"],
)
async def test_stages_are_found_wherever_they_are_held(held, stages):
    class Holds(Pipeline[int, int]):
        def __init__(self) -> None:
            self.parts = held()

        async def run(self, item: int) -> int:
            for stage in self.stages().values():
                item = await stage(item)
            return item

    async with Holds() as pipeline:
        assert len(pipeline.stages()) == stages
        result = await pipeline(0)
    assert result.data == stages
    assert sorted(timing.stage for timing in result.timings) == sorted(pipeline.stages())


async def test_what_holds_itself_is_searched_once():
    class Loop(Text):
        def __init__(self) -> None:
            super().__init__(Reads())
            self.me = self
            self.ring: list[Any] = []
            self.ring.append(self.ring)

    async with Loop() as pipeline:
        assert list(pipeline.stages()) == ["recognise"]
        assert (await pipeline(1)).data == 2


async def test_a_nested_call_joins_the_request():
    class Inner(Text):
        async def run(self, item: int) -> int:
            seen.append(remaining())
            with step("look"):
                return await self.recognise(item, fallback=0)

    class Outer(Parent):
        async def run(self, item: int) -> int:
            inner = await self.text(item)
            results.append(inner)
            return inner.data

    seen: list[float | None] = []
    results: list[Result[int]] = []
    traces: list[Trace] = []
    inner = Inner(Reads())
    pipeline = Outer(inner)
    pipeline.on_trace = inner.on_trace = traces.append
    async with pipeline:
        result = await pipeline(-1, timeout=60)
    assert isinstance(results[0], Result)
    assert result.data == 0
    assert result.degraded == ["text.recognise: invalid_input"]
    assert seen[0] is not None
    assert 0 < seen[0] <= 60
    assert [trace.pipeline for trace in traces if trace.trace_id == result.trace_id] == ["Outer"]
    assert {span.stage for span in traces[0].spans} >= {"text.recognise"}
    assert results[0].trace_id == result.trace_id


async def test_a_nested_call_is_late_when_its_request_is():
    stage = Held()
    async with Parent(Text(stage)) as pipeline:
        with pytest.raises(DeadlineExceeded) as late:
            await pipeline(1, timeout=0.05)
        assert stage.statistics().waiting == 0
        stage.gate.set()
    assert late.value.stage == "text.recognise"


async def test_a_nested_call_may_have_less_time_than_its_request():
    class Hurries(Parent):
        async def run(self, item: int) -> Any:
            try:
                return await self.text(item, timeout=0.05)
            except DeadlineExceeded:
                return "late"

    stage = Held()
    async with Hurries(Text(stage)) as pipeline:
        assert (await pipeline(1, timeout=60)).data == "late"
        stage.gate.set()


async def test_what_a_nested_pipeline_holds_is_not_searched_for_each_request():
    class Labels(list[str]):
        searched = 0

        def __iter__(self) -> Iterator[str]:
            type(self).searched += 1
            return super().__iter__()

    inner = Through(Held(gate=True))
    inner.labels = Labels(["cat", "dog"])  # type: ignore[attr-defined]

    class Outer(Pipeline[int, int]):
        def __init__(self) -> None:
            self.inner = inner

        async def run(self, item: int) -> int:
            part = await self.inner(item)
            assert [timing.stage for timing in part.timings] == ["inner.only"]
            return part.data

    async with Outer() as outer:
        await outer(1)
        before = Labels.searched
        for item in range(5):
            assert (await outer(item)).data == item
        assert Labels.searched == before
