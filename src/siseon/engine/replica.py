"""What a replica's thread does with a batch: run it, time it, and keep one bad item from failing the rest."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from siseon.contracts import ContractViolation, DeadlineExceeded, SiseonError, StageFailed
from siseon.engine.queue import ItemQueue, Ticket
from siseon.engine.trace import current_parts

log = logging.getLogger("siseon.engine")

Process = Callable[[Sequence[object]], Sequence[object]]


@dataclass(slots=True)
class DoneBatch:
    """A batch that has run: tickets and their outcomes (a value, or a SiseonError), in the same order."""

    tickets: list[Ticket]
    outcomes: list[object]
    replica: int
    started: float = 0.0
    compute_s: float = 0.0
    parts: dict[str, float] = field(default_factory=dict)


def serve(
    stage: str, process: Process, queue: ItemQueue, replica: int, deliver: Callable[[DoneBatch], None]
) -> None:
    """Take batches until the queue is closed and empty; the body of a replica's thread."""
    while (taken := queue.take()) is not None:
        batch, expired = taken
        if expired:
            deliver(DoneBatch(expired, [_expired(stage) for _ in expired], replica))
        if batch:
            deliver(run_batch(stage, process, batch, replica))
        del taken, batch, expired  # while this thread sleeps it must not hold the last batch's pixels


def run_batch(stage: str, process: Process, tickets: list[Ticket], replica: int) -> DoneBatch:
    """Run one batch. If it raises, its items are tried one by one: only the bad ones fail."""
    parts: dict[str, float] = {}
    token = current_parts.set(parts)
    started = time.monotonic()
    items = [ticket.item for ticket in tickets]
    outcomes = _attempt(stage, process, items)
    if len(items) > 1 and all(isinstance(outcome, _Raised) for outcome in outcomes):
        outcomes = [_attempt(stage, process, [item])[0] for item in items]
    compute_s = time.monotonic() - started
    current_parts.reset(token)
    settled = [outcome.error if isinstance(outcome, _Raised) else outcome for outcome in outcomes]
    return DoneBatch(tickets, settled, replica, started, compute_s, parts)


class _Raised:
    """Marks the outcome of an item whose batch raised, so that a retry can tell it from a value."""

    __slots__ = ("error",)

    def __init__(self, error: SiseonError) -> None:
        self.error = error


def _attempt(stage: str, process: Process, items: list[object]) -> list[object]:
    try:
        results = list(process(items))
    except SiseonError as error:
        return [_Raised(error.at(stage)) for _ in items]
    except BaseException as error:
        log.error(
            "stage %s raised %s on a batch of %d", stage, type(error).__name__, len(items), exc_info=error
        )
        failure = StageFailed(
            f"stage {stage!r} raised {type(error).__name__}: {error}",
            hint="the log has the traceback; the other items of the batch were not affected",
            stage=stage,
        )
        failure.__cause__ = error
        return [_Raised(failure) for _ in items]
    if len(results) != len(items):
        mismatch = ContractViolation(
            f"stage {stage!r} returned {len(results)} results for {len(items)} items",
            hint="process must return one result an item, in the order of the batch",
            stage=stage,
        )
        # Not marked as raised: running the items again would only repeat the stage's mistake.
        return [mismatch for _ in items]
    return results


def _expired(stage: str) -> DeadlineExceeded:
    return DeadlineExceeded(f"the deadline passed while the item waited for stage {stage!r}", stage=stage)
