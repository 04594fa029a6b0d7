"""The annotated video: heads are gone from its pixels, people have their boxes, and the sound is there."""

from __future__ import annotations

import numpy as np

from people_seen import body, chunk, direction
from siseon.applications.people.render import rendered
from siseon.applications.people.timeline.build import timeline_of
from siseon.contracts import Image
from siseon.media.film.reading import open_video, pictures
from siseon.media.film.rewrite import rewrite
from video_files import film

SIZE = (640, 360)
X, TOP, TALL = 250, 100, 200


def _striped(path):
    """A video in which stripes, two pixels wide, cover everything: where they are gone, it was hidden."""
    plain = film(path, list(range(0, 1201, 100)), size=SIZE, sound="aac")
    stripes = np.zeros((SIZE[1], SIZE[0], 3), np.uint8)
    stripes[:, ::4], stripes[:, 1::4] = 255, 255
    striped = path.with_suffix(".striped.mp4")
    rewrite(open_video(plain), lambda _, image: Image.from_array(stripes), striped, codec="h264")
    return open_video(striped)


def _contrast(pixels, x1: float, y1: float, x2: float, y2: float) -> float:
    return float(pixels[int(y1) : int(y2), int(x1) : int(x2)].astype(float).std())


def test_a_walking_head_is_hidden_in_every_picture_and_the_body_is_not(tmp_path) -> None:
    boxes = {t: body(X + t / 10, y=TOP + TALL, tall=TALL) for t in range(0, 2001, 200)}
    chunks = [chunk(0, {1: boxes}, looks={1: direction(0)})]
    video = _striped(tmp_path / "a.mp4")

    rendered(video, chunks, timeline_of(chunks), tmp_path / "b.mp4")

    made = open_video(tmp_path / "b.mp4")
    assert made.has_sound
    shown = list(pictures(made, list(range(0, 1200, 100))))
    assert len(shown) == 12
    for one in shown:
        x = X + one.t_ms / 10
        assert _contrast(one.image.pixels, x - 20, TOP + 6, x + 20, TOP + 0.2 * TALL) < 15
        assert _contrast(one.image.pixels, x - 20, TOP + 0.5 * TALL, x + 20, TOP + 0.9 * TALL) > 60


def test_where_a_chunk_is_missing_nothing_is_shown(tmp_path) -> None:
    chunks = [chunk(4, {})]  # from eight seconds on: of the first two nobody knows anything
    video = _striped(tmp_path / "a.mp4")

    rendered(video, chunks, timeline_of(chunks), tmp_path / "b.mp4")

    for one in pictures(open_video(tmp_path / "b.mp4"), [0, 600, 1_100]):
        assert _contrast(one.image.pixels, 0, 60, *SIZE) < 15


def test_nothing_is_hidden_where_that_is_asked_for(tmp_path) -> None:
    chunks = [chunk(4, {})]
    video = _striped(tmp_path / "a.mp4")

    rendered(video, chunks, timeline_of(chunks), tmp_path / "b.mp4", hide=False)

    (shown,) = pictures(open_video(tmp_path / "b.mp4"), [1_000])
    assert _contrast(shown.image.pixels, 0, 60, *SIZE) > 60
