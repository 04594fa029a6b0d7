"""One item of a job, from its reference to what is written down of it.

Its picture is read, run as a request of the job's flow, and what it makes is kept as artifacts before the outcome is
told: a row never names what is not there.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import PurePath
from typing import Any

from pydantic import JsonValue

from siseon.contracts import Encoded, Result, SiseonError
from siseon.engine import Flow, Trace
from siseon.hosting.drawing import Draw, Drawing
from siseon.hosting.host import Host
from siseon.jobs.artifact_names import output_name, outputs_of_attempt
from siseon.jobs.artifacts import Artifacts
from siseon.jobs.inputs import Reader
from siseon.jobs.order import Order
from siseon.jobs.store import Claimed, Done, Failed
from siseon.media.film.parts import VideoPart

INLINE_BYTES = 64 << 10
"""A result up to this length is kept in the item's row; a longer one is an artifact."""
NOT_INLINE = "null"


class Runner:
    """Runs items on the pipelines of a host."""

    def __init__(self, host: Host, reader: Reader, draw: Draw, artifacts: Artifacts) -> None:
        """All of them are started by the caller."""
        self._host = host
        self._reader = reader
        self._draw = draw
        self._artifacts = artifacts
        self._flows: dict[str, Flow] = {}
        self._running: Counter[str] = Counter()

    async def run(self, item: Claimed) -> Done | Failed:
        """The outcome of an item; nothing is raised but what ends the worker."""
        try:
            async with self._flow(item.job) as flow:
                return await self._done(item, flow)
        except SiseonError as error:
            return Failed(error.failure())

    async def discard(self, item: Claimed) -> None:
        """Remove what an attempt that does not count has left behind.

        Raises:
            InputError: ``storage_failed``; it goes with its job then.
        """
        await asyncio.to_thread(self._artifacts.delete_folder, _folder(item))

    async def _done(self, item: Claimed, flow: Flow) -> Done:
        order = Order.of(dict(item.options))
        choices = order.chosen(item.application)
        timeout = self._host.settings.jobs_timeout_s
        picture = await self._reader.read(item.input)
        result = await self._host.work(
            item.application, picture, trace=Trace(), timeout=timeout, flow=flow, choices=choices
        )
        pictures = await self._pictures(item.application, picture, result, timeout, drawn=order.pictures)
        text = result.to_json()
        files = [] if len(text) <= INLINE_BYTES else [Encoded(text, "result.json")]
        artifacts = await asyncio.to_thread(self._keep, item, [*files, *pictures])
        steps = self._steps(item.application, result)
        return Done(NOT_INLINE if files else text.decode(), artifacts, steps)

    def _steps(self, name: str, result: Result[Any]) -> tuple[dict[str, JsonValue], ...]:
        """What the application tells of the work."""
        steps = self._host[name].application.steps
        return () if steps is None else tuple(one.model_dump(mode="json") for one in steps(result))

    async def _pictures(
        self, name: str, picture: Encoded | VideoPart, result: Result[Any], timeout: float, *, drawn: bool
    ) -> Sequence[Encoded]:
        """What the application has made, or else the picture with what was found, where that is wanted."""
        application = self._host[name].application
        if application.made is not None:
            return application.made(result.data)
        if not drawn or isinstance(picture, VideoPart):
            return ()
        drawing = Drawing(picture, result.data, application.draw, "jpeg")
        (body,) = await self._draw.map([drawing], timeout=timeout)
        beside = (
            () if application.beside is None else await asyncio.to_thread(application.beside, result.data)
        )
        return (Encoded(body, "drawn.jpg"), *beside)

    def _keep(self, item: Claimed, files: Sequence[Encoded]) -> tuple[str, ...]:
        names = []
        for index, file in enumerate(files):
            name = output_name(_folder(item), index, PurePath(file.name).suffix)
            self._artifacts.put(name, file.data)
            names.append(name)
        return tuple(names)

    @asynccontextmanager
    async def _flow(self, job: str) -> AsyncIterator[Flow]:
        """The flow of a job, as long as an item of it runs here."""
        flow = self._flows.setdefault(job, Flow(f"job {job}", policy="wait"))
        self._running[job] += 1
        try:
            yield flow
        finally:
            self._running[job] -= 1
            if not self._running[job]:
                del self._running[job], self._flows[job]


def _folder(item: Claimed) -> str:
    return outputs_of_attempt(item.job, item.number, item.attempt)
