"""The newest figure of each stream and tag with its age, for those who ask: Modbus and OPC UA."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

from siseon.contracts import Measurement
from siseon.streams.life import State
from siseon.streams.outputs.changes import MOST_TAGS
from siseon.streams.sink import Outcome
from siseon.streams.wire import ResultTold, StateTold


@dataclass(frozen=True, slots=True)
class Seen:
    """A figure, as it came."""

    measurement: Measurement
    at: float
    """When its frame came, in seconds since 1970."""
    since: float
    """The same by the monotonic clock: an age must not depend on who sets the clock."""
    number: int
    """Which one it is of its tag, from 1."""

    @property
    def age_s(self) -> float:
        """Now."""
        return time.monotonic() - self.since


class Present:
    """What was seen last; bounded by the streams that are kept and by ``MOST_TAGS`` of each."""

    def __init__(self) -> None:
        self._states: dict[str, State] = {}
        self._seen: dict[str, dict[str, Seen]] = {}
        self._missing: set[str] = set()

    def take(self, outcome: Outcome) -> None:
        """Note it."""
        told = outcome.told
        if isinstance(told, StateTold):
            self._states[outcome.stream] = told.state
            if told.state is State.stopped:
                self._end(outcome.stream)
        if isinstance(told, ResultTold):
            tags = self._seen.setdefault(outcome.stream, {})
            since = time.monotonic() - told.frame.latency_ms / 1000
            for one in outcome.measured:
                last = tags.get(one.tag)
                if last is not None or len(tags) < MOST_TAGS:
                    number = 1 if last is None else last.number + 1
                    tags[one.tag] = Seen(one, told.frame.at.timestamp(), since, number)

    def _end(self, stream: str) -> None:
        """Who runs it again may look at another instrument: what was seen before is not its figure."""
        for tag, seen in self._seen.get(stream, {}).items():
            gone = Measurement(
                tag=tag, value=None, unit=seen.measurement.unit, quality="bad", reason="stopped"
            )
            self._seen[stream][tag] = replace(seen, measurement=gone, number=seen.number + 1)

    def state(self, stream: str) -> State | None:
        """The stream's; None: it does not run here."""
        return self._states.get(stream)

    def seen(self, stream: str, tag: str) -> Seen | None:
        """None: there never was a figure."""
        return self._seen.get(stream, {}).get(tag)

    def tags(self, stream: str) -> dict[str, Seen]:
        """All that was seen of it."""
        return dict(self._seen.get(stream, {}))

    def only(self, streams: set[str]) -> None:
        """These are kept. Forget others that were not there the last time either: a look may be older than a stream."""
        missing = (self._states.keys() | self._seen.keys()) - streams
        for name in missing & self._missing:
            self._states.pop(name, None)
            self._seen.pop(name, None)
        self._missing = missing
