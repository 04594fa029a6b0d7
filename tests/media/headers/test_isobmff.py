"""AVIF and HEIC: orientation and size from the container, and the size inside the coded data."""

from __future__ import annotations

import io
import struct

import numpy as np
import pytest
from PIL import Image as PillowImage

from hostile_pictures import heif, sound
from siseon.contracts import FailureCode, InputError
from siseon.media.bounds import MediaBounds
from siseon.media.decode import decode
from siseon.media.headers.av1 import largest_frame
from siseon.media.read import read


@pytest.mark.parametrize("orientation", range(1, 9))
def test_rotation_and_mirror_mean_what_pillow_wrote(orientation: int) -> None:
    picture = PillowImage.open(io.BytesIO(sound("PNG")))
    exif = PillowImage.Exif()
    exif[0x0112] = orientation
    stream = io.BytesIO()
    picture.save(stream, "AVIF", exif=exif, quality=95)
    assert read(stream.getvalue()).orientation == orientation
    upright = {2: 0, 3: 3, 4: 1, 5: 5, 6: 4, 7: 6, 8: 2}  # EXIF's number to PIL's Transpose
    expected = picture.transpose(PillowImage.Transpose(upright[orientation])) if orientation > 1 else picture
    assert np.abs(decode(stream.getvalue()).pixels.astype(int) - np.asarray(expected)).mean() < 8


def test_a_coded_size_beyond_the_bounds_is_refused_whatever_the_container_says() -> None:
    data = sound("AVIF", 640, 480)
    assert data.count(struct.pack(">II", 640, 480)) == 1
    lie = data.replace(struct.pack(">II", 640, 480), struct.pack(">II", 64, 48))
    with pytest.raises(InputError, match="640 × 480") as refused:
        read(lie, MediaBounds(max_pixels=100_000))
    assert refused.value.code is FailureCode.image_too_large


def test_the_first_frame_of_a_sequence_is_measured_too() -> None:
    stream = io.BytesIO()
    frames = [PillowImage.new("RGB", (640, 480), shade) for shade in ("red", "blue", "green")]
    frames[0].save(stream, "AVIF", save_all=True, append_images=frames[1:])
    assert read(stream.getvalue()).frames == 3
    with pytest.raises(InputError):
        read(stream.getvalue(), MediaBounds(max_pixels=100_000))


def test_a_profile_is_found() -> None:
    profile = b"\x00" * 36 + b"acsp" + b"\x00" * 88
    stream = io.BytesIO()
    PillowImage.new("RGB", (16, 16)).save(stream, "AVIF", icc_profile=profile)
    assert read(stream.getvalue()).profile == profile


def test_a_picture_without_a_size_is_damaged() -> None:
    with pytest.raises(InputError, match="does not state its size"):
        read(heif(b""))


@pytest.mark.parametrize(
    "coded", [b"\x0a\x80", b"\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff", b"\x12\x00" * 300]
)
def test_coded_data_that_cannot_be_walked_tells_no_size(coded: bytes) -> None:
    assert largest_frame(coded) is None


def test_without_a_sequence_header_there_is_no_size() -> None:
    assert largest_frame(b"\x12\x00") is None
    assert largest_frame(b"") is None
