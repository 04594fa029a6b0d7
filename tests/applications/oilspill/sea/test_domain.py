"""Pictures in grey are told from dull ones in colour."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from siseon.applications.oilspill.sea.domain import colourless


def speckled(tint: tuple[int, int, int]) -> NDArray[np.uint8]:
    grain = np.random.default_rng(0).integers(60, 140, (300, 500, 1))
    return np.clip(grain + np.array(tint), 0, 255).astype(np.uint8)


def test_radar_and_thermal_pictures_have_no_colour() -> None:
    assert colourless(speckled((0, 0, 0)))
    assert colourless(speckled((2, 0, 1)))


def test_a_grey_sea_in_colour_has() -> None:
    assert not colourless(speckled((0, 6, 14)))


def test_coloured_text_over_a_thermal_picture_is_not_its_own_colour() -> None:
    picture = speckled((0, 0, 0))
    picture[10:20, 10:120] = (40, 255, 40)
    assert colourless(picture)
