"""A running stage: its replicas, its lanes, and the delivery of their outcomes to the event loop."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Generator
from dataclasses import dataclass, field
from functools import partial
from threading import Lock
from typing import TYPE_CHECKING, Any

from siseon.contracts import FailureCode, SiseonError, StageFailed, Superseded
from siseon.engine import clock
from siseon.engine.call import MISSING, Call
from siseon.engine.context import Request
from siseon.engine.lane import DoneBatch, Lane
from siseon.engine.mistakes import describe, is_failure, log, shut
from siseon.engine.placement.seam import PlaceStatistics, Running, Steps
from siseon.engine.queue import ItemQueue, Wait
from siseon.engine.replicas import Replicas, on_loop
from siseon.engine.spans import batch_span, dropped_span, tell_batch
from siseon.engine.ticket import Ticket
from siseon.engine.trace import OK
from siseon.engine.user_values import label_of

if TYPE_CHECKING:
    from siseon.engine.stage import Stage


LIVES = 10
"""Times that a lane is served again after an exception that was not its batch's; then its stage takes no more work."""
LAST_STEPS_S = 1.0
"""What threads that have nothing more to do have to end."""


@dataclass(frozen=True, slots=True)
class StageStatistics:
    """Counters of a stage since its start."""

    waiting: int = 0
    """Items in the queue, and those of calls for which it has no room yet."""
    items: int = 0
    """Items that were run, whatever came of them."""
    batches: int = 0
    outcomes: dict[str, int] = field(default_factory=dict)
    """Items by ``ok`` or failure code, those that never ran included."""
    busy_s: tuple[float, ...] = ()
    """Seconds for which each replica has been inside its batch; 0 for one that waits."""
    bytes_copied: int = 0
    """Bytes copied on the way of batches to where they ran, and back; 0 in threads."""
    place: PlaceStatistics = field(default_factory=PlaceStatistics)
    """Where it computes."""


