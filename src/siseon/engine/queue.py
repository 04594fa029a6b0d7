"""Where items wait for a replica: bounded for each flow, fair between flows and requests, one bucket a batch.

The only structure shared between the event loop (which puts) and the replicas' lanes (which take). One plain lock
guards it; a lane that finds nothing leaves its bell here, which the next ``put`` rings. Who has a place, and whose turn
it is, ``places.py`` knows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Protocol

from siseon.contracts import CapacityError, FailureCode
from siseon.engine.call import Call
from siseon.engine.places import Places, Taken
from siseon.engine.ticket import State, Ticket


class Bell(Protocol):
    """Wakes one lane."""

    def ring(self) -> None:
        """Called without the queue's lock; ringing twice does no harm."""


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing to do until the bell rings, or for ``seconds``."""

    seconds: float | None


class ItemQueue:
    """Tickets that wait. ``take`` gives a batch of one bucket, filled in turn; see ``Lines``."""

    def __init__(self, *, limit: int, max_batch: int, max_cost: float | None, linger_s: float) -> None:
        """``limit``: items of one flow that may wait."""
        self._lock = Lock()
        self._places = Places(limit=limit, max_batch=max_batch, max_cost=max_cost, linger_s=linger_s)
        self._idle: list[Bell] = []
        self._woken: set[Bell] = set()
        self._closed = False

    def __len__(self) -> int:
        """Items that wait, those of calls for which there is no room yet included."""
        return len(self._places)

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
        places = self._places
        with self._lock:
            if self._closed:
                raise _closed()
            lined_up = places.lined_up
            superseded = places.put(call, tickets, first=first)
            bells = self._wake(places.lined_up - lined_up + len(superseded))
        for bell in bells:
            bell.ring()
        return superseded

    def take(self, bell: Bell) -> Taken | Wait | None:
        """The next batch for the lane of this bell; None when the queue is closed and empty."""
        places = self._places
        with self._lock:
            if bell in self._woken:
                self._woken.discard(bell)
            elif bell in self._idle:
                self._idle.remove(bell)
            line, seconds = places.next_line(closed=self._closed)
            if line is None:
                if self._closed and not len(places):
                    return None
                self._idle.append(bell)
                return Wait(seconds)
            taken = places.fill(line, lanes=1 + len(self._idle) + len(self._woken))
            bells = self._wake(places.lined_up - len(self._woken)) or self._bells_at_the_end()
        for other in bells:
            other.ring()
        return taken

    def release(self, tickets: Sequence[Ticket]) -> None:
        """The replica has let go of these: the next of their keys may run."""
        released = State.released
        for ticket in tickets:
            ticket.state = released
        places = self._places
        if not places.has_keys:
            return
        with self._lock:
            lined_up = places.lined_up
            for ticket in tickets:
                if ticket.key is not None:
                    places.next_of_key(ticket)
            bells = self._wake(places.lined_up - lined_up) or self._bells_at_the_end()
        for bell in bells:
            bell.ring()

    def discard(self, call: Call, tickets: Sequence[Ticket]) -> int:
        """Remove what still waits of ``tickets``, all those of a call whose caller has gone; how many they were.

        Linear in the call's own lines and, where they are mixed with those of others, in its own items.
        """
        with self._lock:
            lined_up = self._places.lined_up
            dropped = self._places.discard(call, tickets)
            bells = self._wake(self._places.lined_up - lined_up) or self._bells_at_the_end()
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
            self._places.clear()
            bells = self._wake(len(self._idle))
        for bell in bells:
            bell.ring()

    # Under the lock:

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


def _closed() -> CapacityError:
    return CapacityError(
        "the stage is shutting down and takes no new work",
        code=FailureCode.shutting_down,
        hint="send the request again: another instance or the restarted one will take it",
    )
