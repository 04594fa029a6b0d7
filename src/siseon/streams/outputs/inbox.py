"""What the event loop hands to the thread of an output: bounded, and without waiting for it."""

from __future__ import annotations

import selectors
import socket
import threading
from collections import deque
from contextlib import suppress

from siseon.streams.outputs.outbox import Entry
from siseon.streams.wire import StateTold

MOST = 10_000
"""Entries that wait for the thread, which is busy only while it connects."""


class Inbox:
    """Entries and states for one thread; ``wake`` is readable when something came."""

    def __init__(self, most: int = MOST) -> None:
        self._lock = threading.Lock()
        self._entries: deque[tuple[Entry, str | None]] = deque(maxlen=most)
        self._states: dict[str, StateTold] = {}
        self._kept: set[str] | None = None
        self._woken = False
        self.wake, self._poke = socket.socketpair()
        for end in (self.wake, self._poke):
            end.setblocking(False)
        self.dropped = 0
        self.ending = False

    def put(self, entry: Entry, unit: str | None) -> None:
        """A figure, with its unit."""
        with self._lock:
            self.dropped += len(self._entries) == self._entries.maxlen
            self._entries.append((entry, unit))
        self._tell()

    def put_state(self, told: StateTold) -> None:
        """A stream's newest state takes the place of the one before."""
        with self._lock:
            self._states[told.stream] = told
        self._tell()

    def put_kept(self, streams: set[str]) -> None:
        """The streams that are kept now."""
        self._kept = streams

    def kept(self) -> set[str] | None:
        """Those of the last look, once; None: nobody has looked since this was asked last."""
        found, self._kept = self._kept, None
        return found

    def end(self) -> None:
        """Nothing more will come."""
        self.ending = True
        self._tell()

    def entries(self) -> list[tuple[Entry, str | None]]:
        """Those that came since this was asked last, in order."""
        with self._lock:
            found = list(self._entries)
            self._entries.clear()
        return found

    def states(self) -> dict[str, StateTold]:
        """Those that changed since this was asked last."""
        with self._lock:
            found, self._states = self._states, {}
        return found

    def wait(self, seconds: float) -> None:
        """Until something comes, or so long."""
        with selectors.DefaultSelector() as selector:
            selector.register(self.wake, selectors.EVENT_READ)
            selector.select(seconds)
        self.heard()

    def heard(self) -> None:
        """The thread looks: ``wake`` is quiet until something more comes."""
        with suppress(BlockingIOError):
            self.wake.recv(4096)
        self._woken = False  # last: what comes before this is found by the look that follows

    def close(self) -> None:
        """Free its sockets."""
        self.wake.close()
        self._poke.close()

    def _tell(self) -> None:
        if not self._woken:
            self._woken = True
            with suppress(OSError):  # full: it is readable then; closed: nobody listens any more
                self._poke.send(b"!")
