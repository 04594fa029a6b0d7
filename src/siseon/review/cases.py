"""The requests of a review, one after the other. Those with many clients at once are in ``clients``."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from siseon.review import pictures
from siseon.review.exchange import Case, Expect, Form, Group, Shift, Upload
from siseon.review.operation import Envelope

MEDIA_TYPES = {"PNG": "image/png", "WebP": "image/webp", "GIF": "image/gif"}
JPEG_MAGIC = b"\xff\xd8"
LARGEST = 1280
"""Pixels of the longer side: four times as many are sent too, and time is for many requests, not large ones."""
REPEATS = 3
"""Plain requests: their median time is what the others are measured against."""
MOVES = ((-27, 8), (-24, -15), (-16, 3), (5, -4), (39, 11), (48, -9), (50, 6))
"""How the plain picture is moved, in parts of 640 of its width: amounts that lie on no common grid."""
MINIATURES = 6
"""How many times smaller the tiny objects are: those of the drawn scene are 30 pixels large."""


def cases(envelope: Envelope, photo: pictures.Photo | None = None) -> list[Case]:
    """All requests for a service that takes pictures in that envelope.

    ``photo``: sent in place of the drawn scene.
    """
    plain, data = _plain_picture(photo)
    return [
        *_plain(plain, data),
        *_layouts(plain),
        *(_colours() if photo is None else ()),  # of a photo nobody knows which colours are right
        *_formats(plain),
        *_odd(plain),
        *_hostile(data),
        *_names(data, plain, envelope),
        *_malformed(data, plain, envelope),
        # Once more, after all that went before.
        Case("plain photo, again", Group.plain, Expect.accept, Upload(data), _size(plain), Shift()),
    ]


def _plain_picture(photo: pictures.Photo | None) -> tuple[pictures.Pixels, bytes]:
    """The picture that all others are made of, and its JPEG file."""
    if photo is None:
        return pictures.scene(), pictures.jpeg(pictures.scene())
    if (scale := LARGEST / max(photo.pixels.shape[:2])) < 1:
        smaller = pictures.enlarged(photo.pixels, scale)
        return smaller, pictures.jpeg(smaller)
    return photo.pixels, photo.data if photo.data.startswith(JPEG_MAGIC) else pictures.jpeg(photo.pixels)


def _size(picture: pictures.Pixels) -> tuple[int, int]:
    return picture.shape[1], picture.shape[0]


def _plain(picture: pictures.Pixels, data: bytes) -> Iterator[Case]:
    upload = Upload(data)
    for number in range(REPEATS):
        name = "plain photo" + (f", time {number + 1}" if number else "")
        yield Case(name, Group.plain, Expect.accept, upload, _size(picture), Shift() if number else None)
    nothing = pictures.blank()
    yield Case("blank picture", Group.blank, Expect.accept, Upload(pictures.jpeg(nothing)), _size(nothing))


def _layouts(picture: pictures.Pixels) -> Iterator[Case]:
    height, width = picture.shape[:2]
    quarter, half = width // 4, height // 2
    arranged = {
        "twice the size": (pictures.enlarged(picture, 2), Shift(2)),
        "in a wide picture": (
            pictures.surrounded(picture, left=quarter, right=3 * quarter), Shift(dx=quarter)
        ),
        "in a tall picture": (pictures.surrounded(picture, top=2 * half, bottom=half), Shift(dy=2 * half)),
        "between tiny copies": (
            pictures.with_miniatures(picture, MINIATURES), Shift(dy=height // MINIATURES)
        ),
    }  # fmt: skip
    for move in MOVES:
        dx, dy = (round(pixels * width / 640) for pixels in move)
        arranged[f"moved by {dx}, {dy}"] = pictures.moved(picture, dx, dy), Shift(dx=dx, dy=dy)
    for name, (pixels, shift) in arranged.items():
        upload = Upload(pictures.jpeg(pixels))
        yield Case(name, Group.layout, Expect.accept, upload, _size(pixels), shift)
    twice = pictures.jpeg(np.concatenate([picture, picture], axis=1))
    yield Case(
        "two copies side by side", Group.layout, Expect.accept, Upload(twice), (2 * width, height), Shift(),
        copy_shift=Shift(dx=width),
    )  # fmt: skip
    for orientation in (3, 5, 6, 8):
        upload = Upload(pictures.jpeg(picture, orientation=orientation))
        name = f"EXIF orientation {orientation}"
        yield Case(name, Group.layout, Expect.accept, upload, _size(picture), Shift())
    # Objects that the edges cut: their boxes like to reach outside.
    cut = np.ascontiguousarray(picture[height // 4 : 3 * height // 4, width // 4 : 3 * width // 4])
    yield Case(
        "objects cut by the edges", Group.layout, Expect.accept, Upload(pictures.jpeg(cut)), _size(cut)
    )


def _colours() -> Iterator[Case]:
    right = pictures.coloured()
    wrong = np.ascontiguousarray(right[:, :, ::-1])
    for name, pixels in {"coloured things": right, "coloured things, red and blue swapped": wrong}.items():
        upload = Upload(pictures.jpeg(pixels))
        yield Case(name, Group.colour, Expect.accept, upload, _size(pixels))


def _formats(picture: pictures.Pixels) -> Iterator[Case]:
    height, width = picture.shape[:2]
    for side, (left, right) in {"left": (0, width // 2), "right": (width // 2, width)}.items():
        hiding = Upload(pictures.partly_hidden(picture, left, right), "photo.png", "image/png")
        name, hidden = f"{side} half transparent", (left, 0, right, height)
        yield Case(name, Group.formats, Expect.either, hiding, _size(picture), hidden=hidden)
    for name, data in pictures.colour_modes(picture).items():
        kind = next((kind for kind in MEDIA_TYPES if kind in name), "JPEG")
        upload = Upload(data, f"photo.{kind.lower()}", MEDIA_TYPES.get(kind, "image/jpeg"))
        # Grey loses the colours that detectors go by, so that grey of 16 bits is compared with grey of 8.
        like = "grey JPEG" if name in ("16-bit grey PNG", "black ink on transparent PNG") else "plain photo"
        shift = None if name == "grey JPEG" else Shift()
        yield Case(name, Group.formats, Expect.either, upload, _size(picture), shift, like)


def _odd(picture: pictures.Pixels) -> Iterator[Case]:
    for width, height in ((1, 1), (1, 2000), (2000, 1), (3, 5)):
        upload = Upload(pictures.jpeg(pictures.blank(width, height)))
        yield Case(f"picture of {width}x{height}", Group.odd, Expect.either, upload, (width, height))
    noise = np.random.default_rng(0).integers(0, 256, (480, 640, 3), dtype=np.uint8)
    yield Case("noise", Group.odd, Expect.accept, Upload(pictures.jpeg(noise)), (640, 480))
    many = pictures.tiled(picture)
    yield Case("256 small copies", Group.odd, Expect.accept, Upload(pictures.jpeg(many)), _size(many))
    several = pictures.tiled(picture, 3)
    yield Case("9 copies", Group.odd, Expect.accept, Upload(pictures.jpeg(several)), _size(several))


def _hostile(data: bytes) -> Iterator[Case]:
    png = pictures.colour_modes(pictures.scene())["PNG"]
    files = {"zero bytes": b"", "only a JPEG's first bytes": data[:12]}
    files |= {f"JPEG cut at {part} %": data[: len(data) * part // 100] for part in (5, 30, 60, 90)}
    files |= {
        "text named .jpg": b"this is not a picture\n" * 20,
        "HTML named .jpg": b"<!doctype html><title>no picture</title>",
        "random bytes": np.random.default_rng(0).bytes(5000),
        "JPEG with a NUL header": bytes(200) + data[200:],
    }
    for name, content in files.items():
        yield Case(name, Group.hostile, Expect.refuse, Upload(content))
    as_png = {"PNG cut at 50 %": png[: len(png) // 2], "PNG header of 60000x60000": pictures.huge_header()}
    for name, content in as_png.items():
        yield Case(name, Group.hostile, Expect.refuse, Upload(content, "photo.png", "image/png"))


def _names(data: bytes, picture: pictures.Pixels, envelope: Envelope) -> Iterator[Case]:
    """A right picture under a wrong name or type: it may be refused or taken, by what its bytes are."""
    gif = pictures.colour_modes(pictures.scene())["animated GIF"]
    yield Case("GIF named .jpg", Group.hostile, Expect.either, Upload(gif), None)
    if envelope is Envelope.json_url:
        return
    uploads = {
        "JPEG sent as text/plain": Upload(data, "photo.txt", "text/plain"),
        "JPEG sent as image/png": Upload(data, "photo.png", "image/png"),
        "JPEG sent without a type": Upload(data, content_type=""),
    }
    if envelope is Envelope.multipart:
        uploads |= {
            "file name of 300 letters": Upload(data, "a" * 300 + ".jpg"),
            "file name ../../etc/passwd": Upload(data, "../../etc/passwd"),
            "file name in Korean": Upload(data, "시선.jpg"),
        }
    for name, upload in uploads.items():
        yield Case(name, Group.hostile, Expect.either, upload, _size(picture), Shift())


def _malformed(data: bytes, picture: pictures.Pixels, envelope: Envelope) -> Iterator[Case]:
    forms = {
        Envelope.multipart: (Form.missing_field, Form.empty, Form.text_field, Form.json_instead),
        Envelope.raw: (Form.json_instead,),
        Envelope.json_url: (Form.missing_field, Form.empty),
    }[envelope]
    for form in forms:
        yield Case(form.value, Group.malformed, Expect.refuse, Upload(data), form=form)
    if envelope is Envelope.multipart:
        two = Case("two files", Group.malformed, Expect.either, Upload(data), _size(picture))
        yield Case(two.name, two.group, two.expect, two.upload, two.size, form=Form.two_files)
