"""A stream that is recorded: seconds before and after an event, events that come together, losses, an end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from typing import Any

import pytest

from siseon.contracts import CapacityError
from siseon.media.read import read
from siseon.streams.clips import take
from siseon.streams.clips.options import ClipOptions
from siseon.streams.clips.recorder import Recorder
from siseon.streams.clips.ring import Frame
from siseon.streams.clips.room import Room
from siseon.streams.clips.take import Take
from siseon.streams.life import State
from siseon.streams.pictures.screens import Screens
from streams.pictures.hubs import Told, maker


@asynccontextmanager
async def recording(
    stream: Told, room: Room | None = None, **options: Any
) -> AsyncIterator[tuple[Recorder, list[Take], asyncio.Task[None]]]:
    taken: list[Take] = []
    async with asyncio.timeout(60), maker() as made, Screens(made, most=1) as screens:
        recorder = Recorder(stream.hub, ClipOptions(**options), screens, taken.append, room or Room())
        task = asyncio.create_task(recorder.run())
        yield recorder, taken, task
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def seen(recorder: Recorder, frames: int, stream: Told) -> None:
    """Until so many frames of the stream were recorded."""
    while recorder._ring.nbytes == 0 or len(recorder._ring.since(0)) < frames:
        stream.frame()
        await asyncio.sleep(0.02)


async def test_a_clip_has_what_came_before_the_event_and_after_it():
    stream = Told()
    stream.state()
    async with recording(stream, before_s=60, fps=10) as (recorder, taken, _):
        await seen(recorder, 3, stream)
        event = recorder.event("pressure", 60, 1)
        assert len(event.frames) >= 3
        while not taken:
            stream.frame()
            await asyncio.sleep(0.02)
    (clip,) = taken
    assert clip.reasons == ["pressure"]
    assert clip.frames[0].at_s < clip.at_s < clip.frames[-1].at_s
    assert clip.end_s == pytest.approx(clip.at_s + 1)


async def test_without_seconds_before_a_clip_begins_with_the_event_and_the_recorder_ends_with_it():
    stream = Told()
    stream.state()
    stream.frame()
    taken: list[Take] = []
    async with asyncio.timeout(60), maker() as made, Screens(made, most=1) as screens:
        recorder = Recorder(stream.hub, ClipOptions(), screens, taken.append, Room())
        recorder.event("", 10, 1)
        await recorder.run()
    assert taken[0].frames
    assert taken[0].reasons == []


async def test_events_that_come_together_are_one_clip_which_ends_all_the_same(monkeypatch):
    monkeypatch.setattr(take, "LONGEST_S", 2.0)
    stream = Told()
    stream.state()
    async with recording(stream, before_s=10) as (recorder, taken, _):
        first = recorder.event("one", 0, 1)
        for _ in range(5):
            assert recorder.event("two", 0, 300) is first
        assert first.reasons == ["one", "two"]
        while not taken:
            await asyncio.sleep(0.02)
    assert taken == [first]


async def test_a_clip_whose_pictures_are_too_many_bytes_ends_early(monkeypatch):
    monkeypatch.setattr(take, "TAKE_BYTES", 3000)
    stream = Told()
    stream.state()
    async with recording(stream, before_s=10, fps=10) as (recorder, taken, _):
        event = recorder.event("", 0, 300)
        while not taken:
            stream.frame()
            await asyncio.sleep(0.02)
    assert event.nbytes < 6000


async def test_clips_that_are_not_written_yet_have_one_room_and_no_other_begins_where_it_is_full():
    room = Room(3000)
    first, second = Told(), Told("door")
    for stream in (first, second):
        stream.state()
    async with (
        recording(first, room, before_s=10, fps=10) as (recorder, taken, _),
        recording(second, room, before_s=10) as (other, _taken, _task),
    ):
        event = recorder.event("", 0, 300)
        while not taken:
            first.frame()
            await asyncio.sleep(0.02)
        assert event.nbytes == room.taken <= 3000
        assert event.crowded
        with pytest.raises(CapacityError, match="not written yet"):
            other.event("", 0, 300)
        event.let_go()
        assert (room.taken, event.frames) == (0, [])
        assert other.event("", 0, 300)


async def test_of_the_seconds_before_an_event_the_newest_are_shown_where_there_is_no_room_for_all():
    frames = [Frame(at_s, datetime.now(UTC), bytes(1000)) for at_s in range(5)]
    event = Take("1", "gate", datetime.now(UTC), 5.0, 6.0, [], frames, Room(2500))
    assert event.frames == frames[-2:]


async def test_a_loss_is_seen_in_the_clip_and_the_end_of_the_stream_ends_it():
    stream = Told()
    stream.state()
    async with recording(stream, before_s=10) as (recorder, taken, task):
        await seen(recorder, 1, stream)
        event = recorder.event("", 10, 300)
        frames = len(event.frames)
        stream.state(State.lost, "nothing answers at its address")
        while len(event.frames) == frames:
            await asyncio.sleep(0.02)
        stream.hub.end()
        await task
    assert taken == [event]
    assert read(event.frames[-1].jpeg).width == 64


async def test_a_recorder_that_is_stopped_gives_out_what_it_has():
    stream = Told()
    stream.state()
    async with recording(stream, before_s=10) as (recorder, taken, _):
        await seen(recorder, 1, stream)
        recorder.event("", 10, 300)
    assert len(taken) == 1
