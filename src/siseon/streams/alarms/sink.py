"""Alarms of the streams that run here: outcomes in, what conditions do out to the database.

What is seen is judged at once, in memory; what came of it is written by a task beside. While the database is away an
alarm that comes and goes waits for it; of one that does so more often than ``MOST_WAITING`` the oldest pairs of coming
and going are dropped, and how many is told with its next event: how it stands is never wrong.

A killed process loses what it has not written. Who watches the stream next takes up delays and states from the
database, judges the next value, and so comes to the same alarms.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import replace

from siseon.contracts import Measurement
from siseon.jobs.database import Database
from siseon.streams.alarms import looking, store
from siseon.streams.alarms.condition import Condition, Memory
from siseon.streams.alarms.rules import alarm_id
from siseon.streams.alarms.store import Turn, Watched
from siseon.streams.causes import Cause
from siseon.streams.kept_options import KeptOptions
from siseon.streams.sink import Outcome
from siseon.streams.wire import ResultTold, StateTold
from siseon.streams.writer import Writer, storable

EVERY_S = 1.0
"""Between two looks at what time alone does: ``stale``, ends of shelves, re-alarms."""
REMEMBER_S = 5.0
"""Between two times that memories of conditions are written that have not turned."""
TIDY_S = 600.0
"""Between two looks for what has been kept long enough."""
MOST_WAITING = 64
"""Turns of one alarm that wait to be written."""


class Alarms:
    """The alarms of a service: a ``Sink``."""

    def __init__(
        self,
        url: str,
        *,
        wall: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """``url``: of the database of jobs; the clocks are those of the machine."""
        self.on_coming: list[Callable[[str, str], object]] = []
        """Called at once with a stream and an alarm of it whose condition comes; no waiting there."""
        self._writer = Writer(url, "alarms")
        self._wall = wall
        self._monotonic = monotonic
        self._begun = wall() - monotonic()
        self._options: dict[str, KeptOptions] = {}
        """Of the streams that run here."""
        self._conditions: dict[str, dict[str, Condition]] = {}
        """By stream and by alarm; of those that are taken up."""
        self._to_take_up: set[str] = set()
        self._memories: dict[str, Memory] = {}
        """To be written."""
        self._remembered: dict[str, Memory] = {}
        """As they were written last."""
        self._turns: dict[str, deque[Turn]] = {}
        """To be written, by alarm."""
        self._missed: dict[str, int] = {}
        """Of them that were dropped."""
        self._remembered_at = self._passed_at = self._tidied_at = -float("inf")

    @property
    def now(self) -> float:
        """Seconds since 1970 by a clock that nobody sets while this process lives."""
        return self._begun + self._monotonic()

    def take(self, outcome: Outcome) -> None:
        """Judge what was seen."""
        self._writer.wanted.set()
        told, stream = outcome.told, outcome.stream
        if isinstance(told, StateTold) and told.cause is Cause.asked:
            self._leave(stream)
            return
        if outcome.options is not self._options.get(stream):
            self._change(stream, outcome.options)
        if isinstance(told, ResultTold) and stream not in self._to_take_up:
            seen = self.now - told.frame.latency_ms / 1000
            for measured in outcome.measured:
                self._judge(stream, measured, seen)

    async def run(self) -> None:
        """Write what there is until cancelled."""
        await self._writer.run(self._write, EVERY_S)

    def _change(self, stream: str, options: KeptOptions) -> None:
        before = self._options.get(stream)
        self._options[stream] = options
        if before is None or (before.alarms, before.webhook) != (options.alarms, options.webhook):
            self._to_take_up.add(stream)
            self._writer.news.set()

    def _leave(self, stream: str) -> None:
        """It runs here no longer; others may watch on."""
        self._options.pop(stream, None)
        self._to_take_up.discard(stream)
        for name, condition in self._conditions.pop(stream, {}).items():
            self._memories[name] = replace(condition.memory, at=self.now)
            self._remembered.pop(name, None)
        self._writer.news.set()

    def _judge(self, stream: str, measured: Measurement, seen: float) -> None:
        for name, condition in self._conditions.get(stream, {}).items():
            if condition.rule.tag == measured.tag:
                if condition.look(seen):
                    self._turned(stream, name, condition)
                if condition.value(measured, seen):
                    self._turned(stream, name, condition, measured)

    def _turned(
        self, stream: str, name: str, condition: Condition, measured: Measurement | None = None
    ) -> None:
        value = unit = None
        if measured is not None:
            value, unit = measured.value, None if measured.unit is None else storable(measured.unit)
        # Not the frame's time: one that comes late turns the alarm no earlier than it was raised.
        at = self._wall() - (self.now - condition.memory.at)
        turns = self._turns.setdefault(name, deque())
        turns.append(Turn(name, condition.memory, at, value, unit, condition.compared))
        self._bound(name, turns)
        self._writer.news.set()
        if condition.memory.active:
            for told in self.on_coming:
                told(stream, name)

    def _bound(self, name: str, turns: deque[Turn]) -> None:
        """A coming and a going that follow each other change nothing together."""
        while len(turns) > MOST_WAITING:
            turns.popleft()
            turns.popleft()
            self._missed[name] = self._missed.get(name, 0) + 2

    async def _write(self) -> None:
        await self._write_turns()
        await self._take_up()
        now = self._monotonic()
        if now >= self._passed_at + EVERY_S:
            self._look()
            await self._write_turns()
            await self._writer.do(store.pass_time)
            self._passed_at = now
        if now >= self._tidied_at + TIDY_S and not await self._writer.do(_tidy):
            self._tidied_at = now

    def _look(self) -> None:
        for stream, conditions in self._conditions.items():
            for name, condition in conditions.items():
                if condition.look(self.now):
                    self._turned(stream, name, condition)

    async def _take_up(self) -> None:
        """Begin with streams whose first outcome came, and with rules that were changed."""
        names = self._to_take_up & self._options.keys()
        if not names:
            return
        options = {name: self._options[name] for name in names}
        wanted = {name: Watched(one.alarms, one.webhook) for name, one in options.items()}
        now = self.now
        memories = await self._writer.do(store.watch, wanted, now)
        for stream, one in options.items():
            if self._options.get(stream) is not one:
                continue  # changed again, or gone, meanwhile
            self._to_take_up.discard(stream)
            before = self._conditions.get(stream, {})
            taken = self._conditions[stream] = {}
            for rule in one.alarms:
                name = alarm_id(stream, rule)
                known = before.get(name)
                if known is None:
                    known = Condition(rule, memories[name].resumed(now))
                elif known.rule != rule:
                    known = Condition(rule, known.memory)
                taken[name] = known

    async def _write_turns(self) -> None:
        self._collect()
        turns, missed, memories = self._turns, self._missed, self._memories
        if not turns and not memories:
            return
        self._turns, self._missed, self._memories = {}, {}, {}
        batch = [turn for name, some in turns.items() for turn in _told(some, missed.get(name, 0))]
        try:
            batch.sort(key=lambda turn: turn.memory.at)
            outdated = await self._writer.do(store.turn, batch, memories)
        except BaseException:  # also when cancelled: what was written all the same counts once
            self._put_back(turns, missed, memories)
            raise
        self._remembered |= memories | {turn.alarm: turn.memory for turn in batch}
        for stream in outdated & self._options.keys():
            self._conditions.pop(stream, None)
            self._to_take_up.add(stream)

    def _collect(self) -> None:
        """Note what others would need to watch on."""
        if (now := self._monotonic()) < self._remembered_at + REMEMBER_S:
            return
        self._remembered_at = now
        for conditions in self._conditions.values():
            for name, condition in conditions.items():
                if condition.memory.tells_more_than(self._remembered.get(name)):
                    self._memories[name] = condition.memory

    def _put_back(
        self, turns: dict[str, deque[Turn]], missed: dict[str, int], memories: dict[str, Memory]
    ) -> None:
        self._memories = memories | self._memories
        for name, count in missed.items():
            self._missed[name] = self._missed.get(name, 0) + count
        for name, some in turns.items():
            some.extend(self._turns.get(name, ()))
            self._turns[name] = some
            self._bound(name, some)


def _told(turns: deque[Turn], missed: int) -> Iterator[Turn]:
    first, *others = turns
    yield replace(first, missed=missed)
    yield from others


def _tidy(database: Database) -> bool:
    """Remove alarms of streams that are gone, and a slice of old events; whether there is more."""
    store.forget(database)
    return looking.tidy(database)
