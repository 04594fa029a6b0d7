"""The engine's own queue and runtime, looked at after every step: counts, limits, turns, and one outcome per ticket."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from unittest import mock

from engine.simulation.fair import Turn
from engine.simulation.loop import TICK
from engine.simulation.world import World
from siseon.contracts import FailureCode, SiseonError
from siseon.engine import calling, clock, lines, runtime, serving
from siseon.engine.call import Call
from siseon.engine.flow import Flow
from siseon.engine.lane import DoneBatch
from siseon.engine.lines import Room
from siseon.engine.mistakes import log
from siseon.engine.places import Places, Taken
from siseon.engine.queue import ItemQueue, Wait
from siseon.engine.runtime import StageRuntime
from siseon.engine.ticket import State, Ticket

if TYPE_CHECKING:
    from engine.simulation.stages import Scripted

SLICE = 3
"""Items of a large call that are put at once, small here so that slices are common."""
TURN = 2
"""Items of a request before the next one's, so that turns end."""


class WatchedPlaces(Places):
    """Tells its queue which tickets of keys come and go."""

    def __init__(self, queue: WatchedQueue, **limits: Any) -> None:
        super().__init__(**limits)
        self.queue = queue

    def _insert(self, room: Room, ticket: Ticket) -> None:
        backlog = ticket.call.backlog
        if backlog and backlog[0].index < ticket.index:
            self.queue.wrong(f"{ticket.item} has a place before {backlog[0].item} of its call")
        stage = self.queue.stage
        if stage is not None and stage.serialized and ticket.item.key is not None:
            stage.order.setdefault(ticket.item.key, []).append(ticket.item.number)
        super()._insert(room, ticket)

    def _leave(self, room: Room, ticket: Ticket) -> None:
        super()._leave(room, ticket)
        stage = self.queue.stage
        if stage is not None and stage.serialized and ticket.state == 0 and ticket.item.key is not None:
            self.queue.gone_soon(ticket)


