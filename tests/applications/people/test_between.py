"""Which pictures between two looks are looked at too."""

from __future__ import annotations

import asyncio

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from people_seen import body, chunk
from siseon.applications.people.between import Cells, between, is_known, strange
from siseon.applications.people.contracts import Face, Moment, Span
from siseon.applications.people.footage import Footage, ReadFootage, Shot, Sighting, Visited, Wanted
from siseon.applications.people.heads import head
from siseon.applications.people.hiding import Hiding
from siseon.applications.people.unseen import CELLS, Passing
from siseon.applications.people.visiting import visited
from siseon.contracts import Detections, Image, LabelMap
from siseon.contracts.wire import Box
from siseon.media.bounds import DEFAULT_BOUNDS
from siseon.media.film.parts import VideoPart
from siseon.media.film.reading import open_video
from siseon.media.film.rewrite import rewrite
from video_files import HEIGHT, WIDTH, film, turned

LOOKS = [0, 200, 400]
TIMES = list(range(0, 401, 40))


def _scene(seed: int) -> Cells:
    grey = np.random.default_rng(seed).integers(60, 120, (9, 16))
    return np.kron(grey, np.ones((4, 4))).astype(np.uint8)


HALL, STREET = _scene(1), _scene(2)


def _with(scene: Cells, x: int, *, y: int = 10, side: int = 4, grey: int = 230) -> Cells:
    """Something that is brighter than all else."""
    changed = scene.copy()
    changed[y : y + side, x : x + side] = grey
    return changed


def _told(
    shown: list[Cells], most: int = 99, unseen: tuple[Span, ...] = ()
) -> tuple[tuple[int, ...], tuple[Span, ...]]:
    told = between(TIMES, shown, LOOKS, unseen, most, lambda _: True)
    return tuple(told.looks), told.unseen


def test_what_comes_and_goes_between_two_looks_is_looked_at_once_while_it_stays_where_it_is() -> None:
    shown = [HALL] * 11
    shown[6:9] = [_with(HALL, 20)] * 3

    assert _told(shown) == ((240,), ())
    assert _told(shown, unseen=(Span(240, 320),)) == ((), ())  # it is hidden whole already


def test_who_is_somewhere_else_in_each_picture_is_looked_at_in_each_or_they_are_hidden_whole() -> None:
    shown = [_with(HALL, 5 * at) for at in range(11)]

    looks, unseen = _told(shown)
    assert set(looks) == set(TIMES) - set(LOOKS)
    assert unseen == ()
    looks, unseen = _told(shown, most=1)
    assert len(looks) == 1
    assert {t for t in TIMES if any(span.from_ms <= t <= span.to_ms for span in unseen)} == set(TIMES) - {
        *LOOKS,
        *looks,
    }


def test_many_far_away_are_looked_at_though_each_is_small() -> None:
    one, many = HALL.copy(), HALL.copy()
    one[4, 4] = 230
    many[4, 4:60:8] = 230

    assert _told([*[HALL] * 6, one, *[HALL] * 4]) == ((), ())
    assert _told([*[HALL] * 6, many, *[HALL] * 4]) == ((240,), ())


