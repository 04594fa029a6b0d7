"""Where requests meet the database of jobs: opened when the first one asks, closed with the service.

A service that nobody asks for jobs needs neither a database nor the libraries for one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from functools import partial
from typing import Concatenate, ParamSpec, Self, TypeVar

from fastapi import Request

from siseon.applications.build import bounds
from siseon.hosting.deadline import Allowance
from siseon.hosting.editing import Edit
from siseon.hosting.host import Host
from siseon.jobs import store
from siseon.jobs.database import Database
from siseon.jobs.opening import Opened, opened
from siseon.jobs.stopping import Stopping
from siseon.jobs.watch import Watch
from siseon.service.jobs.figures import Queue, Requests
from siseon.service.tracing import allowed_seconds

P = ParamSpec("P")
T = TypeVar("T")

THREADS = 8
"""Of their own: a database that is away for a while must hold up no picture."""


class Desk:
    """The jobs of a service."""

    def __init__(self, host: Host) -> None:
        self.host = host
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="siseon-jobs")
        self._opening = asyncio.Lock()
        self._stack = AsyncExitStack()
        self._opened: tuple[Opened, Watch] | None = None
        self.looking = asyncio.Semaphore(THREADS // 2)
        """Of requests whose videos are looked at, which takes long: the other threads are for those who only ask."""
        self.bounds = bounds(host.settings)
        self.edit = Edit(self.bounds)
        self.stopping = Stopping("the service is told to stop")
        self.requests = Requests()
        self.queue = Queue(self._depth)

    async def __aenter__(self) -> Self:
        await self._stack.enter_async_context(self.edit)
        return self

    async def __aexit__(self, *_: object) -> None:
        self.stopping.__exit__(None, None, None)
        await self.queue.close()
        await self._stack.aclose()
        await asyncio.to_thread(self._threads.shutdown)

    async def open(self) -> tuple[Opened, Watch]:
        """The jobs, and those who follow them.

        Raises:
            InputError: a setting that cannot be used.
            StoreError: the database cannot be opened; the next request tries again.
            DependencyMissing: a library is not installed.
        """
        async with self._opening:
            if self._opened is None:
                context = opened(self.host.settings)
                jobs = await self._run(context.__enter__)
                self._stack.push_async_callback(self._run, partial(context.__exit__, None, None, None))
                watch = await self._stack.enter_async_context(Watch(jobs.database))
                self._opened = jobs, watch
            return self._opened

    async def ask(
        self,
        request: Request,
        work: Callable[Concatenate[Opened, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Do ``work`` on the jobs in a thread, within the time of the request.

        Raises:
            DeadlineExceeded: it takes longer; it goes on, and what it changes is changed.
            SiseonError: what ``work`` raises.
        """
        seconds = allowed_seconds(request.headers, self.host.settings.request_timeout_s)
        return await self.within(Allowance(seconds, request.state.trace.start), work, *args, **kwargs)

    async def within(
        self,
        allowance: Allowance,
        work: Callable[Concatenate[Opened, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """The same, within another time: that of a request which began with an upload."""
        async with allowance.spent_on("jobs"):
            jobs, _ = await self.open()
            return await self._run(partial(work, jobs, *args, **kwargs))

    async def _depth(self) -> store.Depth | None:
        """What waits; a look makes no database."""
        if self._opened is None and not await self._run(
            Database(self.host.settings.jobs_database_url).exists
        ):
            return None
        jobs, _ = await self.open()
        return await self._run(partial(store.depth, jobs.database))

    async def _run(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)
