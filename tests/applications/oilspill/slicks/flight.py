"""Frames of a flight over slicks whose truth is known, without a network: classes are painted by geometry."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import cv2
import numpy as np

from siseon.applications.oilspill.contracts import SEA_CLASSES, Georeference, OilSpillResult, SeaClass
from siseon.applications.oilspill.georeference import Pose, Sigmas, georeference
from siseon.applications.oilspill.georeference.ray import metres_from, seen
from siseon.applications.oilspill.slicks import outlined, placed

WIDTH, HEIGHT = 640, 360
SIGMAS = Sigmas(position_m=2, height_m=2, azimuth=0.3, tilt=0.2, roll=0.3, fov=0.005)
START = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
HOME = (10.5, 56.0)
DEGREE_M = 111_320.0


def place(east: float, north: float, home: tuple[float, float] = HOME) -> tuple[float, float]:
    """(longitude, latitude) that many metres from home."""
    for_east = DEGREE_M * np.cos(np.radians(home[1]))
    return home[0] + east / for_east, home[1] + north / DEGREE_M


def frame(
    name: str,
    slicks: list[tuple[float, float, float, SeaClass]],
    *,
    east: float = 0.0,
    north: float = 0.0,
    seconds: float = 0.0,
    home: tuple[float, float] = HOME,
    off_m: float = 0.0,
) -> OilSpillResult:
    """A look straight down from 300 m, at metres from home.

    ``slicks``: (east, north, radius, class) discs, metres from home; ``off_m``: by which the position is wrong.
    """
    longitude, latitude = place(east, north, home)
    true = Pose(latitude, longitude, 300.0, 20.0, 90.0, 0.0, 60.0, 36.0, SIGMAS)
    longitude, latitude = place(east + off_m, north, home)
    told = Pose(latitude, longitude, 300.0, 20.0, 90.0, 0.0, 60.0, 36.0, SIGMAS)
    classes = np.zeros((HEIGHT, WIDTH), np.uint8)
    for x, y, radius, sea_class in slicks:
        angles = np.radians(np.arange(0, 360, 3))
        ring = [place(x + radius * np.cos(a), y + radius * np.sin(a), home) for a in angles]
        corners = seen(true, WIDTH, HEIGHT, np.array(ring))
        fixed = np.round((corners - 0.5) * 16).astype(np.int32)
        cv2.fillPoly(classes, [fixed], SEA_CLASSES.index(sea_class), shift=4)
    found = georeference(told, WIDTH, HEIGHT)
    assert isinstance(found, Georeference)
    return OilSpillResult(
        image_id=name,
        width=WIDTH,
        height=HEIGHT,
        verdict="oil",
        slicks=placed(outlined(classes, np.full(classes.shape, 0.9)), found),
        georeference=found,
        time=START + timedelta(seconds=seconds),
    )


def metres(longitude: float, latitude: float, home: tuple[float, float] = HOME) -> np.ndarray:
    """(2,) metres east and north of home."""
    return metres_from(home, np.array([[longitude, latitude]]))[0]
