from __future__ import annotations

import math
import struct
import time
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from siseon.contracts import InputError, Measurement
from siseon.streams.life import State
from siseon.streams.outputs.present import Seen
from siseon.streams.outputs.registers import BLOCK, HIGHEST, NEVER, STALE, blocks, check_room, registers
from streams.outputs.outcomes import read

STALE_S = 10.0
MAPS = st.dictionaries(
    st.sampled_from(["a", "b", "c"]),
    st.dictionaries(st.sampled_from(["x", "y"]), st.integers(0, 40), max_size=2),
    max_size=3,
)


def seen(measurement: Measurement, age_s: float = 0.0) -> Seen:
    return Seen(measurement, time.time() - age_s, time.monotonic() - age_s, 7)


def value_of(block: list[int]) -> float:
    (value,) = struct.unpack(">f", struct.pack(">HH", *block[:2]))
    return value


@given(st.floats(width=32, allow_nan=False, allow_infinity=False))
def test_a_value_is_two_words_the_high_one_first_or_last(value):
    figure = seen(read(value))
    high_first = registers(figure, State.live, STALE_S, "big")
    low_first = registers(figure, State.live, STALE_S, "little")
    assert value_of(high_first) == value
    assert low_first[:2] == high_first[1::-1]
    assert high_first[2:] == [0, 0, 2, 7]


def test_a_value_beyond_32_bits_is_none_and_one_that_loses_digits_is_uncertain():
    block = registers(seen(read(-1e300)), State.live, STALE_S, "big")
    assert (math.isnan(value_of(block)), block[2]) == (True, 2)
    block = registers(seen(read(123456789.0)), State.live, STALE_S, "big")
    assert (value_of(block), block[2]) == (123456792.0, 1)


@pytest.mark.parametrize(
    ("measurement", "age_s", "quality", "age"),
    [
        (None, 0, NEVER, HIGHEST),
        (read(None), 0, 2, 0),
        (read(3.0), 20.5, STALE, 20),
        (read(3.0), 1e6, STALE, HIGHEST),
    ],
    ids=["never", "bad", "stale", "very stale"],
)
def test_what_may_not_be_used_is_not_a_number_and_says_why(measurement, age_s, quality, age):
    figure = None if measurement is None else seen(measurement, age_s)
    block = registers(figure, None, STALE_S, "big")
    assert math.isnan(value_of(block))
    assert block[2:5] == [quality, age, 0]
    assert all(0 <= word <= HIGHEST for word in block)


def test_an_uncertain_value_is_shown_as_one():
    block = registers(seen(read(3.0, quality="uncertain", reason="blur"), 2), State.stale, STALE_S, "big")
    assert (value_of(block), block[2:]) == (3.0, [1, 2, 3, 7])


@given(MAPS)
def test_what_is_let_in_never_overlaps_and_all_of_it_is_shown(wanted):
    kept: list[tuple[str, dict[str, int]]] = []
    for name, tags in wanted.items():
        with suppress(InputError):
            check_room(name, tags, kept)
            kept.append((name, tags))
    shown = blocks(kept)
    assert len(shown) == sum(len(tags) for _, tags in kept)
    used = [one.address + n for one in shown for n in range(BLOCK)]
    assert len(used) == len(set(used))


def test_a_stream_that_is_changed_does_not_clash_with_what_it_was():
    check_room("a", {"x": 3}, [("a", {"x": 0}), ("b", {"x": 20})])
    with pytest.raises(InputError, match=r"b\.x at 8 overlaps a\.x at 3"):
        check_room("b", {"x": 8}, [("a", {"x": 3})])