class WatchedQueue(ItemQueue):
    """Says what is wrong with itself."""

    world: World
    stage: Scripted | None = None

    def __init__(self, **limits: Any) -> None:
        super().__init__(**limits)
        self._places = WatchedPlaces(self, **limits)
        self.turns: dict[object, Turn] = {}

    def wrong(self, text: str) -> None:
        self.world.wrong(f"queue of {self.stage and self.stage.name}: {text}")

    def put(self, call: Call, tickets: Sequence[Ticket], *, first: bool = True) -> list[Ticket]:
        room = self._places._rooms.get(call.flow)
        before = 0 if room is None else room.count
        limit = call.flow.max_waiting or self._places.limit
        closed = self._closed
        try:
            return super().put(call, tickets, first=first)
        except SiseonError as error:
            if error.code is FailureCode.overloaded and (
                call.flow.policy != "reject" or before < limit or not first
            ):
                self.wrong(f"overloaded with {before} of {limit} waiting, {call.flow.policy}")
            if error.code is FailureCode.shutting_down and not closed:
                self.wrong("shutting down although it is open")
            raise
        finally:
            self._audit("put")

    def take(self, bell: Any) -> Taken | Wait | None:
        taken = super().take(bell)
        if isinstance(taken, Taken):
            if not taken.batch and not taken.expired:
                self.wrong("took nothing")
            now = clock.now()
            for ticket in taken.expired:
                if ticket.call.deadline is None or ticket.call.deadline > now:
                    self.wrong(f"{ticket.item} expired before its deadline")
            for ticket in taken.batch:
                if ticket.call.deadline is not None and ticket.call.deadline <= now:
                    self.wrong(f"{ticket.item} runs after its deadline")
                if ticket.call.abandoned:
                    self.wrong(f"{ticket.item} runs although its caller has gone")
            self._count_turns(taken)
        elif isinstance(taken, Wait) and taken.seconds is not None:
            self._check_wait(clock.now() + taken.seconds)
        self._audit("take")
        return taken

    def _check_wait(self, until: float) -> None:
        """Lingering costs no item its deadline."""
        for room in self._places._lines._active.values():
            for waiting in room.requests.values():
                for line in waiting.lines.values():
                    for ticket in line.tickets:
                        deadline = ticket.call.deadline
                        if deadline is not None and clock.now() < deadline <= until:
                            self.wrong(f"a lane sleeps beyond the deadline of {ticket.item}")

    def release(self, tickets: Sequence[Ticket]) -> None:
        super().release(tickets)
        self._audit("release")

    def discard(self, call: Call, tickets: Sequence[Ticket]) -> int:
        dropped = super().discard(call, tickets)
        if call.held or call.lines or call.backlog:
            self.wrong(f"discard leaves {call.held} held, {len(call.backlog)} in the backlog")
        self._audit("discard")
        return dropped

    def close(self) -> None:
        super().close()
        self._audit("close")

    def abandon(self) -> None:
        super().abandon()
        self.turns.clear()
        self._audit("abandon")

    def gone_soon(self, ticket: Ticket) -> None:
        """A ticket of a key leaves: to run (then the stage takes it off the order), or for good."""
        self.leaving = getattr(self, "leaving", [])
        self.leaving.append(ticket)

    def _audit(self, after: str) -> None:
        for ticket in getattr(self, "leaving", ()):
            if ticket.state == 0 and self.stage is not None:
                self.stage.order[ticket.item.key].remove(ticket.item.number)
        self.leaving = []
        flows: Counter[Flow] = Counter()
        calls: Counter[Call] = Counter()
        lined_up = 0
        for flow, room in self._places._lines._active.items():
            for owner, waiting in room.requests.items():
                self._turn(room, owner)
                for bucket, line in waiting.lines.items():
                    if not line.tickets:
                        self.wrong(f"an empty line after {after}")
                    lined_up += len(line.tickets)
                    flows[flow] += len(line.tickets)
                    for ticket in line.tickets:
                        calls[ticket.call] += 1
                        if ticket.line is not line or ticket.bucket is not bucket or ticket.state:
                            self.wrong(f"ticket {ticket.item} is not where it stands after {after}")
        for key in self._places._names._keys.values():
            if key.parked and not key.active:
                self.wrong(
                    f"nobody will run the {len(key.parked)} parked items of key {key.key} after {after}"
                )
            for ticket in key.parked:
                flows[ticket.call.flow] += 1
                calls[ticket.call] += 1
        for call, held in calls.items():
            if call.held != held:
                self.wrong(f"a call holds {held} places, not {call.held}, after {after}")
            if call.abandoned:
                self.wrong(f"items of an abandoned call wait after {after}")
        for flow, room in self._places._rooms.items():
            if room.count != flows[flow]:
                self.wrong(
                    f"flow {flow.name} has {flows[flow]} items waiting, not {room.count}, after {after}"
                )
            if room.count > room.limit:
                self.wrong(f"flow {flow.name} has {room.count} items waiting, the limit is {room.limit}")
        if set(flows) - set(self._places._rooms):
            self.wrong(f"items of a flow without a room after {after}")
        places = self._places
        waiting = sum(flows.values())
        if (lined_up, waiting) != (places._lines.count, places._count) or places._backlog < 0:
            self.wrong(f"{lined_up} lined up, not {places._lines.count}; {waiting} wait, not {places._count}")
        if lined_up and self._idle and not self._woken and self._places._linger is None:
            self.wrong(f"{len(self._idle)} lanes sleep while {lined_up} items wait after {after}")
        for owner in [owner for owner, turn in self.turns.items() if owner not in turn.room.requests]:
            del self.turns[owner]

    def _turn(self, room: Room, owner: object) -> None:
        turn = self.turns.get(owner)
        if turn is None:
            self.turns[owner] = Turn(room, len(room.requests) - 1)

    def _count_turns(self, taken: Taken) -> None:
        """No request waits while more batches than its bound begin without an item of it; late ones are a turn too."""
        if self._places._linger is not None or self._closed:
            return
        served = {ticket.call.request or ticket.call for ticket in (*taken.batch, *taken.expired)}
        head = taken.batch[0].call.flow if taken.batch else None
        for owner, turn in self.turns.items():
            if owner in served:
                turn.start_again()
                continue
            if head is None:
                continue
            turn.batches += 1
            turn.flows.add(head)
            if turn.batches > turn.bound():
                self.wrong(
                    f"a request of flow {turn.room.flow.name}, {turn.ahead} before it, waited while {turn.batches} "
                    f"batches began; {turn.bound()} at most, with heads of {sorted(f.name for f in turn.flows)}"
                )
                turn.batches = -1000
        for owner in [owner for owner, turn in self.turns.items() if turn.again]:
            turn = self.turns[owner]
            turn.again = False
            turn.ahead = max(0, len(turn.room.requests) - 1)


