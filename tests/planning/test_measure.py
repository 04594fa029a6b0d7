"""Recording a running pipeline of small real stages."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import pytest

from siseon.contracts import InputError
from siseon.engine import Pipeline, Stage, Trace, step
from siseon.planning.measure import LoadedRun, loaded_run, record, recording_of
from siseon.planning.recording import Recording


class Count(Stage[int, list[int]]):
    def process(self, batch: Sequence[int]) -> Sequence[list[int]]:
        return [list(range(number)) for number in batch]


class Square(Stage[int, int]):
    max_batch = 4

    def process(self, batch: Sequence[int]) -> Sequence[int]:
        if any(number == 8 for number in batch):
            raise InputError("eight is refused")
        return [number**2 for number in batch]


class ByParity(Square):
    def bucket(self, item: int) -> Hashable:
        return item % 2


class Lingers(Square):
    """Waits for the items of another request."""

    linger_ms = 1_000


class Squares(Pipeline[int, int]):
    def __init__(self, square: Square) -> None:
        self.count = Count()
        self.square = square

    async def run(self, item: int) -> int:
        numbers = await self.count(item)
        squares = await self.square.map(numbers)
        with step("sum"):
            return sum(squares)


async def recorded(square: Square) -> Recording:
    async with Squares(square) as chain:
        return await record("squares", chain, [0, 3, 6], loaded_s=0.0)


async def test_requests_keep_their_items_by_stage_and_by_batch() -> None:
    none, three, six = (await recorded(Square())).requests
    assert [call.stage for call in none.calls] == ["count", "sum"]
    assert [call.stage for call in six.calls] == ["count", "square", "sum"]
    assert [size for size, _ in three.calls[1].batches] == [3]
    assert [size for size, _ in six.calls[1].batches] == [4, 2]


async def test_stages_come_in_their_order_with_their_settings() -> None:
    recording = await recorded(Square())
    assert [(stage.name, stage.kind, stage.max_batch) for stage in recording.stages] == [
        ("count", "batch", 1),
        ("square", "batch", 4),
        ("sum", "step", 1),
    ]


async def test_load_shows_batches_of_many_requests() -> None:
    recording = await recorded(Square())
    (square,) = (stage for stage in recording.stages if stage.name == "square")
    assert max(batch.size for batch in square.loaded) <= 4
    assert sum(batch.count * batch.size for batch in square.loaded) >= 9
    assert recording.loaded_per_s > 0


async def test_a_stage_with_buckets_is_recorded_as_such() -> None:
    stages = {stage.name: stage.sorted_items for stage in (await recorded(ByParity())).stages}
    assert stages == {"count": False, "square": True, "sum": False}


async def test_the_pipelines_own_listener_hears_nothing_and_is_put_back() -> None:
    heard: list[Trace] = []
    async with Squares(Square()) as chain:
        listener = chain.on_trace = heard.append
        await record("squares", chain, [3], loaded_s=0.0)
        assert chain.on_trace is listener
    assert not heard


async def test_an_item_that_fails_stops_the_recording_with_its_own_failure() -> None:
    async with Squares(Square()) as chain:
        with pytest.raises(InputError, match="eight is refused"):
            await record("squares", chain, [3, 9], loaded_s=0.0)
        with pytest.raises(InputError, match="eight is refused"):
            await loaded_run(chain, [9], at_least_s=0.0)


async def test_requests_that_shared_batches_make_no_recording() -> None:
    async with Squares(Lingers()) as chain:
        loaded = await loaded_run(chain, [2, 2], at_least_s=0.0)
        assert any(span.batch_size > span.items for trace in loaded.traces for span in trace.spans)
        with pytest.raises(InputError, match="one at a time"):
            recording_of("squares", chain, loaded.traces, LoadedRun(1.0, 1, [], None))
