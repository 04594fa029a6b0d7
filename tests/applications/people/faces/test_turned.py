"""Real networks on a real clip, once as it was filmed and once with the camera turned."""

from __future__ import annotations

import asyncio
from fractions import Fraction

import av
import numpy as np
import pytest

from siseon.applications.people import People, PeopleOptions
from siseon.applications.people.hiding import Hiding
from siseon.applications.people.lying import is_lying
from siseon.contracts.wire import Box
from siseon.media.film.parts import VideoPart
from siseon.media.film.reading import open_video, pictures
from siseon.models import ModelManager

pytest.importorskip("trackers")

STEP_MS = 400


def _turned(source, target, quarters: int, from_ms: int = 0, to_ms: int | None = None):
    """The clip, small and seldom, its pictures turned by so many quarters, which no header tells."""
    video = open_video(source)
    with av.open(str(target), "w") as made:
        stream = made.add_stream("libx264", options={"preset": "ultrafast"})
        stream.pix_fmt, stream.codec_context.time_base = "yuv420p", Fraction(1, 1000)
        for shown in pictures(video, range(from_ms, to_ms or video.duration_ms, STEP_MS), longest=640):
            pixels = np.ascontiguousarray(np.rot90(shown.image.pixels, quarters))
            if shown.t_ms == from_ms:
                stream.height, stream.width = pixels.shape[:2]
            frame = av.VideoFrame.from_ndarray(pixels, format="rgb24")
            frame.pts, frame.time_base = shown.t_ms - from_ms, Fraction(1, 1000)
            made.mux(stream.encode(frame.reformat(format="yuv420p")))
        made.mux(stream.encode(None))
    return target


def test_where_people_lie_as_a_turned_camera_shows_them_all_is_hidden(
    model_path, test_data, tmp_path
) -> None:
    clip = test_data / "video-dev/two_people_hug.mp4"
    films = [_turned(clip, tmp_path / f"{quarters}.mp4", quarters) for quarters in range(4)]

    async def look():
        models = ModelManager(search_path=[model_path])
        async with People(models, PeopleOptions(pose=None, rate=2)) as people:
            parts = [VideoPart(one, 0, 0, open_video(one).duration_ms) for one in films]
            return [one.data for one in await asyncio.gather(*map(people, parts))]

    seen = asyncio.run(look())

    assert [is_lying(one) for one in seen] == [False, True, True, True]
    whole = Box(0, 0, 360, 640)
    hiding = Hiding([seen[1]])
    assert all(hiding.areas(t_ms, 360, 640) == [whole] for t_ms in range(0, 2_400, 100))
    assert Hiding([seen[0]]).areas(400, 640, 360) != [Box(0, 0, 640, 360)]


def test_a_crowd_upside_down_is_told_though_some_of_it_is_found_upright(
    model_path, test_data, tmp_path
) -> None:
    clip = test_data / "video-dev/crowd_faces.mp4"
    films = [_turned(clip, tmp_path / f"{quarters}.mp4", quarters, 8_000, 10_000) for quarters in (0, 2)]

    async def look():
        models = ModelManager(search_path=[model_path])
        async with People(models, PeopleOptions(pose=None, rate=2)) as people:
            parts = [VideoPart(one, 0, 0, open_video(one).duration_ms) for one in films]
            return [one.data for one in await asyncio.gather(*map(people, parts))]

    assert [is_lying(one) for one in asyncio.run(look())] == [False, True]
