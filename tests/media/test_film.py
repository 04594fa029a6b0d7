"""Videos as pictures: the same whenever they are read, and none that is made up."""

from __future__ import annotations

import random
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from films import RATE, greys, write_film
from siseon.contracts import FailureCode, InputError
from siseon.media.bounds import MediaBounds
from siseon.media.decode import decode
from siseon.media.film import is_film, moments, picture_at
from siseon.media.film.packets import AWAY_S, Beside, Nearest, packets_of, with_packets

SECONDS = 8


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    packets = [b"packet %d" % second for second in range(SECONDS - 2)]
    folder = tmp_path_factory.mktemp("films")
    return write_film(folder / "flight.ts", greys(SECONDS * RATE), packets)


def number(picture: bytes) -> int:
    """Of a picture of ``greys``."""
    return round((float(decode(picture).pixels.mean()) - 20) / 4)


def test_a_picture_every_so_many_seconds_with_the_packets_before_and_after_it(film: Path) -> None:
    assert moments(film) == [0, 2, 4, 6]
    assert moments(film, 2.6) == [0, 2.6, 5.2, 7.8]
    found = {second: picture_at(film, second) for second in (7.8, 0.0, 2.6, 2.4, 5.2)}
    assert {second: number(picture) for second, picture in found.items()} == {
        7.8: 39, 0.0: 0, 2.6: 13, 2.4: 12, 5.2: 26,
    }  # fmt: skip
    beside = {
        second: [(round(one.away_s, 3), one.data) for one in packets_of(picture)]
        for second, picture in found.items()
    }
    assert beside == {
        7.8: [], 0.0: [(0.0, b"packet 0"), (1.0, b"packet 1")], 2.6: [(-0.6, b"packet 2"), (0.4, b"packet 3")],
        2.4: [(-0.4, b"packet 2"), (0.6, b"packet 3")], 5.2: [(-0.2, b"packet 5")],
    }  # fmt: skip
    assert picture_at(film, 2.6) == found[2.6]


def test_packets_of_one_stream_do_not_hide_those_of_another() -> None:
    beside = Nearest(10.0)
    for stream, second in ((1, 9.5), (1, 10.4), (2, 9.9), (2, 10.1), (2, 8.0)):
        beside.take(stream, second, b"%d at %.1f" % (stream, second))
    assert [one.data for one in beside.of(10.0)] == [b"1 at 9.5", b"1 at 10.4", b"2 at 9.9", b"2 at 10.1"]


def test_what_comes_with_a_picture_is_held_to_its_bounds() -> None:
    picture = picture_of_nothing()
    packets = (Beside(-0.25, b"before"), Beside(0.5, b"after"))
    assert packets_of(with_packets(picture, packets)) == packets
    assert decode(with_packets(picture, packets)).width == 8
    assert packets_of(with_packets(picture, [Beside(float("nan"), b"x"), Beside(2 * AWAY_S, b"y")])) == ()
    assert packets_of(b"\x89PNG") == packets_of(b"") == packets_of(picture) == ()
    assert packets_of(with_packets(picture, packets)[:45]) == ()


def picture_of_nothing() -> bytes:
    return cv2.imencode(".png", np.zeros((8, 8, 3), np.uint8))[1].tobytes()


@pytest.mark.parametrize("damage", ["cut off", "noise", "nothing"])
def test_a_damaged_tail_gives_what_came_before_and_says_so(film: Path, tmp_path: Path, damage: str) -> None:
    data = film.read_bytes()
    here = len(data) * 6 // 10 // 188 * 188 + 100
    rest = len(data) - here
    tail = {"cut off": b"", "noise": random.Random(1).randbytes(rest), "nothing": bytes(rest)}[damage]
    broken = tmp_path / "broken.ts"
    broken.write_bytes(data[:here] + tail)
    found = moments(broken)
    assert found == [0, 2, 4, 6]
    assert [number(picture_at(broken, second)) for second in found[:-1]] == [0, 10, 20]
    with pytest.raises(InputError, match=r"broken\.ts has no whole picture at 6 s: it is damaged or cut off"):
        picture_at(broken, found[-1])


