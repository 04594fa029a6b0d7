"""A camera that is known by where the corners of its picture lie: alone, and beside its angles."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from applications.oilspill.georeference.test_resolve import FULL, facts, pose, refusal
from siseon.applications.oilspill.contracts import Fact, Metadata
from siseon.applications.oilspill.georeference import Pose, georeference, pixel_to_geo
from siseon.applications.oilspill.georeference.ray import ground
from siseon.applications.oilspill.position.checks import checked
from siseon.applications.oilspill.position.klv.local_set import local_sets, write_local_set
from siseon.applications.oilspill.position.klv.moment import at_moment
from siseon.applications.oilspill.position.klv.tags import ITEMS, OFFSETS, facts_of
from siseon.applications.oilspill.position.refusing import CORNER_FACTS, CORNERS
from siseon.media.film.packets import Beside

WIDTH, HEIGHT = 1280, 720
PIXELS = np.array([[0, 0], [WIDTH, 0], [WIDTH, HEIGHT], [0, HEIGHT]], np.float64)
WITHOUT = ("platform_heading", "sensor_azimuth", "sensor_elevation", "hfov")


def with_corners(seen: Pose, metadata: Metadata, order: tuple[int, ...] = (0, 1, 2, 3)) -> Metadata:
    """The facts with those of the corners that a pose sees."""
    places = ground(seen, WIDTH, HEIGHT, PIXELS)[list(order)]
    told = {
        name: Fact(value=float(value), source="klv")
        for (north, east), place in zip(CORNERS, places, strict=True)
        for name, value in zip((east, north), place, strict=True)
    }
    return metadata.model_copy(update={"facts": {**metadata.facts, **told}})


@pytest.mark.parametrize(
    "view", [{"sensor_elevation": -90.0}, {"sensor_roll": 12.0}, {"hfov": 1.5, "vfov": 1.0}]
)
def test_corners_alone_are_the_view_that_the_angles_were(view: dict[str, float]) -> None:
    known = pose(facts(**view))
    found = pose(with_corners(known, facts(*WITHOUT, "sensor_roll")))
    assert found.axes() == pytest.approx(known.axes(), abs=1e-4)
    assert (found.hfov, found.vfov) == pytest.approx((known.hfov, known.vfov), rel=1e-3)
    where = georeference(found, WIDTH, HEIGHT)
    assert not isinstance(where, str)
    back = pixel_to_geo(where, PIXELS)
    assert back == pytest.approx(ground(known, WIDTH, HEIGHT, PIXELS), abs=1e-5)
    assert 0 < where.ce90_m < 50


def test_corners_stand_for_angles_that_are_a_little_off_and_are_surer() -> None:
    turned = replace(pose(facts()), azimuth=100.4)
    found = pose(with_corners(turned, facts("platform_roll")))
    assert found.azimuth == pytest.approx(100.4, abs=1e-3)
    assert found.sigmas.tilt < pose(facts("platform_roll")).sigmas.tilt


@pytest.mark.parametrize("off", [{"azimuth": 112.0}, {"depression": 36.0}, {"hfov": 26.0}, {"roll": 15.0}])
def test_corners_that_lie_elsewhere_than_the_angles_see_them_are_refused(off: dict[str, float]) -> None:
    assert "off where the camera's angles see them" in refusal(
        with_corners(replace(pose(facts()), **off), facts())
    )


@pytest.mark.parametrize("order", [(1, 0, 2, 3), (0, 3, 2, 1), (0, 2, 1, 3)])
def test_corners_in_another_order_are_no_picture(order: tuple[int, ...]) -> None:
    assert "off those of a picture" in refusal(with_corners(pose(facts()), facts(*WITHOUT), order))


def test_corners_that_are_one_point_are_no_picture() -> None:
    places = {name: FULL[name.split("_")[-1]] + 0.005 for name in CORNER_FACTS}
    assert "are one point" in refusal(facts(*WITHOUT, **places))


def test_corners_that_begin_elsewhere_do_not_fit_the_picture() -> None:
    assert "do not fit a picture" in refusal(with_corners(pose(facts()), facts(*WITHOUT), (1, 2, 3, 0)))


def test_corners_without_a_camera_or_its_height_are_not_enough() -> None:
    known = pose(facts())
    assert "height above the sea" in refusal(with_corners(known, facts("altitude_m")))
    assert "how far down" in refusal(with_corners(known, facts(*WITHOUT, "altitude_m")))
    assert "no position of the camera" in refusal(
        with_corners(known, facts(*WITHOUT, "latitude", "longitude"))
    )


def test_what_contradicts_itself_is_not_mended_by_corners() -> None:
    known = pose(facts())
    assert "bearing" in refusal(with_corners(known, facts(sight_bearing=140)))
    assert "land" in refusal(with_corners(known, facts(*WITHOUT, target_elevation_m=400.0)))
    lon, lat = ground(known, 2, 2, np.array([[1.9, 1.9]]))[0]
    target = facts(*WITHOUT, target_longitude=lon, target_latitude=lat)
    assert "the target lies" in refusal(with_corners(known, target))


def test_a_packet_with_offsets_is_the_same_place_in_the_picture() -> None:
    known = pose(facts())
    places = ground(known, WIDTH, HEIGHT, np.array([*PIXELS, [WIDTH / 2, HEIGHT / 2]]))
    middle = places[4]
    tags = {number: item.raw(FULL[item.fact]) for number, item in ITEMS.items() if item.fact in FULL}
    tags = {number: raw for number, raw in tags.items() if ITEMS[number].fact not in WITHOUT}
    tags |= {23: ITEMS[23].raw(middle[1]), 24: ITEMS[24].raw(middle[0])}
    for number, offset in zip(OFFSETS, (places[:4] - middle)[:, ::-1].ravel(), strict=True):
        tags[number] = OFFSETS[number].raw(offset)
    (read,) = local_sets(write_local_set(tags))
    found = pose(checked(facts_of(read)))
    assert found.axes() == pytest.approx(known.axes(), abs=2e-3)
    assert ground(found, WIDTH, HEIGHT, PIXELS) == pytest.approx(places[:4], abs=3e-5)


def test_three_corners_are_none() -> None:
    whole = with_corners(pose(facts()), facts())
    kept = {name: fact for name, fact in whole.facts.items() if name != "corner_3_latitude"}
    found = checked(Metadata(facts=kept))
    assert not set(found.facts) & set(CORNER_FACTS)
    assert len(found.refused) == 7
    assert checked(whole) == whole


def test_offsets_that_nobody_has_filled_in_are_no_corners_and_the_angles_stand() -> None:
    unfilled = dict.fromkeys(OFFSETS, b"\x00\x00")
    tags = {number: item.raw(FULL[item.fact]) for number, item in ITEMS.items() if item.fact in FULL}
    known = pose(facts())
    lon, lat = ground(known, 2, 2, np.array([[1.0, 1.0]]))[0]
    middle = {23: ITEMS[23].raw(lat), 24: ITEMS[24].raw(lon)}
    (read,) = local_sets(write_local_set(tags | middle | unfilled))
    found = checked(facts_of(read))
    assert {one.detail for one in found.refused} == {"the picture's corners are one point"}
    assert pose(found).axes() == pytest.approx(known.axes(), abs=1e-4)


@pytest.mark.parametrize(("turn", "zoom", "kept"), [(1.0, 1.0, True), (8.0, 1.0, False), (0.0, 1.1, False)])
def test_between_two_packets_corners_count_where_the_view_is_one(
    turn: float, zoom: float, kept: bool
) -> None:
    first = pose(facts())
    last = replace(first, azimuth=first.azimuth + turn, hfov=first.hfov * zoom, vfov=first.vfov * zoom)
    packets = []
    for away, seen in ((-0.5, first), (0.5, last)):
        told = with_corners(seen, facts(*WITHOUT)).facts
        numbers = {item.fact: number for number, item in ITEMS.items()}
        raw = {numbers[name]: ITEMS[numbers[name]].raw(fact.value) for name, fact in told.items()}
        packets.append(Beside(away, write_local_set(dict(sorted(raw.items())))))
    found = at_moment(packets)
    assert found is not None
    assert (set(CORNER_FACTS) <= set(found.facts)) is kept
    assert bool({one.name for one in found.refused} & set(CORNER_FACTS)) is not kept
