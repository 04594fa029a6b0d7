"""Every file gives a right picture or a named failure."""

from __future__ import annotations

import io
import subprocess
import sys
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image as PillowImage
from PIL import ImageCms

from siseon.contracts import FailureCode, Image, InputError
from siseon.media.bounds import MediaBounds
from siseon.media.decode import decode

sys.path.insert(0, str(Path(__file__).parent))
from conftest import FORMATS, hostile, photo, png, saved

BOUND_MB = 700
"""Peak memory for all hostile files one after another: a 65500 × 65500 picture alone would take 12,800."""


def outcome(data: bytes) -> Image | InputError:
    try:
        return decode(data)
    except InputError as error:
        return error


@pytest.mark.parametrize(("name", "data"), hostile(), ids=[name for name, _ in hostile()])
def test_a_hostile_file_is_a_picture_or_a_named_failure(name, data) -> None:
    result = outcome(data)
    if isinstance(result, InputError):
        assert result.message
        assert result.hint
    else:
        assert (result.width, result.height) == (96, 64) or "65500" in name


def test_there_are_at_least_sixty_hostile_files() -> None:
    assert len(hostile()) >= 60


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("cut", [0.3, 0.6])
def test_a_truncated_file_is_corrupt_not_half_grey(kind, cut) -> None:
    data = saved(photo(), kind)
    result = outcome(data[: int(len(data) * cut)])
    assert isinstance(result, InputError)
    assert result.code is FailureCode.corrupt_image


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", FailureCode.empty_upload),
        (b"GIF is a format", FailureCode.unsupported_media),
        (b"<svg/>", FailureCode.unsupported_media),
        (png(60_000, 60_000), FailureCode.image_too_large),
        (png(40_000, 1), FailureCode.image_too_large),
        (png(0, 10), FailureCode.corrupt_image),
    ],
)
def test_failures_have_their_own_codes(data, code) -> None:
    with pytest.raises(InputError) as refused:
        decode(data)
    assert refused.value.code is code


def test_bounds_on_bytes_pixels_sides_and_frames_are_kept() -> None:
    data = saved(photo(100, 50), "PNG")
    for bounds in (MediaBounds(max_bytes=100), MediaBounds(max_pixels=4_999), MediaBounds(max_side=99)):
        with pytest.raises(InputError) as refused:
            decode(data, bounds=bounds)
        assert refused.value.code is FailureCode.image_too_large
    decode(data, bounds=MediaBounds(max_pixels=5_000, max_side=100))
    pages = saved(photo(), "TIFF", save_all=True, append_images=[photo(), photo()])
    with pytest.raises(InputError):
        decode(pages, bounds=MediaBounds(max_frames=2))


@pytest.mark.parametrize("kind", FORMATS)
def test_magic_bytes_decide_and_the_pixels_are_right(kind) -> None:
    image = decode(saved(photo(), kind, **({} if kind in ("PNG", "BMP", "TIFF", "GIF") else {"quality": 95})))
    difference = np.abs(image.pixels.astype(int) - np.asarray(photo()).astype(int))
    assert difference.mean() < 12  # GIF has 256 colours, the lossy ones their loss


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_exif_orientation_is_applied(orientation, kind) -> None:
    upright = np.asarray(photo())
    turns = {
        1: lambda a: a,
        2: lambda a: a[:, ::-1],
        3: lambda a: a[::-1, ::-1],
        4: lambda a: a[::-1],
        5: lambda a: a.transpose(1, 0, 2),
        6: lambda a: np.rot90(a),
        7: lambda a: a[::-1, ::-1].transpose(1, 0, 2),
        8: lambda a: np.rot90(a, -1),
    }
    stored = PillowImage.fromarray(np.ascontiguousarray(turns[orientation](upright)))
    exif = PillowImage.Exif()
    exif[0x0112] = orientation
    image = decode(saved(stored, kind, exif=exif, **({"quality": 100} if kind in ("JPEG", "WEBP") else {})))
    assert (image.width, image.height) == (96, 64)
    assert image.frame.parent is None
    assert np.abs(image.pixels.astype(int) - upright.astype(int)).mean() < 10


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "CMYK", "I;16"])
def test_every_pixel_format_becomes_rgb(mode) -> None:
    grey = photo().convert("L")
    if mode == "I;16":
        picture = PillowImage.fromarray(np.asarray(grey).astype(np.uint16) * 257)
        image = decode(saved(picture, "PNG"))
    else:
        source = photo() if mode in ("RGBA", "CMYK") else grey
        image = decode(saved(source.convert(mode), "TIFF"))
    expected = np.asarray((photo() if mode in ("RGBA", "CMYK") else grey).convert("RGB")).astype(int)
    tolerance = 70 if mode == "1" else 12
    assert abs(image.pixels.astype(int).mean() - expected.mean()) < tolerance


def test_sixteen_bits_are_scaled_not_clipped() -> None:
    ramp = np.linspace(0, 65535, 256).astype(np.uint16)[None].repeat(4, axis=0)
    image = decode(saved(PillowImage.fromarray(ramp), "PNG"))
    assert np.abs(image.pixels[0, :, 0].astype(int) - np.arange(256)).max() <= 1


def test_floating_point_pictures_are_refused() -> None:
    with pytest.raises(InputError, match="floating-point"):
        decode(saved(PillowImage.fromarray(np.zeros((4, 4), np.float32)), "TIFF"))


