"""Who has a place in a queue and who waits for one: rooms of flows, turns, keys and buckets. Whoever calls holds the
queue's lock.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice

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


@dataclass(slots=True)
class Taken:
    """What a lane got: the tickets to run, and those that came late."""

    batch: list[Ticket] = field(default_factory=list)
    expired: list[Ticket] = field(default_factory=list)


class Places:
    """Tickets that wait: lined up, parked behind one of their key, or in the backlog of a call."""

    def __init__(self, *, limit: int, max_batch: int, max_cost: float | None, linger_s: float) -> None:
        """``limit``: items of one flow that may wait."""
        self.limit = limit
        self.max_batch = max_batch
        self.max_cost = max_cost
        self._rooms: dict[Flow, Room] = {}
        self._linger = Linger(linger_s, max_batch, max_cost) if linger_s else None
        self._forget()

    def _forget(self) -> None:
        self._lines = Lines()
        self._names = Names(self._lines)
        self._count = 0
        self._backlog = 0

    def __len__(self) -> int:
        """Items that wait, those of calls for which there is no room yet included."""
        return self._count + self._backlog

    @property
    def lined_up(self) -> int:
        """Items that a lane could take now."""
        return self._lines.count

    @property
    def has_keys(self) -> bool:
        """Whether a ticket that is released may let another one run."""
        return self._names.has_keys

    def put(self, call: Call, tickets: Sequence[Ticket], *, first: bool) -> list[Ticket]:
        """Take tickets in; see ``ItemQueue.put``.

        Raises:
            CapacityError: ``overloaded``.
            ContractViolation: a bucket or key cannot be compared.
        """
        self._names.take_in(tickets)
        room = self._rooms.get(call.flow)
        if room is None:
            limit = call.flow.max_waiting or self.limit
            room = self._rooms[call.flow] = Room(call.flow, limit)
        count = len(tickets)
        if room.arrivals is not None:
            return self._put_newest(room, room.arrivals, call, tickets)
        if not room.hungry and room.count + count <= room.limit and call.held + count <= room.window:
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
        return []

    def next_line(self, *, closed: bool) -> tuple[Line | None, float | None]:
        """The line that a batch begins with, or the seconds until there may be one."""
        if not self._lines.count:
            return None, None
        if self._linger is None:
            return self._lines.head(), None
        return self._linger.next(self._lines, closed)

    def fill(self, line: Line, lanes: int) -> Taken:
        """A batch that starts with this line and goes on in turn through its bucket, for one of so many free lanes."""
        taken = Taken()
        batch, expired = taken.batch, taken.expired
        lines, bucket, now, running = self._lines, line.bucket, clock.now(), State.running
        share = min(self.max_batch, -(-lines.count // lanes))  # lanes that are free as well get their part
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
                    self.next_of_key(ticket)
            else:
                cost += ticket.cost
                ticket.state = running
                batch.append(ticket)
                lines.served(line)
            following = lines.next_in(bucket)
        for room in rooms:
            self._feed(room)
        return taken

    def next_of_key(self, ticket: Ticket) -> None:
        """The ticket is done with its key: line the next one up."""
        key: Key = ticket.key
        if key.parked:
            following, _ = key.parked.popitem(last=False)
            room = self._rooms[following.call.flow]
            self._line_up(room, following)
        else:
            key.active = False
        self._names.forget_key(key)

    def discard(self, call: Call, tickets: Sequence[Ticket]) -> int:
        """Remove what still waits of a call; see ``ItemQueue.discard``."""
        dropped = call.held + len(call.backlog)
        room = self._rooms.get(call.flow)
        if room is None or not dropped:
            return 0
        room.hungry.pop(call, None)
        self._names.let_go(call.backlog)
        self._backlog -= len(call.backlog)
        call.backlog.clear()
        self._drop_waiting(room, call, tickets)
        self._feed(room)
        return dropped

    def clear(self) -> None:
        """Forget all that waits."""
        self._names.clear()
        if self._linger is not None:
            self._linger.clear()
        self._rooms.clear()
        self._forget()

    def _insert(self, room: Room, ticket: Ticket) -> None:
        """A place in the queue for this ticket."""
        room.count += 1
        self._count += 1
        ticket.call.held += 1
        if room.arrivals is not None:
            room.arrivals.setdefault(ticket.call.owner, OrderedDict())[ticket] = None
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
            owner = ticket.call.owner
            del room.arrivals[owner][ticket]
            if not room.arrivals[owner]:
                del room.arrivals[owner]
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

    def _put_newest(
        self,
        room: Room,
        arrivals: OrderedDict[object, OrderedDict[Ticket, None]],
        call: Call,
        tickets: Sequence[Ticket],
    ) -> list[Ticket]:
        """Let the newest in, behind those of their call that wait for a place; returns the oldest of other requests,
        which go for them. What finds the room full of its own request's items waits for one of them to leave."""
        superseded: list[Ticket] = []
        backlog = call.backlog
        backlog.extend(tickets)
        self._backlog += len(tickets)
        while backlog:
            if room.count >= room.limit:
                other = next((owner for owner in islice(arrivals, 2) if owner is not call.owner), None)
                if other is None:
                    room.hungry[call] = None
                    return superseded
                oldest = next(iter(arrivals[other]))
                self._take_out(room, oldest)
                superseded.append(oldest)
            self._insert(room, backlog.popleft())
            self._backlog -= 1
        room.hungry.pop(call, None)
        return superseded

    def _take_out(self, room: Room, ticket: Ticket) -> None:
        """Remove one ticket that waits, lined up or parked."""
        if ticket.line is None:
            del ticket.key.parked[ticket]
            self._names.forget_key(ticket.key)
        else:
            self._unline(ticket)
            if ticket.key is not None:
                self.next_of_key(ticket)
        self._leave(room, ticket)

    def _unline(self, ticket: Ticket) -> None:
        self._lines.remove(ticket)
        if self._linger is not None:
            self._linger.removed(ticket)

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


def _overloaded(room: Room) -> CapacityError:
    return CapacityError(
        f"{room.count} items of flow {room.flow.name!r} wait already, the limit",
        code=FailureCode.overloaded,
        hint="try again later, or raise the stage's max_queue or replicas",
    )