def test_an_mp4_that_was_cut_off_says_so(tmp_path: Path) -> None:
    whole = write_film(
        tmp_path / "a.mp4", greys(SECONDS * RATE), codec="mpeg4", options={"movflags": "faststart"}
    )
    assert moments(whole) == [0, 2, 4, 6]
    assert number(picture_at(whole, 4.0)) == 20
    (tmp_path / "cut.mp4").write_bytes(whole.read_bytes()[: whole.stat().st_size * 7 // 10])
    found = moments(tmp_path / "cut.mp4")
    with pytest.raises(InputError, match="is damaged or cut off there"):
        picture_at(tmp_path / "cut.mp4", found[-1])
    assert number(picture_at(tmp_path / "cut.mp4", found[0])) == 0
    (tmp_path / "headless.mp4").write_bytes(whole.read_bytes()[:40])
    with pytest.raises(InputError, match="has no pictures"):
        moments(tmp_path / "headless.mp4")


@pytest.mark.parametrize("codec", ["mpeg2video", "libx264"])
def test_what_is_lost_is_not_made_up(tmp_path: Path, codec: str) -> None:
    dots = np.random.default_rng(3).integers(0, 255, (SECONDS * RATE, 8, 12, 3), np.uint8)
    shown = dots.repeat(8, axis=1).repeat(8, axis=2)
    path = write_film(tmp_path / "noise.ts", list(shown), codec=codec)
    data = path.read_bytes()
    middle = len(data) // 2 // 188 * 188
    path.write_bytes(data[:middle] + data[middle + 20 * 188 :])
    outcomes: list[bool | None] = []
    for second in moments(path, 0.2):
        try:
            picture = decode(picture_at(path, second)).pixels.astype(int)
            away = np.abs(picture - shown.astype(int)).mean(axis=(1, 2, 3)).min()
            outcomes.append(bool(away < 30))
        except InputError:
            outcomes.append(None)
    assert False not in outcomes
    assert outcomes.count(True) > len(shown) // 2


@pytest.mark.parametrize(
    ("name", "coding"),
    [
        ("pyramid.mkv", {"bf": "3", "x264-params": "open-gop=1:keyint=10:b-pyramid=normal"}),
        ("long.ts", {"x264-params": "keyint=250"}),
        ("refreshed.ts", {"x264-params": "intra-refresh=1:keyint=12"}),
    ],
)
def test_a_moment_read_by_itself_is_the_picture_of_the_whole_video(
    tmp_path: Path, name: str, coding: dict[str, str]
) -> None:
    dots = np.random.default_rng(4).integers(0, 255, (8, 12, 3), np.uint8)
    moving = [np.roll(dots.repeat(8, axis=0).repeat(8, axis=1), 3 * n, axis=1) for n in range(SECONDS * RATE)]
    path = write_film(tmp_path / name, moving, codec="libx264", coding=coding)
    with av.open(str(path)) as container:
        zero = float((container.streams.video[0].start_time or 0) * container.streams.video[0].time_base)
        frames = [
            (frame.time - zero, frame.to_ndarray(format="rgb24")) for frame in container.decode(video=0)
        ]
    for second in moments(path, 0.6):
        true = next(picture for at, picture in frames if at >= second - 1e-3)
        assert np.abs(decode(picture_at(path, second)).pixels.astype(int) - true).max() <= 3, second


def test_what_is_no_video_is_named(film: Path, tmp_path: Path) -> None:
    for name, data in (("notes.ts", b"no video" * 100), ("empty.mp4", b"")):
        (tmp_path / name).write_bytes(data)
        assert is_film(tmp_path / name)
        with pytest.raises(InputError, match="does not begin like MPEG-TS"):
            moments(tmp_path / name)
    with av.open(str(tmp_path / "sound.mp4"), "w") as container:
        sound = container.add_stream("aac", rate=8000)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 4096), np.float32), format="fltp", layout="mono")
        frame.rate, frame.pts = 8000, 0
        container.mux(sound.encode(frame))
        container.mux(sound.encode(None))
    with pytest.raises(InputError, match="has sound alone"):
        moments(tmp_path / "sound.mp4")
    (tmp_path / "flight.jpg").write_bytes(film.read_bytes())  # of a wrong name
    assert is_film(tmp_path / "flight.jpg")
    assert moments(tmp_path / "flight.jpg", 4.0) == [0, 4]
    (tmp_path / "photo.ts").write_bytes(picture_at(film, 0.0))
    assert not is_film(tmp_path / "photo.ts")
    assert not is_film(tmp_path)


def test_bounds_hold(film: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError) as refused:
        picture_at(film, 0.0, MediaBounds(max_pixels=1000))
    assert refused.value.code is FailureCode.image_too_large
    monkeypatch.setattr("siseon.media.film.MOST_MOMENTS", 7)
    with pytest.raises(InputError, match=r"has 8 pictures at 1 s, the limit is 7"):
        moments(film, 1.0)


def test_a_video_of_few_pictures_has_no_moment_twice(tmp_path: Path) -> None:
    slow = write_film(tmp_path / "slow.ts", greys(10))
    assert moments(slow, 0.1) == [0, 0.2, 0.4, 0.6, 0.8, 1.0, 1.2, 1.4, 1.6, 1.8]
