"""Bytes in slots: what is looked at stays, what outlived its slot is found out."""

from __future__ import annotations

import os
import weakref

import numpy as np
import pytest

from siseon.engine.placement.processes.arena import HEADER_BYTES, Arena, Grant, Room, read, write
from siseon.engine.placement.processes.segment import address, mapped
from siseon.engine.placement.processes.slots import PAGE

PIXELS = np.random.default_rng(0).integers(0, 256, 3 * PAGE, np.uint8)


@pytest.fixture
def arena():
    return Arena(5, 64 * PAGE)


def test_what_is_put_in_is_shown_read_only_and_aligned(arena):
    ref, _ = arena.put(PIXELS, "parent")
    shown = arena.show(ref, "parent")
    assert (shown == PIXELS).all()
    assert not shown.flags.writeable
    assert address(shown) % 64 == 0


def test_a_slot_is_taken_until_nobody_looks_at_it(arena):
    ref, lease = arena.put(PIXELS, "call")
    view = arena.show(ref, "parent").reshape(3, PAGE)[1]
    arena.slots.release(lease)
    assert arena.slots.owners() == {"parent": 1}
    copy = view.copy()
    del view
    assert arena.slots.owners() == {}
    assert (copy == PIXELS[PAGE : 2 * PAGE]).all()


def test_a_reference_that_outlived_its_slot_is_found_out(arena):
    old, lease = arena.put(PIXELS, "call")
    arena.slots.release(lease)
    new, _ = arena.put(PIXELS[::-1].copy(), "call")
    assert new.offset == old.offset
    with pytest.raises(ValueError, match="not taken"):
        arena.show(old, "parent")
    with pytest.raises(ValueError, match="another generation"):
        read(arena.memory, old)


@pytest.mark.parametrize(
    "wrong",
    [
        {"offset": -PAGE},
        {"offset": 1 << 40},
        {"size": -1},
        {"size": 1 << 40},
        {"size": 7},
        {"start": -1},
        {"start": 2 * PAGE, "length": 2 * PAGE},
        {"length": -1},
        {"generation": 77},
    ],
)
def test_a_reference_to_what_was_never_there_is_refused(wrong, arena):
    ref, _ = arena.put(PIXELS, "call")
    with pytest.raises(ValueError, match="Ref"):
        arena.show(ref._replace(**wrong), "parent")


def test_bytes_are_found_by_their_address(arena):
    ref, _ = arena.put(PIXELS, "call")
    shown = arena.show(ref, "parent")
    found, _ = arena.find(address(shown[10:20]), 10)
    assert found == ref._replace(start=10, length=10)
    assert arena.find(address(shown), len(PIXELS) + 1) is None
    assert arena.find(address(PIXELS), 10) is None
    assert arena.find(address(arena.memory), 10) is None, "a header is not what somebody put in"


def test_a_full_arena_says_so(arena):
    leases = []
    while (put := arena.put(PIXELS, "call")) is not None:
        leases.append(put[1])
    assert len(leases) == 64 // 4
    arena.slots.release(leases[3])
    assert arena.put(PIXELS, "call") is not None


def test_a_grant_uses_the_first_run_that_fits(arena):
    rooms = [Room(0, 1, 2 * PAGE), Room(8 * PAGE, 2, 64 * PAGE)]
    grant = Grant(arena.memory, 5, rooms)
    large = grant.put(PIXELS)
    small = grant.put(PIXELS[:PAGE])
    assert large is not None
    assert small is not None
    assert (large.offset, large.generation, small.offset, small.generation) == (8 * PAGE, 2, 0, 1)
    assert (read(arena.memory, small) == PIXELS[:PAGE]).all()
    assert grant.put(np.zeros(60 * PAGE, np.uint8)) is None
    assert grant.full == 1
    grant.start_again()
    assert grant.refs == []
    again = grant.put(PIXELS)
    assert again is not None
    assert again.offset == large.offset


def test_a_view_lives_longer_than_its_arena():
    arena = Arena(1, 64 * PAGE)
    ref, _ = arena.put(PIXELS, "call")
    view, gone, descriptor = arena.show(ref, "parent"), weakref.ref(arena), arena.descriptor
    del arena
    assert gone() is None
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(descriptor)
    assert (view == PIXELS).all()


def test_another_process_reads_what_was_written(arena):
    ref = write(arena.memory, 5, PAGE, 9, PIXELS)
    theirs = mapped(arena.descriptor, writable=False)
    assert (read(theirs, ref) == PIXELS).all()
    assert len(read(theirs, ref)) == ref.size == len(PIXELS)
    assert HEADER_BYTES < PAGE
