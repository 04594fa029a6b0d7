"""Corners of a picture on the ground: figures of the standard's own examples, all of them or none."""

from __future__ import annotations

import pytest

from siseon.applications.oilspill.position.klv.local_set import local_sets, write_local_set
from siseon.applications.oilspill.position.klv.tags import facts_of

MIDDLE = {23: "F101A229", 24: "14BC082B"}
OFFSETS = {26: "C06E", 27: "CBE9", 28: "D765", 29: "E2E0", 30: "EE5B", 31: "F9D6", 32: "0552", 33: "10CD"}
"""MISB ST 0601.11: the examples of tags 23, 24 and 26 to 33."""
PLACES = (
    -10.579637999887, 29.1273677986333, -10.5661816260963, 29.1408242342802,
    -10.5527275411938, 29.1542782573265, -10.5392711674031, 29.1677346311172,
)  # fmt: skip
FULL = {82: "F0F41244", 83: "14B679B9"}
"""The same of tags 82 and 83."""


def corners(tags: dict[int, str]) -> list[float]:
    (read,) = local_sets(write_local_set({tag: bytes.fromhex(value) for tag, value in tags.items()}))
    told = facts_of(read).facts
    return [fact.value for name, fact in told.items() if name.startswith("corner_")]


def test_offsets_mean_what_the_standard_says() -> None:
    assert corners(MIDDLE | OFFSETS) == pytest.approx(PLACES, abs=1e-6)


def test_full_corners_mean_what_the_standard_says_and_count_before_offsets() -> None:
    assert corners(FULL) == pytest.approx(PLACES[:2], abs=1e-6)
    whole = {tag: FULL[82 + tag % 2] for tag in range(82, 90)}
    assert corners(MIDDLE | OFFSETS | whole) == pytest.approx(PLACES[:2] * 4, abs=1e-6)


@pytest.mark.parametrize("lost", [23, 24, 26, 33])
def test_offsets_count_with_their_middle_and_all_together(lost: int) -> None:
    assert not corners({tag: value for tag, value in (MIDDLE | OFFSETS).items() if tag != lost})


def test_a_corner_off_the_earth_is_none() -> None:
    assert not corners(MIDDLE | OFFSETS | {30: "8000"})


def test_offsets_go_on_over_the_antimeridian() -> None:
    east = corners({23: "00000000", 24: "7FFFFFFF"} | dict.fromkeys(range(26, 34), "7FFF"))
    assert east[1::2] == pytest.approx([-179.925] * 4)
