"""What a failure holds, what stays behind, and that waiting work costs the same however much of it there is."""

from __future__ import annotations

import asyncio
import gc
import logging
import time
import weakref
from collections.abc import Awaitable, Callable, Hashable, Iterable, Sequence
from typing import Any

import pytest

from engine.probes import Held, Through, bounded, threads
from siseon.contracts import InputError, SiseonError
from siseon.engine import Pipeline, Stage

pytestmark = pytest.mark.usefixtures(bounded.__name__)


class Picture:
    """Stands for pixels; tells by a weak reference whether it is still held."""


class Fails(Stage[Picture, Any]):
    max_batch = 4

    def __init__(self, way: str) -> None:
        self.way = way

    def bucket(self, item: Picture) -> Hashable:
        if self.way == "bucket":
            raise ValueError(item)
        return None

    def process(self, batch: Sequence[Picture]) -> Sequence[Any]:
        pictures = list(batch)
        match self.way:
            case "named":
                raise InputError("refused")
            case "foreign":
                raise ValueError("refused")
            case "nested":
                try:
                    raise KeyError("cause")
                except KeyError as error:
                    raise InputError("refused") from error
            case "returned":
                return [InputError("refused") for _ in pictures]
            case "too few":
                return pictures[1:]
        return pictures


class Runs(Through):
    """Fails in ``run`` itself where the stage does not."""

    async def run(self, item: Any) -> Any:
        if self.only.way == "run":
            raise ValueError("refused")
        return await self.only(item)


async def kept(serve: Callable[[Picture], Awaitable[Any]]) -> tuple[list[Any], list[weakref.ref[Picture]]]:
    """Failures of ten pictures, as a caller keeps them, and the pictures, if anybody still holds them."""
    pictures = [Picture() for _ in range(10)]
    seen = [weakref.ref(picture) for picture in pictures]
    failures = await asyncio.gather(*map(serve, pictures), return_exceptions=True)
    return failures, seen


@pytest.fixture
def unlogged(caplog: pytest.LogCaptureFixture) -> None:
    """Log nothing: pytest keeps all records, with their tracebacks, and so would hold what they hold."""
    caplog.set_level(logging.CRITICAL + 1, logger="siseon")


async def gone(seen: Iterable[weakref.ref[Any]]) -> bool:
    """Whether all of them are let go: by the loop and by the threads, which may take a moment."""
    for _ in range(50):
        gc.collect()
        if not any(held() for held in seen):
            return True
        await asyncio.sleep(0.02)
    return False


WAYS = ["named", "foreign", "nested", "returned", "too few", "bucket"]


@pytest.mark.parametrize("way", WAYS)
async def test_a_stages_failure_holds_no_picture(way, unlogged):
    async with Fails(way) as stage:
        failures, seen = await kept(stage)
        assert all(isinstance(failure, SiseonError) for failure in failures)
        assert await gone(seen)


@pytest.mark.parametrize("way", [*WAYS, "run"])
async def test_a_requests_failure_holds_no_picture(way, unlogged):
    async with Runs(Fails(way)) as pipeline:
        failures, seen = await kept(pipeline)
        assert all(isinstance(failure, SiseonError) for failure in failures)
        assert await gone(seen)


async def test_the_failure_of_a_late_request_holds_no_picture():
    class Slow(Held):
        def process(self, batch: Sequence[Any]) -> Sequence[Any]:
            self.gate.wait(5)
            return list(batch)

    async with Through(Slow()) as pipeline:
        failures, seen = await kept(lambda picture: pipeline(picture, timeout=0.05))
        pipeline.only.gate.set()
        assert all(isinstance(failure, SiseonError) for failure in failures)
        assert await gone(seen)


async def test_queued_pictures_are_let_go_when_their_callers_go(until):
    class Slow(Held):
        def process(self, batch: Sequence[Any]) -> Sequence[Any]:
            self.batches.append([0])
            self.gate.wait(5)
            return list(batch)

    async with Slow() as stage:
        plug = asyncio.ensure_future(stage(0))
        await until(lambda: stage.batches)
        pictures = [Picture() for _ in range(10)]
        seen = [weakref.ref(picture) for picture in pictures]
        calls = [
            asyncio.ensure_future(stage.map(pictures[:5])),
            *(asyncio.ensure_future(stage(p)) for p in pictures[5:]),
        ]
        await until(lambda: stage.statistics().waiting == 10)
        del pictures
        for call in calls:
            call.cancel()
        await asyncio.wait(calls)
        del calls, call
        assert await gone(seen)  # the stage still runs
        stage.gate.set()
        await plug


