from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
import shapely
from pyproj import Geod

from siseon.applications.oilspill.contracts import SEA_CLASSES, Georeference, OilSpillResult
from siseon.applications.oilspill.georeference import Pose, Sigmas, georeference
from siseon.applications.oilspill.georeference.ray import seen
from siseon.applications.oilspill.palette import NOTHING
from siseon.applications.oilspill.slicks import merged, outlined, placed
from siseon.applications.oilspill.slicks.shapes import polygon_of
from siseon.contracts import ContractViolation

WIDTH, HEIGHT = 1280, 720
SIGMAS = Sigmas(position_m=4, height_m=5, azimuth=0.5, tilt=0.3, roll=0.5, fov=0.01)
DOWN = Pose(56.0, 10.5, 300.0, 30.0, 90.0, 0.0, 60.0, 36.0, SIGMAS)
SHEEN, RAINBOW = SEA_CLASSES.index("sheen"), SEA_CLASSES.index("rainbow")


def plane(pose: Pose) -> Georeference:
    found = georeference(pose, WIDTH, HEIGHT)
    assert isinstance(found, Georeference)
    return found


def sea() -> np.ndarray:
    return np.zeros((HEIGHT, WIDTH), np.uint8)


def sure(classes: np.ndarray) -> np.ndarray:
    return np.full(classes.shape, 0.75, np.float32)


def geodesic_slick(longitude: float, latitude: float, reach_m: float) -> np.ndarray:
    """(N, 2) places of a wavy outline about a point."""
    azimuths = np.arange(0, 360, 0.5)
    reach = reach_m * (1 + 0.3 * np.sin(np.radians(azimuths * 3)) + 0.1 * np.cos(np.radians(azimuths * 7)))
    ends = Geod(ellps="WGS84").fwd(np.full(720, longitude), np.full(720, latitude), azimuths, reach)
    return np.stack(ends[:2], axis=1)


@pytest.mark.parametrize(
    ("pose", "reach"),
    [
        (DOWN, 60.0),
        (replace(DOWN, latitude=-33.0, longitude=179.9999, height_m=2000.0), 400.0),
        (replace(DOWN, depression=35.0, roll=4.0, height_m=800.0), 180.0),
    ],
    ids=["down", "down over the antimeridian", "oblique"],
)
def test_the_area_is_within_a_thousandth_of_the_geodesic_truth(pose, reach):
    found = plane(pose)
    middle = np.array([[640.0, 380.0]])
    from siseon.applications.oilspill.georeference.ray import ground

    truth = geodesic_slick(*ground(pose, WIDTH, HEIGHT, middle)[0], reach)
    classes = sea()
    corners = seen(pose, WIDTH, HEIGHT, truth)
    # A pixel is inside if its middle is; a sixteenth of a pixel is what fillPoly can hold.
    fixed = np.round((corners - 0.5) * 16).astype(np.int32)
    cv2.fillPoly(classes, [fixed], RAINBOW, lineType=cv2.LINE_8, shift=4)
    edge = np.zeros_like(classes)
    cv2.polylines(edge, [fixed], True, 1, lineType=cv2.LINE_8, shift=4)
    for y, x in np.argwhere(edge):  # fillPoly also takes what its line touches
        classes[y, x] = RAINBOW * (
            cv2.pointPolygonTest(corners.astype(np.float32), (x + 0.5, y + 0.5), False) > 0
        )
    (slick,) = placed(outlined(classes, sure(classes)), found)
    area = abs(Geod(ellps="WGS84").polygon_area_perimeter(*truth.T)[0])
    assert slick.area_m2 == pytest.approx(area, rel=1e-3)
    assert slick.volume_l == pytest.approx((slick.area_m2 * 0.3e-3, slick.area_m2 * 5e-3))


def test_pieces_have_their_class_their_pixels_and_their_score():
    classes = sea()
    classes[100:200, 100:300] = SHEEN
    classes[140:160, 150:200] = RAINBOW
    probability = np.where(classes == RAINBOW, 0.5, 1.0).astype(np.float32)
    large, small = outlined(classes, probability)
    assert (large.sea_class, large.pixels, large.score, len(large.holes)) == ("sheen", 19_000, 1.0, 1)
    assert (small.sea_class, small.pixels, small.score, len(small.holes)) == ("rainbow", 1_000, 0.5, 0)
    assert polygon_of((large.outline, *large.holes)).area == 19_000
    assert sorted(set(large.outline)) == [(100, 100), (100, 200), (300, 100), (300, 200)]


def test_neighbours_share_one_line_and_cover_nothing_twice():
    y, x = np.mgrid[:HEIGHT, :WIDTH]
    far = np.hypot(x - 640, y - 360) + 25 * np.sin(np.arctan2(y - 360, x - 640) * 9)
    classes = np.where(far < 150, RAINBOW, np.where(far < 250, SHEEN, 0)).astype(np.uint8)
    ring, core = (polygon_of((s.outline, *s.holes)) for s in outlined(classes, sure(classes)))
    assert shapely.intersection(ring, core).area == 0
    assert shapely.union(ring, core).area == pytest.approx(np.count_nonzero(classes), rel=1e-3)
    assert len(ring.exterior.coords) < 0.6 * 4 * 500  # simplified: a staircase has two corners a pixel


