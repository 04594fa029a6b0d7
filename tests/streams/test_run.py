"""Streams through a hosted pipeline: results in order with their frames, states between them, nothing that grows."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from siseon.contracts import Encoded, Image
from siseon.engine import Trace
from siseon.hosting import Host
from siseon.streams.address import Address
from siseon.streams.life import State
from siseon.streams.options import StreamOptions
from siseon.streams.run import StreamRun
from siseon.streams.source import Reader, Source
from siseon.streams.video import View
from siseon.streams.wire import FailureTold, ResultTold, StateTold
from streams.watched import OPTIONS

PIXELS = np.full((48, 64, 3), 90, np.uint8)
ANY_FILE = Address.parse(__file__)


@pytest.fixture
async def hosted(host: Callable[..., Host]) -> AsyncIterator[Host]:
    hosted = host()
    await hosted.start()
    yield hosted
    await hosted.stop()


def reading(
    *views: View, gate: Callable[[int], bool] = lambda _: True, then: Callable[[], object] = bool
) -> Reader:
    """A source that gives these, each when the gate opens for its index."""

    def read(name: str, address: Address, options: StreamOptions, ending: threading.Event) -> Iterator[View]:
        for index, view in enumerate(views):
            while not gate(index) and not ending.wait(0.002):
                pass
            yield view
        then()
        ending.wait()

    return read  # type: ignore[return-value]


def picture() -> Image:
    return Image.from_array(PIXELS)


@asynccontextmanager
async def running(
    host: Host,
    read: Reader | None = None,
    *,
    address: Address = ANY_FILE,
    options: StreamOptions = OPTIONS,
    **more: Any,
) -> AsyncIterator[StreamRun]:
    source = Source("camera", address, options, read)
    async with (
        asyncio.timeout(60),
        StreamRun(host, "inspection", host["inspection"].application.choices(), source, **more) as run,
    ):
        yield run


async def test_a_real_clip_gives_results_with_frame_time_and_latency(hosted, film):
    options = replace(OPTIONS, fps=10, loop=False)
    told = []
    async with running(hosted, address=Address.parse(str(film)), options=options) as run:
        async for one in run.told():
            told.append(one)
            if sum(isinstance(one, ResultTold) for one in told) == 3:
                break
    results = [one for one in told if isinstance(one, ResultTold)]
    assert [one.state for one in told if isinstance(one, StateTold)] == [State.connecting, State.live]
    assert [one.frame.number for one in results] == sorted({one.frame.number for one in results})
    assert all(one.frame.latency_ms > 0 for one in results)
    assert results[0].result.data.image_id == "camera"
    line = ResultTold.model_validate_json(results[0].model_dump_json())
    assert line.frame == results[0].frame
    assert line.result.data["detections"]


async def test_a_slow_pipeline_gets_the_newest_frames_and_holds_no_others(hosted, monkeypatch):
    frames = 200
    taken: list[int] = []
    converted: list[int] = []
    over = threading.Event()
    work = hosted.work

    async def slow(pipeline: str, item: Image, **more: Any) -> Any:
        taken.append(int(item.source))
        if len(taken) == 1:
            await asyncio.to_thread(over.wait, 30)  # the first frame is at work until all others have come
        return await work(pipeline, item, **more)

    def view(index: int) -> View:
        def look() -> Image:
            converted.append(index)
            return Image.from_array(PIXELS, str(index))

        return look

    monkeypatch.setattr(hosted, "work", slow)
    read = reading(*map(view, range(frames)), gate=lambda index: index == 0 or bool(taken), then=over.set)
    async with running(hosted, read, timeout_s=60) as run:
        async for one in run.told():
            if isinstance(one, ResultTold) and one.frame.number == frames:
                break
        counts = run.source.counts
    assert counts.frames == frames
    assert counts.superseded + len(taken) == frames
    assert counts.superseded >= frames - 10
    assert len(converted) <= len(taken) + 2
    assert taken[-1] == frames - 1


async def test_an_application_follows_a_stream_in_the_order_of_its_frames(hosted):
    at: list[object] = []

    def follow(data: Any, when: object) -> Any:
        at.append(when)
        if len(at) == 2:
            raise ValueError("a mistake of the application")
        return data.model_copy(update={"image_id": f"picture {len(at)}"})

    read = reading(picture, picture, picture, gate=lambda index: len(at) >= index)
    async with running(hosted, read, follow=follow) as run:
        outcomes = [one async for one in _until(run, 3) if not isinstance(one, StateTold)]
    assert [one.kind for one in outcomes] == ["result", "failure", "result"]
    assert [one.result.data.image_id for one in outcomes[::2]] == ["picture 1", "picture 3"]
    assert outcomes[1].failure.code == "stage_failed"
    assert at == [one.frame.at for one in outcomes]


async def test_a_frame_that_cannot_be_used_is_a_failure_and_the_next_is_a_result(hosted):
    def broken() -> Encoded:
        return Encoded(b"no picture", "camera")

    outcomes: list[Any] = []
    async with running(hosted, reading(broken, picture, gate=lambda index: len(outcomes) >= index)) as run:
        async for one in _until(run, 2):
            outcomes += [] if isinstance(one, StateTold) else [one]
    assert isinstance(outcomes[0], FailureTold)
    assert outcomes[0].failure.code == "unsupported_media"
    assert isinstance(outcomes[1], ResultTold)
    assert (run.outcomes.failed, run.outcomes.answered) == (1, 1)


async def test_a_frame_that_is_too_old_gives_way_with_a_failure(hosted):
    late = threading.Event()

    def slow() -> Image:
        late.wait(0.2)
        return picture()

    async with running(hosted, reading(slow), timeout_s=0.1) as run:
        outcomes = [one async for one in _until(run, 1) if isinstance(one, FailureTold)]
    assert outcomes[0].failure.code == "deadline_exceeded"
    assert "a longer --timeout than 0.1 s" in outcomes[0].failure.hint


async def test_an_interactive_request_is_answered_while_a_stream_runs(hosted):
    read = reading(*[picture] * 100_000)
    async with running(hosted, read) as run:
        told = run.told()
        while run.outcomes.answered < 3:
            await anext(told)
        result = await hosted["inspection"].run(picture(), trace=Trace(), timeout=30)
    assert result.data.detections


async def test_it_ends_by_itself_when_the_source_has_stopped(hosted, film):
    async with running(
        hosted, address=replace(ANY_FILE, scheme="rtsp", host="127.0.0.1", port=9), options=StreamOptions()
    ) as run:
        states = [(one.state, one.cause) async for one in run.told() if isinstance(one, StateTold)]
    assert states == [("connecting", None), ("stopped", "blocked")]


async def _until(run: StreamRun, outcomes: int) -> AsyncIterator[StateTold | ResultTold | FailureTold]:
    async for one in run.told():
        yield one
        outcomes -= not isinstance(one, StateTold)
        if not outcomes:
            return
