"""The process of ``siseon worker``: models warm, items at work, webhooks on their way, what is old removed."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import AsyncExitStack
from functools import partial

from siseon.applications.build import bounds
from siseon.contracts import SiseonError
from siseon.hosting.drawing import Draw
from siseon.hosting.host import Host
from siseon.hosting.telemetry import Telemetry
from siseon.jobs import accounting, store
from siseon.jobs.carrier import Carried, Polled, Supply
from siseon.jobs.carriers import carrier_at
from siseon.jobs.concluder import Concluder
from siseon.jobs.database import Database
from siseon.jobs.inputs import Reader
from siseon.jobs.lease import LEASE_S
from siseon.jobs.opening import Opened, opened, videos_of
from siseon.jobs.retention import purge, sweep
from siseon.jobs.running import Runner
from siseon.jobs.stopping import Stopping
from siseon.jobs.store import outbox
from siseon.jobs.webhooks import CONCURRENCY, Postman
from siseon.jobs.wire import no_worker
from siseon.jobs.worker import Counts, Worker
from siseon.media.addresses import networks
from siseon.media.connect import Connector
from siseon.media.fetch import FetchBounds, Fetcher
from siseon.settings import Settings

log = logging.getLogger("siseon.jobs")

TIDY_S = 600.0
"""Seconds between two looks for jobs that have been kept long enough."""
LATE_S = 10.0
"""Seconds between two looks for what no worker takes."""
CONNECT_S = 5.0
CONFIRM_S = 60.0
"""An item has its time in the pipeline; reading its picture and keeping what it makes come on top."""


async def work(
    host: Host,
    concurrency: int,
    stop: asyncio.Event,
    on_ready: Callable[[], object],
    counts: Counts | None = None,
) -> None:
    """Run items of the host's applications until ``stop``; what is not finished within ``drain_s`` is handed back.

    ``counts``: where the worker counts what it does, for somebody else who tells it.

    Raises:
        SiseonError: a setting that cannot be used, a database that cannot be opened, or a model that cannot be loaded.
    """
    settings = host.settings
    allow = networks(settings.url_allow)
    async with AsyncExitStack() as stack:
        jobs = stack.enter_context(opened(settings))
        if settings.otlp_endpoint:
            telemetry = Telemetry(host, settings.otlp_endpoint)
            stack.push_async_callback(asyncio.to_thread, telemetry.close)
        fetcher = Fetcher(FetchBounds(max_bytes=settings.max_upload_bytes, allow=allow))
        await stack.enter_async_context(fetcher)
        draw = await stack.enter_async_context(Draw(bounds(settings)))
        stack.push_async_callback(host.stop)
        await host.start()
        reader = Reader(jobs.artifacts, videos_of(jobs, settings), fetcher, bounds(settings))
        runner = Runner(host, reader, draw, jobs.artifacts)
        applications = tuple(host.served)
        worker = Worker(
            database=jobs.database,
            supply=_supply(jobs.database, settings, applications),
            run=runner.run,
            applications=applications,
            concurrency=concurrency,
            discard=runner.discard,
            item_s=settings.jobs_timeout_s + CONFIRM_S,
            grace_s=settings.drain_s,
            counts=counts or Counts(),
        )
        connector = Connector(CONNECT_S, allow, CONCURRENCY)
        stack.callback(connector.close)
        beside = [
            asyncio.create_task(Concluder(jobs, settings, applications).run()),
            asyncio.create_task(_tidy(jobs, settings)),
            asyncio.create_task(_warn(jobs.database, applications, settings.jobs_webhook_secret is not None)),
        ]
        if settings.jobs_webhook_secret is not None:
            secret = settings.jobs_webhook_secret.get_secret_value()
            postman = Postman(jobs.database, outbox, connector, secret)
            beside.append(asyncio.create_task(postman.run()))
        for task in beside:
            task.add_done_callback(_tell_end)
        on_ready()
        try:
            await worker.work(stop)
        finally:
            for task in beside:
                task.cancel()
            await asyncio.wait(beside)


def _tell_end(task: asyncio.Task[None]) -> None:
    """They end by being cancelled alone; another end would leave webhooks and old jobs lying, and nobody would know."""
    if not task.cancelled() and task.exception() is not None:
        log.error("a task beside the worker ended", exc_info=task.exception())


def _supply(database: Database, settings: Settings, applications: tuple[str, ...]) -> Supply:
    if settings.jobs_carrier is None:
        return Polled(database, applications)
    carrier = carrier_at(settings.jobs_carrier.get_secret_value(), lease_s=LEASE_S)
    return Carried(database, carrier, applications)


async def _warn(database: Database, applications: tuple[str, ...], signs: bool) -> None:
    """Say once of each thing that it waits for what no worker has, until cancelled."""
    told = set(applications)  # its own lease comes a moment later
    while True:
        try:
            for application in await asyncio.to_thread(store.unserved, database):
                if application not in told:
                    told.add(application)
                    log.warning(no_worker(application))
            if not signs and await asyncio.to_thread(store.overdue, database, LATE_S):
                signs = True
                log.warning(
                    "webhooks wait, and no worker signs them: set SISEON_JOBS_WEBHOOK_SECRET for workers"
                )
        except SiseonError as error:
            log.info("what waits is not known", extra={"reason": error.message})
        await asyncio.sleep(LATE_S)


async def _tidy(jobs: Opened, settings: Settings) -> None:
    """Remove what is old, now and then, until cancelled: what a thread is removing then stays for the next one."""
    stopping = Stopping("the worker is told to stop")
    with stopping:
        while True:
            try:
                gone = partial(accounting.removed, settings)
                removed = await asyncio.to_thread(purge, jobs, settings.jobs_keep_s, gone, stopping.check)
                strays = await asyncio.to_thread(sweep, jobs, between=stopping.check)
                await asyncio.to_thread(videos_of(jobs, settings).forget)
                if removed or strays:
                    log.info("removed", extra={"jobs": removed, "artifacts_of_no_job": strays})
            except SiseonError as error:
                log.warning("old jobs stay for now", extra={"reason": error.message})
            await asyncio.sleep(TIDY_S)