class StageRuntime:
    """Made at ``start``, gone after ``stop``: a stage that is not running has none of this state."""

    def __init__(self, stage: Stage[Any, Any], loop: asyncio.AbstractEventLoop) -> None:
        self.stage = stage
        self.loop = loop
        self.queue: ItemQueue
        self._replicas = Replicas(stage, loop)
        self._lanes: list[Lane] = []
        self._ended = asyncio.Event()
        self._guard = Lock()
        """Of the two below, which the last lane and the one who stops both look at."""
        self._alive = 0
        self._given_up = False
        self._running: list[Running] = []
        """What the placement carries out for it."""
        self._calls: dict[Call, None] = {}
        self._outcomes: Counter[str] = Counter()
        self._items = 0
        self._batches = 0
        self._bytes_copied = 0
        self._max_batch = 0

    async def is_stuck(self) -> bool:
        """Whether something of it still runs after its stop; what only needs a moment to end gets one."""
        until = clock.now() + LAST_STEPS_S
        while self._replicas.held and clock.now() < until and not self._busy():  # noqa: ASYNC110 - as below
            await asyncio.sleep(0.001)
        return self._replicas.held

    def _busy(self) -> int:
        """Lanes that are inside a batch."""
        return sum(lane.busy_since is not None for lane in self._lanes)

    async def start(self) -> None:
        """Open the replicas beside the loop, then the queue and the lanes.

        Raises:
            SiseonError: what ``setup`` raised, or a limit that is not one.
        """
        stage = self.stage
        await self._replicas.open()
        self._max_batch = stage.max_batch
        self.queue = ItemQueue(
            limit=stage.max_queue,
            max_batch=stage.max_batch,
            max_cost=stage.max_cost,
            linger_s=stage.linger_ms / 1000,
        )
        try:
            self._open_lanes()
        except BaseException:
            self.queue.abandon()
            await self._idle_lanes_ended()
            await self._replicas.close()
            raise

    def _open_lanes(self) -> None:
        stage = self.stage
        credits = self._replicas.credits()
        for number, replica in enumerate(credits):
            bell = stage.placement.bell()
            lane = Lane(label_of(stage), number, replica, self.queue, bell, self._deliver_soon)
            self._lanes.append(lane)
            with self._guard:
                self._alive += 1
            try:
                running = stage.placement.start(f"{label_of(stage)}-{number}", self._lane_steps(lane), bell)
            except RuntimeError as error:
                with self._guard:
                    self._alive -= 1
                raise StageFailed(f"replica {number} has no thread to run in: {describe(error)}") from None
            self._running.append(running)

    def _lane_steps(self, lane: Lane) -> Steps:
        try:
            for _ in range(LIVES):
                if (yield from self._served(lane)):
                    break
            else:
                on_loop(self.loop, self._fail_the_rest)
        finally:
            with self._guard:
                self._alive -= 1
                last = not self._alive
                orphaned = last and self._given_up
            if orphaned:  # the stop did not wait for this lane: what it left to do is done here
                self._replicas.close_here()
            elif last:
                on_loop(self.loop, self._ended.set)

    def _served(self, lane: Lane) -> Generator[Wait | None, None, bool]:
        """Serve until the queue is closed and empty; False when something ended the lane before."""
        try:
            yield from lane.serve()
        except GeneratorExit:
            raise
        except BaseException as error:  # noqa: BLE001 - the lane is restarted
            log.error("a lane of stage %s died: %s", label_of(self.stage), describe(error), exc_info=error)
            return False
        return True

    def put(self, call: Call, tickets: list[Ticket], *, first: bool = True) -> None:
        """Queue tickets of one call; ``first``: it had none before.

        Raises:
            SiseonError: see ``ItemQueue.put``.
        """
        try:
            superseded = self.queue.put(call, tickets, first=first)
        except SiseonError as error:
            self._outcomes[error.code] += len(tickets)
            raise
        self._calls[call] = None
        if superseded:
            self._deliver(
                DoneBatch(
                    superseded, [Superseded("a newer item of its flow took its place") for _ in superseded], 0
                )
            )

    def leave(self, call: Call) -> None:
        """The caller goes: what still waits is dropped and counted; what runs is ignored when it comes."""
        self._calls.pop(call, None)
        request = call.request
        if request is not None:
            request.calls.pop(call, None)
        tickets, call.tickets = call.tickets, []  # a call and its tickets would keep each other alive
        if not call.left or call.abandoned:
            return
        call.abandoned = True
        if request is not None and call.cause is FailureCode.cancelled:
            call.cause = request.cause()
        dropped = self.queue.discard(call, tickets)
        if dropped:
            self._outcomes[call.cause] += dropped
        if request is not None:
            name = request.name_of(self.stage)
            if request.verdict is not None:
                request.late_at.append(name)
            request.trace.spans.append(dropped_span(name, call, call.left, request))

    async def stop(self, drain_s: float) -> None:
        """Let the lanes finish the queue, then fail what is left by name and tear down.

        Raises:
            StageFailed: ``teardown`` raised, or did not return.
        """
        self.queue.close()
        drained = asyncio.ensure_future(self._ended.wait())
        await asyncio.wait([drained], timeout=max(0.0, drain_s))
        drained.cancel()
        self._fail_the_rest()
        if self._busy() and self._replicas.give_up():
            await self._all_lanes_ended()
        await self._idle_lanes_ended()
        with self._guard:
            self._given_up = bool(self._alive)
        if self._given_up:
            log.warning(
                "stage %s: %d replicas did not finish within %.1f s; they are torn down when they come back",
                label_of(self.stage),
                self._alive,
                drain_s,
            )
            return
        await self._replicas.close()
        await self._threads_ended()

    async def _all_lanes_ended(self) -> None:
        """What was inside a batch has been ended."""
        ended = asyncio.ensure_future(self._ended.wait())
        await asyncio.wait([ended], timeout=LAST_STEPS_S)
        ended.cancel()

    async def _idle_lanes_ended(self) -> None:
        """A lane between two batches ends at once, however short the drain was; only one inside a batch is stuck."""
        until = clock.now() + LAST_STEPS_S
        while clock.now() < until:
            if self._alive <= self._busy():
                return
            await asyncio.sleep(0.001)

    async def _threads_ended(self) -> None:
        """Their last steps are done; let the threads themselves end, which takes microseconds."""
        until = clock.now() + LAST_STEPS_S
        running = [*self._running, *self._replicas.running]
        while any(one.is_alive() for one in running) and clock.now() < until:  # noqa: ASYNC110 - no event tells it
            await asyncio.sleep(0)

    def abandon(self) -> None:
        """The event loop has gone without a stop: let the lanes end, and the last of them tear down."""
        with self._guard:
            self._given_up = True
        if hasattr(self, "queue"):
            self.queue.abandon()

    def _fail_the_rest(self) -> None:
        """Whoever still waits, or is inside a process that did not return in time, is told."""
        self.queue.abandon()
        for call in list(self._calls):
            self._outcomes[FailureCode.shutting_down] += sum(
                call.outcomes[ticket.index] is MISSING for ticket in call.tickets
            )
            for index in call.missing():
                call.deliver(index, shut().at(self._name(call.request)))

    def statistics(self) -> StageStatistics:
        """Counters up to now."""
        now = clock.now()
        busy = [(lane.busy_since or now) for lane in self._lanes]
        return StageStatistics(
            waiting=len(self.queue) if hasattr(self, "queue") else 0,
            items=self._items,
            batches=self._batches,
            outcomes=dict(self._outcomes),
            busy_s=tuple(now - since for since in busy),
            bytes_copied=self._bytes_copied,
            place=self._replicas.statistics(),
        )

    def _deliver_soon(self, done: DoneBatch) -> None:
        on_loop(self.loop, partial(self._deliver, done))

    def _deliver(self, done: DoneBatch) -> None:
        ran = done.started is not None
        if ran:
            self._batches += 1
            self._items += len(done.tickets)
            self._bytes_copied += done.figures.copied_bytes
        shares: dict[tuple[Request, str], list[Ticket]] = {}
        for ticket, outcome in zip(done.tickets, done.outcomes, strict=True):
            # No user code runs here: what a replica handed back was looked at in its lane.
            call = ticket.call
            if call.outcomes[ticket.index] is not MISSING:
                continue  # told already: a stop did not wait for it
            code = OK
            if is_failure(outcome):
                code = outcome.code
                SiseonError.at(outcome, self._name(call.request))
            if call.abandoned:
                # What was not run again because nobody waits for it was dropped for the caller's cause.
                self._outcomes[call.cause if code == FailureCode.deadline_exceeded else code] += 1
                continue
            self._outcomes[code] += 1
            request = call.request
            if request is not None:
                shares.setdefault((request, code), []).append(ticket)
            call.deliver(ticket.index, outcome)
        for (request, code), tickets in shares.items():
            request.trace.spans.append(
                batch_span(
                    request.name_of(self.stage),
                    done,
                    tickets,
                    str(code),
                    request,
                    max_batch=self._max_batch,
                    batch_id=self._batches,
                    lanes=len(self._lanes),
                )
            )
        if ran:
            tell_batch(label_of(self.stage), id(self.stage), done, self._max_batch)

    def _name(self, request: Request | None) -> str:
        return label_of(self.stage) if request is None else request.name_of(self.stage)
