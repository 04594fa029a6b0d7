"""Where items wait for a replica: bounded for each flow, fair between flows and requests, one bucket a batch.

The only structure shared between the event loop (which puts) and the replicas' lanes (which take). One plain lock
guards it; a lane that finds nothing leaves its bell here, which the next ``put`` rings.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Protocol

from siseon.contracts import CapacityError, ContractViolation, FailureCode
from siseon.engine import clock
from siseon.engine.call import Call
from siseon.engine.failures import describe
from siseon.engine.flow import Flow
from siseon.engine.lines import Bucket, Key, Line, Lines, Room
from siseon.engine.ticket import State, Ticket

MOST_EXPIRED = 256
"""Late tickets that are taken out at once: the lock is never held for longer than that takes."""


class Bell(Protocol):
    """Wakes one lane."""

    def ring(self) -> None:
        """Called without the queue's lock; ringing twice does no harm."""


@dataclass(slots=True)
class Taken:
    """What a lane got: the tickets to run, and those that came late."""

    batch: list[Ticket] = field(default_factory=list)
    expired: list[Ticket] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing to do until the bell rings, or for ``seconds``."""

    seconds: float | None


class ItemQueue:
    """Tickets that wait. ``take`` gives a batch of one bucket, filled in turn; see ``Lines``."""

    def __init__(self, *, limit: int, max_batch: int, max_cost: float | None, linger_s: float) -> None:
        """``limit``: items of one flow that may wait."""
        self.limit = limit
        self.max_batch = max_batch
        self.max_cost = max_cost
        self.linger_s = linger_s
        self._lock = Lock()
        self._lines = Lines()
        self._rooms: dict[Flow, Room] = {}
        self._buckets: dict[Hashable, Bucket] = {}
        self._plain = self._lines.bucket(None)
        self._keys: dict[Hashable, Key] = {}
        self._count = 0
        self._backlog = 0
        self._idle: list[Bell] = []
        self._woken: set[Bell] = set()
        self._closed = False
        # Only where batches wait to fill up:
        self._due: list[tuple[float, int, Ticket]] = []
        self._order = itertools.count()
        self._full: dict[Bucket, None] = {}

    def __len__(self) -> int:
        """Items that wait, those of calls for which there is no room yet included."""
        return self._count + self._backlog

    def put(self, call: Call, tickets: Sequence[Ticket], *, first: bool = True) -> list[Ticket]:
        """Take tickets in; those that find no room wait in the call's backlog. Returns what they superseded.

        Args:
            call: whose they are.
            tickets: in order.
            first: nothing of the call was put before; later slices are never refused.

        Raises:
            CapacityError: ``overloaded`` when not even one fits and the flow's policy is ``reject``;
                ``shutting_down`` after ``close``.
            ContractViolation: a bucket or key cannot be compared.
        """
        superseded: list[Ticket] = []
        with self._lock:
            if self._closed:
                raise _closed()
            self._intern(tickets)
            room = self._rooms.get(call.flow)
            if room is None:
                limit = call.flow.max_waiting or self.limit
                room = self._rooms[call.flow] = Room(call.flow, limit)
            lined_up = self._lines.count
            count = len(tickets)
            if room.arrivals is not None:
                superseded = [old for ticket in tickets for old in self._newest(room, ticket)]
            elif not room.hungry and room.count + count <= room.limit and call.held + count <= room.window:
                for ticket in tickets:
                    self._insert(room, ticket)
            elif first and room.count >= room.limit and call.flow.policy == "reject":
                self._release_names(tickets)
                raise _overloaded(room)
            else:
                call.backlog.extend(tickets)
                self._backlog += count
                room.hungry[call] = None
                self._feed(room)
            bells = self._wake(self._lines.count - lined_up + len(superseded))
        for bell in bells:
            bell.ring()
        return superseded

    def take(self, bell: Bell) -> Taken | Wait | None:
        """The next batch for the lane of this bell; None when the queue is closed and empty."""
        with self._lock:
            if bell in self._woken:
                self._woken.discard(bell)
            elif bell in self._idle:
                self._idle.remove(bell)
            line = None
            if self._lines.count:
                line, seconds = self._due_line() if self.linger_s else (self._lines.head(), 0.0)
            else:
                seconds = None
            if line is None:
                if self._closed and not len(self):
                    return None
                self._idle.append(bell)
                return Wait(seconds)
            taken = self._fill(line)
            bells = self._bells_at_the_end()
        for other in bells:
            other.ring()
        return taken

    def release(self, tickets: Sequence[Ticket]) -> None:
        """The replica has let go of these: the next of their keys may run."""
        for ticket in tickets:
            ticket.state = State.released
        if not self._keys:
            return
        with self._lock:
            lined_up = self._lines.count
            for ticket in tickets:
                if ticket.key is not None:
                    self._next_of_key(ticket)
            bells = self._wake(self._lines.count - lined_up) or self._bells_at_the_end()
        for bell in bells:
            bell.ring()

    def discard(self, call: Call, tickets: Sequence[Ticket]) -> int:
        """Remove what still waits of ``tickets``, all those of a call whose caller has gone; how many they were.

        Linear in the call's own lines and, where they are mixed with those of others, in its own items.
        """
        with self._lock:
            dropped = call.held + len(call.backlog)
            room = self._rooms.get(call.flow)
            if room is None or not dropped:
                return 0
            room.hungry.pop(call, None)
            self._release_names(call.backlog)
            self._backlog -= len(call.backlog)
            call.backlog.clear()
            lined_up = self._lines.count
            self._drop_waiting(room, call, tickets)
            self._feed(room)
            bells = self._wake(self._lines.count - lined_up) or self._bells_at_the_end()
        for bell in bells:
            bell.ring()
        return dropped

    def close(self) -> None:
        """Take nothing more; lanes finish what waits and then get None."""
        with self._lock:
            self._closed = True
            bells = self._wake(len(self._idle))
        for bell in bells:
            bell.ring()

    def abandon(self) -> None:
        """Forget all that waits, at the end of a drain that ran out of time."""
        with self._lock:
            self._closed = True
            self._lines = Lines()
            for key in self._keys.values():
                key.parked.clear()
            for table in (self._rooms, self._buckets, self._keys, self._full, self._due):
                table.clear()
            self._count = self._backlog = 0
            bells = self._wake(len(self._idle))
        for bell in bells:
            bell.ring()

    # --- under the lock ---------------------------------------------------------------------------------------

    def _wake(self, count: int) -> list[Bell]:
        idle = self._idle
        if not idle:
            return []
        bells = [idle.pop() for _ in range(min(len(idle), count))]
        self._woken.update(bells)
        return bells

    def _bells_at_the_end(self) -> list[Bell]:
        """Those who sleep must hear when a closed queue has run empty."""
        return self._wake(len(self._idle)) if self._closed and not len(self) else []

    def _intern(self, tickets: Sequence[Ticket]) -> None:
        """Put our own objects in the place of users' buckets and keys; their code runs here, or never."""
        done = 0
        try:
            for ticket in tickets:
                if ticket.bucket is None:
                    ticket.bucket = self._plain
                else:
                    ticket.bucket = self._bucket_of(ticket.bucket)
                ticket.bucket.refs += 1
                done += 1
                if ticket.key is not None:
                    key = self._keys.get(ticket.key)
                    if key is None:
                        key = self._keys[ticket.key] = Key(ticket.key)
                    key.refs += 1
                    ticket.key = key
        except Exception as error:  # noqa: BLE001 - a user's __eq__ or __hash__
            for ticket in tickets[:done]:
                if not isinstance(ticket.key, Key):
                    ticket.key = None
            self._release_names(tickets[:done])
            raise ContractViolation(
                f"a bucket or serial key cannot be compared: {describe(error)}",
                hint="use plain values: numbers, texts, tuples of them",
            ) from None

    def _bucket_of(self, key: Hashable) -> Bucket:
        bucket = self._buckets.get(key)
        if bucket is None:
            bucket = self._buckets[key] = self._lines.bucket(key)
        return bucket

    def _release_names(self, tickets: Sequence[Ticket]) -> None:
        for ticket in tickets:
            self._forget(self._buckets, ticket.bucket)
            if ticket.key is not None:
                self._forget(self._keys, ticket.key)

    @staticmethod
    def _forget(table: dict[Hashable, Bucket] | dict[Hashable, Key], name: Bucket | Key) -> None:
        name.refs -= 1
        if not name.refs and name.key is not None:
            try:
                del table[name.key]
            except Exception:  # noqa: BLE001, S110 - a user's __eq__: the empty entry stays, harmless
                pass

    def _insert(self, room: Room, ticket: Ticket) -> None:
        """A place in the queue for this ticket."""
        room.count += 1
        self._count += 1
        ticket.call.held += 1
        if room.arrivals is not None:
            room.arrivals[ticket] = None
        key = ticket.key
        if key is not None:
            if key.active:
                key.parked[ticket] = None
                return
            key.active = True
        self._line_up(room, ticket)

    def _line_up(self, room: Room, ticket: Ticket) -> None:
        bucket = ticket.bucket
        self._lines.add(room, bucket, ticket)
        if self.linger_s:
            heapq.heappush(self._due, (self._due_at(ticket), next(self._order), ticket))
            if bucket.count >= self.max_batch or (self.max_cost is not None and bucket.cost >= self.max_cost):
                self._full[bucket] = None

    def _leave(self, room: Room, ticket: Ticket) -> None:
        """The ticket gives its place back."""
        room.count -= 1
        self._count -= 1
        call = ticket.call
        call.held -= 1
        if room.arrivals is not None:
            del room.arrivals[ticket]
        if call.backlog:
            room.hungry[call] = None
        self._forget(self._buckets, ticket.bucket)

    def _feed(self, room: Room) -> None:
        """Give free places to the calls that wait for one, in turn."""
        window = room.window
        while room.hungry and room.count < room.limit:
            call, _ = room.hungry.popitem(last=False)
            if not call.backlog or call.held >= window:
                continue
            if len(room.hungry):
                count = 1
            else:
                count = min(len(call.backlog), window - call.held, room.limit - room.count)
            for _ in range(count):
                self._insert(room, call.backlog.popleft())
            self._backlog -= count
            if call.backlog and call.held < window:
                room.hungry[call] = None
        if not room.count and not room.hungry:
            del self._rooms[room.flow]

    def _newest(self, room: Room, ticket: Ticket) -> list[Ticket]:
        """Let the newest in; the oldest goes if there is no room for both."""
        assert room.arrivals is not None
        gone: list[Ticket] = []
        if room.count >= room.limit:
            oldest = next(iter(room.arrivals))
            self._take_out(room, oldest)
            gone.append(oldest)
        self._insert(room, ticket)
        return gone

    def _take_out(self, room: Room, ticket: Ticket) -> None:
        """Remove one ticket that waits, lined up or parked."""
        if ticket.line is None:
            del ticket.key.parked[ticket]
            self._forget(self._keys, ticket.key)
        else:
            self._unline(ticket)
            if ticket.key is not None:
                self._next_of_key(ticket)
        self._leave(room, ticket)

    def _unline(self, ticket: Ticket) -> None:
        self._lines.remove(ticket)
        bucket = ticket.bucket
        if bucket in self._full and bucket.count < self.max_batch:
            if self.max_cost is None or bucket.cost < self.max_cost:
                del self._full[bucket]

    def _next_of_key(self, ticket: Ticket) -> None:
        """The ticket is done with its key: line the next one up."""
        key: Key = ticket.key
        if key.parked:
            following, _ = key.parked.popitem(last=False)
            room = self._rooms[following.call.flow]
            self._line_up(room, following)
        else:
            key.active = False
        self._forget(self._keys, key)

    def _drop_waiting(self, room: Room, call: Call, tickets: Sequence[Ticket]) -> None:
        mixed: set[Line] = set()
        for line, count in list(call.lines.items()):
            if self.linger_s or self._keys or room.arrivals is not None or count < len(line.tickets):
                mixed.add(line)
                continue
            self._lines.remove_line(line)
            line.bucket.refs -= count - 1
            self._forget(self._buckets, line.bucket)
            room.count -= count
            self._count -= count
            call.held -= count
        if call.held:
            for ticket in tickets:
                if ticket.line in mixed or (ticket.key is not None and ticket in ticket.key.parked):
                    self._take_out(room, ticket)

    def _due_at(self, ticket: Ticket) -> float:
        """When a batch that is not full goes all the same; lingering takes at most half of an item's time."""
        due = ticket.queued_at + self.linger_s
        deadline = ticket.call.deadline
        return due if deadline is None else min(due, (ticket.queued_at + deadline) / 2)

    def _due_line(self) -> tuple[Line | None, float | None]:
        """The line to serve, or none and the seconds after which the first is due."""
        head = self._lines.head()
        now = clock.now()
        if self._closed or head.bucket in self._full or self._due_at(next(iter(head.tickets))) <= now:
            return head, 0.0
        if self._full:
            return self._lines.next_in(next(iter(self._full))), 0.0
        while self._due[0][2].line is None or self._due[0][2].call.abandoned:
            heapq.heappop(self._due)
        at, _, ticket = self._due[0]
        return (self._lines.next_in(ticket.bucket), 0.0) if at <= now else (None, at - now)

    def _fill(self, line: Line) -> Taken:
        """A batch that starts with this line and goes on in turn through its bucket."""
        taken = Taken()
        batch, expired = taken.batch, taken.expired
        lines, bucket, now = self._lines, line.bucket, clock.now()
        # Lanes that are free as well get their part.
        share = min(self.max_batch, -(-lines.count // (1 + len(self._idle) + len(self._woken))))
        cost = 0.0
        rooms: dict[Room, None] = {}
        following: Line | None = line
        while following is not None and len(batch) < share and len(expired) < MOST_EXPIRED:
            line = following
            room = line.waiting.room
            ticket = next(iter(line.tickets))
            deadline = ticket.call.deadline
            late = deadline is not None and deadline <= now
            if not late and batch and self.max_cost is not None and cost + ticket.cost > self.max_cost:
                break
            self._unline(ticket)
            self._leave(room, ticket)
            rooms[room] = None
            if late:
                expired.append(ticket)
                if ticket.key is not None:
                    self._next_of_key(ticket)
            else:
                cost += ticket.cost
                ticket.state = State.running
                batch.append(ticket)
                lines.served(line)
            following = lines.next_in(bucket)
        for room in rooms:
            self._feed(room)
        return taken


def _closed() -> CapacityError:
    return CapacityError(
        "the stage is shutting down and takes no new work",
        code=FailureCode.shutting_down,
        hint="send the request again: another instance or the restarted one will take it",
    )


def _overloaded(room: Room) -> CapacityError:
    return CapacityError(
        f"{room.count} items of flow {room.flow.name!r} wait already, the limit",
        code=FailureCode.overloaded,
        hint="try again later, or raise the stage's max_queue or replicas",
    )
