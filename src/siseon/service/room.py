"""How many connections one process keeps open: below its limit of file descriptors, so that it never runs out.

When the room is full, the connection that has had no request for the longest makes place for a new one: somebody who
opens three hundred and says nothing shuts nobody out. Only where all are at work is a new one refused.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from siseon.service.connection import Connection

log = logging.getLogger("siseon.service")

MOST = 4096
RESERVE = 64
"""Descriptors for weights, downloads, logs and the event loop, at least."""
LEAST = 16
NOTE_S = 10.0
"""Between two lines in the log about a room that is full."""


def default_limit() -> int:
    """Three quarters of the descriptors that the process may open, less a reserve."""
    try:
        import resource
    except ImportError:  # not a POSIX system
        return MOST
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY:
        return MOST
    return max(LEAST, min(MOST, soft * 3 // 4 - RESERVE // 2))


class Room:
    """The open connections of one process."""

    def __init__(self, limit: int, on_leave: Callable[[], None] = lambda: None) -> None:
        """``on_leave`` is called once for each connection that has ended."""
        self.limit = limit
        self._on_leave = on_leave
        self._open: set[Connection] = set()
        self._coming = 0
        """Those that got a place and are not open yet."""
        self._idle: dict[Connection, None] = {}
        """Those without a request, the longest first."""
        self._noted = -NOTE_S

    @property
    def is_settling(self) -> bool:
        """Whether it is full of connections of which some are not open yet. The next one has to wait a moment: nobody
        knows who is idle, and the descriptor of one that made room is free only when the loop has turned.
        """
        return self._coming > 0 and self._is_full()

    def make(self) -> bool:
        """Whether there is room for one more connection, perhaps in the place of an idle one; it has a place then."""
        if not self._is_full():
            self._coming += 1
            return True
        self._note()
        if not self._idle:
            return False
        oldest = next(iter(self._idle))
        del self._idle[oldest]
        self._open.discard(oldest)
        oldest.evict()
        self._coming += 1
        return True

    def add(self, connection: Connection) -> None:
        """A connection is open."""
        self._coming -= 1
        self._open.add(connection)
        self._idle[connection] = None

    def busy(self, connection: Connection) -> None:
        """It has a request."""
        self._idle.pop(connection, None)

    def idle(self, connection: Connection) -> None:
        """Its request is answered."""
        if connection in self._open:
            self._idle[connection] = None

    def remove(self, connection: Connection) -> None:
        """It has ended."""
        self._open.discard(connection)
        self._idle.pop(connection, None)
        self._on_leave()

    def left_unused(self) -> None:
        """A connection that had a place was given up before it was open."""
        self._coming -= 1
        self._on_leave()

    def turned_away(self) -> None:
        """There was no place for a connection."""
        self._on_leave()

    def _is_full(self) -> bool:
        return len(self._open) + self._coming >= self.limit

    def _note(self) -> None:
        now = time.monotonic()
        if now - self._noted >= NOTE_S:
            self._noted = now
            log.warning(
                "connections are at their limit",
                extra={"limit": self.limit, "idle": len(self._idle), "at_work": self.limit - len(self._idle)},
            )
