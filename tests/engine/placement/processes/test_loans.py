"""The slots of one call: given back when it is over, but for what is still looked at."""

from __future__ import annotations

from contextlib import suppress

import numpy as np
import pytest

from siseon.engine.placement.processes.arena import Grant, Room
from siseon.engine.placement.processes.loans import Loans
from siseon.engine.placement.processes.memory import Memory

PICTURE = np.random.default_rng(6).integers(0, 256, 50_000, np.uint8)


@pytest.fixture
def memory():
    return Memory(1 << 20)


def test_items_and_room_are_given_back_whatever_happens(memory):
    own = memory.new()
    with suppress(RuntimeError), Loans(memory, own, "worker", {}) as loans:
        loans.place(PICTURE)
        loans.rooms()
        assert own.slots.free_bytes() == 0
        raise RuntimeError
    assert own.slots.free_bytes() == own.slots.capacity


def test_results_stay_as_long_as_somebody_looks_at_them(memory):
    own = memory.new()
    with Loans(memory, own, "worker", {}) as loans:
        item = loans.place(PICTURE)
        grant = Grant(own.memory, own.number, [Room(*room) for room in loans.rooms()])
        result = grant.put(PICTURE[::-1].copy())
        loans.used(grant.refs)
        shown = loans.show(result)
        again = loans.show(item)
    assert (shown == PICTURE[::-1]).all()
    assert (again == PICTURE).all()
    assert own.slots.owners() == {"parent": 2}
    del shown, again
    assert own.slots.owners() == {}


def test_what_lies_in_another_arena_is_not_copied(memory):
    own, other = memory.new(), memory.new()
    ref, _ = other.put(PICTURE, "parent")
    shown = other.show(ref, "parent")
    with Loans(memory, own, "worker", {}) as loans:
        assert loans.place(shown) == loans.place(shown) == ref
        assert loans.others == {other.number: other}
        assert loans.copied_bytes == 0
        assert other.slots.owners()["worker"] == 1
    assert "worker" not in other.slots.owners()


def test_what_the_stage_keeps_stays_taken_over_calls(memory):
    own = memory.new()
    kept = {}
    with Loans(memory, own, "worker", kept) as loans:
        ref = loans.place(PICTURE)
        kept = loans.hand_over([ref])
    assert own.slots.owners() == {"worker": 1}
    with Loans(memory, own, "worker", kept) as loans:
        assert (loans.show(ref) == PICTURE).all()
        kept = loans.hand_over([ref])
    assert own.slots.owners()["worker"] == 1
    with Loans(memory, own, "worker", kept) as loans:
        kept = loans.hand_over([])
    assert kept == {}
    assert own.slots.owners() == {}


def test_a_worker_that_says_it_used_what_it_was_not_given_is_refused(memory):
    own = memory.new()
    with Loans(memory, own, "worker", {}) as loans:
        item = loans.place(PICTURE)
        loans.rooms()
        with pytest.raises(ValueError, match="not given"):
            loans.used([item])
        with pytest.raises(ValueError, match="not got"):
            loans.show(item._replace(arena=77))


def test_a_full_arena_is_counted(memory):
    own = memory.new()
    with Loans(memory, own, "worker", {}) as loans:
        while loans.place(PICTURE.copy()) is not None:
            pass
        assert loans.full == 1
