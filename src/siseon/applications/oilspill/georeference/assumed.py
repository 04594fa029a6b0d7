"""How far off a fact may be, by where it comes from.

These are assumptions, not measurements: nothing in a frame says how good its instruments are. They are of the size that
makers state for their class (turrets with inertial units; drones with a magnetometer; text that is rounded when it is
burned in), and satellite positions of 8 m for 95 of 100 in plan and 13 m in height (GPS Standard Positioning Service
Performance Standard, 5th edition, 2020). Somebody who knows his own instruments puts his figures into ``Pose.sigmas``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from siseon.applications.oilspill.contracts import Source


@dataclass(frozen=True, slots=True)
class _Assumed:
    position_m: float
    height_m: float
    heading: float
    tilt: float
    fov: float


_BY_SOURCE: dict[Source, _Assumed] = {
    "klv": _Assumed(position_m=4, height_m=7, heading=0.5, tilt=0.3, fov=0.01),
    "xmp": _Assumed(position_m=4, height_m=5, heading=2.0, tilt=0.5, fov=0.02),
    "exif": _Assumed(position_m=5, height_m=10, heading=5.0, tilt=2.0, fov=0.02),
    "sidecar": _Assumed(position_m=5, height_m=7, heading=1.0, tilt=0.7, fov=0.02),
    "overlay": _Assumed(position_m=10, height_m=10, heading=1.0, tilt=0.7, fov=0.02),
    "stated": _Assumed(position_m=20, height_m=10, heading=2.0, tilt=2.0, fov=0.05),
    "derived": _Assumed(position_m=20, height_m=10, heading=5.0, tilt=2.0, fov=0.05),
    "interpolated": _Assumed(position_m=50, height_m=20, heading=5.0, tilt=3.0, fov=0.05),
}
NOT_LEVEL = 3.0
"""Degrees of tilt where a platform's pitch or roll is not known: it is taken to be level."""
FROM_THE_HORIZON: frozenset[Source] = frozenset({"xmp", "stated"})
"""Sources whose elevation of the camera counts from level, not from the platform: a drone's gimbal, and a person."""
TIDE_M = 1.0
"""By which the water may be off mean sea level."""
SLANT_SHARE = 0.01
"""Of a slant range."""
ROLL = 1.0
"""Degrees about the optical axis: a stabilised camera's, or one whose roll is not known."""


def position_m(sources: Iterable[Source]) -> float:
    """Metres, of the worst of the sources of latitude and longitude."""
    return max(_BY_SOURCE[source].position_m for source in sources)


def height_m(source: Source) -> float:
    """Metres."""
    return _BY_SOURCE[source].height_m


def heading(sources: Iterable[Source]) -> float:
    """Degrees about the vertical, of the worst source."""
    return max(_BY_SOURCE[source].heading for source in sources)


def tilt(sources: Iterable[Source]) -> float:
    """Degrees about level axes, of the worst source."""
    return max(_BY_SOURCE[source].tilt for source in sources)


def fov(sources: Iterable[Source]) -> float:
    """Share of the angle, of the worst source."""
    return max(_BY_SOURCE[source].fov for source in sources)
