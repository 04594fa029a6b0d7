"""Dials with a second scale, other needles or set-point markers."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest

from siseon.applications.gauges.contracts import Reading, Scale
from siseon.applications.gauges.crowded import crowded_marked, crowded_table, judged_scales
from siseon.applications.gauges.generated import FAMILIES, photo


def reading_of(value: float, ends: tuple[float, float]) -> Reading:
    scale = Scale(minimum=ends[0], maximum=ends[1])
    return Reading(quality="good", value=value, uncertainty=0.1, scale=scale)


def test_each_scale_is_judged_by_the_reading_of_its_own_ends() -> None:
    seen = photo(0, "evaluation", family="two scales")
    assert seen.second is not None
    ends = min(seen.second.numerals), max(seen.second.numerals)
    first, second = judged_scales(0, seen, [reading_of(seen.second.value, ends)])
    assert (first.error, second.error) == (None, pytest.approx(0))
    both = [reading_of(seen.second.value, ends), reading_of(seen.value + 60, (-30, 30))]
    first, second = judged_scales(0, seen, both)
    assert first.wrong
    assert not second.wrong


def test_what_a_dial_has_besides_costs_refusals_but_gives_no_wrong_reading() -> None:
    found = asyncio.run(crowded_marked(range(12), bool))
    assert [one.name for _, one in found if one.wrong] == []
    assert {family for family, _ in found} == set(FAMILIES)
    read = [one for family, one in found if family != "several needles" and one.error is not None]
    assert len(read) >= 6
    assert crowded_table("crowded", found).rows[-1][:2] == ("all", "12")


def test_families_are_of_the_same_dial_and_are_seen() -> None:
    plain = photo(4, "evaluation", hardness="clean")
    for family in FAMILIES:
        other = photo(4, "evaluation", hardness="clean", family=family)
        assert (other.value, other.dial.numerals) == (plain.value, plain.dial.numerals)
        assert np.abs(other.image.pixels.astype(int) - plain.image.pixels).max() > 60


def test_an_evaluation_that_is_ended_does_not_go_on_to_its_last_dial() -> None:
    done: list[int] = []

    async def ended() -> None:
        task = asyncio.current_task()
        assert task is not None
        await crowded_marked(range(12), lambda: done.append(1) or task.cancel())

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(ended())
    assert len(done) == 1
