"""The slots that a worker's stage may be looking at: a stage may keep its input as long as it likes, as in threads."""

from __future__ import annotations

import weakref
from dataclasses import dataclass

from siseon.engine.placement.processes.arena import Ref
from siseon.engine.placement.processes.segment import Bytes, address


@dataclass(slots=True)
class _Slot:
    ref: Ref
    begin: int
    """Address of its first byte in this process."""
    whole: weakref.ref[Bytes]
    """Dead when nobody looks at the slot: all arrays in it stand on this one."""


class Shown:
    """Slots by where they are."""

    def __init__(self) -> None:
        self._slots: dict[tuple[int, int, int], _Slot] = {}

    def add(self, ref: Ref, whole: Bytes) -> None:
        """Somebody will look at this slot; ``whole`` is all of its bytes."""
        self._slots[ref[:3]] = _Slot(ref, address(whole), weakref.ref(whole))

    def find(self, ref: Ref) -> Bytes | None:
        """All bytes of a slot that is looked at already."""
        slot = self._slots.get(ref[:3])
        return None if slot is None else slot.whole()

    def around(self, begin: int, length: int) -> Ref | None:
        """A reference to bytes at an address, if they lie in a slot that is looked at."""
        for slot in self._slots.values():
            start = begin - slot.begin
            if start >= 0 and start + length <= slot.ref.size and slot.whole() is not None:
                return slot.ref._replace(start=start, length=length)
        return None

    def kept(self) -> list[Ref]:
        """The slots that somebody still looks at; the others are forgotten."""
        self._slots = {key: slot for key, slot in self._slots.items() if slot.whole() is not None}
        return [slot.ref for slot in self._slots.values()]
