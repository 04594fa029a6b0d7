import io

import numpy as np
import pytest
from PIL import Image as Pillow
from PIL import ImageCms

from applications.translation.drawn import textured
from siseon.applications.translation.paste import Change, paste
from siseon.contracts import Encoded, InputError
from siseon.media.decode import decode, upright

CLEAN = textured(96, 160)
CHANGED = np.zeros((96, 160), bool)
CHANGED[30:60, 40:100] = True


def _saved(picture, format, **options):
    stream = io.BytesIO()
    picture.save(stream, format=format, **options)
    return Encoded(stream.getvalue(), f"page.{format.lower()}")


def _pasted(original, changed=CHANGED, colour=(200, 30, 40)):
    image = decode(original.data)
    pixels = image.pixels.copy()
    pixels[changed] = colour
    letters = changed.copy()
    letters[40:] = False
    return paste(original, image, Change(pixels, changed, letters)), image, pixels


def _stored(encoded):
    return Pillow.open(io.BytesIO(encoded.data))


def test_grain_of_the_highest_quality_has_room_in_the_file():
    grain = np.random.default_rng(1).integers(0, 256, (288, 480, 3), np.uint8)
    changed = np.zeros(grain.shape[:2], bool)
    changed[90:180, 120:300] = True

    done, _, pixels = _pasted(_saved(Pillow.fromarray(grain), "JPEG", quality=100, subsampling=0), changed)

    assert _stored(done.picture).format == "JPEG"
    assert _stored(done.picture).size == pixels.shape[1::-1]


def test_png_changes_only_where_it_is_told():
    done, image, pixels = _pasted(_saved(Pillow.fromarray(CLEAN), "PNG"))

    assert (done.picture.name, done.off, done.mean_off) == ("page.png", 0, 0.0)
    assert np.array_equal(np.asarray(_stored(done.picture)), pixels)
    assert np.array_equal(pixels[~CHANGED], image.pixels[~CHANGED])


@pytest.mark.parametrize("sampling", [0, 1, 2])
@pytest.mark.parametrize("quality", [60, 92])
def test_jpeg_keeps_its_quality_and_is_hardly_off_elsewhere(quality, sampling):
    original = _saved(Pillow.fromarray(CLEAN), "JPEG", quality=quality, subsampling=sampling)

    done, _, _ = _pasted(original)

    before, after = _stored(original), _stored(done.picture)
    assert (after.format, done.picture.name) == ("JPEG", "page.jpg")
    assert after.quantization == before.quantization
    off = np.abs(np.asarray(after).astype(int) - np.asarray(before))
    assert off[~CHANGED].max() == done.off
    assert done.mean_off < 1.5
    # Far from the change, where no block shares pixels with it, only rounding is left.
    assert off[:, 120:].max() <= 12
    assert np.abs(np.asarray(after)[45, 70].astype(int) - (200, 30, 40)).max() < 25


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_turned_file_stays_turned(orientation):
    exif = Pillow.Exif()
    exif[0x0112] = orientation
    exif[0x010E] = "a page"
    stored = upright(CLEAN, {6: 8, 8: 6}.get(orientation, orientation))
    original = _saved(Pillow.fromarray(stored), "PNG", exif=exif.tobytes())

    done, _, pixels = _pasted(original)

    assert np.array_equal(decode(done.picture.data).pixels, pixels)
    kept = _stored(done.picture).getexif()
    assert (kept[0x0112], kept[0x010E]) == (orientation, "a page")


def test_a_profile_stays_and_the_change_is_in_its_colours():
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    # Red and green swapped: a space in which every colour has other numbers.
    at = {tag: profile.index(tag) for tag in (b"rXYZ", b"gXYZ")}
    swapped = bytearray(profile.replace(b"s\0R\0G\0B", b"x\0y\0z\0w"))
    red, green = (bytes(swapped[at[tag] + 4 : at[tag] + 12]) for tag in (b"rXYZ", b"gXYZ"))
    swapped[at[b"rXYZ"] + 4 : at[b"rXYZ"] + 12], swapped[at[b"gXYZ"] + 4 : at[b"gXYZ"] + 12] = green, red
    original = _saved(Pillow.fromarray(CLEAN), "PNG", icc_profile=bytes(swapped))

    done, _, pixels = _pasted(original)

    after = _stored(done.picture)
    assert after.info["icc_profile"] == bytes(swapped)
    raw = np.asarray(after)
    assert np.array_equal(raw[~CHANGED], CLEAN[~CHANGED])
    assert np.abs(raw[45, 70].astype(int) - (30, 200, 40)).max() < 12
    assert np.abs(decode(done.picture.data).pixels.astype(int) - pixels)[CHANGED].max() <= 4


