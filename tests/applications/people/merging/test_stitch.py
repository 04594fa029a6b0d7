from __future__ import annotations

from people_seen import body, chunk, times
from siseon.applications.people.merging.stitch import stitched
from siseon.contracts.wire import Box

WALK = {t: body(200 + t / 20) for t in times(0, 4_000)}


def part(walk: dict[int, Box], number: int) -> dict[int, Box]:
    return {t: box for t, box in walk.items() if number * 2_000 <= t <= (number + 1) * 2_000}


def test_a_walker_goes_on_over_the_border_under_one_track() -> None:
    chains, refused = stitched([chunk(0, {3: part(WALK, 0)}), chunk(1, {1: part(WALK, 1)})])
    assert chains == [[3, 1001]]
    assert refused == []


def test_a_chunk_that_failed_ends_the_track() -> None:
    walk = {t: body(300) for t in times(0, 6_000)}
    assert stitched([chunk(0, {1: part(walk, 0)}), chunk(2, {1: part(walk, 2)})])[0] == [[1], [2001]]


def test_two_who_stand_upon_each_other_at_the_border_are_left_to_merging() -> None:
    near = {t: body(203 + t / 20) for t in times(0, 4_000)}
    chains, refused = stitched(
        [chunk(0, {1: part(WALK, 0), 2: part(near, 0)}), chunk(1, {1: part(WALK, 1), 2: part(near, 1)})]
    )
    assert sorted(chains) == [[1], [2], [1001], [1002]]
    assert {one.reason for one in refused} == {"unsure"}


def test_who_comes_at_the_border_is_new() -> None:
    other = {t: body(900) for t in times(2_000, 4_000)}
    chains, _ = stitched([chunk(0, {1: part(WALK, 0)}), chunk(1, {1: other, 2: part(WALK, 1)})])
    assert sorted(chains) == [[1, 1002], [1001]]
