"""Keeps a worker alive in the eyes of the others: a thread and a connection of its own, so that nothing delays a beat.

Beside the beat, which is one row whatever the worker holds, it tells the worker what is no longer its own (cancelled,
or given to another), hands back what a lost answer left with it unknown, and queues again what dead workers held.
"""

from __future__ import annotations

import logging
import os
import secrets
import socket
import threading
import time
from collections.abc import Iterable
from types import TracebackType
from typing import Protocol, Self

from siseon.contracts import StoreError
from siseon.jobs import store
from siseon.jobs.carrier import Supply
from siseon.jobs.database import Database, DatabaseLost
from siseon.jobs.store import Fence

LEASE_S = 20.0
BEATS = 3
"""In a lease: two may be lost."""
CHECK_S = 0.5
"""Between two looks at what the worker still holds: a cancelled item is stopped that late."""
STRAY_S = 5.0
"""After which an item that the worker has without knowing is handed back: the answer to its claim was lost, or its
attempt came to no outcome."""

log = logging.getLogger("siseon.jobs")


class Holder(Protocol):
    """The worker as its lease sees it; called from the lease's thread."""

    def alive(self) -> bool:
        """Whether its loop still turns. No beat for one that does not: its items go to others."""

    def known(self) -> set[Fence]:
        """What it holds, as it believes."""

    def gone(self, fences: set[Fence]) -> None:
        """These are no longer its."""

    def lost(self) -> None:
        """It was taken for dead, and all it holds is with others; or there is no database any more. Called once."""


class Lease:
    """``with Lease(...) as lease``: registered under ``lease.worker``, a name that is never used again.

    Args:
        database: of the items.
        supply: that brings them.
        applications: whose items the worker runs.
        holder: the worker.
        lease_s: seconds without a beat after which it is dead.
    """

    def __init__(
        self,
        database: Database,
        supply: Supply,
        applications: Iterable[str],
        holder: Holder,
        *,
        lease_s: float = LEASE_S,
    ) -> None:
        self.worker = f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(4)}"
        self._database = database.beside()
        self._supply = supply
        self._applications = sorted(set(applications))
        self._holder = holder
        self._lease_s = lease_s
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="siseon-lease", daemon=True)
        self._strays: dict[Fence, float] = {}
        self._reap_at = 0.0
        self._lost = False
        self._beaten = 0.0
        """By the clock that goes on while a machine sleeps."""

    def __enter__(self) -> Self:
        self._database.__enter__()
        try:
            store.register(self._database, self.worker, self._applications, self._lease_s)
        except BaseException:  # also Ctrl-C: no connection stays open
            self._database.__exit__(None, None, None)
            raise
        self._beaten = time.time()
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop beating and hand back what is left, if the database can be reached; else the lease runs out.

        After an error what is left counts as delivered: it may be what ends workers.
        """
        self._ended.set()
        self._thread.join()
        try:
            store.leave(self._database, self.worker, in_order=kind is None)
        except StoreError as failure:
            log.warning("the worker left without saying so: %s", failure.message)
        finally:
            self._database.__exit__(None, None, None)

    def _keep(self) -> None:
        every = self._lease_s / BEATS
        beat_at = time.monotonic() + every
        while not self._ended.wait(min(CHECK_S, every / 2)) and not self._lost:
            try:
                if time.monotonic() >= beat_at and self._holder.alive():
                    self._beat()
                    beat_at = time.monotonic() + every
                self._check()
                if time.monotonic() >= self._reap_at and not self._is_late():
                    self._reap_at = time.monotonic() + every
                    for dead in store.reap(self._database):
                        log.warning(
                            "worker %s is taken for dead, since its lease ended without a beat; %s that it held %s "
                            "queued again",
                            dead.worker,
                            "1 item" if dead.items == 1 else f"{dead.items} items",
                            "is" if dead.items == 1 else "are",
                        )
            except DatabaseLost as failure:
                log.error("%s", failure.message)
                self._lose()
            except StoreError as failure:
                # All leases run out while the database is away: let the living beat before one of them is reaped.
                self._reap_at = time.monotonic() + self._lease_s
                log.warning("the lease could not be kept: %s", failure.message)

    def _is_late(self) -> bool:
        """Whether its own lease has run out: it is in no place to take others for dead."""
        return time.time() - self._beaten > self._lease_s

    def _beat(self) -> None:
        if self._is_late():  # stopped, perhaps with the whole machine: those beat first who go on as well
            self._reap_at = time.monotonic() + self._lease_s
        if not store.beat(self._database, self.worker, self._lease_s):
            self._lose()
            return
        self._beaten = time.time()
        try:
            self._supply.beat(self.worker)
        except StoreError as failure:
            log.warning("the carrier got no beat: %s", failure.message)

    def _lose(self) -> None:
        self._lost = True
        self._holder.lost()

    def _check(self) -> None:
        known = self._holder.known()  # before the question: what is claimed in between is in the answer
        held = {Fence(*each) for each in store.held(self._database, self.worker)}
        gone = known - held
        if gone:
            self._holder.gone(gone)
        now = time.monotonic()
        self._strays = {fence: self._strays.get(fence, now) for fence in held - known}
        old = [fence for fence, since in self._strays.items() if now - since > STRAY_S]
        if old:
            store.release(self._database, self.worker, [fence[:2] for fence in old], in_order=False)
