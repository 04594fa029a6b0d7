"""The ASGI application: all routes over one host."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, nullcontext
from dataclasses import dataclass
from operator import attrgetter

from fastapi import APIRouter, FastAPI
from fastapi_offline import FastAPIOffline

from siseon import __version__
from siseon.applications.build import bounds
from siseon.hosting.drawing import Draw
from siseon.hosting.figures import figures_logged
from siseon.hosting.host import Host
from siseon.hosting.kept_traces import KeptTraces
from siseon.hosting.metrics import Metrics
from siseon.hosting.repository import Repository
from siseon.hosting.resting import given_back
from siseon.hosting.telemetry import Telemetry
from siseon.jobs.libraries import missing
from siseon.media.addresses import networks
from siseon.media.fetch import FetchBounds, Fetcher
from siseon.service.compat import GAUGES, OILSPILL, EarlierAddresses, compat_routes
from siseon.service.crew import Alone, Crew
from siseon.service.detect import PIPELINE, detect_routes, direct_detect
from siseon.service.direct import Direct, Operation
from siseon.service.gate import Gate
from siseon.service.health import health_routes, needless, nothing
from siseon.service.jobs.absent import absent_routes
from siseon.service.models import model_routes
from siseon.service.oip import protocol_routes
from siseon.service.openapi import complete_openapi
from siseon.service.pipelines import direct_operations, pipeline_routes
from siseon.service.problems import install
from siseon.service.refusals import Refusals
from siseon.service.runner import Runner
from siseon.service.streams.mount import mounted
from siseon.service.tickets import Tickets, ticket_routes
from siseon.service.traces import trace_routes

DESCRIPTION = """Vision pipelines as typed operations. Every failure is a problem document with a `code`, a `hint` and
`retryable`; every answer names the models that made it and carries a trace id.

Every operation understands two headers: `X-Request-Timeout`, the seconds that you will wait (work for a later answer is
not begun), and `traceparent`, the W3C trace context, which the answer carries on."""
FASTAPI_TELEMETRY = {"tracing": False, "metrics": False, "logs": False}
"""Ours tells of stages; it would look for somebody to tell of routes with every request. Older versions have none."""


def create_app(host: Host, crew: Crew | None = None) -> FastAPI:
    """The application over ``host``, which it starts and stops unless somebody has started it already.

    ``crew``: the processes that serve together; this one alone, when None.

    Raises:
        InputError: a setting that cannot be used, a port of an output that cannot be had.
        DependencyMissing: a setting needs an optional library.
        StoreError: the file of an output cannot be used.
    """
    settings = host.settings
    crew = crew or Alone()
    metrics = Metrics(host)
    crew.own_figures = metrics.text
    fetcher = Fetcher(FetchBounds(max_bytes=settings.max_upload_bytes, allow=networks(settings.url_allow)))
    draw = Draw(bounds(settings))
    repository = Repository(host)
    jobs = _jobs(host, metrics)
    streams = mounted(host, crew, metrics)
    telemetry = Telemetry(host, settings.otlp_endpoint) if settings.otlp_endpoint else None

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            if telemetry is not None:
                stack.push_async_callback(asyncio.to_thread, telemetry.close)
            await stack.enter_async_context(fetcher)
            await stack.enter_async_context(draw)
            await stack.enter_async_context(jobs.open)
            if host.state == "new":
                stack.push_async_callback(host.stop)
                await host.start()
            await stack.enter_async_context(repository)
            await stack.enter_async_context(figures_logged(host.models, settings.log_figures_s))
            await stack.enter_async_context(streams.open)
            await stack.enter_async_context(given_back(host.models))
            yield

    app = _empty(lifespan)
    direct = _add_pipelines(app, Runner(host, fetcher, draw), repository)
    app.include_router(jobs.routes)
    app.include_router(streams.routes)
    app.include_router(ticket_routes(Tickets(settings.token)))
    app.include_router(model_routes(repository))
    app.include_router(trace_routes(KeptTraces(host)))
    app.include_router(protocol_routes(host, repository, crew))
    app.include_router(health_routes(host, crew, jobs.figures, needless if settings.pipelines else jobs.up))
    install(app, list(host.served))
    applications = [served.application for served in host.served.values()]
    complete_openapi(app, [each.options for each in applications], [each.result for each in applications])
    app.add_middleware(Direct, operations=direct)
    app.add_middleware(Gate, host=host, crew=crew, refused=Refusals(host.served).count)
    if GAUGES in host.served:
        app.add_middleware(EarlierAddresses)  # outermost: the gate sees our addresses alone
    return app


def _empty(lifespan: Callable[[FastAPI], AbstractAsyncContextManager[None]]) -> FastAPI:
    """Without routes. Its /docs and /redoc need nothing from elsewhere; it takes its own two arguments first."""
    return FastAPIOffline(
        title="siseon",
        version=__version__,
        description=DESCRIPTION,
        lifespan=lifespan,
        generate_unique_id_function=attrgetter("name"),  # methods of generated clients are called so
        telemetry=FASTAPI_TELEMETRY,
    )


def _add_pipelines(app: FastAPI, runner: Runner, repository: Repository) -> dict[str, Operation]:
    """Add the routes of what is served; those that are called past the router, by path."""
    served = runner.host.served
    app.include_router(pipeline_routes(runner))
    direct = direct_operations(runner)
    if PIPELINE in served:
        app.include_router(detect_routes(runner))
        direct |= direct_detect(runner)
    if GAUGES in served:
        app.include_router(compat_routes(runner, repository))
    return direct


@dataclass(frozen=True, slots=True)
class _Jobs:
    """What a service has of jobs."""

    open: AbstractAsyncContextManager[object]
    """As long as the service is."""
    routes: APIRouter
    figures: Callable[[], Awaitable[bytes]] = nothing
    """Of what waits."""
    up: Callable[[], Awaitable[bool]] = needless
    """Whether their database answers."""


def _jobs(host: Host, metrics: Metrics) -> _Jobs:
    """With the libraries for jobs, or without."""
    if (failure := missing()) is not None:
        return _Jobs(nullcontext(), absent_routes(failure))
    from siseon.service.jobs.desk import Desk
    from siseon.service.jobs.routes import job_routes

    desk = Desk(host)
    metrics.show(desk.requests.by_outcome)
    metrics.show(desk.requests.items)
    routes = job_routes(desk)
    if OILSPILL in host.served:
        from siseon.service.compat.run_script import run_script_routes

        routes.include_router(run_script_routes(desk))
    return _Jobs(desk, routes, desk.queue.text, desk.queue.up)
