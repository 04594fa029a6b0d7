"""The header reader: bounded work, bounded memory, a header or a named failure for any bytes at all."""

from __future__ import annotations

import io
import sys
import tracemalloc
from collections.abc import Callable
from types import FrameType

import numpy as np
import pillow_heif
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image as PillowImage

from hostile_pictures import ALL, Hostile, sound
from siseon.contracts import FailureCode, Image, InputError
from siseon.media import decode as decode_module
from siseon.media.bounds import MediaBounds
from siseon.media.decode import decode
from siseon.media.header import Header
from siseon.media.read import read

MAX_LINES = 300_000
"""Lines of Python for one header, whatever its length: some 10 ms."""
MAX_MEMORY = 10 << 20
"""Bytes for one header: a profile of 4 MiB while it is expanded."""
NAMED = {
    FailureCode.empty_upload,
    FailureCode.unsupported_media,
    FailureCode.corrupt_image,
    FailureCode.image_too_large,
}


def outcome(call: Callable[[bytes], Header | Image], data: bytes) -> FailureCode | None:
    try:
        call(data)
    except InputError as error:
        failure = error
    else:
        return None
    assert failure.code in NAMED
    assert failure.message
    assert failure.hint
    return failure.code


def lines_run(call: Callable[[], object]) -> int:
    """Lines of Python that a call runs: the same on each machine, unlike its time."""
    lines = 0

    def count(_: FrameType, event: str, __: object) -> object:
        nonlocal lines
        lines += event == "line"
        return count

    before = sys.gettrace()
    sys.settrace(count)
    try:
        call()
    finally:
        sys.settrace(before)
    return lines


@pytest.mark.parametrize("hostile", ALL, ids=str)
def test_a_hostile_file_gets_its_verdict_within_bounded_work_and_memory(hostile: Hostile) -> None:
    data = hostile.build()
    assert outcome(read, data) == hostile.verdict
    assert lines_run(lambda: outcome(read, data)) <= MAX_LINES
    tracemalloc.start()
    try:
        outcome(read, data)
        assert tracemalloc.get_traced_memory()[1] <= MAX_MEMORY
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("hostile", [one for one in ALL if one.verdict], ids=str)
def test_what_the_header_refuses_no_decoder_sees(hostile: Hostile, monkeypatch: pytest.MonkeyPatch) -> None:
    def seen(*_: object) -> None:
        raise AssertionError("a decoder was reached")

    for decoder in ("decode_jpeg", "decode_plain", "load"):
        monkeypatch.setattr(decode_module, decoder, seen)
    assert outcome(decode, hostile.build()) == hostile.verdict


@pytest.mark.parametrize("hostile", [one for one in ALL if one.verdict is None], ids=str)
def test_what_the_header_lets_through_is_a_picture_or_a_named_failure(hostile: Hostile) -> None:
    assert outcome(decode, hostile.build()) in (None, FailureCode.corrupt_image)


def heic() -> bytes:
    stream = io.BytesIO()
    picture = PillowImage.open(io.BytesIO(sound("PNG", 24, 16)))
    pillow_heif.from_pillow(picture).save(stream)
    return stream.getvalue()


def samples() -> dict[str, bytes]:
    """A small sound file of each format, and of the forms that take other ways."""
    second = PillowImage.new("RGB", (24, 16), (9, 90, 200))
    noise = np.random.default_rng(0).integers(0, 256, (16, 24, 4)).astype(np.uint8)
    stream = io.BytesIO()
    PillowImage.fromarray(noise).save(stream, "WEBP")
    animated = {"save_all": True, "append_images": [second]}
    return {
        **{kind: sound(kind, 24, 16) for kind in ("JPEG", "PNG", "WEBP", "GIF", "TIFF", "BMP", "AVIF")},
        "HEIC": heic(),
        "progressive JPEG": sound("JPEG", 24, 16, progressive=True),
        "animated PNG": sound_with(24, 16, "PNG", animated),
        "animated GIF": sound_with(24, 16, "GIF", animated),
        "animated WebP": sound_with(24, 16, "WEBP", animated),
        "transparent WebP": stream.getvalue(),
        "AVIF sequence": sound_with(24, 16, "AVIF", animated),
        "JPEG in TIFF": sound("TIFF", 24, 16, compression="jpeg"),
        "TIFF in strips": sound_with(24, 16, "TIFF", {"tiffinfo": {278: 4}}),
    }


