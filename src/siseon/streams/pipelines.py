"""Which pipeline a stream feeds: the one that is served, or one that the host lends, with options of its own.

What a request may choose goes with each frame to the pipeline that is served; other options need a pipeline of their
own, which streams with the same ones share. Models are shared in either case.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Self

from siseon.applications.build import options
from siseon.applications.options import Choices, stated
from siseon.engine import Pipeline
from siseon.hosting.host import Host
from siseon.streams.run import AT_ONCE

Fed = tuple[str | Pipeline[Any, Any], Choices]
"""What frames go to, and what is chosen of it with each."""


@dataclass
class _Lent:
    """One that some streams feed."""

    users: int = 0
    opening: asyncio.Lock = field(default_factory=asyncio.Lock)
    pipeline: Pipeline[Any, Any] | None = None


class Feeding:
    """What one stream feeds; it may be changed as the stream runs, and is given back at the end."""

    def __init__(self, pipelines: Pipelines) -> None:
        self._pipelines = pipelines
        self._held = AsyncExitStack()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._held.aclose()

    @asynccontextmanager
    async def to(self, name: str, values: Mapping[str, object]) -> AsyncIterator[Fed]:
        """Another one; what was fed until now is given back after the context.

        Raises:
            SiseonError: as ``Pipelines.of``; then all is as before.
        """
        new = AsyncExitStack()
        fed = await new.enter_async_context(self._pipelines.of(name, values))
        old, self._held = self._held, new
        async with old:
            yield fed


class Pipelines:
    """Of one host, for its streams."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._lent: dict[tuple[str, str], _Lent] = {}

    @asynccontextmanager
    async def of(self, name: str, values: Mapping[str, object]) -> AsyncIterator[Fed]:
        """The application of that name with these options, as long as a stream feeds it.

        Raises:
            InputError: ``pipeline_not_found``, or an option that it does not take.
            SiseonError: what stops its pipeline from starting.
        """
        application = self._host[name].application
        if values.keys() <= application.choices.model_fields.keys():
            yield name, stated(application.choices, values)
            return
        wanted = options(name, application, self._host.settings, values)
        key = name, wanted.model_dump_json()
        lent = self._lent.setdefault(key, _Lent())
        lent.users += 1
        try:
            async with lent.opening:
                if lent.pipeline is None:
                    lent.pipeline = await self._host.lend(name, wanted, replicas=AT_ONCE)
            yield lent.pipeline, application.choices()
        finally:
            lent.users -= 1
            if not lent.users:
                del self._lent[key]
                if lent.pipeline is not None:
                    await self._host.take_back(lent.pipeline)
