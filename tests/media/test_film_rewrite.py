from __future__ import annotations

import resource

import av
import numpy as np
import pytest

from siseon.contracts import FailureCode, Image, InputError
from siseon.media.film.reading import open_video
from siseon.media.film.rewrite import rewrite
from video_files import HEIGHT, WIDTH, film

TIMES = [0, 100, 150, 900, 1000, 1500]


def _times(path) -> list[int]:
    with av.open(str(path)) as container:
        return [round(frame.time * 1000) for frame in container.decode(video=0)]


def _sound(path) -> list[bytes]:
    with av.open(str(path)) as container:
        return [bytes(packet) for packet in container.demux(audio=0) if packet.dts is not None]


@pytest.mark.parametrize("codec", ["vp9", "h264"])
def test_every_picture_is_changed_in_its_own_time_and_the_sound_is_the_same(tmp_path, codec) -> None:
    source = film(tmp_path / "a.mp4", TIMES, sound="aac")
    given: list[int] = []

    def change(t_ms: int, image: Image) -> Image:
        given.append(t_ms)
        return Image.from_array(np.full_like(image.pixels, 200))

    rewrite(open_video(source), change, tmp_path / "b.mp4", codec=codec)

    assert given == _times(tmp_path / "b.mp4") == TIMES
    assert _sound(tmp_path / "b.mp4") == _sound(source)
    with av.open(str(tmp_path / "b.mp4")) as container:
        frame = next(container.decode(video=0)).to_ndarray(format="rgb24")
    assert frame.shape == (HEIGHT, WIDTH, 3)
    assert abs(float(frame.mean()) - 200) < 4


def test_sound_that_mp4_has_no_place_for_becomes_aac_of_the_same_length(tmp_path) -> None:
    source = film(tmp_path / "a.avi", TIMES, coder="mpeg4", sound="pcm_s16le")

    rewrite(open_video(source), lambda _, image: image, tmp_path / "b.mp4")

    with av.open(str(tmp_path / "b.mp4")) as container:
        (track,) = container.streams.audio
        assert track.codec_context.name == "aac"
        assert abs(float(track.duration * track.time_base) - 1.5) < 0.2


def test_a_disk_that_is_full_is_no_fault_of_the_video(tmp_path) -> None:
    source = open_video(film(tmp_path / "a.mp4", list(range(0, 4_000, 40))))
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000, before[1]))
    try:
        with pytest.raises(InputError, match="the disk is full") as refused:
            rewrite(source, lambda _, image: image, tmp_path / "b.mp4")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert refused.value.code is FailureCode.storage_failed


def test_a_film_without_sound_stays_without(tmp_path) -> None:
    rewrite(
        open_video(film(tmp_path / "a.mp4", TIMES)), lambda _, image: image, tmp_path / "b.mp4", longest=32
    )

    with av.open(str(tmp_path / "b.mp4")) as container:
        assert not container.streams.audio
        assert (container.streams.video[0].width, container.streams.video[0].height) == (32, 24)
