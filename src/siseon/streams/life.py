"""The states of a stream, free of threads, sockets and clocks: events in, state and the time of the next try out.

::

                 frame                  no frame for stale_s
    connecting ─────────→ live ────────────────────────────→ stale
        ↑  │               │  ←──────────── frame ─────────── │
        │  │ lost          │ lost                             │ lost
        │  ↓               ↓                                  │
        └─ lost ←──────────┴──────────────────────────────────┘
       retry │ a cause that is final                 from every state: stop
             └──────────────────────────→ stopped ←──────────────────────
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from siseon.streams.causes import Cause


class State(StrEnum):
    """Where a stream is in its life."""

    connecting = "connecting"
    live = "live"
    stale = "stale"
    lost = "lost"
    stopped = "stopped"


@dataclass(frozen=True, slots=True)
class Pace:
    """How long a stream is waited for, in seconds."""

    stale_s: float = 2.0
    """Without a frame for so long it is stale."""
    first_s: float = 0.25
    """Pause before the first try after a loss; it doubles with each try."""
    longest_s: float = 2.0
    """Largest pause for causes that mend themselves: a source that returns is live again soon after."""
    later_s: float = 15.0
    """Pause for causes that somebody has to mend; a camera locks accounts that are tried too often."""
    glitches: int = 3
    """Such a cause so often in a row may be a camera that starts: its first pauses are short ones."""
    steady_s: float = 5.0
    """Live for so long, the pauses begin from the first again."""
    refusals: int = 3
    """Refused passwords in a row, of a source that took the same one before, until it is given up."""

    def pause_s(self, tries: int, chance: float, *, soon: bool) -> float:
        """Before the next try, when ``tries`` have failed already; ``chance``, 0 to 1, spreads cameras that were lost
        together over the upper half of it."""
        whole = min(self.longest_s, self.first_s * 2.0 ** min(tries, 32)) if soon else self.later_s
        return whole * (0.5 + 0.5 * chance)


class Life:
    """One stream's state. Times are seconds of one monotonic clock; events that mean nothing in a state change nothing.

    Not safe for threads: whoever shares it locks.
    """

    def __init__(self, pace: Pace, now: float, chance: Callable[[], float] = random.random) -> None:
        """Connecting since ``now``."""
        self.pace = pace
        self.state = State.connecting
        self.cause: Cause | None = None
        """Of the last loss, until the stream is live again."""
        self.since = now
        """When the state began."""
        self.retry_at = now
        """In ``lost``: when to try again."""
        self._chance = chance
        self._tries = 0
        self._refusals = 0
        self._glitches = 0
        self._was_live = False
        self._live_since = now
        self._last_frame = now

    @property
    def stale_at(self) -> float | None:
        """When it will be stale unless a frame comes; None where it is not live."""
        return self._last_frame + self.pace.stale_s if self.state is State.live else None

    def frame(self, now: float) -> bool:
        """A frame came. Returns whether the state changed, as all events do."""
        if self.state not in (State.connecting, State.live, State.stale):
            return False
        self._last_frame = now
        if self.state is State.live:
            return False
        if self.state is State.connecting:
            self._live_since = now
        self._was_live, self._refusals, self._glitches = True, 0, 0
        self.cause = None
        return self._to(State.live, now)

    def look(self, now: float) -> bool:
        """Time has passed."""
        if self.stale_at is None or now < self.stale_at:
            return False
        self.cause = Cause.silent
        return self._to(State.stale, now)

    def lost(self, cause: Cause, now: float) -> bool:
        """The session ended, or could not begin."""
        if self.state not in (State.connecting, State.live, State.stale):
            return False
        if self.state is not State.connecting and now - self._live_since >= self.pace.steady_s:
            self._tries = 0
        self.cause = cause
        if self._is_final(cause):
            return self._to(State.stopped, now)
        self.retry_at = now + self.pace.pause_s(self._tries, self._chance(), soon=self._is_soon(cause))
        self._tries += 1
        return self._to(State.lost, now)

    def retry(self, now: float) -> bool:
        """The pause may be over."""
        if self.state is not State.lost or now < self.retry_at:
            return False
        return self._to(State.connecting, now)

    def stop(self, now: float) -> bool:
        """It is not wanted any more; a stream that stopped of itself keeps its cause."""
        if self.state is State.stopped:
            return False
        self.cause = Cause.asked
        return self._to(State.stopped, now)

    def _is_final(self, cause: Cause) -> bool:
        """A password that never was right is not tried again; one that was may be refused by a camera that starts."""
        if cause is Cause.unauthorized:
            self._refusals += 1
            return not self._was_live or self._refusals >= self.pace.refusals
        return cause.again == "never"

    def _is_soon(self, cause: Cause) -> bool:
        """Whether a short pause will do."""
        self._glitches = 0 if cause.again == "soon" else self._glitches + 1
        return self._glitches <= self.pace.glitches and cause is not Cause.unauthorized

    def _to(self, state: State, now: float) -> bool:
        self.state, self.since = state, now
        return True
