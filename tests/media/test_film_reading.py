from __future__ import annotations

import numpy as np
import pytest

from siseon.contracts import FailureCode, InputError
from siseon.media.bounds import MediaBounds
from siseon.media.film.parts import parts_of
from siseon.media.film.reading import open_video, pictures
from video_files import HEIGHT, WIDTH, film, grey_of, turned

EVERY_100 = [100 * number for number in range(20)]


def number_of(image) -> int:
    """Which picture it is, by its grey."""
    grey = float(np.median(image.pixels[:, image.width // 2 :]))
    return min(range(20), key=lambda number: abs(grey_of(number) - grey))


def test_the_picture_at_a_time_is_the_latest_that_is_not_later(tmp_path) -> None:
    video = open_video(film(tmp_path / "a.mp4", [0, 100, 150, 900, 1000]))

    shown = [(one.t_ms, number_of(one.image)) for one in pictures(video, [0, 99, 100, 500, 899, 950, 1000])]

    assert shown == [(0, 0), (99, 0), (100, 1), (500, 2), (899, 2), (950, 3), (1000, 4)]


def test_a_picture_that_stays_is_told_to_be_the_same(tmp_path) -> None:
    video = open_video(film(tmp_path / "a.mp4", [0, 100, 900, 1000]))

    assert [one.same for one in pictures(video, [0, 200, 400, 950])] == [False, False, True, False]


@pytest.mark.parametrize(
    ("suffix", "coder"),
    [("mp4", "libx264"), ("mkv", "libx264"), ("ts", "libx264"), ("webm", "libvpx-vp9"), ("avi", "mpeg4")],
)
def test_parts_read_in_any_order_have_the_pixels_of_the_whole(tmp_path, suffix, coder) -> None:
    video = open_video(film(tmp_path / f"a.{suffix}", EVERY_100, coder=coder, key_every=7))
    times = list(range(0, 1901, 100))

    whole = {one.t_ms: one.image.pixels for one in pictures(video, times)}

    assert len(whole) == 20
    for first in (1200, 300, 0, 700, 1900):
        for one in pictures(video, [t_ms for t_ms in times if first <= t_ms <= first + 400]):
            assert np.array_equal(one.image.pixels, whole[one.t_ms])


def test_a_film_of_a_phone_held_upright_is_upright(tmp_path) -> None:
    path = film(tmp_path / "a.mp4", [0, 100])
    (lying,) = (one.image.pixels for one in pictures(open_video(path), [0]))

    video = open_video(turned(path))
    (shown,) = pictures(video, [0])

    assert (video.width, video.height) == (shown.image.width, shown.image.height) == (HEIGHT, WIDTH)
    assert np.array_equal(shown.image.pixels, np.rot90(lying, -1))


def test_larger_pictures_are_scaled_and_keep_the_root_of_the_video(tmp_path) -> None:
    video = open_video(film(tmp_path / "a.mp4", [0, 100]))

    one, other = pictures(video, [0, 100], longest=32)

    assert (one.image.width, one.image.height) == (32, 24)
    assert one.image.frame.root_frame is other.image.frame.root_frame
    assert (one.image.frame.root_frame.width, one.image.frame.root_frame.height) == (WIDTH, HEIGHT)


def test_what_is_cut_off_has_the_pictures_before_the_cut(tmp_path) -> None:
    path = film(tmp_path / "a.ts", EVERY_100)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])

    shown = list(pictures(open_video(path), list(range(0, 5000, 100))))

    assert 5 < len(shown) < 15
    assert [number_of(one.image) for one in shown] == list(range(len(shown)))


def test_a_name_says_nothing_and_sound_is_not_needed(tmp_path) -> None:
    path = film(tmp_path / "a.mp4", EVERY_100).rename(tmp_path / "notes.txt")

    video = open_video(path)

    assert (video.codec, video.has_sound, video.duration_ms // 100) == ("h264", False, 19)


def _files(tmp_path):
    silent = film(tmp_path / "film.mp4", [0, 100, 500], sound="aac")
    sound = tmp_path / "sound.mp4"
    import av

    with av.open(str(silent)) as source, av.open(str(sound), "w") as target:
        track = target.add_stream_from_template(source.streams.audio[0])
        for packet in source.demux(source.streams.audio[0]):
            if packet.dts is not None:
                packet.stream = track
                target.mux(packet)
    (tmp_path / "words.mp4").write_text("not a film\n" * 100)
    (tmp_path / "list.mp4").write_text(f"ffconcat version 1.0\nfile {silent.name}\n")
    (tmp_path / "cut.mp4").write_bytes(silent.read_bytes()[:700])
    return tmp_path


@pytest.mark.parametrize(
    ("name", "code", "says"),
    [
        ("sound.mp4", FailureCode.unsupported_media, "sound alone"),
        ("words.mp4", FailureCode.unsupported_media, "does not begin like"),
        ("list.mp4", FailureCode.unsupported_media, "does not begin like"),
        ("cut.mp4", FailureCode.corrupt_image, "cannot be read"),
        ("absent.mp4", FailureCode.file_unreadable, "cannot be read"),
    ],
)
def test_what_is_no_film_is_named(tmp_path, name, code, says) -> None:
    with pytest.raises(InputError, match=says) as refused:
        open_video(_files(tmp_path) / name)

    assert refused.value.code is code


def test_a_film_beyond_the_bounds_is_refused_before_it_is_decoded(tmp_path) -> None:
    path = film(tmp_path / "a.mp4", [0])

    with pytest.raises(InputError) as refused:
        open_video(path, MediaBounds(max_pixels=WIDTH * HEIGHT - 1))

    assert refused.value.code is FailureCode.image_too_large


def test_parts_cover_a_video_and_share_their_borders(tmp_path) -> None:
    video = open_video(film(tmp_path / "a.mp4", [0, 100, 24_900]))

    parts = parts_of(video, 10)

    assert [(one.number, one.start_ms, one.end_ms) for one in parts[:2]] == [
        (0, 0, 10_000),
        (1, 10_000, 20_000),
    ]
    assert parts[-1].end_ms == video.duration_ms
    assert parts[1].fragment == "#t=10,20"
