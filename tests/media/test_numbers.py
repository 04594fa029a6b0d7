"""A picture that never came is missed by its number, and no sound video misses one."""

from __future__ import annotations

from fractions import Fraction
from itertools import islice
from pathlib import Path

import av
import pytest
from hypothesis import given
from hypothesis import strategies as st

from siseon.media.numbers import BELIEVED, DOUBTED, MOST_BYTES, Numbers

WAYS = {
    "one after the other": "bframes=0:keyint=20:ref=1",
    "forth and back, a pyramid": "bframes=3:b-pyramid=normal:ref=5:keyint=30",
    "groups that are open": "bframes=5:b-pyramid=strict:open-gop=1:ref=4:keyint=15",
    "half pictures": "tff=1:bframes=2:keyint=20",
    "in slices, with weights": "slices=4:bframes=2:cqm=jvt:keyint=20",
    "refreshed bit by bit": "intra-refresh=1:bframes=0:keyint=15",
}
FRAMES = 40


def packets(film: Path, way: str, *, flags: str = "") -> list[bytes]:
    """A real clip, as the encoder of many cameras writes it in that way."""
    encoder = av.CodecContext.create("libx264", "w")
    assert isinstance(encoder, av.VideoCodecContext)
    encoder.width, encoder.height, encoder.pix_fmt = 160, 120, "yuv420p"
    encoder.time_base, encoder.thread_count = Fraction(1, 25), 1
    encoder.options = {"preset": "medium", "x264-params": way, **({"flags": flags} if flags else {})}
    made: list[bytes] = []
    with av.open(str(film)) as container:
        for number, frame in enumerate(islice(container.decode(video=0), FRAMES)):
            picture = frame.reformat(160, 120, "yuv420p")
            picture.pts, picture.pict_type = number, av.video.frame.PictureType.NONE
            made += map(bytes, encoder.encode(picture))
    return made + list(map(bytes, encoder.encode(None)))


def noticed(units: list[bytes]) -> list[int]:
    numbers = Numbers()
    return [place for place, unit in enumerate(units) if numbers.missing(unit)]


def kind_of(unit: bytes) -> int:
    """The first byte of its picture: how much it is referred to, and whether it refers to none."""
    heads = [piece[0] for piece in unit.split(b"\0\0\1")[1:] if piece[0] & 31 in (1, 5)]
    return heads[0]


@pytest.mark.parametrize("way", WAYS)
def test_a_sound_video_misses_nothing_and_one_without_a_picture_does(film, way):
    units = packets(film, WAYS[way], flags="+ildct+ilme" if way == "half pictures" else "")
    assert noticed(units) == []
    referred, missed = 0, 0
    for gone in range(1, FRAMES - 6):
        kind, left = kind_of(units[gone]), units[:gone] + units[gone + 1 :]
        if not kind >> 5:
            assert noticed(left) == [], "others do not refer to it: it may be left out"
        elif kind & 31 == 1:
            referred += 1
            missed += bool(noticed(left))
    assert missed >= 0.75 * referred > 0  # not the last before a key frame, nor where counting begins again


def test_a_camera_that_counts_in_its_own_way_is_not_believed_for_long(film):
    units = packets(film, "bframes=0:keyint=4:ref=1:scenecut=0")
    own = [unit for place, unit in enumerate(units) if place % 4 != 2]
    told = noticed(own)
    assert len(told) == DOUBTED
    assert max(told) < len(own) // 2


def test_a_camera_that_has_recovered_is_believed_again(film):
    group = 4
    units = packets(film, f"bframes=0:keyint={group}:ref=1:scenecut=0")
    torn = [unit for place, unit in enumerate(units) if place % group != 2]
    sound = (units * BELIEVED)[: group * (BELIEVED + 1)]
    assert len(noticed(torn + sound + torn)) == 2 * DOUBTED
    assert len(noticed(torn + sound[: -3 * group] + torn)) == DOUBTED, "not long enough"


def test_a_picture_behind_much_that_a_camera_adds_is_not_looked_at_and_nothing_is_called_missing(film):
    units = packets(film, "bframes=0:keyint=20:ref=1:scenecut=0")
    added = b"\0\0\0\1\6" + b"\xff" * MOST_BYTES
    assert noticed([added + unit if place in (3, 7) else unit for place, unit in enumerate(units)]) == []


def natural(value: int) -> str:
    return f"{value + 1:b}".rjust(2 * (value + 1).bit_length() - 1, "0")


def framed(kind: int, bits: str) -> bytes:
    whole = bits + "1" * 64
    return (
        b"\0\0\1"
        + bytes([0x60 | kind])
        + bytes(int(whole[at : at + 8], 2) for at in range(0, len(bits) + 48, 8))
    )


@pytest.mark.parametrize(("sequence", "picture", "told"), [(31, 255, True), (32, 0, False), (0, 256, False)])
def test_parameter_sets_with_numbers_that_there_are_not_say_nothing(sequence, picture, told):
    order = natural(0) + natural(2) + natural(1) + "0"
    head = framed(7, f"{66:08b}" + "0" * 16 + natural(sequence) + order) + framed(
        8, natural(picture) + natural(sequence)
    )
    numbers = Numbers(head)
    slices = [framed(1, natural(0) + natural(0) + natural(picture) + f"{number:04b}") for number in (3, 9)]
    assert [numbers.missing(one) for one in slices] == [False, told]


@given(st.lists(st.binary(max_size=60)))
def test_what_is_no_video_says_nothing_and_does_no_harm(pieces):
    numbers = Numbers(b"\0\0\1".join(pieces))
    assert isinstance(numbers.missing(b"\0\0\1" + b"\0\0\1".join(pieces)), bool)
