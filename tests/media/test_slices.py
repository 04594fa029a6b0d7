"""Pictures that come in parts, with parameter sets before each slice, over a real RTSP server."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import chain, cycle
from pathlib import Path

import av
import numpy as np
import pytest
from av.packet import Packet

from siseon.contracts import Image
from siseon.media.slices import JoinedSlices
from streams.conftest import serving
from streams.rtsp import Rtsp, encoded, units_mount
from streams.watched import Watched

__all__ = ["serving"]

SLICES, KEYS, FRAMES = 3, 5, 15
"""GStreamer puts parameter sets before each slice of a key frame, which each fifth is."""
START = b"\0\0\1"


@pytest.fixture(scope="module")
def units(film: Path) -> list[bytes]:
    return encoded(film, "libx264", 160, 120, FRAMES, slices=SLICES)


def pieces(unit: bytes) -> list[bytes]:
    return [START + piece for piece in unit.replace(b"\0" + START, START).split(START)[1:]]


def decoded(units: list[bytes]) -> list[np.ndarray]:
    decoder = av.CodecContext.create("h264", "r")
    frames = [frame for unit in [*units, None] for frame in decoder.decode(unit and Packet(unit))]
    return [frame.to_ndarray(format="rgb24") for frame in frames]


def watched(server: Rtsp, shots: int) -> list[np.ndarray]:
    with Watched(server.url("/camera")) as watching:
        watching.until_more(shots)
        pictures = [shot.view() for shot in watching.shots]
    assert all(isinstance(picture, Image) for picture in pictures)
    return [picture.pixels for picture in pictures]


def with_sets(units: list[bytes]) -> list[bytes]:
    """As of a camera that sends them before every slice of every picture."""
    sets = b"".join(pieces(units[0])[:2])
    return [b"".join(sets + piece for piece in pieces(unit) if piece[3] & 31 in (1, 5)) for unit in units]


@pytest.mark.parametrize("sent", [list, with_sets], ids=["before key frames", "before all pictures"])
def test_they_are_shown_whole(
    units, serving: Callable[..., Rtsp], tmp_path: Path, sent: Callable[[list[bytes]], list[bytes]]
):
    sound = {picture.tobytes() for picture in decoded(units)}
    assert len(sound) == FRAMES
    shown = {
        picture.tobytes()
        for picture in watched(serving(camera=units_mount(sent(units), tmp_path)), 2 * FRAMES)
    }
    assert shown <= sound
    assert len(shown) > FRAMES - KEYS, "key frames, and those that refer to them"


@pytest.mark.parametrize("gone", range(SLICES))
def test_one_without_a_part_is_not_shown_nor_what_refers_to_it(
    units, serving: Callable[..., Rtsp], tmp_path: Path, gone: int
):
    sound = {picture.tobytes() for picture in decoded(units)}
    torn = list(units)
    of_key = pieces(units[KEYS])
    del of_key[len(of_key) - SLICES + gone]
    torn[KEYS] = b"".join(of_key)
    shown = {
        picture.tobytes() for picture in watched(serving(camera=units_mount(torn, tmp_path)), 2 * FRAMES)
    }
    assert shown <= sound
    assert 0 < len(shown) <= FRAMES - KEYS


class Camera:
    """Packets as FFmpeg's demuxer gives them, and how many were read."""

    def __init__(self, stream: av.VideoStream, packets: list[Packet]) -> None:
        self.reads = 0
        self.parts = JoinedSlices(stream, self.read)
        self._packets = iter([*packets, None])

    def read(self) -> tuple[Packet | None, bool]:
        self.reads += 1
        return next(self._packets), False


@pytest.fixture
def streams(tmp_path: Path):
    """One of a video, and another beside it."""
    with av.open(str(tmp_path / "any.mkv"), "w") as container:
        yield [container.add_stream("libx264", rate=25), container.add_stream("libx264", rate=25)]


def packet(stream: av.VideoStream, data: bytes, pts: int, *, key: bool = False) -> Packet:
    made = Packet(data)
    made.stream, made.pts, made.dts, made.time_base, made.is_keyframe = stream, pts, pts, Fraction(1, 25), key
    return made


def in_parts(stream: av.VideoStream, units: list[bytes]) -> list[list[Packet]]:
    """Each picture of a camera that has parameter sets before every slice."""
    sets = b"".join(pieces(units[0])[:2])
    return [
        [
            packet(stream, sets + piece, at, key=at % KEYS == 0)
            for piece in pieces(unit)
            if piece[3] & 31 in (1, 5)
        ]
        for at, unit in enumerate(units)
    ]


def test_parts_of_any_picture_become_one_without_what_stands_between_them(units, streams):
    camera = Camera(streams[0], list(chain(*in_parts(streams[0], units))))
    given = [found for found, _ in iter(camera.parts.next, (None, False))]
    assert [found.pts for found in given] == list(range(FRAMES))
    assert [found.is_keyframe for found in given] == [at % KEYS == 0 for at in range(FRAMES)]
    kinds = [[piece[3] & 31 for piece in pieces(bytes(found))] for found in given]
    assert kinds == [[7, 8, *[5 if at % KEYS == 0 else 1] * SLICES] for at in range(FRAMES)]
    for found, sound in zip(decoded([bytes(each) for each in given]), decoded(units), strict=True):
        assert np.array_equal(found, sound)


def test_a_picture_that_comes_whole_is_not_late(units, streams):
    packets = [packet(streams[0], unit, at, key=at % KEYS == 0) for at, unit in enumerate(units)]
    camera = Camera(streams[0], packets)
    reads = [(camera.parts.next()[0].pts, camera.reads) for _ in range(FRAMES)]
    assert reads[:2] == [(0, 2), (1, 3)], "the first of each kind: it might go on"
    assert reads[2:] == [(at, at + 1) for at in range(2, FRAMES)]


def test_what_comes_of_another_stream_is_given_while_a_picture_may_go_on(units, streams):
    first, *others = in_parts(streams[0], units)[0]
    silence = cycle([packet(streams[1], b"sound", 0)])
    camera = Camera(streams[0], [first, next(silence), *others, next(silence)])
    given = [found for found, _ in iter(camera.parts.next, (None, False))]
    assert [found.stream for found in given] == [streams[1], streams[1], streams[0]]


def test_slices_of_another_time_are_of_another_picture(units, streams):
    (first, *_), (_, *others) = in_parts(streams[0], units)[0], in_parts(streams[0], units)[KEYS]
    camera = Camera(streams[0], [first, *others])
    given = [found for found, _ in iter(camera.parts.next, (None, False))]
    assert [found.pts for found in given] == [0, KEYS, KEYS]
