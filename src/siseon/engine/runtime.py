"""A running stage: its queue, its replicas' threads, and the delivery of their outcomes to the event loop."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import Thread
from typing import Any, Protocol

from siseon.contracts import CapacityError, FailureCode, SiseonError, StageFailed
from siseon.engine.call import Call
from siseon.engine.context import Request
from siseon.engine.queue import ItemQueue, Ticket
from siseon.engine.replica import DoneBatch, serve
from siseon.engine.trace import OK, Batch, Span

log = logging.getLogger("siseon.engine")


class Computation(Protocol):
    """What the runtime needs of a stage."""

    max_batch: int
    max_queue: int
    max_cost: float | None
    replicas: int
    linger_ms: float
    on_batch: Callable[[Batch], None] | None

    def process(self, batch: Sequence[Any]) -> Sequence[Any]: ...  # noqa: D102 - documented in Stage
    def setup(self) -> None: ...  # noqa: D102
    def teardown(self) -> None: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class StageStatistics:
    """Counters of a stage since its start."""

    waiting: int = 0
    items: int = 0
    """Items that were run, whatever came of them."""
    batches: int = 0
    outcomes: dict[str, int] = field(default_factory=dict)
    """Items by ``ok`` or failure code, those that never ran included."""


class StageRuntime:
    """Made at ``start``, gone after ``stop``: a stage that is not running has none of this state."""

    def __init__(self, label: str, stage: Computation, loop: asyncio.AbstractEventLoop) -> None:
        self.label = label
        self.loop = loop
        self.users = 1
        self.opened: asyncio.Future[None] = loop.create_future()
        """Done when the stage takes work; failed with what stopped its start."""
        self._stage = stage
        self._queue: ItemQueue
        self._threads: list[Thread] = []
        self._open: set[Call] = set()
        self._outcomes: Counter[str] = Counter()
        self._items = 0
        self._batches = 0

    async def start(self) -> None:
        """Run ``setup`` off the loop, then open the queue and the replicas.

        Raises:
            SiseonError: what ``setup`` raised.
        """
        try:
            await asyncio.to_thread(self._set_up)
        except BaseException as error:
            self.opened.set_exception(error)
            self.opened.exception()  # read: a start that nobody shares must not warn of an unread exception
            raise
        self._open_replicas()
        self.opened.set_result(None)

    def _set_up(self) -> None:
        try:
            self._stage.setup()
        except SiseonError as error:
            raise error.at(self.label) from error.__cause__
        except Exception as error:
            raise StageFailed(
                f"stage {self.label!r} could not start: {type(error).__name__}: {error}", stage=self.label
            ) from error

    def _open_replicas(self) -> None:
        stage = self._stage  # its limits are read now: setup may have set them by where the model runs
        self._queue = ItemQueue(
            limit=stage.max_queue,
            max_batch=stage.max_batch,
            max_cost=stage.max_cost,
            linger_s=stage.linger_ms / 1000,
        )
        for number in range(self._stage.replicas):
            # Daemons: a process function that never returns must not keep the interpreter alive.
            thread = Thread(
                target=serve,
                args=(self.label, self._stage.process, self._queue, number, self._deliver_soon),
                name=f"siseon-{self.label}-{number}",
                daemon=True,
            )
            thread.start()
            self._threads.append(thread)

    def put(self, call: Call, tickets: list[Ticket]) -> None:
        """Queue the tickets of one call, all or none.

        Raises:
            CapacityError: ``overloaded`` or ``shutting_down``.
        """
        try:
            self._queue.put(tickets, len(tickets))
        except CapacityError as error:
            self._outcomes[error.code] += len(tickets)
            raise
        self._open.add(call)

    def leave(self, call: Call) -> None:
        """The caller goes: what still waits is dropped and counted; what runs is ignored when it comes."""
        self._open.discard(call)
        if not call.left:
            return
        call.abandoned = True
        cause = FailureCode.deadline_exceeded if call.expired else FailureCode.cancelled
        dropped = self._queue.discard(call)
        if dropped:
            self._outcomes[cause] += dropped
            if isinstance(call.owner, Request):
                call.owner.trace.spans.append(self._dropped_span(call, dropped, cause))

    async def stop(self, drain_s: float) -> None:
        """Let the replicas finish the queue, then fail what is left by name and tear down."""
        self._queue.close()
        until = time.monotonic() + drain_s
        for thread in self._threads:
            await asyncio.to_thread(thread.join, max(0.0, until - time.monotonic()))
        self._queue.abandon()
        for call in list(self._open):  # waiting, or inside a process that did not return in time
            for index in call.missing():
                self._outcomes[FailureCode.shutting_down] += 1
                call.deliver(index, _shut(self.label))
        stuck = [thread.name for thread in self._threads if thread.is_alive()]
        if stuck:
            log.warning("stage %s: %s did not finish within %.1f s", self.label, ", ".join(stuck), drain_s)
        else:
            await asyncio.to_thread(self._stage.teardown)

    def statistics(self) -> StageStatistics:
        """Counters up to now."""
        return StageStatistics(len(self._queue), self._items, self._batches, dict(self._outcomes))

    def _deliver_soon(self, done: DoneBatch) -> None:
        try:
            self.loop.call_soon_threadsafe(self._deliver, done)
        except RuntimeError:  # the loop was closed without a stop: nobody is left to hear the outcome
            log.warning(
                "stage %s: the event loop is closed, %d outcomes have no reader",
                self.label,
                len(done.tickets),
            )

    def _deliver(self, done: DoneBatch) -> None:
        ran = bool(done.started)
        if ran:
            self._batches += 1
            self._items += len(done.tickets)
        shares: dict[tuple[object, str], list[Ticket]] = {}
        bytes_in = 0
        for ticket, outcome in zip(done.tickets, done.outcomes, strict=True):
            code = outcome.code.value if isinstance(outcome, SiseonError) else OK
            self._outcomes[code] += 1
            shares.setdefault((ticket.call.owner, code), []).append(ticket)
            if not ticket.call.abandoned:
                ticket.call.deliver(ticket.index, outcome)
        for (owner, code), tickets in shares.items():
            size = sum(_nbytes(ticket.item) for ticket in tickets)
            bytes_in += size
            if isinstance(owner, Request):
                owner.trace.spans.append(self._span(done, tickets, code, ran, owner.trace.start, size))
        if ran and self._stage.on_batch is not None:
            self._stage.on_batch(self._batch(done, bytes_in))

    def _batch(self, done: DoneBatch, bytes_in: int) -> Batch:
        owners = dict.fromkeys(ticket.call.owner for ticket in done.tickets)
        return Batch(
            stage=self.label,
            start=done.started,
            compute_s=done.compute_s,
            size=len(done.tickets),
            max_batch=self._stage.max_batch,
            replica=done.replica,
            bytes_in=bytes_in,
            requests=tuple(owner.trace for owner in owners if isinstance(owner, Request)),
        )

    def _span(
        self, done: DoneBatch, tickets: list[Ticket], outcome: str, ran: bool, zero: float, bytes_in: int
    ) -> Span:
        queued = min(ticket.queued_at for ticket in tickets)
        return Span(
            stage=self.label,
            kind="batch",
            start_s=queued - zero,
            queue_s=(done.started if ran else time.monotonic()) - queued,
            compute_s=done.compute_s,
            items=len(tickets),
            batch_size=len(done.tickets) if ran else 0,
            max_batch=self._stage.max_batch,
            batch_id=self._batches,
            replica=done.replica,
            replicas=self._stage.replicas,
            bytes_in=bytes_in,
            outcome=outcome,
            parts=done.parts,
        )

    def _dropped_span(self, call: Call, dropped: int, cause: str) -> Span:
        waited = time.monotonic() - call.queued_at
        zero = call.owner.trace.start if isinstance(call.owner, Request) else call.queued_at
        return Span(self.label, "batch", call.queued_at - zero, waited, 0.0, dropped, 0, outcome=cause)


def _nbytes(item: object) -> int:
    """Bytes of pixels or arrays that an item hands over by reference; 0 for plain values."""
    size = getattr(item, "nbytes", None)
    if isinstance(size, int):
        return size
    if isinstance(item, bytes | bytearray):
        return len(item)
    if isinstance(item, tuple | list):
        return sum(_nbytes(part) for part in item)
    return 0


def _shut(label: str) -> CapacityError:
    return CapacityError(
        f"stage {label!r} shut down before the item ran",
        code=FailureCode.shutting_down,
        hint="send the request again: another instance or the restarted one will take it",
        stage=label,
    )
