"""What an array must be to become an image, and what is said of one that cannot."""

from __future__ import annotations

import numpy as np
import pytest

from siseon.contracts import FailureCode, Image, InputError

RGB = np.arange(4 * 5 * 3, dtype=np.uint8).reshape(4, 5, 3)


def test_rgb_is_taken_as_it_is_without_a_copy() -> None:
    image = Image.from_array(RGB, "photo")
    assert image.pixels is RGB
    assert (image.width, image.height, image.source) == (5, 4, "photo")
    assert image.frame.parent is None


def test_a_view_that_is_turned_or_cut_becomes_contiguous() -> None:
    image = Image.from_array(RGB[:, ::2, ::-1])
    assert image.pixels.flags.c_contiguous
    assert (image.pixels == RGB[:, ::2, ::-1]).all()


@pytest.mark.parametrize("grey", [RGB[:, :, 0], RGB[:, :, :1]])
def test_grey_is_repeated(grey) -> None:
    image = Image.from_array(grey)
    assert image.pixels.shape == (4, 5, 3)
    assert all((image.pixels[:, :, channel] == RGB[:, :, 0]).all() for channel in range(3))


def test_an_opaque_fourth_channel_is_dropped_and_a_transparent_one_refused() -> None:
    rgba = np.dstack([RGB, np.full((4, 5), 255, np.uint8)])
    assert (Image.from_array(rgba).pixels == RGB).all()
    rgba[2, 3, 3] = 254
    with pytest.raises(InputError, match="transparent"):
        Image.from_array(rgba)


@pytest.mark.parametrize(
    ("pixels", "said", "remedy"),
    [
        (RGB.astype(np.float32) / 255, "float32", "astype"),
        (RGB.astype(np.uint16), "uint16", "0–255"),
        (RGB > 9, "bool", "0–255"),
        (RGB.transpose(2, 0, 1), "5 channels", "transpose"),
        (np.zeros((4, 5, 12), np.uint8), "12 channels", "pixels"),
        (RGB[None], "not one picture", "one picture at a time"),
        (np.zeros((0, 5, 3), np.uint8), "not one picture", "height"),
        (np.uint8(3).reshape(()), "not one picture", "height"),
    ],
)
def test_anything_else_is_refused_by_name_with_a_remedy(pixels, said, remedy) -> None:
    with pytest.raises(InputError, match=said) as refused:
        Image.from_array(pixels)
    assert refused.value.code is FailureCode.unsupported_media
    assert remedy in (refused.value.hint or "")
