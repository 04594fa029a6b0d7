"""Squares of the Military Grid Reference System as positions."""

from __future__ import annotations

from siseon.contracts import DependencyMissing

HEAD = 5
"""Signs before the figures: zone, band, square."""
DIGITS = 5
"""Figures of an easting in metres."""
BAND = 3
"""Signs of the zone and its band of latitude."""


def middle_of(square: str) -> tuple[float, float] | None:
    """Latitude and longitude of the middle of a square as ``grammar`` gives it; None where there is no such square.

    Raises:
        DependencyMissing: the library of the grid is not installed.
    """
    try:
        import mgrs
    except ImportError:
        raise DependencyMissing(
            "positions on the military grid need mgrs", hint="pip install 'siseon[oilspill]'"
        ) from None
    count = (len(square) - HEAD) // 2
    finer = "5" if count < DIGITS else ""
    easting, northing = square[HEAD : HEAD + count], square[HEAD + count :]
    grid = mgrs.MGRS()
    try:
        latitude, longitude = grid.toLatLon(square[:HEAD] + easting + finer + northing + finer)
        there = grid.toMGRS(latitude, longitude)
    except (mgrs.core.MGRSError, RuntimeWarning):
        return None
    # A square that is not in its band is found all the same, with a warning.
    if there[:BAND] != square[:BAND]:
        return None
    return float(latitude), float(longitude)


def side_of(square: str) -> float:
    """Metres."""
    return float(10 ** (DIGITS - (len(square) - HEAD) // 2))
