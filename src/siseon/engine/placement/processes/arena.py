"""Shared memory with its books, and what travels instead of the bytes: references.

Each worker has an arena of its own, which it and the parent can write; to other workers it is lent to read, so that
what one stage has made is given to the next without a copy. All books are the parent's: it takes slots for what it
sends, grants the worker what is free for what comes back, and keeps of that what was used. A dead worker leaves no
state.
"""

from __future__ import annotations

import os
import struct
import weakref
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from siseon.engine.placement.processes.segment import Bytes, address, create, mapped
from siseon.engine.placement.processes.slots import PAGE, Lease, Slot, Slots

HEADER = struct.Struct("<8sQQ")
"""Before each slot's bytes: a mark, the generation, the number of bytes."""
HEADER_BYTES = 64
"""Room for it: what follows begins at a cache line."""
MARK = b"siseon01"


class Ref(NamedTuple):
    """Bytes in an arena."""

    arena: int
    offset: int
    """Of the slot."""
    generation: int
    size: int
    """Bytes in the slot."""
    start: int
    """The first that is meant, counted from the first of the slot."""
    length: int
    """How many are meant."""


def write(memory: Bytes, arena: int, offset: int, generation: int, data: Bytes) -> Ref:
    """Copy bytes into a slot. numpy copies: it lets other threads go on meanwhile."""
    HEADER.pack_into(memory.data, offset, MARK, generation, len(data))
    begin = offset + HEADER_BYTES
    memory[begin : begin + len(data)] = data
    return Ref(arena, offset, generation, len(data), 0, len(data))


def read(memory: Bytes, ref: Ref) -> Bytes:
    """All bytes of the slot of a reference, not copied, read-only; an array of its own, by whose life one can tell
    whether anybody still looks at them.

    Raises:
        ValueError: the slot holds something else by now, or never held this.
    """
    if not 0 <= ref.offset <= len(memory) - HEADER_BYTES - ref.size or ref.size < 0:
        raise ValueError(f"{ref} is outside of its arena")
    found = HEADER.unpack_from(memory.data, ref.offset)
    if found != (MARK, ref.generation, ref.size):
        raise ValueError(f"{ref} is of another generation than its slot, which has {found[1:]}")
    if not 0 <= ref.start <= ref.start + ref.length <= ref.size:
        raise ValueError(f"{ref} is outside of its slot")
    begin = ref.offset + HEADER_BYTES
    whole = _view(memory, begin, ref.size)
    whole.setflags(write=False)
    return whole


def part(whole: Bytes, ref: Ref) -> Bytes:
    """What a reference means of its slot; keeps ``whole`` alive."""
    return _view(whole, ref.start, ref.length)


def _view(array: Bytes, start: int, length: int) -> Bytes:
    """A part of an array that holds on to it by a memoryview: numpy shortens chains of views, and what is looked at
    through a slice would not keep the slice alive."""
    return np.frombuffer(array.data[start : start + length], np.uint8)


class Arena:
    """The parent's side of one worker's shared memory; its descriptor is closed with the last who holds the arena, its
    memory goes with the last who looks at it."""

    def __init__(self, number: int, size: int) -> None:
        """``number`` tells it from all other arenas of the process; ``size`` in bytes.

        Raises:
            OSError: there is no room.
        """
        self.number = number
        self.descriptor, size = create(size)
        weakref.finalize(self, os.close, self.descriptor).atexit = False
        self.memory = mapped(self.descriptor, writable=True)
        self.slots = Slots(size)
        self.begin = address(self.memory)

    def put(self, data: Bytes, owner: str) -> tuple[Ref, Lease] | None:
        """Copy bytes in; None when there is no room."""
        lease = self.slots.take(HEADER_BYTES + len(data), owner)
        if lease is None:
            return None
        slot = lease.slot
        return write(self.memory, self.number, slot.offset, slot.generation, data), lease

    def find(self, begin: int, length: int) -> tuple[Ref, Slot] | None:
        """The slot that holds the bytes at an address of this process; None if they lie elsewhere."""
        position = begin - self.begin
        if not 0 <= position < len(self.memory):
            return None
        slot = self.slots.at(position)
        if slot is None:
            return None
        _, generation, size = HEADER.unpack_from(self.memory.data, slot.offset)
        start = position - slot.offset - HEADER_BYTES
        if generation != slot.generation or start < 0 or start + length > size:
            return None
        return Ref(self.number, slot.offset, generation, size, start, length), slot

    def show(self, ref: Ref, owner: str) -> Bytes:
        """What a reference means, read-only; its slot stays taken while anybody looks at it.

        Raises:
            ValueError: see ``read``; or its slot is not taken.
        """
        slot = self.slots.at(ref.offset)
        if slot is None or (slot.offset, slot.generation) != (ref.offset, ref.generation):
            raise ValueError(f"{ref} is of a slot that is not taken")
        whole = read(self.memory, ref)
        lease = self.slots.share(slot, owner)
        weakref.finalize(whole, self.slots.give_back, lease).atexit = False
        return part(whole, ref)


@dataclass(slots=True)
class Room:
    """A free run that the worker was granted."""

    offset: int
    generation: int
    end: int


class Grant:
    """The worker's side: room for what it sends back. The first run that fits is used, so that the same pages are used
    again and again."""

    def __init__(self, memory: Bytes, arena: int, rooms: list[Room]) -> None:
        self.full = 0
        """Times that there was no room."""
        self.refs: list[Ref] = []
        """What was put in."""
        self._memory = memory
        self._arena = arena
        self._rooms = rooms
        self._begin = [room.offset for room in rooms]

    def put(self, data: Bytes) -> Ref | None:
        """Copy bytes in; None when there is no room."""
        need = -(-(HEADER_BYTES + len(data)) // PAGE) * PAGE
        for room in self._rooms:
            if room.offset + need <= room.end:
                ref = write(self._memory, self._arena, room.offset, room.generation, data)
                room.offset += need
                self.refs.append(ref)
                return ref
        self.full += 1
        return None

    def start_again(self) -> None:
        """What was put in is not needed."""
        self.refs.clear()
        for room, offset in zip(self._rooms, self._begin, strict=True):
            room.offset = offset
