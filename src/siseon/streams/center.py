"""All kept streams that this process runs: it looks into the database every few seconds, and follows what was changed.

Changes come over HTTP to this process, or from a command in another one; both are changes of the database, and both are
found there.
"""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
import socket
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Concatenate, ParamSpec, Self, TypeVar

from siseon.contracts import SiseonError, StoreError, StreamError
from siseon.hosting.host import Host
from siseon.jobs.database import Database
from siseon.models.resident import give_back
from siseon.streams import calibrations, ownership
from siseon.streams.hub import Hub
from siseon.streams.keeper import Keeper, Wanted
from siseon.streams.ownership import BEAT_S, Running, Standing
from siseon.streams.pipelines import Pipelines
from siseon.streams.sink import Sink

LOOK_S = 2.0
"""Between two looks at what is kept."""
THREADS = 4
"""Of their own: a database that is away must hold up nothing else."""
GIVE_BACK_S = 10.0
"""Between two times that the allocator's free memory goes back, while a stream runs: glibc lays frames of megabytes
between what lives longer, and takes more where no gap fits. That each frame is mapped by itself (``M_MMAP_THRESHOLD``)
ends it too, but makes reading one slower."""
SINK_AGAIN_S = 5.0
"""After which a sink that failed is begun again."""

P = ParamSpec("P")
T = TypeVar("T")

log = logging.getLogger("siseon.streams")


