"""What is to be seen of a stream now: a frame, a frame with its result, or why there is none."""

from __future__ import annotations

from datetime import datetime

from siseon.streams.hub import Answered, Hub
from siseon.streams.life import State
from siseon.streams.pictures.card import Card
from siseon.streams.source import Shot
from siseon.streams.wire import FailureTold

GRACE_S = 2.0
"""Beyond the pace of a stream and the time-out of its frames, until one that gives no results is told to."""
TITLES = {
    State.connecting: "CONNECTING",
    State.live: "NO PICTURE YET",
    State.stale: "NO NEW PICTURES",
    State.lost: "SIGNAL LOST",
    State.stopped: "STOPPED",
}

Subject = Shot | Answered | Card


class Choice:
    """Chooses for those who look at a stream in one way. What was there when the stream was last found not to be live
    is over: it is not shown when it is live again."""

    def __init__(self, hub: Hub, *, drawn: bool) -> None:
        self._hub = hub
        self._drawn = drawn
        self._over: Shot | Answered | None = None

    def now(self, at: datetime) -> Subject:
        """What is to be seen at that time. Cards are equal within a second of it."""
        hub = self._hub
        newest = hub.answered if self._drawn else hub.shot
        state = State.connecting if hub.state is None else hub.state.state
        if state is not State.live:
            self._over = newest
            why = "" if hub.state is None else hub.state.message
            return self._card(TITLES[State.lost if why and state is State.connecting else state], why, at)
        if newest is None or newest is self._over:
            return self._card(TITLES[state], self._why_no_result(), at)
        if isinstance(newest, Answered) and newest.shot.age_s > self._patience_s():
            return self._card("NO RESULTS", self._why_no_result(), at)
        return newest

    def _why_no_result(self) -> str:
        latest = self._hub.latest
        if self._drawn and isinstance(latest, FailureTold):
            return f"{latest.failure.code}: {latest.failure.message}"
        return ""

    def _patience_s(self) -> float:
        options = self._hub.kept.options
        return GRACE_S + options.timeout_s + (2 / options.fps if options.fps else 0.0)

    def _card(self, title: str, cause: str, at: datetime) -> Card:
        shot = self._hub.shot
        return Card(
            self._hub.name, title, cause, None if shot is None else shot.at, at.replace(microsecond=0)
        )
