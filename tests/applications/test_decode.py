"""The shared first stage: uploads to images, each on its own."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image as PillowImage

from siseon.applications.decode import Decode
from siseon.contracts import Encoded, FailureCode, Image, InputError
from siseon.engine.machine import cores
from siseon.media.bounds import MediaBounds
from siseon.media.encode import encode


def _upload(width: int, height: int, name: str = "a.jpg") -> Encoded:
    return Encoded(encode(Image.from_array(np.zeros((height, width, 3), np.uint8)), "jpeg"), name)


async def test_an_image_keeps_the_name_of_its_upload():
    async with Decode() as decode:
        image = await decode(_upload(30, 20, "dog.jpg"))
    assert (image.source, image.width, image.height) == ("dog.jpg", 30, 20)


async def test_a_bad_upload_fails_alone():
    async with Decode() as decode:
        good = await decode.map([_upload(8, 8), Encoded(b"nothing"), _upload(9, 9)], fallback=None)
    assert [image and image.width for image in good] == [8, None, 9]


async def test_bounds_and_scaled_decoding_are_chosen_at_construction():
    async with Decode(bounds=MediaBounds(max_pixels=100), max_side=None) as decode:
        with pytest.raises(InputError) as caught:
            await decode(_upload(30, 20))
    assert caught.value.code is FailureCode.image_too_large
    async with Decode(max_side=100) as decode:
        image = await decode(_upload(800, 400))
    assert (image.width, image.frame.root_frame.width) == (100, 800)


def test_there_is_a_replica_for_every_core():
    assert Decode().replicas == cores() >= 1


@pytest.mark.parametrize("make", [np.asarray, PillowImage.fromarray, Image.from_array])
async def test_arrays_pil_images_and_images_open_like_uploads(make):
    pixels = np.arange(8 * 6 * 3, dtype=np.uint8).reshape(8, 6, 3)
    async with Decode() as decode:
        image = await decode.open(make(pixels))
        assert (image.pixels == pixels).all()


async def test_what_is_not_a_picture_is_refused_by_name():
    async with Decode(bounds=MediaBounds(max_pixels=50)) as decode:
        for item, said in (
            (np.zeros((4, 4)), "float64"),
            ("photo.jpg", "a str"),
            (np.zeros((9, 9), np.uint8), "9 × 9"),
        ):
            with pytest.raises(InputError, match=said):
                await decode.open(item)
