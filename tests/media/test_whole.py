"""Frames of a real encoder, of which parts are lost."""

from __future__ import annotations

import gc
import weakref
from pathlib import Path

import av
import numpy as np
import pytest

from siseon.media.whole import Whole
from streams.rtsp import encoded

KEYS = 5
"""Each fifth frame is a key frame."""
START = b"\0\0\0\1"


@pytest.fixture(scope="module")
def units(film: Path) -> list[bytes]:
    return encoded(film, "libx264", 160, 128, 15, slices=2)


def without(unit: bytes, part: int) -> bytes:
    """The unit without one of its two slices, its last parts."""
    parts = [START + piece for piece in unit.replace(START, START[1:]).split(START[1:])[1:]]
    parts.pop(len(parts) - 2 + part)
    return b"".join(parts)


def shown(units: list[bytes], folder: Path) -> list[np.ndarray]:
    path = folder / "film.h264"
    path.write_bytes(b"".join(units))
    pictures = []
    with av.open(str(path), options={"framerate": "25"}) as container:
        whole = Whole(container.streams.video[0], container.demux(video=0))
        container.streams.video[0].codec_context.thread_count = 1
        for packet in iter(whole.received, None):
            pictures += [frame.to_ndarray(format="gray") for frame in whole.decode(packet)]
    return pictures


def test_all_of_a_sound_video_is_shown(units, tmp_path):
    assert len(shown(units, tmp_path)) == len(units)


@pytest.mark.parametrize("part", [0, 1])
@pytest.mark.parametrize("broken", [5, 7])
def test_what_is_made_up_is_not_shown_nor_what_refers_to_it(units, tmp_path, broken, part):
    sound = shown(units, tmp_path)
    torn = list(units)
    torn[broken] = without(units[broken], part)
    pictures = shown(torn, tmp_path)
    lost = len(sound) - len(pictures)
    assert 2 * KEYS - broken <= lost <= 2 * KEYS - broken + 1  # the one before is known to be sound too late
    assert all(any(np.array_equal(picture, whole) for whole in sound) for picture in pictures)


@pytest.mark.parametrize("gone", [6, 7])
def test_a_frame_that_the_camera_left_out_is_missed_and_what_refers_to_it_is_not_shown(units, tmp_path, gone):
    sound = shown(units, tmp_path)
    pictures = shown(units[:gone] + units[gone + 1 :], tmp_path)
    lost = len(sound) - len(pictures)
    assert 2 * KEYS - gone <= lost <= 2 * KEYS - gone + 1
    assert all(any(np.array_equal(picture, whole) for whole in sound) for picture in pictures)


def test_a_session_that_ended_leaves_no_decoder_for_the_collection_of_cycles(units, film, tmp_path):
    """A camera that comes and goes, or a film in a loop, would hold one of each session until then."""
    bare = tmp_path / "film.h264"
    bare.write_bytes(b"".join(units))
    gc.disable()
    try:
        for path in (bare, film):  # with parts joined, and as they come
            with av.open(str(path)) as container:
                whole = Whole(container.streams.video[0], container.demux(video=0))
                assert whole.decode(whole.received()) is not None
                held = weakref.ref(whole)
                del whole
                assert held() is None
    finally:
        gc.enable()
