"""What sinks write to the database of jobs with: a thread and connections of their own, and a loop that loses nothing.

A database that is away holds up neither a stream nor another sink: who writes waits and tries again.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Concatenate, ParamSpec, TypeVar

from siseon.contracts import StoreError
from siseon.jobs.database import Database

AGAIN_S = 1.0
"""After a failure."""
END_S = 5.0
"""At the end, for what is left."""

P = ParamSpec("P")
T = TypeVar("T")

log = logging.getLogger("siseon.streams")


class Writer:
    """One of them. Work is done in its order, one at a time, within ``run``."""

    def __init__(self, url: str, what: str) -> None:
        """``what``: is written, for the log. The database is opened with the first work."""
        self.wanted = asyncio.Event()
        """Set it when there is something for the first time: who has nothing to write makes no database."""
        self.news = asyncio.Event()
        """Set it, and what is to be written is looked for at once."""
        self._database = Database(url)
        self._open = False
        self._what = what
        self._thread: ThreadPoolExecutor | None = None

    async def do(self, work: Callable[Concatenate[Database, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do ``work`` on the database.

        Raises:
            StoreError: it cannot be used.
        """

        def done() -> T:
            if not self._open:
                self._database.__enter__()
                self._open = True
            return work(self._database, *args, **kwargs)

        return await asyncio.get_running_loop().run_in_executor(self._thread, done)

    async def run(self, write: Callable[[], Awaitable[None]], every_s: float) -> None:
        """Once ``wanted``, call ``write`` at ``news``, and after ``every_s`` without any, until cancelled; then once
        more."""
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=f"siseon-{self._what}")
        try:
            await self.wanted.wait()
            await self._go_on(write, every_s)
        finally:
            if self.wanted.is_set():
                await self._end(write)
            self._thread.submit(self._close)
            self._thread.shutdown(wait=False)

    async def _end(self, write: Callable[[], Awaitable[None]]) -> None:
        try:
            async with asyncio.timeout(END_S):
                await write()
        except (StoreError, TimeoutError) as error:
            log.error("the last of %s is lost: %s", self._what, str(error) or "the database is away")

    async def _go_on(self, write: Callable[[], Awaitable[None]], every_s: float) -> None:
        away = False
        while True:
            self.news.clear()
            try:
                await write()
            except StoreError as error:
                if not away:
                    log.warning("%s cannot be written and waits: %s", self._what, error.message)
                away = True
                await asyncio.sleep(AGAIN_S)
                continue
            if away:
                log.warning("%s is written again", self._what)
            away = False
            with suppress(TimeoutError):
                async with asyncio.timeout(every_s):
                    await self.news.wait()

    def _close(self) -> None:
        if self._open:
            self._database.__exit__(None, None, None)
            self._open = False


def storable(text: str) -> str:
    """The text as every database takes it: Unicode, without NUL."""
    return text.encode(errors="replace").decode().replace("\0", "")
