"""Screens: one picture for all who look, the newest for who is slow, and the truth where there is none."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from typing import Any

import numpy as np
import pytest

from siseon.contracts import CapacityError, Encoded, Image, InputError
from siseon.media.bounds import MediaBounds
from siseon.media.encode import encode
from siseon.streams.hub import StreamEnded
from siseon.streams.life import State
from siseon.streams.pictures import look
from siseon.streams.pictures.look import Look
from siseon.streams.pictures.screen import Shown, Viewer
from siseon.streams.pictures.screens import Screens
from streams.pictures.hubs import MARK, Gate, Told, maker, pixels

PLAIN, DRAWN = Look(drawn=False, side=640), Look(drawn=True, side=640)
FAST = 1000.0


@asynccontextmanager
async def screens(most: int = 64, **more: Any) -> AsyncIterator[Screens]:
    async with asyncio.timeout(60), maker(**more) as made, Screens(made, most=most) as found:
        yield found


async def frame(viewer: Viewer, number: int) -> Shown:
    """That one; what came before is passed over, what comes after it fails."""
    while (shown := await viewer.next()) is not None and (shown.number or 0) < number:
        pass
    assert shown is not None
    assert shown.number == number
    return shown


async def no_frame(viewer: Viewer) -> Shown:
    while (shown := await viewer.next()) is not None and shown.number is not None:
        pass
    assert shown is not None
    return shown


def grey_of(shown: Shown) -> int:
    return round(float(pixels(shown.jpeg)[-4:, -4:].mean()))


async def test_twenty_viewers_get_one_picture_that_was_made_once():
    stream = Told()
    stream.state()
    async with screens() as made:
        with ExitStack() as stack:
            viewers = [stack.enter_context(made.viewing(stream.hub, PLAIN, FAST)) for _ in range(20)]
            first = stream.frame(60)
            shown = [await frame(viewer, first.number) for viewer in viewers]
            assert len({id(each.jpeg) for each in shown}) == 1
            before = made.maker.made
            for grey in (80, 100, 120):
                shot = stream.frame(grey)
                shown = [await frame(viewer, shot.number) for viewer in viewers]
                assert grey_of(shown[0]) == pytest.approx(grey, abs=2)
            assert made.maker.made - before == 3


async def test_nothing_is_made_while_nobody_looks():
    stream = Told()
    stream.state()
    async with screens() as made:
        with made.viewing(stream.hub, PLAIN, FAST) as viewer:
            await frame(viewer, stream.frame().number)
        before = made.maker.made
        for _ in range(50):
            stream.frame()
            await asyncio.sleep(0)
        assert made.maker.made == before


async def test_who_is_slow_gets_the_newest_picture_and_none_between():
    stream = Told()
    stream.state()
    async with screens() as made:
        with (
            made.viewing(stream.hub, PLAIN, FAST) as quick,
            made.viewing(stream.hub, PLAIN, FAST) as slow,
        ):
            await frame(slow, stream.frame().number)
            for _ in range(9):
                await frame(quick, stream.frame().number)
            shown = await slow.next()
            assert shown is not None
            assert shown.number == 10


async def test_frames_that_come_while_one_is_made_are_passed_over_but_for_the_newest():
    stream, gate = Told(), Gate()
    stream.state()
    async with screens() as made:
        with made.viewing(stream.hub, PLAIN, FAST) as viewer:
            stream.frame(view=gate)
            await asyncio.to_thread(gate.entered.wait)
            for grey in range(100, 110):
                stream.frame(grey)
            gate.open.set()
            assert (await frame(viewer, 1)).number == 1
            assert grey_of(await frame(viewer, 11)) == pytest.approx(109, abs=2)


async def test_a_result_is_drawn_on_its_own_frame_and_not_on_a_newer_one():
    stream = Told()
    stream.state()
    async with screens() as made:
        with made.viewing(stream.hub, DRAWN, FAST) as viewer:
            old = stream.frame(60)
            stream.frame(200)
            stream.result(old)
            shown = await frame(viewer, old.number)
    assert grey_of(shown) == pytest.approx(60, abs=2)
    np.testing.assert_allclose(pixels(shown.jpeg)[4, 4], MARK, atol=12)


async def test_a_picture_is_no_larger_than_asked_and_drawn_before_it_is_shrunk():
    stream = Told()
    stream.state()
    async with screens() as made:
        with made.viewing(stream.hub, Look(drawn=True, side=160), FAST) as viewer:
            shot = stream.frame(60, size=(640, 480))
            stream.result(shot)
            shown = await frame(viewer, shot.number)
            assert pixels(shown.jpeg).shape == (120, 160, 3)
            stream.frame(60, size=(48, 96))
            shot = stream.frame(60, size=(48, 96))
            stream.result(shot)
            assert pixels((await frame(viewer, shot.number)).jpeg).shape == (96, 48, 3)


async def test_viewers_of_other_paces_share_the_screen_of_the_quickest():
    stream = Told()
    stream.state()
    async with screens() as made:
        with (
            made.viewing(stream.hub, PLAIN, FAST) as quick,
            made.viewing(stream.hub, PLAIN, 0.01) as slow,
        ):
            await frame(slow, stream.frame().number)
            before = made.maker.made
            for _ in range(5):
                await frame(quick, stream.frame().number)
            assert made.maker.made - before == 5
            assert await slow.next(0.01) is None


async def test_a_lost_stream_shows_a_card_and_never_its_old_picture():
    stream = Told()
    stream.state()
    async with screens() as made:
        with made.viewing(stream.hub, PLAIN, FAST) as viewer:
            await frame(viewer, stream.frame(200, size=(128, 96)).number)
            stream.state(State.lost, "nothing answers at its address")
            lost = await no_frame(viewer)
            assert lost.state is State.lost
            assert pixels(lost.jpeg).shape == (96, 128, 3)
            assert np.median(pixels(lost.jpeg)) < 60
            stream.state(State.live)  # told before its first frame has come
            assert (await no_frame(viewer)).number is None
            await frame(viewer, stream.frame(90).number)


async def test_a_live_stream_without_results_says_what_became_of_its_frames():
    stream = Told()
    stream.state()
    async with screens() as made:
        with made.viewing(stream.hub, DRAWN, FAST) as viewer:
            stream.failure(stream.frame())
            assert (await no_frame(viewer)).state is State.live


async def test_a_frame_that_cannot_be_used_shows_why_and_the_next_is_shown():
    stream = Told()
    stream.state()
    async with screens() as made:
        with made.viewing(stream.hub, PLAIN, FAST) as viewer:
            stream.frame(view=lambda: Encoded(b"no picture"))
            await no_frame(viewer)
            await frame(viewer, stream.frame().number)


@pytest.mark.parametrize("error", [MemoryError, ValueError])
async def test_what_a_foreign_library_raises_ends_no_screen(error):
    def broken() -> Image:
        raise error

    stream = Told()
    stream.state()
    async with screens() as made:
        with made.viewing(stream.hub, PLAIN, FAST) as viewer:
            stream.frame(view=broken)
            await no_frame(viewer)
            await frame(viewer, stream.frame().number)


async def test_drawing_that_fails_shows_why():
    def fails(_image: Image, _data: object) -> Image:
        raise InputError("it cannot be drawn")

    stream = Told()
    stream.state()
    async with screens(draw=fails) as made:
        with made.viewing(stream.hub, DRAWN, FAST) as viewer:
            stream.result(stream.frame())
            await no_frame(viewer)


async def test_a_coded_picture_beyond_the_bounds_is_refused_before_it_is_decoded():
    stream = Told()
    stream.state()
    huge = encode(Image.from_array(np.zeros((1000, 1000, 3), np.uint8)))
    async with screens(bounds=MediaBounds(max_pixels=999_999)) as made:
        with made.viewing(stream.hub, PLAIN, FAST) as viewer:
            stream.frame(view=lambda: Encoded(huge))
            await no_frame(viewer)


async def test_a_picture_that_is_too_large_to_be_drawn_on_is_shown_without_results_alone(monkeypatch):
    monkeypatch.setattr(look, "VIDEO_PIXELS", 99 * 100)
    stream = Told()
    stream.state()
    async with screens() as made:
        with (
            made.viewing(stream.hub, DRAWN, FAST) as drawn,
            made.viewing(stream.hub, PLAIN, FAST) as plain,
        ):
            shot = stream.frame(size=(100, 100))
            stream.result(shot)
            await frame(plain, shot.number)
            await no_frame(drawn)


async def test_a_stream_whose_pictures_take_long_holds_up_no_other():
    slow, quick, gate = Told("slow"), Told("quick"), Gate()
    slow.state()
    quick.state()
    async with screens() as made:
        with ExitStack() as stack:
            for side in (160, 320, 640, 1280):
                stack.enter_context(made.viewing(slow.hub, Look(drawn=False, side=side), FAST))
            slow.frame(view=gate)
            await asyncio.to_thread(gate.entered.wait)
            viewer = stack.enter_context(made.viewing(quick.hub, PLAIN, FAST))
            await frame(viewer, quick.frame().number)
            gate.open.set()


async def test_who_leaves_while_a_picture_is_made_lets_no_other_of_the_stream_begin():
    stream, first, second = Told(), Gate(), Gate()
    stream.state()
    async with screens() as made:
        with made.viewing(stream.hub, PLAIN, FAST):
            stream.frame(view=first)
            await asyncio.to_thread(first.entered.wait)
        stream.frame(view=second)
        with made.viewing(stream.hub, PLAIN, FAST) as viewer:
            assert await viewer.next(0.05) is None
            assert not second.entered.is_set()
            first.open.set()
            second.open.set()
            await frame(viewer, 2)


async def test_a_stream_of_changing_size_is_shown_in_each():
    stream = Told()
    stream.state()
    async with screens() as made:
        with made.viewing(stream.hub, PLAIN, FAST) as viewer:
            for size in ((64, 48), (1280, 720), (3, 2000), (1, 1), (33, 17)):
                shown = await frame(viewer, stream.frame(size=size).number)
                assert max(pixels(shown.jpeg).shape[:2]) == min(640, max(size))


async def test_viewers_are_told_when_the_stream_ends_here():
    stream = Told()
    async with screens() as made:
        with made.viewing(stream.hub, DRAWN, FAST) as viewer:
            await no_frame(viewer)
            stream.hub.end()
            with pytest.raises(StreamEnded):
                await frame(viewer, 1)


async def test_a_stop_while_a_picture_is_made_waits_for_it_and_leaves_nothing():
    stream, gate = Told(), Gate()
    stream.state()
    async with screens() as made:
        with made.viewing(stream.hub, PLAIN, FAST):
            stream.frame(view=gate)
            await asyncio.to_thread(gate.entered.wait)
        gate.open.set()
    assert not [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]


async def test_connections_beyond_the_bound_are_refused_until_one_leaves():
    async with screens(most=2) as made:
        with made.place():
            with made.place(), pytest.raises(CapacityError, match="2 connections"), made.place():
                pass
            with made.place():
                assert made.watching == 2
