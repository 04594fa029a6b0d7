from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from rasterio.transform import Affine, xy

from siseon.applications.oilspill.contracts import Georeference
from siseon.applications.oilspill.georeference import Pose, Sigmas, georeference, pixel_to_geo
from siseon.applications.oilspill.georeference.utm import Zone
from siseon.applications.oilspill.georeference.warp import MOST_PIXELS, warped
from siseon.applications.oilspill.palette import NOTHING
from siseon.contracts import ContractViolation

WIDTH, HEIGHT = 640, 360
SIGMAS = Sigmas(position_m=4, height_m=5, azimuth=0.5, tilt=0.3, roll=0.5, fov=0.01)
DOWN = Pose(56.0, 10.5, 300.0, 30.0, 90.0, 0.0, 60.0, 36.0, SIGMAS)
OBLIQUE = replace(DOWN, depression=40.0)


def plane(pose: Pose = DOWN) -> Georeference:
    found = georeference(pose, WIDTH, HEIGHT)
    assert isinstance(found, Georeference)
    return found


def frame() -> tuple[np.ndarray, np.ndarray]:
    """A grey sea with one bright square of oil, its middle at (160, 90)."""
    classes = np.zeros((HEIGHT, WIDTH), np.uint8)
    classes[80:100, 150:170] = 2
    picture = np.full((HEIGHT, WIDTH, 3), 90, np.uint8)
    picture[classes == 2] = (200, 180, 40)
    return picture, classes


@pytest.mark.parametrize("pose", [DOWN, OBLIQUE, replace(DOWN, latitude=-20.0, azimuth=200.0)])
def test_what_lies_at_a_pixel_lies_at_its_place_on_the_map(pose):
    found = plane(pose)
    laid = warped(*frame(), found)
    rows, columns = np.nonzero(laid.classes == 2)
    eastings, northings = xy(Affine(*laid.transform), rows, columns)
    (middle,) = Zone.named(laid.crs).metres(pixel_to_geo(found, np.array([[160.0, 90.0]])))
    assert [np.mean(eastings), np.mean(northings)] == pytest.approx(middle, abs=2 * laid.transform[0])
    assert (laid.picture[rows, columns] == (200, 180, 40)).mean() > 0.8


def test_north_is_up():
    laid = warped(*frame(), plane())
    assert laid.transform[4] < 0 < laid.transform[0]
    assert laid.transform[1] == laid.transform[3] == 0


def test_beyond_the_frame_nothing_is_shown():
    laid = warped(*frame(), plane())
    assert laid.classes[0, 0] == NOTHING
    assert not laid.picture[0, 0].any()
    assert np.array_equal(laid.classes == NOTHING, ~laid.shown)
    turned = WIDTH * HEIGHT
    assert np.count_nonzero(laid.shown) == pytest.approx(turned, rel=0.01)


def test_one_mask_of_filled_pixels_serves_picture_and_classes():
    picture, classes = frame()
    hidden = np.zeros(classes.shape, bool)
    hidden[200, 100:500] = True  # a thin stroke
    hidden[280:300, 300:340] = True  # a block of text
    whole, laid = warped(picture, classes, plane()), warped(picture, classes, plane(), hidden)
    assert laid.filled.any()
    assert laid.shown[laid.filled].all()
    assert (laid.classes[laid.filled] != NOTHING).all()
    assert (laid.picture[laid.filled] == 90).all()
    assert np.array_equal(laid.shown, laid.classes != NOTHING)
    lost = np.count_nonzero(whole.shown) - np.count_nonzero(laid.shown)
    assert lost == pytest.approx(20 * 40, rel=0.1)


def test_a_view_to_the_horizon_makes_no_endless_raster():
    found = plane(replace(OBLIQUE, depression=15.0))
    laid = warped(*frame(), found)
    assert found.horizon_y is not None
    assert laid.classes.size <= MOST_PIXELS * WIDTH * HEIGHT * 1.02
    assert laid.transform[0] > found.gsd_m


def test_arrays_of_two_sizes_are_refused():
    picture, classes = frame()
    with pytest.raises(ContractViolation, match="does not go with"):
        warped(picture[:-1], classes, plane())
