"""Dark pictures become light before anything is sought in them."""

from __future__ import annotations

import numpy as np

from siseon.applications.people.dark import lit
from siseon.contracts import Image


def _picture(brightest: int) -> Image:
    ramp = np.linspace(0, brightest, 160 * 90 * 3).reshape(90, 160, 3)
    return Image.from_array(ramp.astype(np.uint8))


def test_a_dark_picture_is_made_light_and_another_stays_as_it_is() -> None:
    day, night, black = _picture(220), _picture(30), _picture(2)

    assert lit(day) is day
    assert lit(black) is black
    made = lit(night)
    assert made.pixels.max() > 200
    assert made.frame is night.frame
    assert np.corrcoef(made.pixels.ravel(), night.pixels.ravel())[0, 1] > 0.99
