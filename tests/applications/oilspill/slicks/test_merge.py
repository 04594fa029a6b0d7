from __future__ import annotations

import numpy as np
import pytest
import shapely

from applications.oilspill.slicks.flight import frame, place
from siseon.applications.oilspill.slicks import merged
from siseon.applications.oilspill.slicks.shapes import polygon_of

DISC = np.pi * 50**2


def test_a_slick_that_four_frames_show_is_counted_once():
    slick = [(0.0, 0.0, 50.0, "rainbow")]
    frames = [frame(f"{n}.jpg", slick, east=40.0 * n - 60, seconds=2.0 * n) for n in range(4)]
    (found,) = merged(frames)
    assert found.area_m2 == pytest.approx(DISC, rel=0.02)
    assert found.volume_l == pytest.approx((found.area_m2 * 0.3e-3, found.area_m2 * 5e-3))
    assert found.first_seen is not None
    assert set(found.frames) <= {one.image_id for one in frames}
    assert sum(slick.area_m2 or 0 for one in frames for slick in one.slicks) > 3.5 * DISC


def test_positions_that_are_off_do_not_swell_a_slick():
    """A union of all outlines would be wider by the spread of the positions."""
    slick = [(0.0, 0.0, 50.0, "metallic")]
    offs = (-12.0, 0.0, 12.0)
    frames = [frame(f"{n}.jpg", slick, off_m=off, seconds=2.0 * n) for n, off in enumerate(offs)]
    assert sum(found.area_m2 for found in merged(frames)) == pytest.approx(DISC, rel=0.02)


def test_a_slick_longer_than_a_frame_is_one_piece():
    chain = [(float(x), 0.0, 40.0, "sheen") for x in range(-400, 401, 20)]
    frames = [frame(f"{n}.jpg", chain, east=150.0 * n - 300, seconds=3.0 * n) for n in range(5)]
    (found,) = merged(frames)
    assert len(found.frames) >= 3
    assert polygon_of(found.rings).is_valid
    whole = shapely.LineString([(-400, 0), (400, 0)]).buffer(40).area
    assert found.area_m2 < whole * 1.02


@pytest.mark.parametrize("seed", [10, 31, 163])
def test_frames_of_one_course_whose_edges_are_less_than_a_millimetre_apart(seed: int):
    """What one adds to another then has a line beside its polygon, which cannot be intersected on a grid."""
    rng, turn = np.random.default_rng(seed), np.radians(20)
    frames = []
    for number in range(3):
        shown = frame(f"{number}.jpg", [(0.0, 0.0, 50.0, "rainbow")], seconds=2.0 * number)
        assert shown.georeference is not None
        right, up = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
        middle = 60.0 * number * up + rng.uniform(-1e-3, 1e-3) * right
        corners_m = ((-173, 97), (173, 97), (173, -97), (-173, -97), (-173, 97))
        corners = tuple(place(*(middle + x * right + y * up)) for x, y in corners_m)
        moved = shown.georeference.model_copy(update={"corners": corners})
        frames.append(shown.model_copy(update={"georeference": moved}))
    assert sum(found.area_m2 for found in merged(frames)) == pytest.approx(DISC, rel=0.02)


def test_no_place_has_two_classes():
    first = frame("a.jpg", [(0.0, 0.0, 50.0, "sheen")])
    second = frame("b.jpg", [(10.0, 0.0, 50.0, "rainbow")], seconds=2)
    found = merged([first, second])
    assert sum(one.area_m2 for one in found) == pytest.approx(DISC, rel=0.03)


def test_a_later_pass_goes_before_an_earlier_one():
    frames = [
        frame("then.jpg", [(-60.0, 0.0, 30.0, "sheen")]),
        frame("now.jpg", [(60.0, 0.0, 30.0, "sheen")], seconds=900),
    ]
    (found,) = merged(frames)
    assert found.frames == ("now.jpg",)


def test_slicks_apart_stay_apart_and_frames_without_a_place_are_left_out():
    shown = frame("a.jpg", [(-100.0, 0.0, 20.0, "sheen"), (60.0, 0.0, 30.0, "sheen")])
    lost = shown.model_copy(update={"georeference": None, "no_position": "none", "image_id": "b.jpg"})
    found = merged([lost, shown])
    assert [len(one.frames) for one in found] == [1, 1]
    assert found[0].area_m2 > found[1].area_m2
    assert merged([lost]) == ()


def test_over_the_antimeridian_a_slick_is_one():
    home = (180.0, -20.0)
    slick = [(0.0, 0.0, 50.0, "rainbow")]
    frames = [frame(f"{n}.jpg", slick, east=60.0 * n - 60, seconds=n, home=home) for n in range(3)]
    (found,) = merged(frames)
    assert found.area_m2 == pytest.approx(DISC, rel=0.02)
    longitudes = [longitude for longitude, _ in found.rings[0]]
    assert max(longitudes) - min(longitudes) < 0.01
