"""Counters that the parent and all workers see: one row a worker, each cell written by one process alone.

No lock: a cell is eight aligned bytes, which are stored and loaded whole. The memory has no name, so nothing is left
of it when the last process has ended, however it ended.
"""

from __future__ import annotations

import mmap
import os
import tempfile

CELL = 8
GIVEN, CLOSED, OPEN, BEAT, IN_FLIGHT = range(5)
"""Columns: connections given to the worker, and whether it takes requests (the parent writes these two); those that
it has closed, a count that grows while its event loop runs, and its requests in flight, a column a pipeline."""


class Board:
    """The rows of ``workers`` workers, with a count of requests in flight for each of ``pipelines`` pipelines."""

    def __init__(self, descriptor: int, workers: int, pipelines: int) -> None:
        self.workers = workers
        self._columns = IN_FLIGHT + pipelines
        # The mapping keeps the memory; the view counts in cells.
        self._cells = memoryview(mmap.mmap(descriptor, workers * self._columns * CELL)).cast("q")

    def get(self, worker: int, column: int) -> int:
        """One cell."""
        return self._cells[worker * self._columns + column]

    def put(self, worker: int, column: int, value: int) -> None:
        """Write one cell: its own process alone does."""
        self._cells[worker * self._columns + column] = value

    def clear(self, worker: int) -> None:
        """Forget a worker that has ended."""
        for column in range(self._columns):
            self.put(worker, column, 0)

    def connections(self, worker: int) -> int:
        """Connections that the worker has, those on their way to it included."""
        return self.get(worker, GIVEN) - self.get(worker, CLOSED)

    def in_flight(self, pipeline: int) -> int:
        """Requests in flight of one pipeline, in all workers."""
        return sum(self.get(worker, IN_FLIGHT + pipeline) for worker in range(self.workers))

    def requests(self, worker: int) -> int:
        """Requests in flight of one worker."""
        return sum(self.get(worker, column) for column in range(IN_FLIGHT, self._columns))

    def open_workers(self) -> list[int]:
        """Those that take requests."""
        return [worker for worker in range(self.workers) if self.get(worker, OPEN)]


def nameless(size: int = 0) -> int:
    """A descriptor of memory without a name; of a file that is unlinked already, where there is no such memory."""
    if hasattr(os, "memfd_create"):
        descriptor = os.memfd_create("siseon")
    else:
        with tempfile.TemporaryFile() as file:
            descriptor = os.dup(file.fileno())
    os.truncate(descriptor, size)
    return descriptor


def bytes_of(workers: int, pipelines: int) -> int:
    """Length of a board."""
    return workers * (IN_FLIGHT + pipelines) * CELL