def test_every_polygon_is_valid_in_noise():
    rng = np.random.default_rng(5)
    classes = cv2.resize(
        rng.integers(0, 10, (90, 160)).astype(np.uint8), (320, 180), interpolation=cv2.INTER_NEAREST
    )
    classes[rng.random(classes.shape) < 0.2] = 3
    slicks = outlined(classes, sure(classes), least_pixels=4)
    assert slicks
    assert all(polygon_of((s.outline, *s.holes)).is_valid for s in slicks)
    assert sum(s.pixels for s in slicks) <= classes.size
    assert [s.pixels for s in slicks] == sorted((s.pixels for s in slicks), reverse=True)


def test_speckles_go_over_to_their_neighbours():
    classes = sea()
    classes[10:13, 10:13] = SHEEN
    classes[100:200, 100:200] = SHEEN
    classes[150:153, 150:153] = 0
    (slick,) = outlined(classes, sure(classes))
    assert slick.pixels == 10_000
    assert not slick.holes


def test_what_an_overlay_hides_is_no_oil_even_where_it_is_all_around():
    classes = sea()
    classes[100:200, 100:200] = SHEEN
    classes[150:153, 120:180] = NOTHING
    (slick,) = outlined(classes, sure(classes))
    assert slick.pixels == 10_000 - 180
    assert len(slick.holes) == 1


def test_pieces_that_touch_by_a_corner_are_two():
    classes = sea()
    classes[100:120, 100:120] = SHEEN
    classes[120:140, 120:140] = SHEEN
    assert len(outlined(classes, sure(classes))) == 2


def test_a_clean_sea_has_no_slick():
    assert outlined(sea(), sure(sea())) == ()


def test_what_crosses_the_horizon_guard_is_cut_there():
    found = plane(replace(DOWN, depression=8.0, hfov=84.0, vfov=54.0, height_m=50.0))
    assert found.horizon_y is not None
    row = int(found.horizon_y)
    classes = sea()
    classes[row - 50 : row + 100, 200:300] = SHEEN
    classes[row - 200 : row - 100, 200:300] = SHEEN
    below, *above = placed(outlined(classes, sure(classes)), found)
    if below.rings is None:
        below, *above = sorted([below, *above], key=lambda slick: slick.rings is None)
    assert below.pixels == 10_000
    assert below.area_m2 is not None
    assert sorted(slick.pixels for slick in above) == [5_000, 10_000]
    assert all(slick.rings is None and slick.area_m2 is None and slick.volume_l is None for slick in above)


def test_outer_rings_go_counter_clockwise_and_holes_clockwise():
    classes = sea()
    classes[100:400, 100:400] = SHEEN
    classes[200:300, 200:300] = 0
    (slick,) = placed(outlined(classes, sure(classes)), plane(DOWN))
    assert slick.rings is not None
    outer, hole = (shapely.LinearRing(ring) for ring in slick.rings)
    assert outer.is_ccw
    assert not hole.is_ccw


def test_arrays_of_two_sizes_are_refused():
    with pytest.raises(ContractViolation, match="both must be"):
        outlined(sea(), np.zeros((3, 4), np.float32))


def test_a_drone_that_hovers_low_has_valid_shapes_and_their_areas():
    found = plane(replace(DOWN, height_m=4.0, depression=70.0))
    assert found.gsd_m < 0.006
    rng = np.random.default_rng(2)
    small = rng.normal(size=(20, 34)).astype(np.float32)
    classes = (cv2.resize(small, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC) > 0.8).astype(np.uint8)
    slicks = placed(outlined(classes, sure(classes)), found)
    result = OilSpillResult(
        image_id="a.jpg", width=WIDTH, height=HEIGHT, verdict="oil", slicks=slicks, georeference=found
    )
    assert len(slicks) > 20
    assert all(polygon_of(slick.rings).is_valid for slick in slicks)
    mapped = merged([result])
    assert all(polygon_of(slick.rings).is_valid for slick in mapped)
    assert sum(one.area_m2 for one in mapped) == pytest.approx(sum(one.area_m2 for one in slicks), rel=1e-3)


def test_a_mask_of_long_thin_bands_is_outlined_too():
    """Simplified together, they would take minutes."""
    classes = (np.indices((HEIGHT, WIDTH)).sum(axis=0) // 6 % 2).astype(np.uint8)
    slicks = outlined(classes, sure(classes))
    assert sum(slick.pixels for slick in slicks) == pytest.approx(classes.size / 2, rel=0.01)
    assert all(polygon_of((slick.outline, *slick.holes)).is_valid for slick in slicks)


def test_a_picture_of_one_pixel_has_no_slick():
    assert outlined(np.full((1, 1), 6, np.uint8), np.ones((1, 1), np.float32)) == ()
