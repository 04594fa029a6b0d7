"""What the detector is shown: the scale of a picture, and the part of it that is not blank."""

from __future__ import annotations

import numpy as np
import pytest

from siseon.applications.text.shown import MULTIPLE, Sizes, show
from siseon.contracts import Image

SIZES = Sizes(short_side=736, max_side=2000, max_enlargement=3.0)


def page(width: int, height: int, *box: int) -> Image:
    """White, with black bars from left, top to right, bottom."""
    pixels = np.full((height, width, 3), 255, np.uint8)
    if box:
        left, top, right, bottom = box
        pixels[top:bottom, left:right:4] = 0
    return Image.from_array(pixels)


@pytest.mark.parametrize(
    ("size", "scale"),
    [
        ((640, 480), 736 / 480),
        ((1600, 1200), 1.0),
        ((4000, 3000), 0.5),
        ((200, 100), 3.0),
        ((1000, 100), 2.0),
    ],
)
def test_small_pictures_are_enlarged_but_not_without_end(size, scale) -> None:
    assert SIZES.scale(*size) == pytest.approx(scale)
    assert SIZES.network(*size) == tuple(round(int(side * scale) / MULTIPLE) * MULTIPLE for side in size)


def test_a_full_picture_is_shown_as_it_is() -> None:
    image = page(640, 480, 0, 0, 640, 480)
    shown = show(image, SIZES)
    assert shown is not None
    assert shown.image is image
    assert shown.size == SIZES.network(640, 480)


def test_blank_margins_are_not_shown_and_letters_keep_their_size_and_shape() -> None:
    image = page(800, 600, 301, 203, 500, 221)
    shown = show(image, SIZES)
    assert shown is not None
    assert shown.size[0] * shown.size[1] < 0.4 * np.prod(SIZES.network(800, 600))
    assert shown.size[0] % MULTIPLE == shown.size[1] % MULTIPLE == 0
    scale = SIZES.scale(800, 600)
    for pixels, of_network in zip((shown.image.width, shown.image.height), shown.size, strict=True):
        assert of_network / pixels == pytest.approx(scale, rel=0.01)
    (corner,) = shown.image.frame.map_points(np.array([[0.0, 0.0]]), image.frame)
    left, top = corner.astype(int)
    assert (left, top) == (corner[0], corner[1])
    assert left < 301
    assert top < 203
    part = image.pixels[top : top + shown.image.height, left : left + shown.image.width]
    assert (part == shown.image.pixels).all()
    assert (part < 255).sum() == (image.pixels < 255).sum()


def test_nothing_is_shown_of_a_blank_picture() -> None:
    assert show(page(800, 600), SIZES) is None


def test_a_picture_is_shown_whole_where_that_is_asked_for_or_it_is_a_strip() -> None:
    shown = show(page(800, 600, 301, 203, 500, 221), SIZES, whole=True)
    assert shown is not None
    assert shown.size == SIZES.network(800, 600)
    strip = show(page(800, 40, 300, 10, 350, 30), SIZES)
    assert strip is not None
    assert strip.image.width == 800