class WatchedRuntime(StageRuntime):
    """Counts what it was given and what came of it."""

    world: World

    def __init__(self, stage: Any, loop: Any) -> None:
        super().__init__(stage, loop)
        self.offered = 0
        self.ended: Counter[Ticket] = Counter()
        self.world.runtimes.append(self)

    async def start(self) -> None:
        await super().start()
        self.queue.stage = self.stage  # type: ignore[attr-defined]
        self.stage.order.clear()  # type: ignore[attr-defined]
        self.stage.busy_keys.clear()  # type: ignore[attr-defined]

    def put(self, call: Call, tickets: list[Ticket], *, first: bool = True) -> None:
        self.offered += len(tickets)
        super().put(call, tickets, first=first)

    def _deliver(self, done: DoneBatch) -> None:
        for ticket in done.tickets:
            self.ended[ticket] += 1
            if self.ended[ticket] > 1:
                self.world.wrong(f"{self.stage.label}: item {ticket.item} is delivered twice")
        super()._deliver(done)

    def check_moving(self) -> None:
        """Whoever has waited long waits for something."""
        if self.stage.state != "open" or not hasattr(self, "queue") or len(self.queue):
            return
        if any(lane.busy_since is not None for lane in self._lanes):
            return
        for call in self._calls:
            # A batch that has been computed is nobody's until it is delivered, a moment later.
            delivered_soon = any(ticket.state is State.settled for ticket in call.tickets)
            if clock.now() - call.queued_at > 100 * TICK and not call.done.done() and not delivered_soon:
                self.world.wrong(f"{self.stage.label}: a call waits for {call.left} items that are nowhere")

    def check_empty(self) -> None:
        """Nothing is left of it."""
        wrong, name = self.world.wrong, self.stage.label
        counted = sum(self._outcomes.values())
        if counted != self.offered:
            wrong(
                f"{name} was given {self.offered} items and counts {counted} outcomes: {dict(self._outcomes)}"
            )
        if self._calls:
            wrong(f"{name} still has {len(self._calls)} calls")
        if self._replicas.held or self._replicas._opened:
            wrong(f"{name} still holds its replicas")
        queue = getattr(self, "queue", None)
        if queue is None:
            return
        places = queue._places
        if len(queue) or places._rooms or places._lines.count or places._lines._active:
            wrong(f"{name}: {len(queue)} items and {len(places._rooms)} flows are left in the queue")
        if places._names._keys or places._names._buckets:
            left = [
                key
                for key in (*places._names._keys, *places._names._buckets)
                if type(key).__name__ != "Moody"
            ]
            if left:
                wrong(f"{name}: keys or buckets {left} are left")


@contextmanager
def watched(world: World) -> Iterator[None]:
    """For one episode the engine runs on the world's clock, and what it makes is watched."""
    queue = type("Queue", (WatchedQueue,), {"world": world})
    kind = type("Runtime", (WatchedRuntime,), {"world": world})
    was, log.disabled = log.disabled, True
    with (
        mock.patch.object(clock, "now", world.loop.time),
        mock.patch.object(runtime, "ItemQueue", queue),
        mock.patch.object(calling, "StageRuntime", kind),
        mock.patch.object(calling, "SLICE", SLICE),
        mock.patch.object(lines, "TURN", TURN),
        mock.patch.object(serving, "cores", return_value=1),
        mock.patch.object(serving, "TURNS_PER_CORE", 1),
        mock.patch.object(serving, "QUICK_PER_CORE", 3),
    ):
        try:
            yield
        finally:
            log.disabled = was
