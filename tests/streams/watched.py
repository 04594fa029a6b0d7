"""A source as a test watches it: what it came into, in order, and the frames that were taken."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Self

from siseon.streams.address import EVERYWHERE, Address
from siseon.streams.life import Pace
from siseon.streams.options import StreamOptions
from siseon.streams.source import Change, Reader, Shot, Source

OPTIONS = StreamOptions(allow=EVERYWHERE)
ONCE = Pace(stale_s=1, first_s=60, longest_s=60)
"""What is lost is not tried again before the test has seen it."""
BOUND_S = 60.0
"""A test that has failed ends here; none waits so long otherwise."""


class Watched:
    """Starts a source, and stops it at the end."""

    def __init__(
        self,
        address: str,
        read: Reader | None = None,
        *,
        options: StreamOptions = OPTIONS,
    ) -> None:
        self.source = Source("camera", Address.parse(address), options, read)
        self.news = threading.Condition()
        self.seen: list[Change] = []
        self.shots: list[Shot] = []

    @property
    def states(self) -> list[str]:
        """As ``state`` or ``state: cause``."""
        return [
            f"{change.state}: {change.cause}" if change.cause else str(change.state) for change in self.seen
        ]

    def until(self, holds: Callable[[Watched], bool]) -> None:
        """Take frames and changes until something holds."""
        end = time.monotonic() + BOUND_S
        while True:
            self.seen += self.source.changes()
            if (shot := self.source.take()) is not None:
                self.shots.append(shot)
            if holds(self):
                return
            assert time.monotonic() < end, f"it did not come: {self.states}, {self.source.counts}"
            with self.news:
                self.news.wait(0.05)

    def until_state(self, *states: str) -> None:
        """Until these came at last, in this order."""
        self.until(lambda watched: watched.states[-len(states) :] == list(states))

    def until_came(self, *states: str) -> None:
        """Until these have come in this order, one right after the other, whatever came since."""

        def came(watched: Watched) -> bool:
            places = range(len(watched.states) - len(states) + 1)
            return any(watched.states[place : place + len(states)] == list(states) for place in places)

        self.until(came)

    def until_more(self, shots: int) -> None:
        wanted = len(self.shots) + shots
        self.until(lambda watched: len(watched.shots) >= wanted)

    def __enter__(self) -> Self:
        self.source.start(self._tell)
        return self

    def __exit__(self, *_: object) -> None:
        self.source.stop()
        self.until(lambda watched: watched.source.over)

    def _tell(self) -> None:
        with self.news:
            self.news.notify_all()
