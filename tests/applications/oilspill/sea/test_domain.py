"""Pictures in grey are told from dull ones in colour."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from siseon.applications.oilspill.sea.domain import colourless, drawn


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


def test_a_picture_of_flat_colours_was_drawn_and_a_smooth_sea_was_not() -> None:
    sign = np.full((300, 500, 3), (31, 51, 60), np.uint8)
    sign[100:140, 100:400:7] = 240
    assert drawn(sign)
    light = np.linspace(90, 140, 300)[:, None, None] + np.linspace(0, 20, 500)[None, :, None]
    haze = np.random.default_rng(0).normal(0, 0.6, (300, 500, 3))
    assert not drawn((light + haze).astype(np.uint8))
    assert drawn(np.zeros((1, 1, 3), np.uint8))