def test_white_lettering_on_nothing_stays_readable() -> None:
    pixels = np.zeros((60, 200, 4), np.uint8)
    pixels[20:40, 20:60] = 255
    image = decode(saved(PillowImage.fromarray(pixels), "PNG"))
    assert image.pixels[30, 30].tolist() == [255, 255, 255]
    assert image.pixels[5, 5].tolist() == [0, 0, 0]
    assert "transparent pixels on black" in image.notes


def test_dark_lettering_on_nothing_is_laid_on_white() -> None:
    pixels = np.zeros((60, 200, 4), np.uint8)
    pixels[20:40, 20:60, 3] = 255
    assert decode(saved(PillowImage.fromarray(pixels), "PNG")).pixels[5, 5].tolist() == [255, 255, 255]


def test_the_first_frame_of_an_animation_is_taken_with_a_note() -> None:
    frames = [PillowImage.new("RGB", (20, 20), colour) for colour in ("red", "blue")]
    image = decode(saved(frames[0], "GIF", save_all=True, append_images=frames[1:]))
    assert image.pixels[10, 10].tolist() == [255, 0, 0]
    assert image.notes == ("first frame of an animation",)


def test_a_colour_profile_is_converted_and_a_broken_one_ignored_with_a_note() -> None:
    plain = decode(saved(photo(), "PNG"))
    swapped = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB"))
    broken = decode(saved(photo(), "PNG", icc_profile=b"no profile at all"))
    assert (broken.pixels == plain.pixels).all()
    assert broken.notes == ("broken colour profile ignored",)
    wrong_kind = decode(saved(photo(), "PNG", icc_profile=swapped.tobytes()))
    assert wrong_kind.notes == ("colour profile for another kind of pixels ignored",)


def test_display_p3_and_prophoto_change_the_pixels(test_data) -> None:
    for name in ("icc__p3.png", "icc__prophoto.png"):
        data = (test_data / "bad" / name).read_bytes()
        raw = np.asarray(PillowImage.open(io.BytesIO(data)).convert("RGB"))
        assert (decode(data).pixels != raw).any(), name


def test_scaled_decode_keeps_the_original_coordinates() -> None:
    image = decode(saved(photo(1600, 1200), "JPEG"), max_side=500)
    assert 500 <= max(image.width, image.height) < 1600
    corner = image.frame.map_points(np.array([[image.width, image.height]], float), image.frame.root_frame)
    assert corner.tolist() == [[1600.0, 1200.0]]


def test_the_real_bad_files_give_a_picture_or_a_named_failure(test_data) -> None:
    files = [path for path in sorted((test_data / "bad").iterdir()) if path.name != "MANIFEST.md"]
    assert len(files) >= 70
    refused = {}
    for path in files:
        result = outcome(path.read_bytes())
        if isinstance(result, InputError):
            refused[path.name] = result.code.value
    assert {
        name for name in refused if name.startswith(("truncated__trunc", "zero", "svg", "jp2", "huge"))
    } >= {
        "truncated__truncated.jpg",
        "truncated__truncated.png",
        "zero__empty.jpg",
        "zero__zero_width.gif",
        "svg__check.svg",
        "jp2__relax.jp2",
        "huge__giant-image.jpg",
        "huge__65536-uint32-limit.png",
    }
    assert not [
        name for name in refused if name.startswith(("exif", "cmyk", "icc", "alpha", "animated", "mode"))
    ]


def test_the_eight_exif_photos_show_the_same_picture(test_data) -> None:
    first = decode((test_data / "bad" / "exif__Landscape_1.jpg").read_bytes()).pixels.astype(int)
    for number in range(2, 9):
        image = decode((test_data / "bad" / f"exif__Landscape_{number}.jpg").read_bytes())
        assert np.abs(image.pixels.astype(int) - first).mean() < 8, number


@given(st.binary(max_size=400))
@settings(max_examples=200)
def test_random_bytes_never_raise_anything_else(data) -> None:
    assert isinstance(outcome(data), Image | InputError)


@cache
def small(kind: str) -> bytes:
    """Coded once: that takes longer than all the rest."""
    return saved(photo(24, 16), kind)


@given(st.sampled_from(FORMATS), st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), max_size=12))
@settings(max_examples=300, deadline=None)
def test_mutated_pictures_never_raise_anything_else(kind, changes) -> None:
    data = bytearray(small(kind))
    for place, value in changes:
        data[int(place * (len(data) - 1))] = value
    assert isinstance(outcome(bytes(data)), Image | InputError)


def test_all_hostile_files_together_stay_below_the_memory_bound() -> None:
    code = (
        "import re, sys; sys.path.insert(0, sys.argv[1])\n"
        "from conftest import hostile\n"
        "from siseon.contracts import InputError\n"
        "from siseon.media.decode import decode\n"
        "for _, data in hostile():\n"
        "    try: decode(data)\n"
        "    except InputError: pass\n"
        # Not ru_maxrss: a child starts with its parent's.
        "status = open('/proc/self/status').read()\n"
        "print(int(re.search(r'VmHWM:\\s+(\\d+)', status)[1]) // 1024)\n"
    )
    command = [sys.executable, "-c", code, str(Path(__file__).parent)]
    peak_mb = int(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    assert peak_mb < BOUND_MB
