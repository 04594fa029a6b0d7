"""Items of one serial key run one at a time and in arrival order, as a tracker needs; other items run beside them."""

from __future__ import annotations

import asyncio
import random
import threading
from collections.abc import Hashable, Sequence

import pytest

from engine.probes import BOUND_S, Held, Until, begun, bounded
from siseon.contracts import InputError, SiseonError
from siseon.engine import Flow, Stage
from siseon.engine.calling import SLICE

pytestmark = pytest.mark.usefixtures(bounded.__name__)

Frame = tuple[str | None, int]
"""The camera that took it, and its number."""


class Track(Stage[Frame, Frame]):
    """Notes which frames of a camera it saw, in which order, and whether two of them were ever inside at once."""

    replicas = 3
    max_batch = 4
    max_queue = 4096

    def __init__(self) -> None:
        self.seen: dict[str | None, list[int]] = {}
        self.inside: list[str | None] = []
        self.overlaps: list[Frame] = []
        self.lock = threading.Lock()
        self.random = random.Random(7)

    def serial(self, item: Frame) -> Hashable | None:
        return item[0]

    def process(self, batch: Sequence[Frame]) -> Sequence[Frame]:
        with self.lock:
            for camera, number in batch:
                if camera is not None and camera in self.inside:
                    self.overlaps.append((camera, number))
                self.inside.append(camera)
                self.seen.setdefault(camera, []).append(number)
            pause = self.random.random() / 500
        threading.Event().wait(pause)  # gives the other replicas the time to overtake, if they can
        with self.lock:
            for camera, _ in batch:
                self.inside.remove(camera)
        if any(number < 0 for _, number in batch):
            raise InputError("no frame")
        return list(batch)


async def test_items_of_one_key_run_one_at_a_time_in_arrival_order_and_answer_in_order():
    done: dict[str, list[int]] = {"a": [], "b": []}

    async def track(camera: str, number: int) -> None:
        await stage((camera, number))
        done[camera].append(number)

    stage = Track()
    async with stage:
        await asyncio.gather(*(track(camera, number) for number in range(60) for camera in "ab"))
    assert stage.overlaps == []
    assert stage.seen == {"a": list(range(60)), "b": list(range(60))}
    assert done == {"a": list(range(60)), "b": list(range(60))}


async def test_items_of_one_key_in_one_map_keep_their_order():
    stage = Track()
    frames = [(camera, number) for number in range(40) for camera in "abc"]
    async with stage:
        assert await stage.map(frames) == frames
    assert stage.overlaps == []
    assert all(numbers == list(range(40)) for numbers in stage.seen.values())


async def test_a_stream_gives_the_items_of_one_key_in_order():
    stage = Track()
    frames = [(camera, number) for number in range(40) for camera in "ab"]
    order: dict[str | None, list[int]] = {"a": [], "b": []}
    async with stage:
        async for index, _ in stage.stream(frames):
            camera, number = frames[index]
            order[camera].append(number)
    assert order == {"a": list(range(40)), "b": list(range(40))}


class Meets(Stage[Frame, Frame]):
    """Ends only when two batches are inside at once."""

    replicas = 2

    def __init__(self) -> None:
        self.both = threading.Barrier(2)

    def serial(self, item: Frame) -> Hashable | None:
        return item[0]

    def process(self, batch: Sequence[Frame]) -> Sequence[Frame]:
        self.both.wait(BOUND_S)
        return list(batch)


@pytest.mark.parametrize("cameras", ["ab", [None, None]])
async def test_different_keys_and_items_without_a_key_run_at_the_same_time(cameras):
    frames = [(camera, 1) for camera in cameras]
    async with Meets() as stage:
        assert await asyncio.gather(*map(stage, frames)) == frames


class HeldTrack(Held):
    """Held; tens are the key."""

    replicas = 2
    max_batch = 1

    def serial(self, item: int) -> Hashable | None:
        return abs(item) // 10


async def test_a_key_that_is_inside_does_not_hold_up_the_others_behind_it(until):
    stage = HeldTrack()
    async with stage:
        first = asyncio.ensure_future(stage.map([10, 11, 12]))
        await until(lambda: stage.seen)
        other = asyncio.ensure_future(stage(20))
        await until(lambda: 20 in stage.seen)
        assert stage.seen == [10, 20]
        stage.gate.set()
        assert await first == [10, 11, 12]
        assert await other == 20


