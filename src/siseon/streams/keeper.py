"""One kept stream as it is run: from its pipeline and its source to its hub, again and again, as it is changed."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from siseon.applications.application import AnyApplication
from siseon.applications.build import bounds
from siseon.contracts import Measurement, Result, SiseonError
from siseon.hosting.host import Host
from siseon.media.addresses import networks
from siseon.streams.address import EVERYWHERE
from siseon.streams.causes import Cause
from siseon.streams.hub import Hub
from siseon.streams.kept import Kept
from siseon.streams.life import State
from siseon.streams.options import StreamOptions
from siseon.streams.pipelines import Feeding, Pipelines
from siseon.streams.run import StreamRun
from siseon.streams.sink import Sink
from siseon.streams.source import Source
from siseon.streams.wire import ResultTold, StateTold

AGAIN_S = 15.0
"""After which a stream is tried again that could not be run as it is kept."""

log = logging.getLogger("siseon.streams")


@dataclass(frozen=True, slots=True)
class Wanted:
    """How a stream is to run."""

    kept: Kept
    calibration: Path | None = None
    """File of its calibration; another one has another path."""

    @property
    def source(self) -> tuple[object, ...]:
        """What takes a new connection where it differs; all else is changed as it runs."""
        kept, how = self.kept, self.kept.options
        return kept.application, kept.address, kept.trusted, how.fps, how.transport, how.timeout_s

    @property
    def values(self) -> dict[str, object]:
        """Options of the application."""
        calibration = {} if self.calibration is None else {"calibration": str(self.calibration)}
        return {**self.kept.options.set, **calibration}


class Keeper:
    """Runs one stream in a task of its own from ``start`` to ``stop``."""

    def __init__(self, host: Host, pipelines: Pipelines, wanted: Wanted, sinks: Sequence[Sink]) -> None:
        self.hub = Hub(wanted.kept, sinks)
        self._host = host
        self._pipelines = pipelines
        self.wanted = wanted
        self._stopping = False
        self._changed = asyncio.Event()
        self._new_values = asyncio.Event()
        self._is_live = False
        """Whether there is a session with the source, or tries for one."""
        self._session: asyncio.Task[None] | None = None
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin."""
        self._task = asyncio.create_task(self._run(), name=f"siseon stream {self.hub.name}")

    def change(self, wanted: Wanted) -> None:
        """Run it so from now on."""
        before, self.wanted = self.wanted, wanted
        self.hub.kept = wanted.kept
        if wanted.source != before.source or (wanted.values != before.values and not self._is_live):
            self._end_session()
        elif wanted.values != before.values:
            self._new_values.set()

    async def stop(self) -> None:
        """End it, from whatever state; returns when its source has ended too."""
        self._stopping = True
        self._end_session()
        if self._task is not None:
            await asyncio.wait((self._task,))
        self.hub.end()

    def _end_session(self) -> None:
        self._changed.set()
        if self._session is not None and not self._session.cancelling():
            self._session.cancel()

    async def _run(self) -> None:
        """Session after session: the next one as it is wanted then."""
        while not self._stopping:
            self._changed.clear()
            self._new_values.clear()
            self._session = asyncio.create_task(self._kept())
            await asyncio.wait((self._session,))
            if not self._session.cancelled() and (error := self._session.exception()) is not None:
                await self._failed(error)
            self._session = None
        self._tell_state(Cause.asked)

    async def _failed(self, error: BaseException) -> None:
        """Say why it does not run, and try again later: what is missing may have come by then."""
        while isinstance(error, BaseExceptionGroup):
            error = error.exceptions[0]
        if isinstance(error, SiseonError):
            self._tell_state(Cause.unusable, error.message, error.hint)
        else:
            log.error("stream %s failed", self.hub.name, exc_info=error)
            self._tell_state(Cause.failed, type(error).__name__)
        await self._changed_within(AGAIN_S)

    async def _kept(self) -> None:
        """Run it until it is changed; a source that has stopped for good stays stopped until then."""
        wanted = self.wanted
        kept = wanted.kept
        if kept.application not in self._host.served:
            names = " ".join([*self._host.served, kept.application])
            self._tell_state(
                Cause.not_served, kept.application, f"in the place of this service: siseon serve {names}"
            )
            await self._changed.wait()
            return
        if not self._may_read(kept):
            self._tell_state(
                Cause.blocked,
                "no folder of it is open",
                "the service's owner opens one, SISEON_STREAMS_FOLDER",
            )
            await self._changed.wait()
            return
        async with Feeding(self._pipelines) as feeding:
            async with feeding.to(kept.application, wanted.values) as fed:
                run = StreamRun(
                    self._host,
                    fed.pipeline,
                    fed.choices,
                    Source(kept.name, kept.address, self._options(kept)),
                    timeout_s=kept.options.timeout_s,
                    on_shot=self.hub.show,
                    follow=fed.follow,
                )
            async with asyncio.TaskGroup() as group:
                group.create_task(self._feed_anew(run, feeding))
                try:
                    self._is_live = True
                    await self._live(run, self._host[kept.application].application)
                finally:
                    self._is_live = False
                    self.hub.attach(None)
                await self._changed.wait()

    async def _feed_anew(self, run: StreamRun, feeding: Feeding) -> None:
        """Change what it feeds without losing its source."""
        while True:
            await self._new_values.wait()
            self._new_values.clear()
            wanted = self.wanted
            async with feeding.to(wanted.kept.application, wanted.values) as fed:
                run.feed(*fed)

    async def _live(self, run: StreamRun, application: AnyApplication) -> None:
        async with run:
            self.hub.attach(run)
            async for told in run.told():
                if isinstance(told, ResultTold):
                    self.hub.tell(told, self._measured(application, told.result), run.shot)
                else:
                    self.hub.tell(told)

    def _may_read(self, kept: Kept) -> bool:
        """Of a file that a client of the service has named: whether its folder is open to them still."""
        folder = self._host.settings.streams_folder
        if kept.trusted or kept.address.scheme != "file":
            return True
        return folder is not None and Path(kept.address.target).resolve().is_relative_to(folder.resolve())

    def _options(self, kept: Kept) -> StreamOptions:
        settings = self._host.settings
        how = kept.options
        return StreamOptions(
            fps=how.fps,
            transport=how.transport,
            allow=EVERYWHERE if kept.trusted else networks(settings.streams_allow),
            ca=settings.streams_ca,
            bounds=bounds(settings),
        )

    def _measured(self, application: AnyApplication, result: Result[Any]) -> tuple[Measurement, ...]:
        if application.measure is None:
            return ()
        try:
            return application.measure(result.data)
        except SiseonError as error:  # in the log with its traceback; the result is told all the same
            log.error("stream %s: %s", self.hub.name, error.message)
            return ()

    def _tell_state(self, cause: Cause, detail: str = "", hint: str | None = None) -> None:
        message = cause.meaning
        self.hub.tell(
            StateTold(
                stream=self.hub.name,
                at=datetime.now(UTC),
                state=State.stopped,
                cause=cause,
                message=f"{message}: {detail}" if detail else message,
                hint=cause.remedy if hint is None else hint,
                retry_s=AGAIN_S if cause in (Cause.unusable, Cause.failed) else None,
            )
        )

    async def _changed_within(self, seconds: float) -> None:
        waiting = asyncio.create_task(self._changed.wait())
        await asyncio.wait((waiting,), timeout=seconds)
        waiting.cancel()
