"""Webhooks of alarms, sent as long as a service runs: signed, tried again, and only to where a stranger may send us."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import AsyncExitStack
from functools import partial
from typing import Self

from siseon.contracts import StoreError
from siseon.jobs.database import Database
from siseon.jobs.webhooks import CONCURRENCY, Postman, key_of
from siseon.media.addresses import networks
from siseon.media.connect import Connector
from siseon.settings import Settings
from siseon.streams.alarms import outbox

CONNECT_S = 5.0
LOOK_S = 2.0
"""Between two looks for a database that is not there yet, or away."""
LATE_S = 30.0
"""Seconds that a webhook waits until it is told that nobody signs it, and between two looks for such ones."""
NAMED = 10
"""Streams that are named then."""
THREADS = 2
"""Of their own: a database that is away must hold up nothing else."""

log = logging.getLogger("siseon.streams")


class Posting:
    """``async with Posting(settings)``; without a secret it sends nothing, and tells which wait."""

    def __init__(self, settings: Settings) -> None:
        """Nothing runs yet.

        Raises:
            InputError: the secret cannot be used.
        """
        self._settings = settings
        self._task: asyncio.Task[None] | None = None
        if settings.jobs_webhook_secret is not None:
            key_of(settings.jobs_webhook_secret.get_secret_value())

    async def __aenter__(self) -> Self:
        secret = self._settings.jobs_webhook_secret
        work = _warn if secret is None else partial(self._send, secret.get_secret_value())
        self._task = asyncio.create_task(self._run(work), name="siseon alarm webhooks")
        self._task.add_done_callback(_tell_end)
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait((self._task,))

    async def _run(self, work: Callable[[Database, Executor], Awaitable[None]]) -> None:
        """Work with the database, once there is one."""
        database = Database(self._settings.jobs_database_url)
        threads = ThreadPoolExecutor(THREADS, thread_name_prefix="siseon-posting")
        loop = asyncio.get_running_loop()
        async with AsyncExitStack() as stack:
            stack.callback(threads.shutdown, wait=False)
            opened = False
            while not opened:
                opened = await loop.run_in_executor(threads, self._opened, database)
                if not opened:
                    await asyncio.sleep(LOOK_S)
            stack.push_async_callback(loop.run_in_executor, threads, database.__exit__, None, None, None)
            await work(database, threads)

    async def _send(self, secret: str, database: Database, threads: Executor) -> None:
        connector = Connector(CONNECT_S, networks(self._settings.url_allow), CONCURRENCY)
        try:
            await Postman(database, outbox, connector, secret, threads).run()
        finally:
            connector.close()

    def _opened(self, database: Database) -> bool:
        """A look makes no database."""
        try:
            if not database.exists():
                return False
            database.__enter__()
        except StoreError as error:
            log.warning("webhooks of alarms wait: %s", error.message)
            return False
        return True


async def _warn(database: Database, threads: Executor) -> None:
    """Say once that webhooks wait and nobody signs them."""
    loop = asyncio.get_running_loop()
    streams: list[str] = []
    while not streams:
        try:
            streams = await loop.run_in_executor(threads, outbox.overdue, database, LATE_S)
        except StoreError as error:
            log.info("whether webhooks of alarms wait is not known", extra={"reason": error.message})
        if not streams:
            await asyncio.sleep(LATE_S)
    more = f" and {len(streams) - NAMED} more" if len(streams) > NAMED else ""
    log.warning(
        "webhooks of alarms wait, and nothing signs them: set SISEON_JOBS_WEBHOOK_SECRET. They are of %s%s",
        ", ".join(streams[:NAMED]),
        more,
    )


def _tell_end(task: asyncio.Task[None]) -> None:
    """It ends by being cancelled alone; another end would leave webhooks lying, and nobody would know."""
    if not task.cancelled() and task.exception() is not None:
        log.error("webhooks of alarms are sent no longer", exc_info=task.exception())
