"""The history of the streams that run here: what is news of their figures, out to the database in batches.

While the database is away ``MOST`` figures wait for it, a few minutes of many streams; beyond it the oldest are
dropped, counted, and told.
"""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable

from siseon.streams.causes import Cause
from siseon.streams.history import store
from siseon.streams.history.change import Written, is_news
from siseon.streams.history.options import HistoryOptions
from siseon.streams.history.store import Row
from siseon.streams.sink import Outcome
from siseon.streams.wire import ResultTold, StateTold
from siseon.streams.writer import Writer, storable

EVERY_S = 1.0
"""Between two writes."""
BATCH = 5000
"""Figures in one transaction."""
MOST = 100_000
"""Figures that wait."""
TIDY_S = 600.0
"""Between two looks for what has been kept long enough."""

log = logging.getLogger("siseon.streams")


class History:
    """The history of a service: a ``Sink``."""

    def __init__(self, url: str, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        """``url``: of the database of jobs."""
        self.written = 0
        self.dropped = 0
        """Oldest figures that gave way while the database was away."""
        self._writer = Writer(url, "history")
        self._monotonic = monotonic
        self._options: dict[str, HistoryOptions] = {}
        self._last: dict[str, dict[str, Written]] = {}
        """By stream and tag."""
        self._gap_at: dict[str, float] = {}
        """When a stream was last not live, by the monotonic clock: a figure of before does not end the gap."""
        self._waiting: deque[Row] = deque()
        self._untold = 0
        """Of those that were dropped."""
        self._tidied_at = -float("inf")
        self._to_tidy: list[str] = []

    def take(self, outcome: Outcome) -> None:
        """Note what is news."""
        told, stream, options = outcome.told, outcome.stream, outcome.options.history
        if options is None:
            self._leave(stream)
            return
        self._options[stream] = options
        self._writer.wanted.set()
        match told:
            case StateTold(cause=Cause() as cause):
                self._gap(stream, cause, told.at.timestamp())
                if cause is Cause.asked:
                    self._leave(stream)
            case ResultTold():
                frame = told.frame
                self._note(outcome, frame.at.timestamp(), frame.latency_ms / 1000, options)

    def _leave(self, stream: str) -> None:
        """It runs here no longer, or has no history."""
        for known in (self._options, self._last, self._gap_at):
            known.pop(stream, None)

    def _gap(self, stream: str, cause: Cause, at: float) -> None:
        """It is not live: each of its figures is bad from now on, and the next one is news, whatever it is.

        Further causes of the same gap are not written: a camera that is away for a week would push out what was seen.
        """
        for tag in self._last.pop(stream, ()):
            self._put(Row(stream, at, tag, None, None, "bad", str(cause)))
            self._gap_at[stream] = self._monotonic()

    def _note(self, outcome: Outcome, at: float, latency_s: float, options: HistoryOptions) -> None:
        """What is news of a result."""
        stream, now = outcome.stream, self._monotonic()
        came = now - latency_s
        last = self._last.setdefault(stream, {})
        for figure in outcome.measured:
            if is_news(last.get(figure.tag), figure, now, options):
                if came > self._gap_at.get(stream, -float("inf")):
                    last[figure.tag] = Written(figure, now)
                unit = None if figure.unit is None else storable(figure.unit)
                reason = None if figure.reason is None else storable(figure.reason)
                self._put(Row(stream, at, figure.tag, figure.value, unit, figure.quality, reason))

    async def run(self) -> None:
        """Write what there is until cancelled."""
        await self._writer.run(self._write, EVERY_S)

    def _put(self, row: Row) -> None:
        if len(self._waiting) >= MOST:
            self._waiting.popleft()
            self.dropped += 1
            self._untold += 1
        self._waiting.append(row)

    async def _write(self) -> None:
        while self._waiting:
            rows = [self._waiting.popleft() for _ in range(min(BATCH, len(self._waiting)))]
            try:
                await self._writer.do(store.write, rows)
            except BaseException:  # also when cancelled: what was written all the same is there once
                self._waiting.extendleft(reversed(rows))
                raise
            self.written += len(rows)
        if self._untold:
            log.warning("figures are missing in the history", extra={"count": self._untold})
            self._untold = 0
        await self._tidy()

    async def _tidy(self) -> None:
        """A slice at a time, so that what comes is written between them."""
        if not self._to_tidy and self._monotonic() >= self._tidied_at + TIDY_S:
            if not await self._writer.do(store.forget):
                self._tidied_at = self._monotonic()
                self._to_tidy = list(self._options)
        elif self._to_tidy:
            options = self._options.get(self._to_tidy[-1])
            if options is None or not await self._writer.do(store.trim, self._to_tidy[-1], options):
                self._to_tidy.pop()
