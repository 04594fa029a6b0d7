from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest

from siseon.applications.oilspill.georeference.geoid import grid, separation_m

KNOWN = {
    (38.6281550, 269.7791550): -31.628,
    (-14.6212170, 305.0211140): -2.969,
    (46.8743190, 102.4487290): -43.575,
    (-23.6174460, 133.8747120): 15.871,
    (38.6254730, 359.9995000): 50.066,
}
"""The test points that NGA gives out with EGM96 (its OUTPUT.DAT): (latitude, longitude), metres."""


def gtx(path: Path, south: float, west: float, metres: float) -> Path:
    """A grid of two by two points, one degree apart, in the form of NOAA's GTX."""
    head = struct.pack(">ddddii", south, west, 1.0, 1.0, 2, 2)
    path.write_bytes(head + np.full(4, metres, ">f4").tobytes())
    return path


def test_the_sign_is_that_of_the_sea_above_the_ellipsoid(tmp_path):
    above = gtx(tmp_path / "above.gtx", -24, 133, 15.871)
    below = gtx(tmp_path / "below.gtx", 46, 102, -43.575)
    assert separation_m(-23.617446, 133.874712, above) == pytest.approx(15.871, abs=1e-3)
    assert separation_m(46.874319, 102.448729, below) == pytest.approx(-43.575, abs=1e-3)


def test_beyond_its_grid_nothing_is_told(tmp_path):
    assert separation_m(10, 20, gtx(tmp_path / "a.gtx", -24, 133, 15.871)) is None


def test_the_finer_grid_is_taken_and_none_is_made_up(tmp_path):
    assert grid([tmp_path]) is None
    coarse = gtx(tmp_path / "egm96_15.gtx", -24, 133, 1)
    assert grid([tmp_path]) == coarse
    fine = gtx(tmp_path / "egm08_25.gtx", -24, 133, 1)
    assert grid([tmp_path]) == fine


@pytest.mark.skipif(grid() is None, reason="needs the grid of a geoid: apt install proj-data")
@pytest.mark.parametrize(("place", "metres"), KNOWN.items())
def test_known_points_of_the_geoid(place, metres):
    found = grid()
    assert found is not None
    # EGM2008 differs from EGM96 by a decimetre or two at these places; a grid of 15′ is bent between its points.
    assert separation_m(*place, found) == pytest.approx(metres, abs=0.5)
