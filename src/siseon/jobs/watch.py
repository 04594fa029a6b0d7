"""Follow jobs: one question to the database for all watchers of a process, ten times a second while there are any."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from types import TracebackType
from typing import ParamSpec, Self, TypeVar

from siseon.contracts import StoreError
from siseon.jobs import store
from siseon.jobs.database import Database, DatabaseLost
from siseon.jobs.wire import Event

EVERY_S = 0.1
PAGE = 1000
THREADS = 4
"""Of their own: a database that does not answer must not hold up what else the process does in threads."""

P = ParamSpec("P")
T = TypeVar("T")

log = logging.getLogger("siseon.jobs")


@dataclass
class _Watched:
    """A job that somebody follows."""

    followers: int = 0
    newest: int = 0
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    """Of the next change. Each has one of its own: an event that is cleared for one follower is lost to another, who
    has asked the database before the change and only then comes to wait."""

    def has_changed(self) -> None:
        """Wake all who have asked before this."""
        self.changed.set()
        self.changed = asyncio.Event()


class Watch:
    """``async with Watch(database) as watch``: ``watch.follow(job)`` for any number of watchers."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._watched: dict[str, _Watched] = {}
        self._wanted = asyncio.Event()
        self._asking: asyncio.Task[None] | None = None
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="siseon-watch")

    async def __aenter__(self) -> Self:
        self._asking = asyncio.create_task(self._ask())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._asking is not None:
            self._asking.cancel()
            await asyncio.wait([self._asking])
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def follow(self, job: str, *, after: int = 0) -> AsyncIterator[Event]:
        """Events of a job as they come, those after ``after`` first; ends when the job has.

        Raises:
            JobError: ``job_not_found``: there is no such job, or not any more.
            StoreError: the database does not answer: go on later after the last event seen.
        """
        with self._watching(job) as watched:
            while True:
                changed = watched.changed
                events = await self._beside(store.events, self._database, job, after=after, limit=PAGE)
                for event in events:
                    yield event
                    after = event.id
                if len(events) == PAGE:
                    continue
                seen = await self._beside(store.job, self._database, job)
                if seen.last_event <= after:
                    if seen.state.ended:
                        return
                    await changed.wait()

    async def _beside(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, partial(work, *args, **kwargs))

    @contextmanager
    def _watching(self, job: str) -> Iterator[_Watched]:
        watched = self._watched.setdefault(job, _Watched())
        watched.followers += 1
        self._wanted.set()
        try:
            yield watched
        finally:
            watched.followers -= 1
            if not watched.followers:
                del self._watched[job]

    async def _ask(self) -> None:
        while True:
            if not self._watched:
                self._wanted.clear()
                await self._wanted.wait()
            try:
                asked = dict(self._watched)  # others may come meanwhile, of whom the answer says nothing
                newest = await self._beside(store.last_events, self._database, list(asked))
            except DatabaseLost:
                for watched in self._watched.values():  # they ask themselves then, and are told
                    watched.has_changed()
                await asyncio.sleep(10 * EVERY_S)
                continue
            except StoreError as error:
                log.warning("watchers wait: %s", error.message)
                await asyncio.sleep(10 * EVERY_S)
                continue
            for job, watched in asked.items():
                last = newest.get(job, -1)  # a removed one wakes its watchers too
                if last != watched.newest:
                    watched.newest = last
                    watched.has_changed()
            await asyncio.sleep(EVERY_S)
