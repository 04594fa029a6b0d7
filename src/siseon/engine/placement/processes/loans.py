"""The slots of one call: what its items lie in, and the room for its results; given back when the worker is done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Self

from siseon.engine.placement.processes.arena import HEADER_BYTES, Arena, Ref
from siseon.engine.placement.processes.memory import PARENT, Memory
from siseon.engine.placement.processes.segment import Bytes
from siseon.engine.placement.processes.slots import Lease

Key = tuple[int, int, int]
"""Arena, offset and generation of a slot."""
Held = dict[Key, tuple[Arena, Lease]]

MOST_ROOMS = 16
"""Free runs that a worker is offered for its results."""


class Loans:
    """Used once, by one thread."""

    def __init__(self, memory: Memory, own: Arena | None, worker: str, kept: Held) -> None:
        """``own``: the worker's arena; ``kept``: slots of earlier calls that its stage still looked at."""
        self._memory = memory
        self._own = own
        self._worker = worker
        self._kept = kept
        self._items: Held = {}
        self._granted: dict[int, Lease] = {}
        self._results: list[Lease] = []
        self.others: dict[int, Arena] = {}
        """Arenas of others that an item lies in."""
        self.copied_bytes = 0
        """Into shared memory; what lies there already costs nothing."""
        self.full = 0
        """Buffers for which there was no room."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        for arena, lease in self._items.values():
            arena.slots.release(lease)
        if self._own is not None:
            for lease in (*self._results, *self._granted.values()):
                self._own.slots.release(lease)

    def place(self, data: Bytes) -> Ref | None:
        """Where bytes lie already, or are copied to; None when there is no room."""
        lent = self._memory.lend(data, self._worker)
        if lent is not None:
            ref, arena, lease = lent
            if ref[:3] in self._items:
                arena.slots.release(lease)
            else:
                self._items[ref[:3]] = arena, lease
            if arena is not self._own:
                self.others[arena.number] = arena
            return ref
        put = None if self._own is None else self._own.put(data, self._worker)
        if put is None or self._own is None:
            self.full += 1
            return None
        ref, lease = put
        self._items[ref[:3]] = self._own, lease
        self.copied_bytes += len(data)
        return ref

    def rooms(self) -> list[tuple[int, int, int]]:
        """What is free, for the results: offset, generation and end of each run."""
        if self._own is not None:
            granted = self._own.slots.take_free(MOST_ROOMS, self._worker)
            self._granted = {lease.slot.generation: lease for lease in granted}
        slots = [lease.slot for lease in self._granted.values()]
        return [(slot.offset, slot.generation, slot.offset + slot.size) for slot in slots]

    def used(self, refs: Sequence[Ref]) -> None:
        """What the worker has used of that; the rest is free.

        Raises:
            ValueError: it says that it has used what it was not given.
        """
        parts: dict[int, list[tuple[int, int]]] = {}
        for ref in refs:
            parts.setdefault(ref.generation, []).append((ref.offset, HEADER_BYTES + ref.size))
        if not parts.keys() <= self._granted.keys() or self._own is None:
            if refs:
                raise ValueError("it has used room that it was not given")
            return
        for generation, some in parts.items():
            lease = self._granted[generation]
            self._results += self._own.slots.keep(lease, some, PARENT)
            del self._granted[generation]
        while self._granted:
            self._own.slots.release(self._granted.popitem()[1])

    def show(self, ref: Ref) -> Bytes:
        """What a reference of the worker means.

        Raises:
            ValueError: nothing that it has to do with.
        """
        arenas = {arena.number: arena for arena, _ in (*self._kept.values(), *self._items.values())}
        arena = (
            self._own if self._own is not None and ref.arena == self._own.number else arenas.get(ref.arena)
        )
        if arena is None:
            raise ValueError(f"{ref} is of an arena that the worker has not got")
        return arena.show(ref, PARENT)

    def hand_over(self, still: Sequence[Ref]) -> Held:
        """The leases on what the stage still looks at after this call; those of earlier calls that it does not look
        at any more end."""
        looked_at: Mapping[Key, tuple[Arena, Lease]] = {**self._kept, **self._items}
        kept = {ref[:3]: looked_at[ref[:3]] for ref in still if ref[:3] in looked_at}
        for key, (arena, lease) in self._kept.items():
            if key not in kept or kept[key][1] is not lease:
                arena.slots.release(lease)
        for key in kept:
            self._items.pop(key, None)
        return kept
