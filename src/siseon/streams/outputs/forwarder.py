"""The thread of the output to MQTT: connects, tells, keeps what waits, and passes it on in order.

Everything goes into the outbox first and out of it when the broker has it. What is fresh goes first, as the present;
what has become stale follows in the gaps, on topics of its own.
"""

from __future__ import annotations

import logging
import random
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from siseon.contracts import StoreError
from siseon.streams.outputs import topics as documents
from siseon.streams.outputs.broker import Broker
from siseon.streams.outputs.inbox import MOST, Inbox
from siseon.streams.outputs.outbox import Entry, Kept, Outbox
from siseon.streams.outputs.session import IN_FLIGHT, Session, SessionLost
from siseon.streams.outputs.topics import GONE, OFFLINE, ONLINE, Topics
from siseon.streams.wire import StateTold

FIRST_S, LONGEST_S, REFUSED_S = 0.25, 10.0, 30.0
"""Pauses between connections: the first, the longest, and where somebody has to mend something."""
STEADY_S = 1.0
"""A connection that ended sooner is no reason to try again at once: the broker may end each one at the same message."""
ENDED_AT_ONCE = (
    "it ends each connection at once, its log says why: a limit on messages, another client of our name"
)
TURN_S = 0.5
"""Between two looks at what is due, when nothing comes."""
END_S = 2.0
"""For what is left when the service ends."""

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Figures:
    """What became of figures, for whoever watches the service."""

    connected: bool = False
    waiting: int = 0
    present: int = 0
    """Sent as they came, and confirmed."""
    late: int = 0
    """Sent when they were stale, and confirmed."""
    dropped: int = 0
    """Since more waited than may."""
    losses: int = 0
    """Connections that ended or did not come about."""


@dataclass(frozen=True, slots=True)
class _Passed:
    """An entry that the broker has."""

    id: int
    late: bool


