"""All arenas of one placement: what a worker of one stage has made is lent to a worker of another without a copy."""

from __future__ import annotations

from threading import Lock

from siseon.engine.mistakes import log
from siseon.engine.placement.processes.arena import Arena, Ref
from siseon.engine.placement.processes.segment import Bytes, address
from siseon.engine.placement.processes.slots import Lease

PARENT = "parent"
"""Owner of what this process itself looks at."""


class Memory:
    """The arenas by number. All methods may be called from any thread."""

    def __init__(self, arena_bytes: int) -> None:
        """``arena_bytes``: of each worker; pages are taken as they are touched."""
        self._arena_bytes = arena_bytes
        self._lock = Lock()
        self._arenas: dict[int, Arena] = {}
        self._next = 0

    def new(self) -> Arena | None:
        """An arena; None where there is no shared memory: all bytes then go through the socket, counted."""
        with self._lock:
            number, self._next = self._next, self._next + 1
        try:
            arena = Arena(number, self._arena_bytes)
        except OSError as error:
            # Its words, not itself: who keeps the record would keep the frames, and with them the descriptor.
            log.warning("no shared memory, arrays are copied through a socket: %s", str(error))
            return None
        with self._lock:
            self._arenas[number] = arena
        return arena

    def lend(self, data: Bytes, owner: str) -> tuple[Ref, Arena, Lease] | None:
        """A lease on the slot that bytes lie in already; None if they lie in no arena."""
        begin = address(data)
        with self._lock:
            arenas = list(self._arenas.values())
        for arena in arenas:
            found = arena.find(begin, len(data))
            if found is not None:
                ref, slot = found
                return ref, arena, arena.slots.share(slot, owner)
        return None

    def numbers(self) -> set[int]:
        """The arenas that are there."""
        with self._lock:
            return set(self._arenas)

    def drop(self, arena: Arena | None, owner: str) -> None:
        """A worker is dead: all its leases end, and its arena goes with the last who looks at it."""
        with self._lock:
            arenas = list(self._arenas.values())
            if arena is not None:
                self._arenas.pop(arena.number, None)
        for one in arenas:
            one.slots.revoke(owner)
