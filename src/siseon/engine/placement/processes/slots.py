"""Which parts of a piece of memory are taken, and by whom: books without the memory, kept by the parent alone.

A slot is a run of pages that was given out at once. It stays taken while anybody holds a lease on it; each lease has an
owner, so that all that a dead worker held can be taken back. Each taking has a generation of its own, which is written
beside the bytes and sent with every reference to them: a reference that outlived its slot is found out, and never
reads another's pixels.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from threading import Lock

PAGE = 4096
"""Bytes: slots begin and end at pages, so that what is left between them is not too small to be of use."""


@dataclass(slots=True, eq=False)
class Slot:
    """A run of pages that is taken."""

    offset: int
    size: int
    generation: int
    leases: set[Lease] = field(default_factory=set)


@dataclass(slots=True, eq=False, weakref_slot=True)
class Lease:
    """Somebody's claim on a slot; compared by identity, so that releasing twice is releasing once."""

    slot: Slot
    owner: str


class Slots:
    """The books of one piece of memory. All methods may be called from any thread."""

    def __init__(self, capacity: int) -> None:
        """``capacity``: bytes."""
        self.capacity = capacity // PAGE * PAGE
        self._lock = Lock()
        self._free: list[tuple[int, int]] = [(0, self.capacity)] if self.capacity else []
        """Offset and size of what is free, by offset; no two touch."""
        self._offsets: list[int] = []
        self._taken: dict[int, Slot] = {}
        self._generation = 0
        self._given_back: deque[Lease] = deque()

    def take(self, size: int, owner: str) -> Lease | None:
        """A slot of at least ``size`` bytes, the first that fits: low pages are used again while they are in the
        cache. None when there is no room."""
        need = max(1, -(-size // PAGE)) * PAGE
        with self._lock:
            self._settle()
            for offset, free in self._free:
                if free >= need:
                    return self._taking(offset, need, owner)
        return None

    def take_free(self, most: int, owner: str) -> list[Lease]:
        """All that is free, for one who does not know yet how much it needs: the first ``most`` runs; see ``keep``."""
        with self._lock:
            self._settle()
            return [self._taking(offset, size, owner) for offset, size in self._free[:most]]

    def keep(self, lease: Lease, parts: Sequence[tuple[int, int]], owner: str) -> list[Lease]:
        """End a lease on a large slot, of which only parts (offset and size in bytes) stay taken, as slots of its
        generation.

        Raises:
            ValueError: a part is not in the slot, does not begin at a page, or overlaps another; nothing has changed.
        """
        slot = lease.slot
        runs = sorted((offset, -(-size // PAGE) * PAGE) for offset, size in parts)
        end = slot.offset
        for offset, size in runs:
            if offset % PAGE or offset < end or size <= 0:
                raise ValueError(f"part at {offset} of {size} bytes overlaps, or begins at no page")
            end = offset + size
        if end > slot.offset + slot.size:
            raise ValueError(f"a part ends at {end}, after its slot")
        with self._lock:
            if slot.leases != {lease}:
                raise ValueError("the slot is not held by this lease alone")
            slot.leases.clear()
            self._forget(slot)
            return [
                self._taking(offset, -(-size // PAGE) * PAGE, owner, slot.generation)
                for offset, size in parts
            ]

    def share(self, slot: Slot, owner: str) -> Lease:
        """One more lease on a slot that is taken.

        Raises:
            ValueError: it is free by now.
        """
        with self._lock:
            if not slot.leases:
                raise ValueError(f"the slot at {slot.offset} is free")
            lease = Lease(slot, owner)
            slot.leases.add(lease)
            return lease

    def release(self, lease: Lease) -> None:
        """End a lease; with the last the slot is free."""
        with self._lock:
            self._release(lease)

    def give_back(self, lease: Lease) -> None:
        """``release``, for a finaliser: it may run in the midst of anything, so it takes no lock. The slot is free
        for the next who asks."""
        self._given_back.append(lease)

    def revoke(self, owner: str) -> None:
        """End all leases of one owner: it is dead."""
        with self._lock:
            for slot in list(self._taken.values()):
                for lease in [one for one in slot.leases if one.owner == owner]:
                    self._release(lease)

    def at(self, position: int) -> Slot | None:
        """The slot that a byte lies in."""
        with self._lock:
            place = bisect_right(self._offsets, position) - 1
            if place < 0:
                return None
            slot = self._taken[self._offsets[place]]
            return slot if position < slot.offset + slot.size else None

    def owners(self) -> dict[str, int]:
        """Leases by owner."""
        with self._lock:
            self._settle()
            return dict(Counter(lease.owner for slot in self._taken.values() for lease in slot.leases))

    def free_bytes(self) -> int:
        """Sum of what is free."""
        with self._lock:
            self._settle()
            return sum(size for _, size in self._free)

    def _settle(self) -> None:
        while self._given_back:
            self._release(self._given_back.popleft())

    def _release(self, lease: Lease) -> None:
        slot = lease.slot
        if lease in slot.leases:
            slot.leases.discard(lease)
            if not slot.leases:
                self._forget(slot)

    def _taking(self, offset: int, size: int, owner: str, generation: int | None = None) -> Lease:
        place = bisect_right(self._free, (offset, self.capacity)) - 1
        start, free = self._free.pop(place)
        if start + free > offset + size:
            self._free.insert(place, (offset + size, start + free - offset - size))
        if start < offset:
            self._free.insert(place, (start, offset - start))
        if generation is None:
            self._generation += 1
            generation = self._generation
        slot = Slot(offset, size, generation)
        lease = Lease(slot, owner)
        slot.leases.add(lease)
        self._taken[offset] = slot
        insort(self._offsets, offset)
        return lease

    def _forget(self, slot: Slot) -> None:
        del self._taken[slot.offset]
        self._offsets.remove(slot.offset)
        start, size = slot.offset, slot.size
        place = bisect_right(self._free, (start, 0))
        if place < len(self._free) and self._free[place][0] == start + size:
            size += self._free.pop(place)[1]
        if place and sum(self._free[place - 1]) == start:
            place -= 1
            start, before = self._free.pop(place)
            size += before
        self._free.insert(place, (start, size))
