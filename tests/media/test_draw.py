"""What is blurred on a picture is gone for good, and nothing else has changed."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image as PillowImage
from PIL import ImageDraw, ImageFont

from siseon.contracts import Image
from siseon.media.draw import NO_BREAK, Canvas

AREA = (40.0, 30.0, 300.0, 60.0)
MARGIN = 5
"""Pixels: 15 % of the shorter side, rounded outward."""


def _written(text: str) -> Image:
    picture = PillowImage.new("RGB", (360, 90), "white")
    ImageDraw.Draw(picture).text((42, 28), text, font=ImageFont.load_default(28), fill="black")
    return Image.from_array(np.asarray(picture))


def _blurred(image: Image, *areas: tuple[float, float, float, float]) -> np.ndarray:
    canvas = Canvas(image)
    for area in areas:
        canvas.blur(area)
    return canvas.image().pixels


def test_pixels_outside_the_area_and_its_margin_stay_as_they_are() -> None:
    noise = Image.from_array(np.random.default_rng(1).integers(0, 256, (90, 360, 3), dtype=np.uint8))
    x1, y1, x2, y2 = (int(edge) for edge in AREA)
    blurred = _blurred(noise, AREA)
    changed = (blurred != noise.pixels).any(axis=2)
    assert changed[y1:y2, x1:x2].mean() > 0.95
    changed[y1 - MARGIN : y2 + MARGIN, x1 - MARGIN : x2 + MARGIN] = False
    assert not changed.any()


def test_numbers_that_differ_in_a_few_digits_leave_the_same_pixels() -> None:
    """What remains cannot be searched for the text that gives it."""
    one, other = _blurred(_written("010-1234-5678"), AREA), _blurred(_written("010-2143-6587"), AREA)
    assert np.abs(one.astype(int) - other).max() <= 16  # a level of the 16 that are kept


def test_no_detail_of_an_area_survives_at_any_size() -> None:
    """Four cells a side, smoothed: neighbouring pixels of a large area hardly differ."""
    noise = Image.from_array(np.random.default_rng(2).integers(0, 256, (600, 800, 3), dtype=np.uint8))
    blurred = _blurred(noise, (0, 0, 800, 600)).astype(int)
    assert np.abs(np.diff(blurred, axis=0)).max() <= 2
    assert np.abs(np.diff(blurred, axis=1)).max() <= 2


@pytest.mark.parametrize("area", [(-50, -50, 10, 10), (350, 80, 500, 500), (10.2, 10.2, 10.9, 10.9)])
def test_areas_that_reach_out_of_the_picture_or_are_tiny_are_blurred_as_far_as_they_go(area) -> None:
    assert _blurred(_written("edge"), area).shape == (90, 360, 3)


def test_an_area_outside_the_picture_changes_nothing() -> None:
    image = _written("inside")
    np.testing.assert_array_equal(_blurred(image, (400, 0, 500, 50)), image.pixels)


def test_a_label_is_shortened_to_its_first_word_and_words_that_belong_together_stay_so() -> None:
    def beside_another(label: str) -> bytes:
        canvas = Canvas(Image.from_array(np.full((16, 300, 3), 255, np.uint8)))
        canvas.plate("another that takes the rest", (110.0, 0.0), (0, 0, 0))
        canvas.plate(label, (0.0, 0.0), (200, 200, 0))
        return canvas.image().pixels.tobytes()

    assert beside_another("true colour seen from above") == beside_another("true")
    assert beside_another(f"true{NO_BREAK}colour seen from above") == beside_another("true colour")
    assert beside_another("true colour") != beside_another("true")
