"""What a service has of streams: those that it runs, their operations and their figures, or the reason why it has none.

A new theme is a file with ``add_..._routes(router, center)``, named here; what takes outcomes further is a sink of the
center, named here too.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, nullcontext
from dataclasses import dataclass
from typing import Concatenate, ParamSpec, TypeVar

from fastapi import APIRouter

from siseon.contracts import FailureCode, SiseonError, StreamError
from siseon.hosting.host import Host
from siseon.hosting.metrics import Metrics
from siseon.jobs.database import Database
from siseon.jobs.libraries import missing
from siseon.service.crew import Crew
from siseon.service.problems import RESPONSES
from siseon.service.streams.absent import absent_routes
from siseon.streams.outputs.opening import Outputs, check_none

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Streams:
    """Of one service."""

    open: AbstractAsyncContextManager[object]
    """They run as long as it is."""
    routes: APIRouter


def mounted(host: Host, crew: Crew, metrics: Metrics) -> Streams:
    """The streams of a service.

    Raises:
        InputError: a setting of an output that cannot be used, or a port that cannot be had.
        DependencyMissing: an output needs a library that is not installed.
        StoreError: a file that an output needs cannot be used.
    """
    if (failure := _refusal(crew)) is not None:
        check_none(host.settings, failure.message)
        return Streams(nullcontext(), absent_routes(failure))
    from siseon.service.streams.alarms import add_alarm_routes
    from siseon.service.streams.calibration import add_calibration_routes
    from siseon.service.streams.figures import Figures, HistoryFigures
    from siseon.service.streams.history import add_history_routes
    from siseon.service.streams.preview import add_preview_routes
    from siseon.service.streams.routes import add_kept_routes
    from siseon.service.streams.seen import add_seen_routes
    from siseon.service.streams.told import add_told_routes
    from siseon.service.streams.trying import add_test_route
    from siseon.streams.alarms.posting import Posting
    from siseon.streams.alarms.sink import Alarms
    from siseon.streams.center import Center
    from siseon.streams.history.sink import History
    from siseon.streams.kept import Kept, listed

    async def ask(work: Callable[Concatenate[Database, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        return await center.ask(work, *args, **kwargs)

    async def look() -> list[Kept]:
        return await ask(listed)

    outputs = Outputs(host.settings, look, ask)
    outputs.claim()  # before models load: a port that is taken ends the start
    database = host.settings.jobs_database_url
    alarms, history = Alarms(database), History(database)
    center = Center(host, (alarms, history, *outputs.sinks))
    for shown in (Figures(center), HistoryFigures(history), *outputs.sinks):
        metrics.show(shown)
    router = APIRouter(tags=["streams"], responses=RESPONSES)
    add_kept_routes(router, center)
    add_test_route(router, center)
    add_alarm_routes(router, center)
    add_history_routes(router, center)
    add_calibration_routes(router, center)
    add_preview_routes(router, center)
    add_told_routes(router, center)
    seen = add_seen_routes(router, center, alarms)
    return Streams(_together(Posting(host.settings), outputs, center, *seen), router)


@asynccontextmanager
async def _together(*parts: AbstractAsyncContextManager[object]) -> AsyncIterator[None]:
    """All of them, in their order; ended from the last to the first."""
    async with AsyncExitStack() as stack:
        for part in parts:
            await stack.enter_async_context(part)
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
