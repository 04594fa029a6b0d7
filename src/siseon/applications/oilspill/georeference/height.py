"""How high above the sea a camera is, from the facts of a frame.

The first of: height above the water, altitude above mean sea level, height above the ellipsoid less the geoid's, slant
range and depression. A drone's height counts from where it took off, its altitude from a barometer: where both are
known and differ, the standard deviation is at least half of what lies between them.
"""

from __future__ import annotations

import math

from siseon.applications.oilspill.contracts import LEAST_HEIGHT_M, MOST_HEIGHT_M, Source
from siseon.applications.oilspill.georeference import assumed
from siseon.applications.oilspill.georeference.attitude import Floats, angles_of
from siseon.applications.oilspill.georeference.geoid import grid, separation_m
from siseon.applications.oilspill.georeference.known import Known, Unknown
from siseon.applications.oilspill.georeference.ray import AXIS_M


def height_of(known: Known, axes: Floats, near: tuple[float, float]) -> tuple[float, float]:
    """Metres above the sea, and their standard deviation.

    Raises:
        Unknown: nothing says it, or it cannot be.
    """
    source: Source
    if (value := known.get("height_m")) is not None:
        words, source = "height above the water", known.used["height_m"]
    elif (value := known.get("altitude_m")) is not None:
        words, source = "altitude above mean sea level", known.used["altitude_m"]
    elif (above := known.get("ellipsoid_height_m")) is not None:
        words, source = "height above the sea, after the geoid,", known.used["ellipsoid_height_m"]
        value = above - _separation(near)
    elif (pair := known.pair("slant_range_m", "sensor_elevation")) is not None:
        words, source = "height by slant range and depression", "derived"
        up = known.get("target_elevation_m") or 0.0
        down = math.radians(angles_of(axes)[1])
        # The sea falls away under a long range by its square over the earth's diameter.
        value = up + pair[0] * math.sin(down) - (pair[0] * math.cos(down)) ** 2 / (2 * AXIS_M)
    else:
        refused = known.why("height_m", "altitude_m", "ellipsoid_height_m")
        raise Unknown(f"the height above the sea is not known{refused}")
    if value < LEAST_HEIGHT_M:
        raise Unknown(f"the {words} is {value:g} m: from there no map can be made")
    if value > MOST_HEIGHT_M:
        raise Unknown(f"the {words} is {value:g} m: no aircraft flies there")
    other = known.get("altitude_m")
    apart = 0.0 if other is None else abs(other - value)
    return value, max(assumed.height_m(source), apart / 2)


def _separation(near: tuple[float, float]) -> float:
    if (found := grid()) is None:
        raise Unknown(
            "only the height above the ellipsoid is known, and no grid of the geoid is installed"
            " (Debian: apt install proj-data): the height above the sea may be 100 m off"
        )
    if (separation := separation_m(*near, found)) is None:
        raise Unknown(f"the geoid's grid {found.name} does not have the place of this frame")
    return separation
