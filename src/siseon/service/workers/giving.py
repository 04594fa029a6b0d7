"""Connections from the port to the workers: each goes to the one with the fewest."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Sequence

from siseon.service.workers.board import GIVEN, Board
from siseon.service.workers.slot import Slot

AT_ONCE = 64
"""Connections accepted before anything else gets its turn."""
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

    def look(self) -> None:
        """Accept or not, by the workers there are now."""
        wanted = bool(self._candidates()) and not self._closed
        if wanted == self._accepting:
            return
        self._accepting = wanted
        loop = asyncio.get_running_loop()
        if wanted:
            loop.add_reader(self._listener, self._give_out)
        else:
            loop.remove_reader(self._listener)

    def close(self) -> None:
        """Give the port back."""
        self._closed = True
        self.look()
        self._listener.close()

    def _give_out(self) -> None:
        for _ in range(AT_ONCE):
            chosen = sorted(self._candidates(), key=self._load)
            if not chosen:
                self.look()
                return
            try:
                connection, _address = self._listener.accept()
            except (BlockingIOError, ConnectionError):
                return
            with connection:
                self._give(connection, chosen)

    def _give(self, connection: socket.socket, chosen: Sequence[Slot]) -> None:
        for slot in chosen:
            assert slot.door is not None  # noqa: S101 - candidates have one
            try:
                socket.send_fds(slot.door, [b"c"], [connection.fileno()])
            except (BlockingIOError, ConnectionError):  # it reads none, or has just died
                continue
            self._board.put(slot.index, GIVEN, self._board.get(slot.index, GIVEN) + 1)
            return

    def _candidates(self) -> list[Slot]:
        """Workers for a new connection: those that are ready, else those that at least answer health checks."""
        lively = [slot for slot in self._slots if slot.door is not None and slot.silent < LATE]
        return [slot for slot in lively if slot.state == "ready"] or [
            slot for slot in lively if slot.state in ("up", "leaving")
        ]

    def _load(self, slot: Slot) -> tuple[int, int]:
        """The fewest connections; of equal ones, the fewest requests."""
        return self._board.connections(slot.index), self._board.requests(slot.index)
