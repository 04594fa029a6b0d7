"""PNG: what is handed on, and what is read where."""

from __future__ import annotations

import io
import zlib

import pytest
from PIL import Image as PillowImage

from hostile_pictures import chunk, png_with, sound
from siseon.contracts import InputError
from siseon.media.decode import decode
from siseon.media.read import read

EXIF_TURNED = (
    b"II*\x00\x08\x00\x00\x00\x01\x00\x12\x01\x03\x00\x01\x00\x00\x00\x06\x00\x00\x00\x00\x00\x00\x00"
)


def raw_exif() -> bytes:
    return b"\nexif\n    32\n" + EXIF_TURNED.hex().encode() + b"\n"


@pytest.mark.parametrize(
    "turned",
    [
        chunk(b"eXIf", EXIF_TURNED),
        chunk(b"tEXt", b"Raw profile type exif\x00" + raw_exif()),
        chunk(b"zTXt", b"Raw profile type exif\x00\x00" + zlib.compress(raw_exif())),
    ],
)
@pytest.mark.parametrize("place", [b"IDAT", b"IEND"])
def test_orientation_is_found_before_and_behind_the_pixels(turned: bytes, place: bytes) -> None:
    data = png_with(turned, before=place)
    assert read(data).orientation == 6
    assert decode(data).width == 64


def test_only_the_chunks_of_the_picture_are_handed_on() -> None:
    header = read(data := png_with(chunk(b"tEXt", b"a\x00b") + chunk(b"gAMA", bytes(4))))
    needed = header.needed(data)
    assert b"tEXt" not in needed
    assert b"gAMA" not in needed
    assert (decode(data).pixels == decode(sound("PNG")).pixels).all()


def test_palette_and_transparency_stay() -> None:
    stream = io.BytesIO()
    picture = PillowImage.new("P", (4, 4), 3)
    picture.putpalette([9, 9, 9] * 8)
    picture.save(stream, "PNG", transparency=3)
    assert decode(stream.getvalue()).notes == ("transparent pixels on white",)


@pytest.mark.parametrize("bits", [1, 8, 16])
def test_bits_and_channels_are_told(bits: int) -> None:
    stream = io.BytesIO()
    PillowImage.new({1: "1", 8: "RGBA", 16: "I;16"}[bits], (4, 4)).save(stream, "PNG")
    header = read(stream.getvalue())
    assert (header.bits, header.channels) == (bits, 4 if bits == 8 else 1)


def test_a_chunk_that_overruns_the_file_is_an_early_end() -> None:
    with pytest.raises(InputError, match="ends early"):
        read(sound("PNG")[:-30])
