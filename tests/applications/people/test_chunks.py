"""Chunks that are kept closed say what they said when they came."""

from __future__ import annotations

import gc
import os

import pytest

from people_seen import STEP_MS, body, chunk, direction
from siseon.applications.people import chunks as module
from siseon.applications.people.chunks import Chunks, in_order
from siseon.applications.people.contracts import ChunkSeen
from siseon.applications.people.hiding import Hiding
from siseon.applications.people.timeline.build import timeline_of
from siseon.contracts import FailureCode, InputError


def _two_who_go_on() -> list[ChunkSeen]:
    return [_part(number, range(number * 2_000, number * 2_000 + 2_001, STEP_MS)) for number in range(4)]


def _part(number: int, at: range) -> ChunkSeen:
    ways = {one: {t: body(200 + 100 * one + t / 37) for t in at} for one in (1, 2)}
    return chunk(number, ways, looks={one: direction(one) for one in ways})


def test_they_are_in_order_and_the_same_as_they_came() -> None:
    several = _two_who_go_on()
    kept = Chunks(reversed(several))

    assert list(kept) == several
    assert kept[1:3] == several[1:3]
    assert (len(kept), kept[-1]) == (4, several[-1])
    assert in_order(kept) is kept
    with pytest.raises(IndexError):
        kept[4]


def test_what_is_told_and_hidden_is_the_same_as_of_open_ones() -> None:
    several = _two_who_go_on()
    kept = Chunks(several)

    assert timeline_of(kept) == timeline_of(several)
    closed, opened = Hiding(kept), Hiding(several)
    for t_ms in (7_990, 0, 1_999, 2_000, 2_001, 4_321):  # in any order
        assert closed.areas(t_ms, 1280, 720) == opened.areas(t_ms, 1280, 720)


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="a disk that is full is Linux's /dev/full")
def test_a_full_disk_is_named_at_once_and_not_told_again_at_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    opened = [open("/dev/full", "r+b")]  # noqa: SIM115  # the chunks close it
    monkeypatch.setattr(module, "SpooledTemporaryFile", lambda most: opened.pop())
    unraisable: list[object] = []
    monkeypatch.setattr("sys.unraisablehook", unraisable.append)
    kept = Chunks()
    with pytest.raises(InputError) as caught:
        kept.add(_part(0, range(0, 2_001, STEP_MS)))
    assert caught.value.code is FailureCode.storage_failed

    del kept, caught
    gc.collect()
    assert not unraisable
