"""A live source on a thread of its own: it connects, reads, reconnects, and holds the newest picture and no other.

A picture that is not taken before the next one comes is superseded: who is slow sees fewer of them, never older ones,
and memory does not grow. What blocks in a connection holds up this thread alone.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Protocol

from siseon.contracts import SiseonError
from siseon.media.adopt import Picture
from siseon.streams.address import Address
from siseon.streams.causes import Cause, Lost
from siseon.streams.libraries import check_video
from siseon.streams.life import Life, Pace, State
from siseon.streams.options import StreamOptions
from siseon.streams.rate import Rate
from siseon.streams.video import View, video
from siseon.streams.web import web

CHANGES = 256
"""Changes of state that are kept until somebody asks; beyond it the oldest are forgotten."""

log = logging.getLogger("siseon.streams")


class Reader(Protocol):
    """Pictures of one session with a source, as they come; raises ``Lost``, or ends where the source ended.

    It looks at ``ending`` whenever it waits, or waits within the time-outs of its options.
    """

    def __call__(
        self, name: str, address: Address, options: StreamOptions, ending: threading.Event
    ) -> Generator[View, None, None]:
        """Begin a session with the first picture that is asked for."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Shot:
    """One picture of a stream, and when it came."""

    number: int
    """From 1, over all sessions; skipped ones count."""
    at: datetime
    """When it had come, UTC."""
    arrived_s: float
    """The same on the monotonic clock."""
    view: View
    picture: Picture | None = None
    """What the view gives, where it was converted as it came."""

    @property
    def age_s(self) -> float:
        """Seconds since it came. What a camera and the network took before is not in it."""
        return time.monotonic() - self.arrived_s


@dataclass(frozen=True, slots=True)
class Change:
    """A state that a stream came into."""

    at: datetime
    state: State
    cause: Cause | None
    detail: str
    retry_s: float | None
    """In ``lost``: seconds until the next try."""


@dataclass(frozen=True, slots=True)
class Counts:
    """What became of the frames that came."""

    frames: int = 0
    skipped: int = 0
    """Beyond the rate that is asked for."""
    superseded: int = 0
    """A newer one came before they were taken."""
    losses: int = 0
    """Sessions that ended, or could not begin."""


