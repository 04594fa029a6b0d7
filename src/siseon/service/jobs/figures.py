"""Figures of jobs for Prometheus: what clients have asked of this process, and what waits in the database.

The database is the same for all processes of a service, so what waits there is told once beside their sum, by the one
that was asked.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

from prometheus_client import generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from siseon.contracts import SiseonError
from siseon.engine.trace import OK
from siseon.hosting.tally import Counters
from siseon.jobs.store import Depth, Waiting

FRESH_S = 1.0
"""So long an answer is good."""
SHARE = 0.05
"""Of the time may go to asking: a question that takes long is asked seldom."""
PATIENCE_S = 1.0
"""Whoever asks for figures does not wait longer for a database."""


class Requests:
    """What clients have asked for."""

    def __init__(self) -> None:
        self.by_outcome = Counters(
            "siseon_job_requests",
            "Requests that change jobs, by what came of them.",
            ("operation", "outcome"),
        )
        self.items = Counters(
            "siseon_job_accepted_items",
            "Items of accepted jobs; of one that is sent again, again.",
            ("application",),
        )

    @contextmanager
    def counted(self, operation: str) -> Iterator[None]:
        """Count what is asked inside, as done or by the code of its failure."""
        try:
            yield
        except SiseonError as error:
            self.by_outcome.of(operation, error.code).add()
            raise
        self.by_outcome.of(operation, OK).add()


class Queue:
    """What waits: asked for when somebody looks, and not more often than it costs little."""

    def __init__(self, ask: Callable[[], Awaitable[Depth | None]]) -> None:
        """``ask`` answers None where there is no database yet."""
        self._ask = ask
        self._asking: asyncio.Task[None] | None = None
        self._text = b""
        self._up = True
        self._good_until = 0.0
        self._told: set[str] = set()

    async def text(self) -> bytes:
        """In the exposition format; that the database is away, where it does not answer in time."""
        return self._text if await self._asked() else generate_latest(_Shown(None))

    async def up(self) -> bool:
        """Whether the database answers in time, or will be made by the first job."""
        return await self._asked() and self._up

    async def _asked(self) -> bool:
        """Whether the answer is a fresh one."""
        if self._asking is None and time.monotonic() >= self._good_until:
            self._asking = asyncio.create_task(self._look())
        if self._asking is not None:
            done, _ = await asyncio.wait((self._asking,), timeout=PATIENCE_S)
            return bool(done)
        return True

    async def close(self) -> None:
        """Wait no longer for an answer."""
        if self._asking is not None:
            self._asking.cancel()
            await asyncio.wait((self._asking,))

    async def _look(self) -> None:
        began = time.monotonic()
        try:
            depth = await self._ask()
            self._up = True
            if depth is None:  # that cost nothing, and the first job may come at any moment
                return
            self._told |= depth.applications.keys()
            for application in self._told:  # what waits no more is 0, not unknown
                depth.applications.setdefault(application, Waiting())
            self._text = generate_latest(_Shown(depth))
        except SiseonError:
            self._up = False
            self._text = generate_latest(_Shown(None))
        finally:
            self._asking = None
        now = time.monotonic()
        self._good_until = now + max(FRESH_S, (now - began) / SHARE)


class _Shown(Collector):
    """A depth as metrics; None: nobody knows it."""

    def __init__(self, depth: Depth | None) -> None:
        self._depth = depth

    def collect(self) -> Iterator[Metric]:
        known = self._depth
        yield GaugeMetricFamily(
            "siseon_jobs_database_up", "Whether the database of jobs answers.", 0 if known is None else 1
        )
        if known is None:
            return
        items = GaugeMetricFamily(
            "siseon_job_items",
            "Items of jobs: waiting, leased to workers, or failed for good and kept.",
            labels=["application", "state"],
        )
        for application, one in known.applications.items():
            for state, count in (("queued", one.queued), ("running", one.running), ("dead", one.dead)):
                items.add_metric([application, state], count)
        yield items
        yield GaugeMetricFamily("siseon_job_workers", "Workers with a lease.", known.workers)
