"""Generated displays: the same ones each time, and those of the evaluation of families of their own."""

from __future__ import annotations

import numpy as np
import pytest

from siseon.applications.gauges.digital.alphabet import SYMBOLS
from siseon.applications.gauges.generated.digital import Style, display_photo, face

STYLES: tuple[Style, ...] = ("segments", "matrix", "counter", "other")


@pytest.mark.parametrize("style", STYLES)
def test_a_display_is_a_function_of_its_number(style: Style) -> None:
    one, again, other = (display_photo(index, "evaluation", style) for index in (5, 5, 6))
    assert np.array_equal(one.image.pixels, again.image.pixels)
    assert one.face.text == again.face.text
    assert not np.array_equal(one.image.pixels, other.image.pixels)


@pytest.mark.parametrize("style", ["segments", "counter"])
def test_no_family_of_the_evaluation_is_one_of_the_development(style: Style) -> None:
    families = [
        {face(np.random.default_rng(index), split, style).family for index in range(40)}
        for split in ("development", "evaluation")
    ]
    assert not families[0] & families[1]
    assert all(len(one) >= 2 for one in families)


@pytest.mark.parametrize("style", STYLES)
def test_what_a_face_shows_is_of_the_recognisers_symbols_and_within_its_window(style: Style) -> None:
    for index in range(20):
        drawn = face(np.random.default_rng(index), "development", style)
        assert set(drawn.text) <= set(SYMBOLS)
        x1, _, x2, _ = drawn.digits
        assert drawn.window[0] - 1 <= x1 < x2 <= drawn.window[2] + 1
        assert drawn.window[2] <= drawn.pixels.shape[1]
