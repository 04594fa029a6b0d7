"""Which frames hang together as one flight."""

from __future__ import annotations

import numpy as np

from siseon.applications.oilspill.reach import ALONE, strays

DEGREE_KM = 111.2


def test_a_long_flight_is_one() -> None:
    assert strays([(170 + n * 2.0, 0.0) for n in range(20)]) == {}  # 4,200 km, over the antimeridian


def test_what_stands_alone_is_not_of_it_however_many_there_are() -> None:
    home = [(5.0 + n / 100, 55.0) for n in range(50)]
    found = strays([*home[:20], (5.0, 61.0), *home[20:], (6.0, -55.0), (6.1, -55.0)])
    assert set(found) == {20, 51, 52}
    assert found[20] == f"it is {round(6 * DEGREE_KM)} {ALONE}"


def test_beyond_what_one_map_shows_a_flight_ends() -> None:
    found = strays([(0.0, n * 1.0 - 40) for n in range(81)])
    assert set(found) == {n for n in range(81) if abs(n - 40) * DEGREE_KM > 3_000}


def test_many_places_cost_their_cells() -> None:
    rng = np.random.default_rng(5)
    places = list(
        zip(rng.uniform(-180, 180, 3_000).tolist(), rng.uniform(-90, 90, 3_000).tolist(), strict=True)
    )
    assert len(strays(places)) < 3_000
    assert strays([]) == {}
