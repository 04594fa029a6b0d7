"""How items come to workers. The database is the truth; a carrier brings ids of items faster than asking it.

``Polled`` has no carrier and asks the database. ``Carried`` puts what is ready into a carrier, a bounded number ahead,
and takes from there. Every id is checked against the database when it arrives, so a carrier may lose, repeat or delay:
what is lost is put again, what comes twice is refused by its row. The order that makes it so: rows commit first, then
``put``; outcomes commit first, then ``done``. While a carrier does not answer, the database is asked as if there were
none.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import NamedTuple, Protocol

from siseon.contracts import StoreError
from siseon.jobs import store
from siseon.jobs.database import Database
from siseon.jobs.store import Claimed

ASK_AGAIN_S = 5.0
"""After which a carrier that did not answer is asked again: it may keep whoever asks waiting for seconds."""

MOST_NUMBER = 2**31
"""Of an item: what a column of the database has room for."""

log = logging.getLogger("siseon.jobs")


class Parcel(NamedTuple):
    """An item's id in a worker's hands; ``token`` is how its carrier knows it."""

    application: str
    job: str
    number: int
    token: str


def parcel_of(application: str, job: object, number: object, token: str) -> Parcel | None:
    """What a carrier brought; None where somebody else has put there what no item of ours can be called."""
    if (
        type(job) is str
        and job.isascii()
        and job.isalnum()
        and type(number) is int
        and 0 <= number < MOST_NUMBER
    ):
        return Parcel(application, job, number, token)
    log.warning("the carrier of %s brought what is no item: it is removed", application)
    return None


class CarrierEmptied(Exception):
    """The carrier has lost all that it had, or is new; it can be filled again."""


class _Away(StoreError):
    """The carrier does not answer, whatever the database does."""


class Carrier(Protocol):
    """Brings ids of items from whoever has them to one worker each. Blocking, and safe to call from several threads.

    Raises (each of them): ``StoreError``, the carrier does not answer; ``CarrierEmptied``.
    """

    def put(self, items: Sequence[store.Carried]) -> None:
        """Take these."""

    def waiting(self, application: str) -> int:
        """How many it has, those in workers' hands included."""

    def claim(self, worker: str, applications: Sequence[str], count: int) -> list[Parcel]:
        """Up to so many for this worker, at once, perhaps none; those of workers that beat no more among them."""

    def beat(self, worker: str) -> None:
        """This worker lives: what it has stays with it."""

    def done(self, parcels: Iterable[Parcel]) -> None:
        """Their outcome is written down, or they were none of this worker's business: forget them."""


class Supply(Protocol):
    """Where a worker's items come from. ``LeaseLost`` and ``StoreError`` come through."""

    def claim(self, worker: str, count: int) -> list[Claimed]:
        """Up to so many items."""

    def beat(self, worker: str) -> None:
        """This worker lives."""

    def done(self, items: Iterable[tuple[str, int]]) -> None:
        """Outcomes of these (job, number) are written down, or they were handed back."""


class Polled:
    """Without a carrier: the database is asked."""

    def __init__(self, database: Database, applications: Iterable[str]) -> None:
        self._database = database
        self._applications = sorted(set(applications))

    def claim(self, worker: str, count: int) -> list[Claimed]:
        """Up to so many items."""
        return store.claim(self._database, worker, self._applications, count)

    def beat(self, worker: str) -> None:
        """The lease says it already."""

    def done(self, items: Iterable[tuple[str, int]]) -> None:
        """The row says it already."""


