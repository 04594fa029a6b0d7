"""Packets of MISB ST 0601: figures of the standard's own examples, and bytes of strangers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from siseon.applications.oilspill.position.klv.local_set import (
    KEY,
    MAX_BROKEN,
    MAX_PACKET_BYTES,
    checksum,
    local_sets,
    write_local_set,
)
from siseon.applications.oilspill.position.klv.tags import ITEMS, facts_of, write_facts


@pytest.mark.parametrize(
    ("tag", "raw", "value"),
    [
        (5, "71C2", 159.9744),
        (6, "FD3D", -0.4315251),
        (13, "5595B66D", 60.17682296),
        (14, "5B5360C4", 128.42675904),
        (15, "C221", 14190.72),
        (16, "CD9C", 144.5713),
        (18, "724A0A20", 160.71921147),
        (19, "87F84B86", -168.79232483),
        (21, "03830926", 68590.98),
        (22, "1281", 722.8199),
        (25, "34F3", 3216.037),
    ],
)
def test_tags_mean_what_the_standard_says(tag: int, raw: str, value: float) -> None:
    assert ITEMS[tag].value(bytes.fromhex(raw)) == pytest.approx(value, rel=2e-5)


def test_the_most_negative_value_means_out_of_range() -> None:
    assert ITEMS[13].value(bytes.fromhex("80000000")) is None
    assert ITEMS[6].value(bytes.fromhex("8000")) is None


def test_a_packet_is_found_between_other_bytes() -> None:
    packet = write_facts({"time": 1_245_257_649.25, "latitude": 54.679833, "longitude": -110.124})
    (first, second) = local_sets(b"\x47\x00" + packet + KEY[:9] + packet + b"\xff")
    assert first == second
    facts = facts_of(first).facts
    assert facts["time"].value == 1_245_257_649.25
    assert facts["latitude"].value == pytest.approx(54.679833, abs=1e-7)
    assert facts["longitude"].source == "klv"


def test_the_full_range_of_pitch_counts_before_the_small_one() -> None:
    (tags,) = local_sets(write_local_set({6: ITEMS[6].raw(12.0), 90: ITEMS[90].raw(35.0)}))
    assert facts_of(tags).facts["platform_pitch"].value == pytest.approx(35)


def test_a_packet_whose_checksum_is_wrong_is_none() -> None:
    packet = bytearray(write_facts({"latitude": 54.679833, "longitude": -110.124}))
    packet[-9] ^= 1
    assert list(local_sets(bytes(packet))) == []


@pytest.mark.parametrize(
    "tail",
    [
        b"",
        b"\x84\xff\xff\xff\xff",  # four gigabytes
        b"\x89" + b"\x01" * 12,  # a length of nine bytes
        b"\x05\xff\xff\xff\xff\xff",  # a tag that does not end
        b"\x04\x0d\x7f\x00\x00",  # a value that is longer than the packet
        b"\x02\x01\x02",  # nothing behind the checksum's own length
        b"\x83" + (MAX_PACKET_BYTES + 1).to_bytes(3, "big") + b"\x00" * (MAX_PACKET_BYTES + 1),
    ],
)
def test_what_is_not_whole_is_no_packet(tail: bytes) -> None:
    assert list(local_sets(KEY + tail)) == []


def test_data_that_breaks_again_and_again_is_left() -> None:
    packet = write_facts({"latitude": 1.0, "longitude": 2.0})
    assert list(local_sets((KEY + b"\x02\x00\x00") * (MAX_BROKEN + 1) + packet)) == []
    assert len(list(local_sets((KEY + b"\x02\x00\x00") * (MAX_BROKEN - 1) + packet))) == 1


@given(st.binary(max_size=300))
def test_any_bytes_are_read_to_their_end(data: bytes) -> None:
    list(local_sets(KEY + data))
    length = len(data) + 4
    packet = KEY + b"\x82" + length.to_bytes(2, "big") + data + b"\x01\x02"
    for tags in local_sets(packet + checksum(packet).to_bytes(2, "big")):
        facts_of(tags)
