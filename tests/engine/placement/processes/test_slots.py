"""The books against a map of single pages, in random order; and what is refused."""

from __future__ import annotations

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from siseon.engine.placement.processes.slots import PAGE, Lease, Slots

PAGES = 24
OWNERS = ("parent", "worker 1", "worker 2")


class Books(RuleBasedStateMachine):
    """The model: which leases there are, and which generation has which page."""

    def __init__(self) -> None:
        super().__init__()
        self.slots = Slots(PAGES * PAGE)
        self.leases: list[Lease] = []
        self.generations: set[int] = set()

    def _taken(self) -> list[tuple[int, int]]:
        slots = {id(lease.slot): lease.slot for lease in self.leases}
        return sorted((slot.offset // PAGE, slot.size // PAGE) for slot in slots.values())

    def _new(self, lease: Lease) -> None:
        assert lease.slot.generation not in self.generations
        self.generations.add(lease.slot.generation)
        self.leases.append(lease)

    @rule(size=st.integers(0, PAGES * PAGE + 1), owner=st.sampled_from(OWNERS))
    def take(self, size: int, owner: str) -> None:
        need = max(1, -(-size // PAGE))
        free = self._free_runs()
        lease = self.slots.take(size, owner)
        fitting = [start for start, length in free if length >= need]
        assert (lease is None) == (not fitting)
        if lease is not None:
            assert lease.slot.offset == fitting[0] * PAGE
            self._new(lease)

    @rule(data=st.data(), owner=st.sampled_from(OWNERS))
    def grant_and_keep(self, data: st.DataObject, owner: str) -> None:
        free = self._free_runs()
        granted = self.slots.take_free(3, owner)
        assert [(one.slot.offset // PAGE, one.slot.size // PAGE) for one in granted] == free[:3]
        for lease in granted:
            slot = lease.slot
            first = slot.offset // PAGE
            cuts = data.draw(st.lists(st.integers(first, first + slot.size // PAGE), max_size=4, unique=True))
            cuts.sort()
            parts = [(a * PAGE, (b - a) * PAGE - 1) for a, b in zip(cuts[::2], cuts[1::2], strict=False)]
            kept = self.slots.keep(lease, parts, "parent")
            assert [one.slot.offset for one in kept] == [offset for offset, _ in parts]
            assert {one.slot.generation for one in kept} <= {slot.generation}
            assert slot.generation not in self.generations
            self.generations.add(slot.generation)
            self.leases += kept

    @precondition(lambda self: self.leases)
    @rule(data=st.data(), owner=st.sampled_from(OWNERS))
    def share(self, data: st.DataObject, owner: str) -> None:
        lease = data.draw(st.sampled_from(self.leases))
        self.leases.append(self.slots.share(lease.slot, owner))

    @precondition(lambda self: self.leases)
    @rule(data=st.data(), twice=st.booleans(), later=st.booleans())
    def release(self, data: st.DataObject, twice: bool, later: bool) -> None:
        lease = data.draw(st.sampled_from(self.leases))
        self.leases.remove(lease)
        end = self.slots.give_back if later else self.slots.release
        end(lease)
        if twice:
            end(lease)

    @rule(owner=st.sampled_from(OWNERS))
    def a_worker_dies(self, owner: str) -> None:
        self.slots.revoke(owner)
        self.leases = [lease for lease in self.leases if lease.owner != owner]

    def _free_runs(self) -> list[tuple[int, int]]:
        runs, at = [], 0
        for start, length in [*self._taken(), (PAGES, 0)]:
            if start > at:
                runs.append((at, start - at))
            at = start + length
        return runs

    @invariant()
    def nothing_overlaps_and_nothing_is_lost(self) -> None:
        at = 0
        for start, length in self._taken():
            assert start >= at
            at = start + length
        assert self.slots.free_bytes() == sum(length for _, length in self._free_runs()) * PAGE
        assert sum(self.slots.owners().values()) == len(self.leases)
        for lease in self.leases:
            last = lease.slot.offset + lease.slot.size - 1
            assert self.slots.at(lease.slot.offset) is self.slots.at(last) is lease.slot
        for start, length in self._free_runs():
            assert self.slots.at(start * PAGE) is self.slots.at((start + length) * PAGE - 1) is None


TestBooks = Books.TestCase
TestBooks.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)


def test_a_worker_cannot_keep_what_it_was_not_granted():
    slots = Slots(8 * PAGE)
    first = slots.take(PAGE, "parent")
    (grant,) = slots.take_free(1, "worker")
    for parts in (
        [(0, PAGE)],  # of another
        [(PAGE, 8 * PAGE)],  # more than there is
        [(PAGE, PAGE), (PAGE, PAGE)],  # twice
        [(PAGE + 8, PAGE)],  # not at a page
        [(PAGE, 0)],
    ):
        with pytest.raises(ValueError, match="part"):
            slots.keep(grant, parts, "parent")
    assert slots.free_bytes() == 0
    slots.keep(grant, [], "parent")
    assert first is not None
    assert slots.free_bytes() == 7 * PAGE


def test_what_is_free_cannot_be_shared():
    slots = Slots(PAGE)
    lease = slots.take(1, "parent")
    assert lease is not None
    slots.release(lease)
    with pytest.raises(ValueError, match="free"):
        slots.share(lease.slot, "worker")
