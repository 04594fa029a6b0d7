"""How waiting tickets are kept: by flow, then by request, then by bucket, each in order of arrival.

Every step (line up, take out, next in turn) costs the same however many tickets, requests and buckets there are:
ordered dictionaries give the oldest, let one go from the middle, and move one to the end in constant time.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable

from siseon.engine import clock
from siseon.engine.call import Call
from siseon.engine.fairness import Contenders, Shares
from siseon.engine.flow import Flow
from siseon.engine.ticket import Ticket

TURN = 16
"""Items of a request before the next one of its flow has its turn. With one item each, requests that wait together are
done together, each as late as the last of them: the slowest answers take half as long again. With no end of a turn,
all would wait for a request of a thousand items."""
TURN_S = 0.25
"""Seconds after which a turn ends all the same: where an item takes a second, sixteen of them are no turn. After
a tenth large photos lost theirs on a slow machine, and the slowest of its answers came a sixth later."""


class Bucket:
    """Tickets that may share a batch. Made from a user's key once, then known by identity: a key's ``__eq__`` and
    ``__hash__`` are user code, which must not run while the queue changes."""

    __slots__ = ("contenders", "cost", "count", "flows", "key", "refs")

    def __init__(self, key: Hashable, shares: Shares) -> None:
        self.key = key
        self.refs = 0
        """Tickets that name it, waiting anywhere."""
        self.count = 0
        self.cost = 0.0
        self.flows: dict[Flow, OrderedDict[Waiting, Line]] = {}
        self.contenders = Contenders(shares)


class Key:
    """Items that run one at a time, see ``Stage.serial``."""

    __slots__ = ("active", "key", "parked", "refs")

    def __init__(self, key: Hashable) -> None:
        self.key = key
        self.refs = 0
        self.active = False
        """One of its tickets is lined up or running."""
        self.parked: OrderedDict[Ticket, None] = OrderedDict()


class Waiting:
    """A request with tickets that wait."""

    __slots__ = ("began", "lines", "owner", "room", "served")

    def __init__(self, owner: object, room: Room) -> None:
        self.owner = owner
        self.room = room
        self.served = 0
        """Items since its turn began, with the first of them."""
        self.began = 0.0
        self.lines: OrderedDict[Bucket, Line] = OrderedDict()


class Line:
    """Tickets of one request in one bucket."""

    __slots__ = ("bucket", "tickets", "waiting")

    def __init__(self, waiting: Waiting, bucket: Bucket) -> None:
        self.waiting = waiting
        self.bucket = bucket
        self.tickets: OrderedDict[Ticket, None] = OrderedDict()
        """All of one flow and one request."""


class Room:
    """One flow's part of a queue."""

    __slots__ = ("arrivals", "count", "flow", "hungry", "limit", "requests", "window")

    def __init__(self, flow: Flow, limit: int) -> None:
        self.flow = flow
        self.limit = limit
        self.window = max(1, (limit + 1) // 2)
        """Places that one call may hold: never all of them, so that a call of thousands of items leaves some."""
        self.count = 0
        self.requests: OrderedDict[object, Waiting] = OrderedDict()
        """Requests in turn; those with tickets lined up."""
        self.hungry: OrderedDict[Call, None] = OrderedDict()
        """Calls with a backlog, in turn for the next room."""
        self.arrivals: OrderedDict[object, OrderedDict[Ticket, None]] | None = (
            OrderedDict() if flow.policy == "drop_oldest" else None
        )
        """What waits by request, the oldest first: a request never supersedes its own items."""


class Lines:
    """All tickets that a replica could take now."""

    def __init__(self) -> None:
        self.count = 0
        self._turns = Shares()
        self._places = Shares()
        """Turns are of batches, places of items in the batches of others: who fills many pays with places, not with
        the turns of its own."""
        self._active: dict[Flow, Room] = {}
        self._contenders = Contenders(self._turns)

    def bucket(self, key: Hashable) -> Bucket:
        """A new bucket of these lines."""
        return Bucket(key, self._places)

    def add(self, room: Room, bucket: Bucket, ticket: Ticket) -> None:
        """Line a ticket up."""
        call = ticket.call
        owner = call.owner
        waiting = room.requests.get(owner)
        if waiting is None:
            if not room.requests:
                self._turns.enter(room.flow, self._active)
                self._places.enter(room.flow, self._active)
                self._active[room.flow] = room
                self._contenders.add(room.flow, self._active)
            waiting = room.requests[owner] = Waiting(owner, room)
        line = waiting.lines.get(bucket)
        if line is None:
            line = waiting.lines[bucket] = Line(waiting, bucket)
            requests = bucket.flows.get(room.flow)
            if requests is None:
                requests = bucket.flows[room.flow] = OrderedDict()
                bucket.contenders.add(room.flow, bucket.flows)
            requests[waiting] = line
        line.tickets[ticket] = None
        ticket.line = line
        call.lines[line] = call.lines.get(line, 0) + 1
        bucket.count += 1
        bucket.cost += ticket.cost
        self.count += 1

    def remove(self, ticket: Ticket) -> None:
        """Take one ticket out, wherever it stands."""
        line, ticket.line = ticket.line, None
        if line is None:
            raise LookupError("the ticket is not lined up")
        del line.tickets[ticket]
        lines = ticket.call.lines
        lines[line] -= 1
        if not lines[line]:
            del lines[line]
        bucket = line.bucket
        bucket.count -= 1
        bucket.cost = bucket.cost - ticket.cost if bucket.count else 0.0
        self.count -= 1
        if not line.tickets:
            self._close(line)

    def remove_line(self, line: Line) -> int:
        """Take all tickets of a line out at once; how many they were."""
        gone = len(line.tickets)
        bucket = line.bucket
        bucket.count -= gone
        bucket.cost = bucket.cost - sum(ticket.cost for ticket in line.tickets) if bucket.count else 0.0
        self.count -= gone
        line.tickets.clear()  # a line and its tickets would keep each other alive
        self._close(line)
        return gone

    def head(self) -> Line:
        """The line whose turn it is: of the flow in turn, its request in turn, that one's bucket in turn."""
        room = self._active[self._contenders.chosen(self._active)]
        waiting = next(iter(room.requests.values()))
        return next(iter(waiting.lines.values()))

    def next_in(self, bucket: Bucket) -> Line | None:
        """The line whose turn it is among those of one bucket: of the request in turn, where it has one there."""
        if not bucket.flows:
            return None
        if len(bucket.flows) == 1:
            (flow,) = bucket.flows
        else:
            flow = bucket.contenders.chosen(bucket.flows)
        in_turn = next(iter(self._active[flow].requests.values()))
        return in_turn.lines.get(bucket) or next(iter(bucket.flows[flow].values()))

    def taken(self, line: Line) -> None:
        """A batch begins with this line: its flow has had its turn."""
        self._turns.charge(line.waiting.room.flow)

    def served(self, line: Line) -> None:
        """A ticket of this line went into a batch: its flow pays, and its request's turn comes nearer to its end."""
        waiting = line.waiting
        room, bucket = waiting.room, line.bucket
        self._places.charge(room.flow)
        if not waiting.served:
            waiting.began = clock.now()
        waiting.served += 1
        if waiting.lines and (waiting.served >= TURN or clock.now() - waiting.began >= TURN_S):
            waiting.served = 0
            room.requests.move_to_end(waiting.owner)
            if line.tickets:
                waiting.lines.move_to_end(bucket)
                bucket.flows[room.flow].move_to_end(waiting)

    def _close(self, line: Line) -> None:
        waiting, bucket = line.waiting, line.bucket
        room = waiting.room
        del waiting.lines[bucket]
        requests = bucket.flows[room.flow]
        del requests[waiting]
        if not requests:
            del bucket.flows[room.flow]
        if not waiting.lines:
            del room.requests[waiting.owner]
            if not room.requests:
                del self._active[room.flow]
