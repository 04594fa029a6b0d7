"""Traces of some ended requests: the newest, the slowest of the last hour, and those that failed.

Bounded by requests and by their spans, so that a page of 400 lines does not cost what it shows. They hold no pictures
and no results, and are gone with the process.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from siseon.contracts import FailureCode
from siseon.engine import Trace, clock
from siseon.engine.trace import OK
from siseon.hosting.host import Host

Kind = Literal["failed", "slow", "recent"]

KEPT = 50
"""Requests of each kind."""
MOST_SPANS = 400
"""Of a request that is kept: one with more is too large to look at."""
SLOW_S = 3600.0
"""How long a slow request is remembered as one."""
NO_FAILURE = frozenset({OK, FailureCode.superseded.value})
"""A stream whose newest frame wins loses the others on purpose."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A trace that is kept."""

    pipeline: str
    """The name that it is served by."""
    trace: Trace
    kinds: tuple[Kind, ...]
    """Why."""


class KeptTraces:
    """Of all pipelines of a host; used from the event loop's thread alone."""

    def __init__(self, host: Host) -> None:
        self._failed: deque[_Named] = deque(maxlen=KEPT)
        self._recent: deque[_Named] = deque(maxlen=KEPT)
        self._slow: list[_Named] = []
        """The slowest first."""
        host.on_trace.append(self._on_trace)

    def all(self) -> dict[str, Kept]:
        """By the ids of their own spans, the newest first: a caller may send several requests in one trace."""
        self._forget_old()
        kinds: dict[str, tuple[_Named, list[Kind]]] = {}
        for kind, one in self._by_kind():
            kinds.setdefault(one[1].span_id, (one, []))[1].append(kind)
        found = [Kept(name, trace, tuple(why)) for (name, trace), why in kinds.values()]
        return {one.trace.span_id: one for one in sorted(found, key=lambda one: -one.trace.start)}

    def _by_kind(self) -> Iterator[tuple[Kind, _Named]]:
        yield from (("failed", one) for one in self._failed)
        yield from (("slow", one) for one in self._slow)
        yield from (("recent", one) for one in self._recent)

    def _on_trace(self, pipeline: str, trace: Trace) -> None:
        if len(trace.spans) > MOST_SPANS:
            return
        one = (pipeline, trace)
        self._recent.append(one)
        if trace.outcome not in NO_FAILURE:
            self._failed.append(one)
        elif trace.outcome == OK and (
            len(self._slow) < KEPT or trace.elapsed_s > self._slow[-1][1].elapsed_s
        ):
            self._forget_old()
            self._slow.append(one)
            self._slow.sort(key=lambda each: -each[1].elapsed_s)
            del self._slow[KEPT:]

    def _forget_old(self) -> None:
        since = clock.now() - SLOW_S
        self._slow = [one for one in self._slow if one[1].start > since]


_Named = tuple[str, Trace]