async def test_a_closed_stage_is_held_by_nobody():
    before = threads()
    stage = Held(gate=True)
    async with Through(stage) as pipeline:
        await pipeline(1)
    seen = weakref.ref(stage), weakref.ref(pipeline)
    del stage, pipeline
    assert await gone(seen)
    assert threads() <= before


async def test_one_failure_returned_for_many_items_does_not_grow():
    refused = InputError("refused")

    class Same(Stage[int, Any]):
        max_batch = 4

        def process(self, batch: Sequence[int]) -> Sequence[Any]:
            return [refused for _ in batch]

    async with Same() as stage:
        depths = []
        for _ in range(20):
            (failure,) = await asyncio.gather(stage(1), return_exceptions=True)
            depths.append(depth(failure))
    assert max(depths) <= depths[0]


def depth(error: BaseException) -> int:
    """Frames in the traceback of an exception."""
    frames, link = 0, error.__traceback__
    while link is not None:
        frames, link = frames + 1, link.tb_next
    return frames


FEW, MANY = 500, 4000
LINEAR = MANY / FEW
"""How much more many items cost than few, if each costs the same; with the square of them it is 64."""
AT_MOST = 2 * LINEAR


class Buckets(Held):
    max_queue = 100_000
    max_batch = 1

    def bucket(self, item: int) -> Hashable:
        return item % 64

    def process(self, batch: Sequence[int]) -> Sequence[int]:
        if not self.gate.is_set():
            return super().process(batch)
        return batch


async def costs(work: Callable[[int], Awaitable[float]]) -> float:
    """How many times more processor time many items take than few: the least of some ratios, against noise."""
    ratios = []
    gc.disable()  # its passes come by chance, and cost by what lives elsewhere
    try:
        for _ in range(5):
            few = await work(FEW)
            ratios.append(await work(MANY) / few)
            if ratios[-1] <= AT_MOST:
                break
    finally:
        gc.enable()
    return min(ratios)


async def waits(stage: Held, calls: Sequence[Awaitable[Any]], until: Any) -> list[asyncio.Future[Any]]:
    plug = asyncio.ensure_future(stage(0))
    await until(lambda: stage.batches)
    tasks = [asyncio.ensure_future(call) for call in calls]
    await until(lambda: stage.statistics().waiting == len(calls))
    return [plug, *tasks]


@pytest.mark.parametrize("kind", [Held, Buckets])
async def test_cancelling_the_waiting_calls_of_one_request_is_linear(kind, until):
    class Fans(Pipeline[int, None]):
        """One request that waits for many calls."""

        def __init__(self) -> None:
            self.only = kind()
            self.only.max_queue = 100_000

        async def run(self, item: int) -> None:
            await asyncio.gather(*(self.only(n) for n in range(item)))

    async def cancel(count: int) -> float:
        pipeline = Fans()
        await pipeline.start()
        plug = asyncio.ensure_future(pipeline.only(0))
        await until(lambda: pipeline.only.batches)
        request = asyncio.ensure_future(pipeline(count))
        await until(lambda: pipeline.only.statistics().waiting == count)
        start = time.process_time()
        request.cancel()
        await asyncio.wait([request])
        took = time.process_time() - start
        assert pipeline.only.statistics().waiting == 0
        pipeline.only.gate.set()
        await plug
        await pipeline.stop()
        return took

    assert await costs(cancel) <= AT_MOST


async def test_cancelling_many_waiting_requests_is_linear(until):
    async def cancel(count: int) -> float:
        stage = Buckets()
        async with stage:
            tasks = await waits(stage, [stage(n) for n in range(count)], until)
            start = time.process_time()
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)
            return time.process_time() - start

    assert await costs(cancel) <= AT_MOST


@pytest.mark.parametrize("shape", ["calls", "one map"])
async def test_queue_work_is_constant_per_item_however_many_wait_in_however_many_buckets(shape, until):
    async def drain(count: int) -> float:
        stage = Buckets()
        async with stage:
            calls = [stage(n) for n in range(count)] if shape == "calls" else [stage.map(range(count))]
            plug = asyncio.ensure_future(stage(0))
            await until(lambda: stage.batches)
            tasks = [asyncio.ensure_future(call) for call in calls]
            await until(lambda: stage.statistics().waiting == count)
            start = time.process_time()
            stage.gate.set()
            await asyncio.gather(plug, *tasks)
            return time.process_time() - start

    assert await costs(drain) <= AT_MOST
