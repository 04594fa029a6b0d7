"""What OpenCV decodes: BMP in runs, pixel for pixel."""

from __future__ import annotations

import pytest

from hostile_pictures import bmp, sound
from siseon.contracts import FailureCode, InputError
from siseon.media.decode import decode
from siseon.media.read import read

PALETTE = (bytes(range(256)) * 4)[:1024]


def colour(index: int) -> list[int]:
    """RGB of an entry; a file has BGR and a filler."""
    return list(PALETTE[4 * index : 4 * index + 3][::-1])


def test_runs_absolute_pixels_and_the_ends_of_rows_are_read() -> None:
    bottom, top = b"\x03\x05\x01\x06\x00\x00", b"\x00\x04\x07\x08\x09\x0a\x00\x00"
    data = bmp(4, 2, 8, 1, bottom + top + b"\x00\x01")
    assert read(data).decoder == "OpenCV"
    pixels = decode(data).pixels
    assert pixels[1].tolist() == [colour(5), colour(5), colour(5), colour(6)]
    assert pixels[0].tolist() == [colour(7), colour(8), colour(9), colour(10)]


def test_what_a_jump_leaves_out_has_the_first_colour() -> None:
    data = bmp(4, 2, 8, 1, b"\x01\x05\x00\x02\x02\x00\x01\x06\x00\x00" + b"\x04\x07\x00\x00" + b"\x00\x01")
    assert decode(data).pixels[1].tolist() == [colour(5), colour(0), colour(0), colour(6)]


@pytest.mark.parametrize("data", [bmp(4, 2, 8, 1, b"\x04\x05\x00"), sound("WEBP")[:-9]])
def test_a_file_that_ends_early_is_a_failure_and_nothing_goes_to_stderr(data, capfd) -> None:
    with pytest.raises(InputError) as refused:
        decode(data)
    assert refused.value.code is FailureCode.corrupt_image
    assert capfd.readouterr().err == ""
