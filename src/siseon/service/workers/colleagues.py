"""What a worker knows of the others, over the board and through the parent."""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections.abc import Callable, Coroutine

from siseon.contracts import DeadlineExceeded
from siseon.hosting import Host
from siseon.hosting.flight import Flight
from siseon.service.workers.board import BEAT, CLOSED, IN_FLIGHT, Board
from siseon.service.workers.talk import Talk, Word

log = logging.getLogger("siseon.service")

BEAT_S = 0.5
ASK_S = 3.0
"""Seconds that the parent gets for the figures of all; then there are none."""
UNEVEN = 2
"""Connections more than the worker with the fewest has, from which on one is sent back."""


class BoardFlight(Flight):
    """Requests in flight of one pipeline, counted where all processes see them."""

    def __init__(self, board: Board, worker: int, pipeline: int) -> None:
        super().__init__()
        self._board, self._worker, self._pipeline = board, worker, pipeline

    def add(self, requests: int) -> None:
        """So many more, or less."""
        super().add(requests)
        self._board.put(self._worker, IN_FLIGHT + self._pipeline, self.here)

    def everywhere(self) -> int:
        """In all processes."""
        return self._board.in_flight(self._pipeline)


class Colleagues:
    """The crew of one worker."""

    def __init__(self, index: int, board: Board, talk: Talk) -> None:
        self.size = board.workers
        self.opened = False
        self.told = asyncio.Event()
        """Set when this worker is to drain."""
        self.ended = asyncio.Event()
        """Set when it is to end: all have drained."""
        self.own_figures: Callable[[], bytes] = bytes
        self._index = index
        self._board = board
        self._talk = talk
        self._closed = 0
        self._numbers = itertools.count()
        self._asked: dict[int, asyncio.Future[str]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def share(self, host: Host) -> None:
        """Count this process's requests on the board, and be limited by those of all."""
        for column, served in enumerate(host.served.values()):
            served.admission.flight = BoardFlight(self._board, self._index, column)

    def crowded(self) -> bool:
        """Whether it has at least two connections more than another that takes requests."""
        own = self._board.connections(self._index)
        return any(own >= self._board.connections(other) + UNEVEN for other in self._board.open_workers())

    async def figures(self) -> bytes:
        """Those of all, which the parent adds up.

        Raises:
            DeadlineExceeded: the parent is silent. The figures of one worker would pass for those of all.
        """
        number = next(self._numbers)
        self._asked[number] = asyncio.get_running_loop().create_future()
        self._talk.say("ask", id=number)
        try:
            async with asyncio.timeout(ASK_S):
                text = await self._asked[number]
        except TimeoutError:
            raise DeadlineExceeded(
                f"the figures of all workers were not there within {ASK_S:g} s",
                hint="ask again; the log says why if it stays so",
            ) from None
        finally:
            del self._asked[number]
        return text.encode()

    def leave(self) -> None:
        """Drain, since this process alone was told to end."""
        self._talk.say("leaving")
        self.told.set()

    def closed(self) -> None:
        """A connection has ended."""
        self._closed += 1
        self._board.put(self._index, CLOSED, self._closed)

    async def listen(self) -> None:
        """Hear the parent, until it is gone."""
        try:
            async for word in self._talk.words():
                self._hear(word)
        finally:  # deaf, a worker would never end
            self.told.set()
            self.ended.set()

    def _hear(self, word: Word) -> None:
        match word["say"]:
            case "open":
                self.opened = True
            case "drain":
                self.told.set()
            case "end":
                self.ended.set()
            case "figures":
                self._tell_figures()
            case "answer":
                asked = self._asked.get(word["id"])
                if asked is not None and not asked.done():
                    asked.set_result(word["text"])

    def _tell_figures(self) -> None:
        """Silence, where a stage of the user's cannot say what it runs: the parent counts it among the silent."""
        try:
            text = self.own_figures().decode()
        except Exception:
            log.exception("the figures of this worker cannot be told")
        else:
            self._talk.say("figures", text=text)

    async def beat(self) -> None:
        """Show that the event loop runs."""
        for count in itertools.count(1):
            self._board.put(self._index, BEAT, count)
            await asyncio.sleep(BEAT_S)

    def spawn(self, work: Coroutine[None, None, None]) -> None:
        """Work beside the requests, until ``end``."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def end(self) -> None:
        """Stop what was spawned, and the talk."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._talk.close()