def test_transparent_ground_stays_transparent_and_letters_are_opaque():
    rgba = np.dstack([CLEAN, np.zeros((96, 160), np.uint8)])
    rgba[30:60, 40:100, 3] = 255

    done, _, _ = _pasted(_saved(Pillow.fromarray(rgba), "PNG"))

    after = np.asarray(_stored(done.picture))
    assert (after[30:40, 40:100, 3] == 255).all()
    assert (after[41:60, 41:99, 3] < 30).all()
    assert np.array_equal(after[~CHANGED], rgba[~CHANGED])


@pytest.mark.parametrize("mode", ["L", "1", "P"])
def test_grey_and_palettes_keep_their_pixels(mode):
    stored = Pillow.fromarray(CLEAN).convert(mode)

    grey, image, pixels = _pasted(_saved(stored, "PNG"), colour=(7, 7, 7))
    colour, _, _ = _pasted(_saved(stored, "PNG"))

    assert np.array_equal(np.asarray(_stored(grey.picture).convert("RGB")), pixels)
    assert _stored(grey.picture).mode == ("RGB" if mode == "P" else "L")
    assert np.array_equal(
        np.asarray(_stored(colour.picture).convert("RGB"))[~CHANGED], image.pixels[~CHANGED]
    )
    assert tuple(np.asarray(_stored(colour.picture))[45, 70]) == (200, 30, 40)


@pytest.mark.parametrize("kind", ["16 bits", "CMYK"])
def test_what_cannot_be_changed_in_part_becomes_an_srgb_picture(kind):
    if kind == "CMYK":
        original = _saved(Pillow.fromarray(CLEAN).convert("CMYK"), "JPEG")
    else:
        deep = (CLEAN[..., 0].astype(np.uint16) << 8) | 7
        original = _saved(Pillow.fromarray(deep), "PNG")

    done, _, pixels = _pasted(original)

    assert np.array_equal(np.asarray(_stored(done.picture)), pixels)


def test_the_first_frame_of_an_animation_is_a_picture():
    frames = [Pillow.fromarray(CLEAN).convert("P"), Pillow.fromarray(255 - CLEAN).convert("P")]
    original = _saved(frames[0], "GIF", save_all=True, append_images=frames[1:])

    done, _, pixels = _pasted(original)

    assert np.array_equal(np.asarray(_stored(done.picture).convert("RGB")), pixels)


def test_a_broken_file_is_a_named_failure():
    whole = _saved(Pillow.fromarray(CLEAN), "PNG")
    image = decode(whole.data)

    with pytest.raises(InputError):
        paste(Encoded(whole.data[:200], "x.png"), image, Change(image.pixels, CHANGED, CHANGED))


def test_nothing_of_a_letter_s_soft_edge_is_left_on_transparent_ground():
    rgba = np.zeros((96, 160, 4), np.uint8)
    rgba[30:60, 40:100] = 255
    rgba[28:30, 40:100, 3] = 6  # beyond the mask
    changed = CHANGED.copy()
    image = decode(_saved(Pillow.fromarray(rgba), "PNG").data)
    change = Change(image.pixels.copy(), changed, np.zeros_like(changed))

    done = paste(_saved(Pillow.fromarray(rgba), "PNG"), image, change)

    assert not np.asarray(_stored(done.picture))[30:60, 40:100, 3].any()


@pytest.mark.parametrize("format", ["JPEG", "TIFF"])
def test_cmyk_keeps_what_its_exif_tells_and_nothing_of_how_it_was_stored(format):
    exif = Pillow.Exif()
    exif[0x0110], exif[0x0112] = "A camera", 6
    exif[0x8769] = {0x9003: "2026:01:02 03:04:05", 0xA001: 65535}
    exif[0x8825] = {1: "N", 2: (52.0, 30.0, 0.0)}
    loaded = Pillow.Exif()
    loaded.load(exif.tobytes())
    original = _saved(Pillow.fromarray(CLEAN).convert("CMYK"), format, exif=loaded)
    image = decode(original.data)
    nothing = np.zeros((image.height, image.width), bool)

    done = paste(original, image, Change(image.pixels, nothing, nothing))

    told = _stored(done.picture).getexif()
    assert (told[0x0110], told.get(0x0112)) == ("A camera", None)
    assert told.get_ifd(0x8769) == {0x9003: "2026:01:02 03:04:05"}
    assert told.get_ifd(0x8825)[1] == "N"
