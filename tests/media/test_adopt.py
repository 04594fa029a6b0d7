"""Arrays and PIL images become the very image that their file would have become."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image as PillowImage
from PIL import ImageCms

from hostile_pictures import sound
from siseon.contracts import FailureCode, Image, InputError
from siseon.media.adopt import adopt
from siseon.media.bounds import MediaBounds
from siseon.media.decode import decode


def opened(data: bytes) -> PillowImage.Image:
    return PillowImage.open(io.BytesIO(data))


def test_an_image_comes_back_as_it_is() -> None:
    image = decode(sound("PNG"))
    assert adopt(image) is image


def test_an_array_becomes_an_image_by_its_own_rules() -> None:
    pixels = np.zeros((6, 9, 3), np.uint8)
    assert adopt(pixels, source="camera").source == "camera"
    assert adopt(pixels).pixels is pixels
    with pytest.raises(InputError, match="float64"):
        adopt(pixels / 255)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "TIFF", "BMP", "AVIF"])
def test_a_pil_image_gives_the_pixels_of_its_file(kind: str) -> None:
    data = sound(kind)
    difference = np.abs(adopt(opened(data)).pixels.astype(int) - decode(data).pixels)
    assert difference.max() <= (4 if kind in ("JPEG", "AVIF") else 0)  # other versions of the same codec


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF"])
def test_orientation_is_applied_once(kind: str) -> None:
    exif = PillowImage.Exif()
    exif[0x0112] = 6
    stream = io.BytesIO()
    opened(sound("PNG")).save(stream, kind, exif=exif)
    image = adopt(opened(stream.getvalue()))
    assert (image.width, image.height) == (64, 96)
    assert np.abs(image.pixels.astype(int) - decode(stream.getvalue()).pixels).max() <= 4


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "CMYK", "I;16"])
def test_every_mode_that_a_file_may_have_is_taken(mode: str) -> None:
    grey = opened(sound("PNG")).convert("L")
    picture = (
        PillowImage.fromarray(np.asarray(grey).astype(np.uint16) * 257)
        if mode == "I;16"
        else opened(sound("PNG")).convert(mode)
    )
    assert adopt(picture).pixels.shape == (64, 96, 3)


def test_a_profile_is_applied_and_a_broken_one_noted() -> None:
    picture = opened(sound("PNG"))
    picture.info["icc_profile"] = b"no profile at all"
    assert adopt(picture).notes == ("broken colour profile ignored",)
    picture.info["icc_profile"] = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert adopt(picture).notes == ()


def test_drawing_on_the_caller_s_picture_changes_nothing() -> None:
    picture = PillowImage.new("RGB", (8, 8), (1, 2, 3))
    image = adopt(picture)
    picture.paste((9, 9, 9), (0, 0, 8, 8))
    assert image.pixels[0, 0].tolist() == [1, 2, 3]


@pytest.mark.parametrize("value", [b"bytes", "photo.jpg", None, [1, 2], object()])
def test_anything_else_is_refused_by_the_name_of_its_type(value: object) -> None:
    with pytest.raises(InputError, match=type(value).__name__) as refused:
        adopt(value)
    assert refused.value.code is FailureCode.unsupported_media
    assert "PIL image" in (refused.value.hint or "")


def test_numbers_without_a_range_are_refused() -> None:
    with pytest.raises(InputError, match="floating-point"):
        adopt(PillowImage.new("F", (4, 4)))


def test_bounds_hold_for_what_is_in_memory_too() -> None:
    bounds = MediaBounds(max_pixels=50)
    for picture in (np.zeros((8, 8, 3), np.uint8), PillowImage.new("RGB", (8, 8))):
        with pytest.raises(InputError) as refused:
            adopt(picture, bounds=bounds)
        assert refused.value.code is FailureCode.image_too_large


def test_a_cut_file_behind_a_pil_image_is_a_named_failure() -> None:
    with pytest.raises(InputError) as refused:
        adopt(opened(sound("PNG")[:-60]))
    assert refused.value.code is FailureCode.corrupt_image


def test_what_is_adopted_is_an_image() -> None:
    assert isinstance(adopt(PillowImage.new("L", (3, 2))), Image)
