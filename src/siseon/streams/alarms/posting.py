"""Webhooks of alarms, sent as long as a service runs: signed, tried again, and only to where a stranger may send us."""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
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
THREADS = 2
"""Of their own: a database that is away must hold up nothing else."""

log = logging.getLogger("siseon.streams")


class Posting:
    """``async with Posting(settings)``; without a secret it sends nothing, and no webhook can be stated."""

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
        if self._settings.jobs_webhook_secret is not None:
            secret = self._settings.jobs_webhook_secret.get_secret_value()
            self._task = asyncio.create_task(self._run(secret), name="siseon alarm webhooks")
            self._task.add_done_callback(_tell_end)
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait((self._task,))

    async def _run(self, secret: str) -> None:
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
            connector = Connector(CONNECT_S, networks(self._settings.url_allow), CONCURRENCY)
            stack.callback(connector.close)
            await Postman(database, outbox, connector, secret, threads).run()

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


def _tell_end(task: asyncio.Task[None]) -> None:
    """It ends by being cancelled alone; another end would leave webhooks lying, and nobody would know."""
    if not task.cancelled() and task.exception() is not None:
        log.error("webhooks of alarms are sent no longer", exc_info=task.exception())
