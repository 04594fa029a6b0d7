"""The angles of view of a frame, from its facts, and whether they are of its picture."""

from __future__ import annotations

import math

from siseon.applications.oilspill.contracts import VIEW
from siseon.applications.oilspill.georeference.known import Known, Missing, Unknown
from siseon.applications.oilspill.georeference.pose import Pose

OBLONG = 2.0
"""A picture whose pixels would be more oblong than this was cut, or one of its angles of view is wrong."""


def slant_m(height_m: float, depression: float) -> float:
    """Metres to the sea along the axis, on a flat sea; of a look above it, the height's hundredfold."""
    return height_m / max(math.sin(math.radians(depression)), 0.01)


def views(known: Known, pose: Pose, width: int, height: int) -> tuple[float, float]:
    """Whole angles of view in degrees; one that is missing follows from the other and square pixels."""
    hfov, vfov = known.get("hfov"), known.get("vfov")
    if hfov is None and vfov is not None:
        hfov = _other(vfov, width / height)
    elif hfov is None:
        across = known.get("target_width_m")
        if across is None or across <= 0:
            raise Missing(f"the angle of view is not known{known.why('hfov', 'vfov')}")
        slant = known.get("slant_range_m") or slant_m(pose.height_m, pose.depression)
        hfov = math.degrees(2 * math.atan(across / 2 / slant))
    vfov = _other(hfov, height / width) if vfov is None else vfov
    fitting(hfov, vfov, width, height)
    return hfov, vfov


def fitting(hfov: float, vfov: float, width: int, height: int) -> None:
    """Refuse angles of view that no camera has, or none whose picture is of that size."""
    for angle in (hfov, vfov):
        if not VIEW[0] <= angle <= VIEW[1]:
            raise Unknown(f"no camera has an angle of view of {angle:g}°")
    oblong = math.tan(math.radians(vfov / 2)) / math.tan(math.radians(hfov / 2)) * width / height
    if not 1 / OBLONG <= oblong <= OBLONG:
        raise Unknown(
            f"angles of view of {hfov:g}° × {vfov:g}° do not fit a picture of {width} × {height} pixels"
        )


def _other(angle: float, share: float) -> float:
    return math.degrees(2 * math.atan(math.tan(math.radians(angle / 2)) * share))