async def test_a_cancelled_item_does_not_hold_up_those_behind_it(until):
    stage = HeldTrack()
    async with stage:
        calls = [asyncio.ensure_future(stage(n)) for n in (10, 11, 12)]
        await until(lambda: stage.seen == [10] and stage.statistics().waiting == 2)
        calls[1].cancel()
        await asyncio.wait([calls[1]])
        stage.gate.set()
        assert await asyncio.gather(calls[0], calls[2]) == [10, 12]
    assert stage.seen == [10, 12]


async def test_the_next_item_of_a_key_waits_for_one_inside_whose_caller_has_gone(until):
    stage = HeldTrack()
    async with stage:
        calls = [asyncio.ensure_future(stage(n)) for n in (10, 11)]
        await until(lambda: stage.seen == [10] and stage.statistics().waiting == 1)
        calls[0].cancel()
        await asyncio.wait([calls[0]])
        other = asyncio.ensure_future(stage(20))
        await until(lambda: 20 in stage.seen)
        assert stage.seen == [10, 20]  # 11 may not overtake 10, which is still inside
        stage.gate.set()
        assert await calls[1] == 11
        assert await other == 20


async def test_a_failed_item_does_not_hold_up_those_behind_it():
    stage = HeldTrack(gate=True)
    async with stage:
        assert await stage.map([10, -11, 12], fallback=None) == [10, None, 12]
    assert stage.seen == [10, -11, 12]


async def test_order_holds_where_items_of_other_keys_in_the_batch_fail():
    stage = Track()
    frames = [
        (camera, -1 if camera == "c" and number % 5 == 0 else number)
        for number in range(40)
        for camera in "abc"
    ]
    async with stage:
        outcomes = await stage.map(frames, fallback=None)
    assert outcomes == [None if frame[1] < 0 else frame for frame in frames]
    for camera in "ab":
        first_seen = list(dict.fromkeys(stage.seen[camera]))  # a batch with a bad item runs again in halves
        assert first_seen == list(range(40))


class Sliced(Held):
    """All of one key. Names the first item of a call's second slice only when ``process`` has begun some item, so that
    there is room when the slice comes."""

    max_batch = 1

    def __init__(self) -> None:
        super().__init__()
        self.busy = threading.Event()

    def serial(self, item: int) -> Hashable:
        if item == SLICE:
            assert self.busy.wait(BOUND_S)
        return "all"

    def process(self, batch: Sequence[int]) -> Sequence[int]:
        self.busy.set()
        return super().process(batch)


@pytest.mark.parametrize("policy", ["reject", "wait", "drop_oldest"])
async def test_later_items_of_a_call_do_not_take_the_room_that_earlier_ones_wait_for(policy):
    flow = Flow("camera", policy=policy, max_waiting=4)
    items = range(SLICE + 8)
    async with Sliced() as stage:
        (call,) = await begun(stage.map(items, flow=flow))
        stage.gate.set()
        assert await call == list(items)
    assert stage.seen == list(items)


async def test_later_items_of_a_call_that_supersede_do_so_for_earlier_ones_that_wait(until: Until):
    camera = Flow("camera", policy="drop_oldest", max_waiting=2)
    stage = Sliced()

    async def read() -> list[object]:
        outcomes = stage.stream(range(SLICE + 8), flow=camera)
        return [index async for index, outcome in outcomes if not isinstance(outcome, SiseonError)]

    async with stage:
        plug = asyncio.ensure_future(stage(-1, fallback=None))
        await until(lambda: stage.seen)
        # The one call comes between two slices of the other, ends its oldest item, and goes for its next one.
        calls = asyncio.gather(plug, read(), stage(1000, flow=camera, fallback=None))
        await until(lambda: stage.statistics().waiting == SLICE + 7)
        stage.gate.set()
        assert await calls == [None, list(range(1, SLICE + 8)), None]
    assert stage.seen == [-1, *range(1, SLICE + 8)]