class Carried:
    """By a carrier that is kept filled, and by the database while the carrier does not answer.

    Args:
        database: where the items are.
        carrier: that brings them.
        applications: whose items.
        ahead: items of an application that the carrier has at most: what a new, more urgent job has to wait for.
        again_s: seconds after which a carrier that did not answer is asked again.
    """

    def __init__(
        self,
        database: Database,
        carrier: Carrier,
        applications: Iterable[str],
        *,
        ahead: int = 1000,
        again_s: float = ASK_AGAIN_S,
    ) -> None:
        self._database = database
        self._carrier = carrier
        self._applications = sorted(set(applications))
        self._ahead = ahead
        self._again_s = again_s
        self._away = False
        self._ask_at = 0.0
        self._turns = 0
        self._held: dict[tuple[str, int], Parcel] = {}
        self._useless: list[Parcel] = []
        self._lock = threading.Lock()

    def claim(self, worker: str, count: int) -> list[Claimed]:
        """Up to so many items."""
        if self._away and time.monotonic() < self._ask_at:
            return store.claim(self._database, worker, self._applications, count)
        alone = store.alone(self._database, worker, self._applications)
        if alone is not None:
            return alone
        parcels: list[Parcel] = []
        applications = self._in_turn()
        try:
            parcels += self._brought(worker, applications, count)
            if len(parcels) < count:
                self._fill()
                parcels += self._brought(worker, applications, count - len(parcels))
            found = store.take(self._database, worker, [(each.job, each.number) for each in parcels])
        except CarrierEmptied:
            store.uncarry(self._database)
            return []
        except StoreError as failure:
            with self._lock:
                self._useless += parcels  # what is queued still will be put again
            if not isinstance(failure, _Away):
                raise
            return store.claim(self._database, worker, self._applications, count)
        taken = {(each.job, each.number) for each in found}
        with self._lock:
            # What was cancelled and queued again comes twice to one worker: the older parcel is of no use any more.
            self._useless += [self._held[key] for key in taken if key in self._held]
            self._held |= {each[1:3]: each for each in parcels if each[1:3] in taken}
        self._forget([each for each in parcels if each[1:3] not in taken])
        return found

    def beat(self, worker: str) -> None:
        """This worker lives."""
        if self._away:
            return  # what others get of it meanwhile its row refuses
        try:
            with suppress(_Away), self._asked():
                self._carrier.beat(worker)
        except CarrierEmptied:
            store.uncarry(self._database)

    def done(self, items: Iterable[tuple[str, int]]) -> None:
        """Outcomes of these (job, number) are written down, or they were handed back."""
        with self._lock:
            parcels = [self._held.pop(key) for key in items if key in self._held]
        if parcels:  # the others are told again by the next claim
            self._forget(parcels)

    def _brought(self, worker: str, applications: Sequence[str], count: int) -> list[Parcel]:
        with self._asked():
            found = self._carrier.claim(worker, applications, count)
        if self._away:
            self._away = False
            log.info("the carrier answers again")
        return found

    def _in_turn(self) -> list[str]:
        """Another one first each time: carriers take from the next one what the first one does not have."""
        self._turns += 1
        first = self._turns % len(self._applications)
        return self._applications[first:] + self._applications[:first]

    def _fill(self) -> None:
        for application in self._applications:
            with self._asked():
                missing = self._ahead - self._carrier.waiting(application)
            if missing > 0:
                items = store.carry(self._database, [application], missing)
                try:
                    if items:
                        with self._asked():
                            self._carrier.put(items)
                except _Away:
                    store.uncarry(self._database)  # or they would wait until they count as lost
                    raise

    def _forget(self, parcels: Sequence[Parcel]) -> None:
        """Those that a carrier which does not answer could not forget are told again the next time."""
        with self._lock:
            useless, self._useless = [*self._useless, *parcels], []
        if not useless:
            return
        try:
            with self._asked():
                self._carrier.done(useless)
        except CarrierEmptied:
            return
        except _Away:
            with self._lock:
                self._useless += useless

    @contextmanager
    def _asked(self) -> Iterator[None]:
        """Around each question to the carrier: one that is not answered is remembered, and told once an outage.

        Raises:
            _Away: it does not answer.
        """
        try:
            yield
        except StoreError as failure:
            self._ask_at = time.monotonic() + self._again_s
            if not self._away:
                self._away = True
                log.warning("the carrier is away, the database brings the items: %s", failure.message)
            raise _Away(failure.message, hint=failure.hint) from failure


class InMemory:
    """A carrier for the workers of one process."""

    def __init__(self) -> None:
        self._queues: dict[str, deque[tuple[str, int]]] = {}
        self._out: dict[str, set[str]] = {}
        self._lock = threading.Lock()

    def put(self, items: Sequence[store.Carried]) -> None:
        """Take these."""
        with self._lock:
            for application, job, number in items:
                self._queues.setdefault(application, deque()).append((job, number))

    def waiting(self, application: str) -> int:
        """How many it has, those in workers' hands included."""
        with self._lock:
            return len(self._queues.get(application, ())) + len(self._out.get(application, ()))

    def claim(self, worker: str, applications: Sequence[str], count: int) -> list[Parcel]:
        """Up to so many for this worker."""
        found: list[Parcel] = []
        with self._lock:
            for application in applications:
                queue = self._queues.get(application, deque())
                while queue and len(found) < count:
                    job, number = queue.popleft()
                    parcel = Parcel(application, job, number, f"{job}/{number}")
                    self._out.setdefault(application, set()).add(parcel.token)
                    found.append(parcel)
        return found

    def beat(self, worker: str) -> None:
        """Its workers live and die with it."""

    def done(self, parcels: Iterable[Parcel]) -> None:
        """Forget them."""
        with self._lock:
            for parcel in parcels:
                self._out.get(parcel.application, set()).discard(parcel.token)
