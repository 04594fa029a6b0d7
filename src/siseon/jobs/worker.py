"""A worker: claims what it has room for, runs each item, writes outcomes down in batches, and leaves in good order.

A lost lease ends nothing but the items: what they leave behind is discarded, and the worker begins anew under another
name (``shift.py``). Whoever stops it has its items finished within ``grace_s``; the rest is handed back.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field

from siseon.contracts import InputError, StoreError
from siseon.jobs.carrier import Supply
from siseon.jobs.database import Database, DatabaseLost
from siseon.jobs.lease import LEASE_S
from siseon.jobs.shift import AWAY_S, Shift
from siseon.jobs.store import Claimed, Done, Failed

Run = Callable[[Claimed], Awaitable[Done | Failed]]
"""Runs one attempt. A ``SiseonError`` that it raises is the item's failure."""
Discard = Callable[[Claimed], Awaitable[None]]
"""What this attempt has left behind (artifacts) belongs to nobody: remove it. Names are of the attempt, not of the item
alone: the one that counts may be written already."""

log = logging.getLogger("siseon.jobs")


@dataclass
class Counts:
    """What a worker has done so far."""

    claimed: int = 0
    done: int = 0
    failed: int = 0
    """Attempts, also those that are tried again."""
    discarded: int = 0
    """Attempts whose outcome did not count: cancelled, or given to another worker."""
    leases_lost: int = 0


async def _nothing(item: Claimed) -> None:
    """An attempt leaves nothing behind."""


@dataclass(frozen=True, kw_only=True)
class Worker:
    """Runs items until it is stopped.

    Raises:
        InputError: a number that is not positive, or no application.
    """

    database: Database
    supply: Supply
    run: Run
    applications: tuple[str, ...]
    concurrency: int
    """Items at work at once."""
    room: Callable[[], int] | None = None
    """How many more the engine behind ``run`` can take now; no bound but ``concurrency`` when None."""
    discard: Discard = _nothing
    lease_s: float = LEASE_S
    """Seconds without a beat after which others take its items."""
    item_s: float = 600.0
    """Seconds that an attempt may take; beyond it it has failed, and may be tried again."""
    grace_s: float = 30.0
    """Seconds that running items get when it is stopped."""
    counts: Counts = field(default_factory=Counts)

    def __post_init__(self) -> None:
        if not self.applications or self.concurrency < 1 or self.lease_s <= 0 or self.item_s <= 0:
            raise InputError(
                f"a worker for {len(self.applications)} applications with {self.concurrency} items at once",
                hint="name an application, and how many items (1 or more) run at once",
            )

    async def work(self, stop: asyncio.Event) -> None:
        """Work until ``stop`` is set; returns when all items are finished or handed back.

        Raises:
            DatabaseLost: where its items were is nothing, or something else: it must be started again.
        """
        while not stop.is_set():
            try:
                await Shift(self).work(stop)
            except DatabaseLost:
                raise
            except StoreError as error:  # it could not be registered
                log.warning("the worker cannot begin: %s", error.message)
                with suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), AWAY_S)
