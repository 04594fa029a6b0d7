"""Breaks and cuts of a film: what is shown between two looks, like neither of them."""

from __future__ import annotations

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from people_seen import body, chunk
from siseon.applications.people.contracts import Span
from siseon.applications.people.footage import ReadFootage, Wanted
from siseon.applications.people.hiding import Hiding
from siseon.applications.people.unseen import Passing
from siseon.contracts.wire import Box
from siseon.media.bounds import DEFAULT_BOUNDS
from siseon.media.film.parts import VideoPart
from siseon.media.film.reading import open_video
from video_files import film

LOOKS = [0, 200, 400, 600]
WIDE, TALL = 128, 72


def _scene(seed: int) -> NDArray[np.float64]:
    """Patches of greys."""
    return np.kron(np.random.default_rng(seed).uniform(40, 220, (9, 16)), np.ones((8, 8)))


HALL, STREET = _scene(1), _scene(2)


def _heard(shown: list[NDArray[np.float64]]) -> Passing:
    """Of pictures 40 ms apart."""
    passing = Passing()
    for number, picture in enumerate(shown):
        pixels = np.ascontiguousarray(picture.clip(0, 255), np.uint8)
        passing.hear(40 * number, av.VideoFrame.from_ndarray(pixels, format="gray"))
    return passing


def test_what_is_shown_between_two_looks_only_is_seen_by_nobody() -> None:
    shown = [HALL] * 16
    shown[6:9] = [STREET] * 3  # from 240 to 320 ms: after the look at 200, before that at 400

    assert _heard(shown).unseen(LOOKS) == (Span(240, 320),)


def test_light_that_is_off_whenever_somebody_looks_hides_what_it_shows() -> None:
    shown = [HALL * 0.05 if 40 * number % 200 == 0 else HALL for number in range(16)]
    passing = _heard(shown)

    assert passing.unseen(LOOKS) == (Span(40, 160), Span(240, 360), Span(440, 560))
    assert passing.cuts(LOOKS) == frozenset()  # they are the same things in another light


def test_what_is_shown_after_a_cut_is_like_the_next_look() -> None:
    passing = _heard([HALL] * 7 + [STREET] * 9)

    assert passing.unseen(LOOKS) == ()
    assert passing.cuts(LOOKS) == {2}


@pytest.mark.parametrize("turns", [0, 1])
def test_a_camera_that_turns_slowly_or_noise_in_the_dark_is_no_break(turns: int) -> None:
    rng = np.random.default_rng(3)
    wide = np.hstack([_scene(4), _scene(5)]) if turns else np.full((TALL, 2 * WIDE), 16.0)
    shown = [wide[:, turns * at : turns * at + WIDE] + rng.normal(0, 3, (TALL, WIDE)) for at in range(16)]
    passing = _heard(shown)

    assert passing.unseen(LOOKS) == ()
    assert passing.cuts(LOOKS) == frozenset()


def test_all_of_a_picture_that_nobody_has_seen_is_hidden() -> None:
    seen = chunk(0, {1: {t: body(300) for t in range(0, 2_001, 200)}})
    hiding = Hiding([seen.model_copy(update={"unseen": (Span(240, 320),)})])

    whole = [Box(0, 0, 1280, 720)]
    assert [hiding.areas(t_ms, 1280, 720) == whole for t_ms in (200, 240, 280, 320, 360)] == [
        False,
        True,
        True,
        True,
        False,
    ]


def test_the_last_picture_of_a_video_is_looked_at_whenever_it_comes(tmp_path) -> None:
    path = film(tmp_path / "a.mp4", list(range(0, 1_161, 40)))  # it may be behind a cut
    end = open_video(path).duration_ms
    (footage,) = ReadFootage(longest=640, bounds=DEFAULT_BOUNDS).process(
        [Wanted(VideoPart(path, 0, 0, end), 5)]
    )

    assert [shot.t_ms for shot in footage.shots] == [0, 200, 400, 600, 800, 1_000, 1_160]
    assert not footage.broken
