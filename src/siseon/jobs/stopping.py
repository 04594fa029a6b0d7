"""Work in threads that takes as long as a job is large, and that must not hold up a process that is told to stop."""

from __future__ import annotations

import threading
from types import TracebackType
from typing import Self

from siseon.contracts import Cancelled


class Stopping:
    """``with Stopping(...) as stopping``: a thread asks ``stopping.check()`` between two steps, each of which is short;
    after the block it raises."""

    def __init__(self, why: str) -> None:
        """``why``: for a person."""
        self._why = why
        self._stopped = threading.Event()

    def check(self) -> None:
        """Go on.

        Raises:
            Cancelled: the process is to stop.
        """
        if self._stopped.is_set():
            raise Cancelled(self._why)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopped.set()
