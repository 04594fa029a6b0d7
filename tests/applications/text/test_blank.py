"""Blank margins: found where they are, and never where something could be read."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from siseon.applications.text.blank import AROUND, BLOCK, CONTRAST, written_part

GROUND = 120


def page(height: int = 600, width: int = 800) -> np.ndarray:
    return np.full((height, width, 3), GROUND, np.uint8)


def test_a_page_of_one_colour_is_blank() -> None:
    assert written_part(page()) is None


def test_the_noise_of_a_jpeg_is_blank_and_more_is_not() -> None:
    noise = np.random.default_rng(1).integers(0, CONTRAST + 1, (600, 800, 3)).astype(np.uint8)
    assert written_part(page() + noise) is None
    assert written_part(page() + 2 * noise) == (0, 0, 800, 600)


def test_what_is_written_keeps_ground_around_it_and_large_letters_more() -> None:
    small, large = page(), page()
    small[200:210, 304:400] = 0
    large[200:400, 304:504] = 0
    assert written_part(small) == (
        304 - BLOCK - AROUND,
        200 - BLOCK - AROUND,
        408 + AROUND,
        216 + BLOCK + AROUND,
    )
    left, top, right, bottom = written_part(large)
    assert 304 - left > AROUND + BLOCK
    assert right - 504 > AROUND + BLOCK
    assert top < 200 - AROUND
    assert bottom > 400 + AROUND


def test_a_colour_that_is_as_bright_as_its_ground_is_seen() -> None:
    pixels = page()
    pixels[300, 400] = (GROUND + 20, GROUND, GROUND - 20)
    assert written_part(pixels) is not None


@given(
    height=st.integers(1, 90),
    width=st.integers(1, 90),
    at=st.tuples(st.floats(0, 0.999), st.floats(0, 0.999)),
    darker=st.integers(CONTRAST + 1, GROUND),
)
def test_no_pixel_that_differs_lies_outside(height, width, at, darker) -> None:
    pixels = page(height, width)
    y, x = int(at[0] * height), int(at[1] * width)
    pixels[y, x] -= darker
    part = written_part(pixels)
    if height * width == 1:
        assert part is None
        return
    assert part is not None
    left, top, right, bottom = part
    assert left <= x < right
    assert top <= y < bottom
    assert 0 <= left < right <= width
    assert 0 <= top < bottom <= height
