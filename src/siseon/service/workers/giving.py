"""Connections from the port to the workers: each goes to the one with the fewest."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Sequence

from siseon.service.workers.board import GIVEN, Board
from siseon.service.workers.notes import note
from siseon.service.workers.slot import Slot

AT_ONCE = 64
"""Connections accepted before anything else gets its turn."""
REST_S = 0.05
"""Before the next try, when a connection cannot be accepted or given away."""
NOTE_S = 10.0
"""Between two lines in the log about that."""
LATE = 5
"""Looks without a sign of life after which a worker gets no more connections."""


class Giver:
    """Accepts while there is a worker to give connections to; until then they wait in the kernel's queue."""

    def __init__(self, listener: socket.socket, board: Board, slots: Sequence[Slot]) -> None:
        self._listener = listener
        self._listener.setblocking(False)
        self._board = board
        self._slots = slots
        self._accepting = False
        self._closed = False
        self._held: socket.socket | None = None
        """Accepted, and taken by no worker yet."""
        self._resting = False
        self._noted = -NOTE_S

    def look(self) -> None:
        """Accept or not, by the workers there are now."""
        wanted = bool(self._candidates()) and not (self._closed or self._resting)
        if wanted == self._accepting:
            return
        self._accepting = wanted
        loop = asyncio.get_running_loop()
        if wanted:
            loop.add_reader(self._listener, self._give_out)
            loop.call_soon(self._give_out)  # one may be held already
        else:
            loop.remove_reader(self._listener)

    def close(self) -> None:
        """Give the port back."""
        self._closed = True
        self.look()
        self._listener.close()
        if self._held is not None:
            self._held.close()

    def _give_out(self) -> None:
        for _ in range(AT_ONCE if self._accepting else 0):
            chosen = sorted(self._candidates(), key=self._load)
            if not chosen:
                self.look()
                return
            try:
                if self._held is None:
                    self._held, _address = self._listener.accept()
            except (BlockingIOError, ConnectionError):
                return
            except OSError as error:
                self._rest(str(error))
                return
            if not self._give(self._held, chosen):
                self._rest("no worker takes one")
                return
            self._held.close()
            self._held = None

    def _give(self, connection: socket.socket, chosen: Sequence[Slot]) -> bool:
        for slot in chosen:
            assert slot.door is not None  # noqa: S101 - candidates have one
            try:
                socket.send_fds(slot.door, [b"c"], [connection.fileno()])
            except OSError:  # it reads none now, or has just died
                continue
            self._board.put(slot.index, GIVEN, self._board.get(slot.index, GIVEN) + 1)
            return True
        return False

    def _rest(self, reason: str) -> None:
        """Leave the connections where they are for a moment: none is lost."""
        loop = asyncio.get_running_loop()
        if loop.time() >= self._noted + NOTE_S:
            self._noted = loop.time()
            note("warning", "connections wait", reason=reason)
        self._resting = True
        self.look()
        loop.call_later(REST_S, self._go_on)

    def _go_on(self) -> None:
        self._resting = False
        self.look()

    def _candidates(self) -> list[Slot]:
        """Workers for a new connection: those that are ready, else those that at least answer health checks."""
        lively = [slot for slot in self._slots if slot.door is not None and slot.silent < LATE]
        return [slot for slot in lively if slot.state == "ready"] or [
            slot for slot in lively if slot.state in ("up", "leaving")
        ]

    def _load(self, slot: Slot) -> tuple[int, int]:
        """The fewest connections; of equal ones, the fewest requests."""
        return self._board.connections(slot.index), self._board.requests(slot.index)
