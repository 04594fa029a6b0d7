"""Pictures to a video and back: their order, times, sizes."""

from __future__ import annotations

import pytest

from siseon.streams.clips.film import film
from streams.clips.films import frame, played


def test_pictures_come_back_in_their_order_at_their_times():
    greys = [40, 80, 120, 160, 200]
    made = film([frame(5 + index * 0.2, grey) for index, grey in enumerate(greys)], 6.5)
    assert (made.frames, made.seconds, made.width, made.height) == (5, 1.5, 64, 48)
    seen = played(made.data)
    assert [round(at, 2) for at, _ in seen] == [0.0, 0.2, 0.4, 0.6, 0.8, 1.5]
    assert [float(pixels.mean()) for _, pixels in seen[:5]] == pytest.approx(greys, abs=6)


def test_pictures_of_other_sizes_are_fitted_into_the_largest():
    made = film([frame(0, 90, (33, 17)), frame(1, 200, (640, 361)), frame(2, 200, (3, 300))], 3)
    seen = played(made.data)
    assert {pixels.shape for _, pixels in seen} == {(360, 640, 3)}
    assert seen[2][1][:, :200].mean() < 20  # black beside the narrow one
    assert seen[2][1][:, 318:322].mean() > 100


def test_pictures_of_one_moment_are_each_a_moment_later():
    made = film([frame(1, grey) for grey in (50, 100, 150)], 1)
    assert [round(at * 1000) for at, _ in played(made.data)] == [0, 1, 2, 3]


def test_one_tiny_picture_is_a_video():
    made = film([frame(0, 90, (1, 1))], 1)
    assert played(made.data)[0][1].shape == (16, 16, 3)