def test_who_walks_or_a_camera_that_shakes_is_no_reason() -> None:
    walks = [_with(HALL, 20 + at // 3) for at in range(11)]
    shakes = [np.roll(HALL, at % 2, axis=1) for at in range(11)]

    assert _told(walks) == _told(shakes) == ((), ())


def test_another_scene_that_shines_through_is_hidden_whole() -> None:
    faded: list[NDArray[np.uint8]] = [HALL] * 11
    bright = np.asarray(STREET + 100, np.uint8)
    faded[6:9] = [np.asarray(0.4 * HALL + 0.6 * bright, np.uint8)] * 3

    assert _told(faded) == ((), (Span(240, 320),))


@pytest.mark.parametrize("is_turned", [False, True])
def test_the_pictures_are_read_upright_as_is_what_is_new_in_them(tmp_path, is_turned: bool) -> None:
    plain = film(tmp_path / "a.mp4", list(range(0, 1_001, 40)))
    path = tmp_path / "b.mp4"

    def come(t_ms: int, image: Image) -> Image:
        pixels = np.full_like(image.pixels, 90)
        if t_ms in (480, 520):
            pixels[: HEIGHT // 2, : WIDTH // 2] = 220
        return Image.from_array(pixels)

    rewrite(open_video(plain), come, path, codec="h264")
    if is_turned:
        path = turned(path)
    (footage,) = ReadFootage(longest=640, bounds=DEFAULT_BOUNDS).process(
        [Wanted(VideoPart(path, 0, 0, 1_000), 5)]
    )

    ((shot, new),) = ((one.shot, one.new) for one in footage.between)
    assert shot.t_ms == 480
    pixels, cells = (np.rot90(one, 1) if is_turned else one for one in (shot.image.pixels, new))
    assert cells[: CELLS[1] // 2 - 1, : CELLS[0] // 2 - 1].all()
    assert not cells[CELLS[1] // 2 + 2 :].any()
    assert pixels[2, 2, 0] > 200
    assert footage.unseen == ()


def test_what_is_new_within_somebody_who_is_known_is_theirs() -> None:
    new = np.zeros((36, 64), np.uint8)
    new[10:20, 20:26] = 1
    known = np.array([[195, 95, 265, 205]], np.float32)

    assert is_known(new, known, (640, 360))
    assert not is_known(new, known + 60, (640, 360))
    assert not is_known(new, np.empty((0, 4), np.float32), (640, 360))


def test_where_looks_come_seldom_pictures_that_are_not_held_are_hidden_whole(monkeypatch) -> None:
    many = 32
    monkeypatch.setattr("siseon.applications.people.unseen.HELD", many * 72 * 128)
    passing = Passing()
    for number in range(2 * many):
        pixels = np.full((72, 128), 90, np.uint8)
        if number == 5:
            pixels[:30, :30] = 220
        if many + 5 <= number < many + 9:
            pixels[-30:, -30:] = 220
        passing.hear(40 * number, av.VideoFrame.from_ndarray(pixels, format="gray"))

    found, lost = passing.visits(0, 40 * (2 * many - 1), 9)
    assert [one.t_ms for one in found] == [200]
    assert lost == (Span(40 * many + 200, 40 * many + 320),)


def test_whoever_is_seen_there_is_hidden_and_who_is_known_from_the_looks_is_so_by_these() -> None:
    known = {1: {t: body(300) for t in range(0, 2_001, 200)}}
    face = Face(box=Box(800, 300, 830, 340), score=0.9)
    look = Moment(t_ms=280, others=(Box(500, 100, 550, 250), body(304)), faces=(face,))
    hiding = Hiding([chunk(0, known).model_copy(update={"between": (look,)})])
    without = Hiding([chunk(0, known)])

    for t_ms in (240, 280, 360):
        areas = hiding.areas(t_ms, 1280, 720)
        for x, y in ((525, 120), (815, 320)):
            assert any(one.x1 <= x <= one.x2 and one.y1 <= y <= one.y2 for one in areas)
        assert len(areas) == len(without.areas(t_ms, 1280, 720)) + 2
    assert hiding.areas(440, 1280, 720) == without.areas(440, 1280, 720)


def test_a_spot_that_is_new_and_large_enough_for_a_head_is_strange_beside_all_that_is_known() -> None:
    new = np.zeros((36, 64), np.uint8)
    new[10:14, 20:24] = 1  # a head
    new[30, 5:40] = 1  # an edge
    nobody = np.empty((0, 4), np.float32)

    (spot,) = strange(new, nobody, (640, 360)).tolist()

    assert spot[0] <= 200
    assert spot[1] <= 100
    assert spot[2] >= 240
    assert spot[3] >= 140
    assert (spot[2] - spot[0]) * (spot[3] - spot[1]) < 4 * 40 * 40
    assert len(strange(new, np.array([[190, 90, 250, 150]], np.float32), (640, 360))) == 0
    assert len(strange(np.zeros_like(new), nobody, (640, 360))) == 0


def test_a_head_without_a_body_that_no_detector_finds_is_hidden_whole() -> None:
    new = np.zeros((36, 64), np.uint8)
    new[10:14, 20:23] = 1
    shots = [Shot(t_ms, Image.from_array(np.full((360, 640, 3), 90, np.uint8))) for t_ms in (0, 80, 200)]
    footage = Footage(0, 0, 200, shots[0].image.frame, [shots[0], shots[2]], between=[Visited(shots[1], new)])
    none = np.empty((0, 4), np.float32)
    sightings = [Sighting(t_ms, none, np.empty(0, np.float32)) for t_ms in (0, 200)]

    (moment,) = asyncio.run(visited(footage, sightings, find_people=Blind(), find_faces=Blind()))

    (spot,) = moment.others
    hidden = head(spot)
    assert hidden.x1 <= 200
    assert hidden.x2 >= 230
    assert hidden.y1 <= 100
    assert hidden.y2 >= 140


class Blind:
    """Finds nothing."""

    async def map(self, images: list[Image]) -> list[Detections]:
        return [Detections.empty(one.frame, LabelMap(("person",))) for one in images]
