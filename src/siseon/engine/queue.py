"""Where items wait for a replica: bounded for each flow, fair between flows and requests, one bucket a batch.

The only structure shared between the event loop (which puts) and the replicas' lanes (which take). One plain lock
guards it; a lane that finds nothing leaves its bell here, which the next ``put`` rings.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Protocol

from siseon.contracts import CapacityError, FailureCode
from siseon.engine import clock
from siseon.engine.call import Call
from siseon.engine.flow import Flow
from siseon.engine.lines import Key, Line, Lines, Room
from siseon.engine.linger import Linger
from siseon.engine.names import Names
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
        self._lock = Lock()
        self._lines = Lines()
        self._rooms: dict[Flow, Room] = {}
        self._names = Names(self._lines)
        self._count = 0
        self._backlog = 0
        self._idle: list[Bell] = []
        self._woken: set[Bell] = set()
        self._closed = False
        self._linger = Linger(linger_s, max_batch, max_cost) if linger_s else None

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
            self._names.take_in(tickets)
            room = self._rooms.get(call.flow)
            if room is None:
                limit = call.flow.max_waiting or self.limit
                room = self._rooms[call.flow] = Room(call.flow, limit)
            lined_up = self._lines.count
            count = len(tickets)
            if room.arrivals is not None:
                gone = [self._newest(room, room.arrivals, ticket) for ticket in tickets]
                superseded = [ticket for ticket in gone if ticket is not None]
            elif not room.hungry and room.count + count <= room.limit and call.held + count <= room.window:
                for ticket in tickets:
                    self._insert(room, ticket)
            elif first and room.count >= room.limit and call.flow.policy == "reject":
                self._names.let_go(tickets)
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
            line, seconds = None, None
            if self._lines.count and self._linger is None:
                line = self._lines.head()
            elif self._lines.count and self._linger is not None:
                line, seconds = self._linger.next(self._lines, self._closed)
            if line is None:
                if self._closed and not len(self):
                    return None
                self._idle.append(bell)
                return Wait(seconds)
            taken = self._fill(line)
            bells = self._wake(self._lines.count - len(self._woken)) or self._bells_at_the_end()
        for other in bells:
            other.ring()
        return taken

    def release(self, tickets: Sequence[Ticket]) -> None:
        """The replica has let go of these: the next of their keys may run."""
        released = State.released
        for ticket in tickets:
            ticket.state = released
        if not self._names.has_keys:
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
            self._names.let_go(call.backlog)
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
            self._names.clear()
            self._lines = Lines()
            self._names = Names(self._lines)
            if self._linger is not None:
                self._linger.clear()
            self._rooms.clear()
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
        self._lines.add(room, ticket.bucket, ticket)
        if self._linger is not None:
            self._linger.added(ticket)

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
        self._names.forget_bucket(ticket.bucket)

    def _feed(self, room: Room) -> None:
        """Give free places to the calls that wait for one, in turn."""
        window = room.window
        while room.hungry and room.count < room.limit:
            call, _ = room.hungry.popitem(last=False)
            if not call.backlog or call.held >= window:
                continue
            free = min(len(call.backlog), window - call.held, room.limit - room.count)
            count = 1 if room.hungry else free
            for _ in range(count):
                self._insert(room, call.backlog.popleft())
            self._backlog -= count
            if call.backlog and call.held < window:
                room.hungry[call] = None
        if not room.count and not room.hungry:
            del self._rooms[room.flow]

    def _newest(self, room: Room, arrivals: dict[Ticket, None], ticket: Ticket) -> Ticket | None:
        """Let the newest in; returns the oldest, which goes if there is no room for both."""
        oldest = None
        if room.count >= room.limit:
            oldest = next(iter(arrivals))
            self._take_out(room, oldest)
        self._insert(room, ticket)
        return oldest

    def _take_out(self, room: Room, ticket: Ticket) -> None:
        """Remove one ticket that waits, lined up or parked."""
        if ticket.line is None:
            del ticket.key.parked[ticket]
            self._names.forget_key(ticket.key)
        else:
            self._unline(ticket)
            if ticket.key is not None:
                self._next_of_key(ticket)
        self._leave(room, ticket)

    def _unline(self, ticket: Ticket) -> None:
        self._lines.remove(ticket)
        if self._linger is not None:
            self._linger.removed(ticket)

    def _next_of_key(self, ticket: Ticket) -> None:
        """The ticket is done with its key: line the next one up."""
        key: Key = ticket.key
        if key.parked:
            following, _ = key.parked.popitem(last=False)
            room = self._rooms[following.call.flow]
            self._line_up(room, following)
        else:
            key.active = False
        self._names.forget_key(key)

    def _drop_waiting(self, room: Room, call: Call, tickets: Sequence[Ticket]) -> None:
        by_ticket = self._linger is not None or self._names.has_keys or room.arrivals is not None
        for line, count in list(call.lines.items()):
            if by_ticket or count < len(line.tickets):
                continue
            self._lines.remove_line(line)
            del call.lines[line]
            self._names.forget_bucket(line.bucket, count)
            room.count -= count
            self._count -= count
            call.held -= count
        if call.held:
            for ticket in tickets:
                # Lined up, perhaps only now that one before it has gone, or parked.
                if (ticket.line and ticket.line.tickets) or (ticket.key and ticket in ticket.key.parked):
                    self._take_out(room, ticket)

    def _fill(self, line: Line) -> Taken:
        """A batch that starts with this line and goes on in turn through its bucket."""
        taken = Taken()
        batch, expired = taken.batch, taken.expired
        lines, bucket, now, running = self._lines, line.bucket, clock.now(), State.running
        # Lanes that are free as well get their part.
        share = min(self.max_batch, -(-lines.count // (1 + len(self._idle) + len(self._woken))))
        lines.taken(line)
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
                ticket.state = running
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