def sound_with(width: int, height: int, kind: str, options: dict[str, object]) -> bytes:
    stream = io.BytesIO()
    PillowImage.open(io.BytesIO(sound("PNG", width, height))).save(stream, kind, **options)
    return stream.getvalue()


SAMPLES = samples()


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sound_file_is_read_and_decoded_alike(name: str) -> None:
    header, image = read(SAMPLES[name]), decode(SAMPLES[name])
    assert (header.width, header.height) == (image.width, image.height) == (24, 16)
    assert header.frames == (2 if "animated" in name or "sequence" in name else 1)
    assert header.cost >= 24 * 16
    assert header.orientation == 1
    assert header.bits == 8


@pytest.mark.parametrize("name", SAMPLES)
def test_a_file_cut_anywhere_is_a_header_or_a_named_failure(name: str) -> None:
    for end in range(len(SAMPLES[name])):
        outcome(read, SAMPLES[name][:end])


@pytest.mark.parametrize("name", SAMPLES)
def test_a_file_cut_anywhere_is_a_picture_or_a_named_failure(name: str) -> None:
    data = SAMPLES[name]
    for end in range(0, len(data), max(1, len(data) // 60)):
        outcome(decode, data[:end])


changes = st.lists(
    st.tuples(
        st.sampled_from(("set", "cut", "drop", "double", "ones")),
        st.floats(0, 1),
        st.integers(0, 255),
    ),
    max_size=10,
)
"""The kind of change, where (squared: most of what matters stands in front), and a value or a length."""


def changed(data: bytes, edits: list[tuple[str, float, int]]) -> bytes:
    edited = bytearray(data)
    for kind, place, value in edits:
        at = int(place**2 * len(edited))
        if kind == "set" and at < len(edited):
            edited[at] = value
        elif kind == "cut":
            del edited[at + 12 * value :]
        elif kind == "drop":
            del edited[at : at + value % 9]
        elif kind == "double":
            edited[at:at] = edited[at : at + value % 40]
        elif kind == "ones":
            edited[at : at + 4] = b"\xff" * 4
    return bytes(edited)


@given(st.sampled_from(sorted(SAMPLES)), changes)
@settings(max_examples=1_500, deadline=None)
def test_a_changed_file_is_a_header_or_a_named_failure(
    name: str, edits: list[tuple[str, float, int]]
) -> None:
    outcome(read, changed(SAMPLES[name], edits))


@given(st.sampled_from(sorted(SAMPLES)), changes)
@settings(max_examples=400, deadline=None)
def test_a_changed_file_is_a_picture_or_a_named_failure(
    name: str, edits: list[tuple[str, float, int]]
) -> None:
    outcome(decode, changed(SAMPLES[name], edits))


def test_the_cost_of_decoding_is_bounded_by_passes_over_the_largest_picture() -> None:
    data = sound("JPEG", progressive=True, subsampling=0)
    cost = read(data).cost
    assert cost == 14 * 96 * 64  # the scans of libjpeg's usual script, colour at full size
    read(data, MediaBounds(max_pixels=96 * 64, max_passes=14))
    with pytest.raises(InputError, match="to decode it") as refused:
        read(data, MediaBounds(max_pixels=96 * 64, max_passes=13))
    assert refused.value.code is FailureCode.image_too_large
    assert refused.value.hint == "re-save it as a baseline JPEG"
