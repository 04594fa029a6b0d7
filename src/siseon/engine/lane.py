"""What takes batches from a stage's queue and gives them to a replica: one lane for each of its credits."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field
from functools import partial

from siseon.engine import clock
from siseon.engine.call import MISSING
from siseon.engine.isolation import Trial
from siseon.engine.mistakes import describe, late, log, named
from siseon.engine.placement.seam import Bell, Replica, Steps
from siseon.engine.queue import ItemQueue, Wait
from siseon.engine.ticket import State, Ticket
from siseon.engine.trace import Figures, current_figures


@dataclass(slots=True)
class DoneBatch:
    """Tickets and their outcomes (a value, or a SiseonError), in the same order."""

    tickets: list[Ticket]
    outcomes: list[object]
    lane: int
    started: float | None = None
    """None if they never ran."""
    compute_s: float = 0.0
    figures: Figures = field(default_factory=Figures)


class Lane:
    """Serves one credit of a replica until the queue is closed and empty."""

    def __init__(
        self,
        stage: str,
        number: int,
        replica: Replica,
        queue: ItemQueue,
        bell: Bell,
        deliver: Callable[[DoneBatch], None],
    ) -> None:
        self.stage = stage
        self.number = number
        self.busy_since: float | None = None
        """When the batch that it computes was begun; None between batches."""
        self._replica = replica
        self._queue = queue
        self._bell = bell
        self._deliver = deliver

    def serve(self) -> Steps:
        """Take, run, deliver; the steps of a thread."""
        while (taken := self._queue.take(self._bell)) is not None:
            if isinstance(taken, Wait):
                yield taken
                continue
            if taken.expired:
                self._deliver(DoneBatch(taken.expired, [late() for _ in taken.expired], self.number))
            if taken.batch:
                self.busy_since = clock.now()
                yield None
                done = yield from self._run(taken.batch)
                self._deliver(done)
                yield None
                self._queue.release(taken.batch)  # after the delivery: outcomes of one key arrive in order
                del done
            del taken  # while this lane waits it must not hold the last batch's pixels

    def _run(self, tickets: list[Ticket]) -> Generator[None, None, DoneBatch]:
        items = [ticket.item for ticket in tickets]
        figures = Figures()
        deadline = _latest(tickets)

        def attempt(some: Sequence[object]) -> object:
            token = current_figures.set(figures)
            try:
                return self._replica.run(some, deadline)
            finally:
                current_figures.reset(token)

        started = clock.now()
        try:
            trial = Trial(self.stage, attempt, items)
            raised = trial.whole()
            if raised is not None:
                yield from trial.isolate(raised, partial(_wanted, tickets))
            outcomes = trial.outcomes
            yield None
        except GeneratorExit:  # whoever drives these steps has dropped them
            raise
        except BaseException as error:  # noqa: BLE001 - nothing may end a lane: its tickets fail, it goes on
            log.error("a replica of stage %s died: %s", self.stage, describe(error), exc_info=error)
            outcomes = [named(error, "the replica died:") for _ in tickets]
        self.busy_since = None
        settled = State.settled
        for ticket in tickets:
            ticket.state = settled
        return DoneBatch(tickets, outcomes, self.number, started, clock.now() - started, figures)


def _wanted(tickets: list[Ticket], index: int) -> bool:
    call = tickets[index].call
    if call.outcomes[tickets[index].index] is not MISSING:
        return False  # a stop has told its caller
    return not call.abandoned and (call.deadline is None or call.deadline > clock.now())


def _latest(tickets: list[Ticket]) -> float | None:
    """The latest of their deadlines; None when one has none."""
    latest = 0.0
    for ticket in tickets:
        deadline = ticket.call.deadline
        if deadline is None:
            return None
        latest = max(latest, deadline)
    return latest