class Forwarder:
    """Runs in a thread of its own until its inbox ends."""

    def __init__(
        self,
        broker: Broker,
        topics: Topics,
        inbox: Inbox,
        outbox: Outbox,
        stale_s: float,
    ) -> None:
        self.figures = Figures(waiting=outbox.count)
        self._broker = broker
        self._topics = topics
        self._inbox = inbox
        self._outbox = outbox
        self._stale_s = stale_s
        self._entries: list[tuple[Entry, str | None]] = []
        """Those that the outbox has not taken yet."""
        self._states: dict[str, StateTold] = {}
        self._units: dict[tuple[str, str], str | None] = {}
        self._retained = {topic: (stream, tag) for topic, stream, tag in outbox.retained()}
        self._missing: set[str] = set()
        """Streams that the last look did not find."""
        self._words: dict[str, tuple[bytes, str | None]] = {}
        """Topic, what is to stay there, and which topic is gone then."""
        self._told = ""

    def run(self) -> None:
        """Until the inbox ends; then what is left is passed on for ``END_S``, and the rest is kept."""
        pause = FIRST_S
        while not self._inbox.ending:
            session = Session(self._broker, f"siseon-{self._topics.service}", self._topics.alive)
            refused, since = False, None
            try:
                session.open()
                since = time.monotonic()
                log.info("MQTT: connected with %s", self._broker)
                self.figures.connected = True
                self._serve(session)
            except SessionLost as lost:
                refused, reason = lost.refused, lost.reason
                if since is not None and time.monotonic() - since < STEADY_S:
                    reason = ENDED_AT_ONCE
                elif since is not None:
                    pause, self._told = FIRST_S, ""
                self.figures.losses += 1
                self._tell(reason)
            finally:
                self.figures.connected = False
                session.close()
            self._rest(REFUSED_S if refused else pause)
            pause = min(2 * pause, LONGEST_S)
        self._keep()

    def _serve(self, session: Session) -> None:
        """While there is a connection."""
        self._keep()
        live = start = self._outbox.newest
        with self._stored():
            live = start = self._outbox.last_before(time.time() - self._stale_s)
        late = 0
        self._greet()
        ahead: deque[Kept] = deque()
        behind: deque[Kept] = deque()
        end = float("inf")
        while True:
            self._keep()
            self._look()
            self._settle(session)
            if self._inbox.ending:
                end = min(end, time.monotonic() + END_S)
            while self._words and session.room:
                topic, (payload, gone) = next(iter(self._words.items()))
                del self._words[topic]
                session.publish(topic, payload, retain=True, token=gone)
            while session.room and (kept := self._next(ahead, live, self._outbox.newest)):
                live = kept.id
                self._send(session, kept, late=time.time() - kept.entry.at > self._stale_s)
            while session.room and (kept := self._next(behind, late, start)):
                late = kept.id
                self._send(session, kept, late=True)
            if self._inbox.ending and (session.settled or time.monotonic() > end):
                self._part(session)
                return
            session.wait(TURN_S, self._inbox.wake)
            self._inbox.heard()

    def _next(self, ready: deque[Kept], last: int, end: int) -> Kept | None:
        """The entry after ``last``, up to ``end``."""
        if not ready and last < end:
            with self._stored():
                ready.extend(self._outbox.after(last, end, IN_FLIGHT))
        return ready.popleft() if ready else None

    def _send(self, session: Session, kept: Kept, *, late: bool) -> None:
        name = self._topics.late if late else self._topics.present
        entry = kept.entry
        session.publish(name(entry.stream, entry.tag), entry.document, token=_Passed(kept.id, late))

    def _settle(self, session: Session) -> None:
        """What the broker has waits no longer."""
        tokens = session.confirmed()
        passed = [token for token in tokens if isinstance(token, _Passed)]
        if passed:
            with self._stored():
                self._outbox.done([each.id for each in passed])
            late = sum(each.late for each in passed)
            self.figures.late += late
            self.figures.present += len(passed) - late
        for topic in tokens:
            if isinstance(topic, str):
                with self._stored():
                    self._outbox.forget(topic)
        self.figures.waiting = self._outbox.count

    def _keep(self) -> None:
        """Take what came into the outbox, and what it says of streams and tags into words."""
        for told in self._inbox.states().values():
            self._states[told.stream] = told
            self._say_state(told)
        self._entries += self._inbox.entries()
        if over := max(0, len(self._entries) - MOST):
            del self._entries[:over]
            self.figures.dropped += over
        if not self._entries:
            return
        with self._stored():
            self.figures.dropped += self._outbox.add([entry for entry, _ in self._entries])
            for entry, unit in self._entries:
                key = entry.stream, entry.tag
                if key not in self._units or self._units[key] != unit:
                    self._units[key] = unit
                    self._say_tag(*key)
            self._entries.clear()
        self.figures.waiting = self._outbox.count

    def _greet(self) -> None:
        """All that is to stay at the broker: it may have lost it, and what was to go may not have gone."""
        with self._stored():
            self._retained = {topic: (stream, tag) for topic, stream, tag in self._outbox.retained()}
        self._words = {self._topics.alive: (ONLINE, None)}
        for told in self._states.values():
            self._say_state(told)
        for stream, tag in self._units:
            self._say_tag(stream, tag)

    def _say_state(self, told: StateTold) -> None:
        stream = told.stream
        self._retain(self._topics.availability(stream), documents.availability(told), stream, "")
        self._retain(self._topics.state(stream), documents.state(told), stream, "")

    def _say_tag(self, stream: str, tag: str) -> None:
        if self._topics.discovery:
            unit = self._units[stream, tag]
            document = documents.discovered(self._topics, stream, tag, unit, self._stale_s)
            self._retain(self._topics.config(stream, tag), document, stream, tag)

    def _retain(self, topic: str, payload: bytes, stream: str, tag: str) -> None:
        if topic not in self._retained:
            with self._stored():
                self._outbox.retain(topic, stream, tag)
                self._retained[topic] = stream, tag
        self._words.pop(topic, None)  # the newest goes last: a unit before the first figure that has it
        self._words[topic] = payload, None

    def _look(self) -> None:
        """After each look at what is kept: what stays at the broker of streams that are not any more goes, and what an
        earlier root or prefix has left there."""
        kept = self._inbox.kept()
        if kept is None:
            return
        missing = {stream for stream, _ in self._retained.values()} - kept
        gone, self._missing = missing & self._missing, missing  # one look may be older than a new stream
        for topic, (stream, tag) in list(self._retained.items()):
            if stream in gone or topic not in self._topics.retained(stream, tag):
                del self._retained[topic]
                self._words[topic] = GONE, topic
        self._units = {key: unit for key, unit in self._units.items() if key[0] not in gone}
        self._states = {name: told for name, told in self._states.items() if name not in gone}

    def _part(self, session: Session) -> None:
        """Goodbye: the last will is for those who cannot say it."""
        session.publish(self._topics.alive, OFFLINE, retain=True)
        end = time.monotonic() + END_S
        while not session.settled and time.monotonic() < end:
            session.wait(TURN_S)
        self._settle(session)

    def _rest(self, seconds: float) -> None:
        """Between connections: what comes is kept."""
        end = time.monotonic() + seconds * random.uniform(0.5, 1.0)  # noqa: S311
        while not self._inbox.ending and (left := end - time.monotonic()) > 0:
            self._keep()
            self._inbox.wait(min(left, TURN_S))

    @contextmanager
    def _stored(self) -> Iterator[None]:
        """What the disk does not take now is told; nothing else stops for it."""
        try:
            yield
        except StoreError as error:
            self._tell(error.message)

    def _tell(self, reason: str) -> None:
        """Once for each reason, until there is a connection again."""
        if reason != self._told:
            self._told = reason
            log.warning("MQTT: %s: %s", self._broker, reason)