class Source:
    """One source. ``start``, then ``take`` and ``changes`` until ``stop``; safe for threads."""

    def __init__(
        self, name: str, address: Address, options: StreamOptions, read: Reader | None = None
    ) -> None:
        """Nothing is opened yet. ``read``: reads in place of what belongs to the address.

        Raises:
            DependencyMissing: reading it takes a library that is not installed.
        """
        self.name = name
        self.address = address
        self.options = options
        if read is None and address.scheme not in ("http", "https"):
            check_video()
        self._read: Reader = read or (web if address.scheme in ("http", "https") else video)
        self._lock = threading.Lock()
        self._ending = threading.Event()
        self._over = False
        self._life = Life(_pace(address, options), time.monotonic())
        self._changes: deque[Change] = deque(maxlen=CHANGES)
        self._newest: Shot | None = None
        self.shot: Shot | None = None
        """The newest picture within the rate, taken or not; None when it has stopped."""
        self.wanted = False
        """Set by who takes the next picture at once: it is converted as it comes, in the thread that decoded it."""
        self._rate = Rate(options.fps)
        self._detail = ""
        self._told: Callable[[], object] = bool
        self.counts = Counts()
        self._thread = threading.Thread(target=self._work, name=f"siseon-stream {name}", daemon=True)

    def start(self, on_news: Callable[[], object]) -> None:
        """Begin to connect. ``on_news`` is called from the source's thread when there is a picture or a change."""
        self._told = on_news
        self._note()
        self._thread.start()

    def stop(self) -> None:
        """Tell it to end; ``over`` says when it has: soon, or where FFmpeg waits for a server that stands still, within
        twice the time-outs of its options. ``on_news`` is called then too."""
        with self._lock:
            if self._life.stop(time.monotonic()):
                self._note()
            self._newest = self.shot = None
        self._ending.set()
        self._told()

    @property
    def over(self) -> bool:
        """Whether its thread has ended, or was never begun."""
        return self._over or self._thread.ident is None

    def take(self) -> Shot | None:
        """The newest picture, once."""
        with self._lock:
            shot, self._newest = self._newest, None
            return shot

    def changes(self) -> list[Change]:
        """The changes since this was last asked, in order; here too it is found out that a stream is stale."""
        with self._lock:
            if self._life.look(time.monotonic()):
                self._note()
            found = list(self._changes)
            self._changes.clear()
            return found

    @property
    def state(self) -> State:
        """Where it is in its life."""
        return self._life.state

    @property
    def stale_in_s(self) -> float | None:
        """Seconds until it is stale unless a frame comes; None where it is not live."""
        with self._lock:
            at = self._life.stale_at
        return None if at is None else max(0.0, at - time.monotonic())

    def _work(self) -> None:
        """The thread."""
        try:
            self._sessions()
        finally:
            self._over = True
            self._told()

    def _sessions(self) -> None:
        """Session after session, until it is told to stop or a cause is final."""
        while not self._ending.is_set():
            lost = self._session()
            with self._lock:
                self.counts = replace(self.counts, losses=self.counts.losses + (not self._ending.is_set()))
                self._detail = lost.detail
                if self._life.lost(lost.cause, time.monotonic()):
                    self._note()
                pause_s = self._life.retry_at - time.monotonic()
            self._told()
            if self._life.state is State.stopped or self._ending.wait(max(0.0, pause_s)):
                return
            with self._lock:
                if self._life.retry(max(time.monotonic(), self._life.retry_at)):
                    self._note()
            self._told()

    def _session(self) -> Lost:
        """Read until there is no more; why."""
        try:
            with closing(self._read(self.name, self.address, self.options, self._ending)) as views:
                for view in views:
                    if self._ending.is_set():
                        return Lost(Cause.asked)
                    self._take_in(view)
        except Lost as lost:
            return lost
        except Exception as error:  # one stream's fault is told as its cause, and the others go on
            log.error("stream %s failed", self.name, exc_info=error)
            return Lost(Cause.failed, type(error).__name__)
        return Lost(Cause.ended)

    def _take_in(self, view: View) -> None:
        now, at = time.monotonic(), datetime.now(UTC)
        with self._lock:
            counts = self.counts
            taken = self._is_due(now)
            if self._life.frame(now):
                self._detail = ""
                self._note()
                taken = True
            self.counts = replace(counts, frames=counts.frames + 1, skipped=counts.skipped + (not taken))
        if not taken:
            return
        shot = Shot(counts.frames + 1, at, now, view, self._converted(view))
        with self._lock:
            if self._newest is not None:
                self.counts = replace(self.counts, superseded=self.counts.superseded + 1)
            if not self._ending.is_set():
                self._newest = self.shot = shot
        self._told()

    def _converted(self, view: View) -> Picture | None:
        """The picture, where somebody waits for it: a thread that has to be woken for it costs as much."""
        if not self.wanted:
            return None
        self.wanted = False
        try:
            return view()
        except (SiseonError, ValueError, RuntimeError, MemoryError):
            return None  # who takes it meets the same, and tells it

    def _is_due(self, now: float) -> bool:
        """Whether the rate allows another one."""
        if self._rate.left_s(now):
            return False
        self._rate.take(now)
        return True

    def _note(self) -> None:
        """Keep the state it came into for those who ask."""
        life = self._life
        retry_s = max(0.0, life.retry_at - time.monotonic()) if life.state is State.lost else None
        detail = self._detail if life.state in (State.lost, State.stopped) else ""
        self._changes.append(Change(datetime.now(UTC), life.state, life.cause, detail, retry_s))


def _pace(address: Address, options: StreamOptions) -> Pace:
    """A picture that is asked for once a minute is not stale after two seconds."""
    if address.scheme not in ("http", "https") or options.fps is None:
        return options.pace
    return replace(options.pace, stale_s=max(options.pace.stale_s, 2 / options.fps))
