"""What a service has of streams: those that it runs, their operations and their figures, or the reason why it has none.

A new theme is a file with ``add_..._routes(router, center)``, named here; what takes outcomes further is a sink of the
center, named here too.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, nullcontext
from dataclasses import dataclass

from fastapi import APIRouter

from siseon.contracts import FailureCode, SiseonError, StreamError
from siseon.hosting.host import Host
from siseon.hosting.metrics import Metrics
from siseon.jobs.libraries import missing
from siseon.service.crew import Crew
from siseon.service.problems import RESPONSES
from siseon.service.streams.absent import absent_routes
from siseon.streams.outputs.opening import Outputs, check_none


@dataclass(frozen=True, slots=True)
class Streams:
    """Of one service."""

    open: AbstractAsyncContextManager[object]
    """They run as long as it is."""
    routes: APIRouter


def mounted(host: Host, crew: Crew, metrics: Metrics) -> Streams:
    """The streams of a service."""
    if (failure := _refusal(crew)) is not None:
        check_none(host.settings, failure.message)
        return Streams(nullcontext(), absent_routes(failure))
    from siseon.service.streams.figures import Figures
    from siseon.service.streams.routes import add_kept_routes
    from siseon.streams.center import Center
    from siseon.streams.kept import Kept, listed

    async def look() -> list[Kept]:
        return await center.ask(listed)

    outputs = Outputs(host.settings, look)
    center = Center(host, outputs.sinks)
    for sink in outputs.sinks:
        metrics.show(sink)
    metrics.show(Figures(center))
    router = APIRouter(tags=["streams"], responses=RESPONSES)
    add_kept_routes(router, center)
    return Streams(_open(outputs, center), router)


@asynccontextmanager
async def _open(*opened: AbstractAsyncContextManager[object]) -> AsyncIterator[None]:
    """All of them, the last one inside."""
    async with AsyncExitStack() as stack:
        for each in opened:
            await stack.enter_async_context(each)
        yield


def _refusal(crew: Crew) -> SiseonError | None:
    """Why this service runs no streams; None where it does."""
    if crew.size > 1:
        return StreamError(
            f"streams are not run by {crew.size} worker processes",
            code=FailureCode.streams_not_run,
            hint="serve with --workers 1, or beside this service with another one over the same database",
        )
    return missing()