class Center:
    """``async with Center(host) as center``: streams run as long as the host is ready."""

    def __init__(self, host: Host, sinks: Sequence[Sink] = ()) -> None:
        """``sinks`` get what comes of every stream."""
        self.host = host
        self.sinks = tuple(sinks)
        self.service = f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(4)}"
        """This process, as an owner of streams."""
        self._database = Database(host.settings.jobs_database_url)
        self._open = False
        self._opening = asyncio.Lock()
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="siseon-streams")
        self._pipelines = Pipelines(host)
        self._folder: TemporaryDirectory[str]
        self._keepers: dict[str, Keeper] = {}
        self._stopping: dict[str, asyncio.Task[None]] = {}
        self._news = asyncio.Event()
        self._looked = asyncio.Event()
        self._beat_at = 0.0
        self._give_back_at = 0.0
        self._beaten: dict[str, Running] | None = None
        self._away = False
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        self._folder = TemporaryDirectory(prefix="siseon-streams-")
        self._tasks = [asyncio.create_task(self._sink(sink)) for sink in self.sinks]
        self._tasks.append(asyncio.create_task(self._keep(), name="siseon streams"))
        return self

    async def __aexit__(self, *_: object) -> None:
        keeping = self._tasks.pop()
        keeping.cancel()
        await asyncio.wait((keeping,))
        self._looked.set()
        for name in list(self._keepers):
            self._stop(name)
        if self._stopping:
            await asyncio.wait(self._stopping.values())
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)
        if self._open:
            try:
                await self._beside(partial(ownership.give_back, self._database, self.service))
            except StoreError as error:
                log.warning("streams were not given back, their lease runs out: %s", error.message)
        await asyncio.to_thread(self._threads.shutdown)
        await asyncio.to_thread(self._database.__exit__, None, None, None)
        await asyncio.to_thread(self._folder.cleanup)

    def hub(self, name: str) -> Hub:
        """The stream of that name that runs here.

        Raises:
            StreamError: ``stream_not_found``.
        """
        keeper = self._keepers.get(name)
        if keeper is None:
            raise StreamError(
                "no stream of that name runs here", hint="GET /v1/streams names those that are kept"
            )
        return keeper.hub

    def hubs(self) -> list[Hub]:
        """The streams that run here, by name."""
        return [self._keepers[name].hub for name in sorted(self._keepers)]

    async def ask(self, work: Callable[Concatenate[Database, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do ``work`` on the database in a thread; the database is made if there is none.

        Raises:
            SiseonError: what ``work`` raises, and ``StoreError`` where the database cannot be opened.
        """
        await self._opened()
        return await self._beside(partial(work, self._database, *args, **kwargs))

    async def follow(self) -> None:
        """Look now, and return when what was changed is run so."""
        looked = self._looked
        self._news.set()
        await looked.wait()

    async def _keep(self) -> None:
        await self.host.up.wait()
        while True:
            self._news.clear()
            looked, self._looked = self._looked, asyncio.Event()
            try:
                await self._look()
                self._away = False
            except SiseonError as error:
                if not self._away:
                    log.warning("what is kept of streams cannot be read: %s", error.message)
                self._away = True
            except Exception as error:
                log.error("streams cannot be followed", exc_info=error)
            looked.set()
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_S):
                    await self._news.wait()

    async def _look(self) -> None:
        """See what is kept, take what nobody runs, and run what is ours."""
        if not self._open and not await self._beside(self._database.exists):
            return
        found = await self.ask(ownership.standings)
        free = [one.kept.name for one in found if one.owner is None and self._can_run(one)]
        ours = any(one.owner == self.service for one in found)
        if free or ours:
            await self._beat()
        if free:
            await self.ask(ownership.claim, self.service, free)
            found = await self.ask(ownership.standings)
        wanted = [await self._wanted(one) for one in found if self._is_ours(one)]
        self._run(wanted)
        used = {one.calibration.parent for one in wanted if one.calibration is not None}
        await self._beside(partial(calibrations.tidy, Path(self._folder.name), used))
        if self._keepers and time.monotonic() >= self._give_back_at:
            self._give_back_at = time.monotonic() + GIVE_BACK_S
            await self._beside(give_back)

    def _can_run(self, one: Standing) -> bool:
        return one.kept.application in self.host.served

    def _is_ours(self, one: Standing) -> bool:
        """It is run here; or nobody runs it, and it is told here why."""
        return one.owner == self.service or (one.owner is None and not self._can_run(one))

    async def _wanted(self, one: Standing) -> Wanted:
        """How it is to run; as before, where its calibration cannot be written now."""
        if one.calibration is None:
            return Wanted(one.kept)
        name, folder = one.kept.name, Path(self._folder.name)
        try:
            return Wanted(one.kept, await self.ask(calibrations.written, name, one.calibration, folder))
        except SiseonError as error:  # it was changed or removed a moment ago; or the disk is full
            log.warning("the calibration of stream %s is not used yet: %s", name, error.message)
            before = self._keepers.get(name)
            return Wanted(one.kept, None if before is None else before.wanted.calibration)

    def _run(self, all_wanted: Sequence[Wanted]) -> None:
        """Stop what is not to run here any more, start what is new, change what was changed."""
        for name in self._keepers.keys() - {wanted.kept.name for wanted in all_wanted}:
            self._stop(name)
        for wanted in all_wanted:
            name = wanted.kept.name
            if name in self._keepers:
                self._keepers[name].change(wanted)
            elif name not in self._stopping:  # else soon, when the earlier one of that name has ended
                self._keepers[name] = Keeper(self.host, self._pipelines, wanted, self.sinks)
                self._keepers[name].start()

    def _stop(self, name: str) -> None:
        """Stop it beside all else: a source that waits for a dead server takes its time."""
        self._stopping[name] = asyncio.create_task(self._stopped(name, self._keepers.pop(name)))

    async def _stopped(self, name: str, keeper: Keeper) -> None:
        await keeper.stop()
        del self._stopping[name]
        self._news.set()

    async def _beat(self) -> None:
        """Extend the lease when it is time, or when what others are told has changed."""
        running = {
            hub.name: Running(state=hub.state, tags=tuple(sorted(hub.tags)))
            for hub in self.hubs()
            if hub.state is not None
        }
        if time.monotonic() < self._beat_at and running == self._beaten:
            return
        await self.ask(ownership.beat, self.service, running)
        self._beat_at, self._beaten = time.monotonic() + BEAT_S, running

    async def _sink(self, sink: Sink) -> None:
        while True:
            try:
                await sink.run()
                return
            except Exception as error:
                log.error("%s failed", type(sink).__name__, exc_info=error)
            await asyncio.sleep(SINK_AGAIN_S)

    async def _opened(self) -> None:
        async with self._opening:
            if not self._open:
                await self._beside(self._database.__enter__)
                self._open = True

    async def _beside(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)
