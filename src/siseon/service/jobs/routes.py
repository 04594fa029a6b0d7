"""The operations of ``/v1/jobs``."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import nullcontext
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from siseon.hosting.deadline import Allowance
from siseon.jobs import accounting, store, wire
from siseon.jobs.cutting import LOOK_S
from siseon.jobs.opening import Opened
from siseon.jobs.retention import remove
from siseon.jobs.watch import Watch
from siseon.jobs.wire import State
from siseon.service import sent_events
from siseon.service.jobs.conclusions import add_conclusion_routes
from siseon.service.jobs.desk import Desk
from siseon.service.jobs.edits import add_edit_routes
from siseon.service.jobs.job_files import add_job_file_routes
from siseon.service.jobs.names import MOST_NUMBER, job_id
from siseon.service.jobs.orders import KEY_HEADER, Asked, accept, received
from siseon.service.jobs.request import BODY, JOBS
from siseon.service.jobs.results import add_result_routes
from siseon.service.jobs.views import ItemInfo, JobInfo
from siseon.service.parsing import parse_json
from siseon.service.problems import RESPONSES
from siseon.service.tracing import allowed_seconds
from siseon.settings import Settings

MOST_LISTED = 1000

Limit = Annotated[int, Query(ge=1, le=MOST_LISTED)]


class Retry(BaseModel):
    """Which items are to be tried again."""

    model_config = ConfigDict(extra="forbid")

    items: list[Annotated[int, Field(ge=0, le=MOST_NUMBER)]] | None = None
    """Their numbers; all that failed, when not given."""


RETRY = TypeAdapter(Retry)


def job_routes(desk: Desk) -> APIRouter:
    """All of them."""
    router = APIRouter(tags=["jobs"], responses=RESPONSES)
    _add_changes(router, desk)
    _add_looks(router, desk)
    _add_events(router, desk)
    add_result_routes(router, desk)
    add_edit_routes(router, desk)
    add_conclusion_routes(router, desk)
    add_job_file_routes(router, desk)
    return router


def _add_changes(router: APIRouter, desk: Desk) -> None:
    settings = desk.host.settings

    @router.post(
        JOBS,
        summary="Accept a job: pictures for a worker, many and long work, which survives a restart",
        description=f"With a header `{KEY_HEADER}` the same request is the same job, however often it is sent.",
        status_code=202,
        openapi_extra={"requestBody": BODY},
    )
    async def submit_job(request: Request, response: Response) -> JobInfo:
        key = request.headers.get(KEY_HEADER)
        with desk.requests.counted("submit"):
            jobs, _ = await desk.open()
            async with (
                received(request, jobs, settings) as asked,
                desk.looking if asked.videos else nullcontext(),
            ):
                allowance = _allowance(request, asked, settings)
                job = await desk.within(allowance, accept, asked, key, settings)
        desk.requests.items.of(job.application).add(job.total)
        response.headers["Location"] = f"{JOBS}/{job.id}"
        return JobInfo.of(job)

    @router.post(JOBS + "/{job}/cancel", summary="End a job; what is done stays done")
    async def cancel_job(request: Request, job: str) -> JobInfo:
        def end(jobs: Opened) -> wire.Job:
            return store.cancel(jobs.database, job_id(job))

        with desk.requests.counted("cancel"):
            return JobInfo.of(await desk.ask(request, end))

    @router.post(
        JOBS + "/{job}/retry",
        summary="Queue failed pictures again, or a job that was cancelled",
        openapi_extra={
            "requestBody": {"content": {"application/json": {"schema": Retry.model_json_schema()}}}
        },
    )
    async def retry_job(request: Request, job: str) -> JobInfo:
        body = await request.body()
        numbers = parse_json(body, RETRY).items if body else None

        def again(jobs: Opened) -> wire.Job:
            return store.retry(jobs.database, job_id(job), numbers)

        with desk.requests.counted("retry"):
            return JobInfo.of(await desk.ask(request, again))

    @router.delete(
        JOBS + "/{job}",
        summary="Remove a job that has ended: what came with it, what it made, and what is known of it",
        status_code=204,
    )
    async def remove_job(request: Request, job: str) -> Response:
        def gone(jobs: Opened) -> None:
            store.job(jobs.database, job_id(job))
            remove(jobs, job, partial(accounting.removed, settings), desk.stopping.check)

        with desk.requests.counted("remove"):
            await desk.ask(request, gone)
        return Response(status_code=204)


def _allowance(request: Request, asked: Asked, settings: Settings) -> Allowance:
    """From the last byte of a form on; its videos are looked at meanwhile."""
    looks_s = LOOK_S * len(asked.videos)
    return Allowance(allowed_seconds(request.headers, settings.request_timeout_s + looks_s))


def _add_looks(router: APIRouter, desk: Desk) -> None:
    @router.get(JOBS, summary="Jobs, the newest first")
    async def list_jobs(
        request: Request,
        application: str | None = None,
        state: State | None = None,
        before: str | None = None,
        limit: Limit = 100,
    ) -> list[JobInfo]:
        def look(jobs: Opened) -> list[wire.Job]:
            if application is not None and not application.isprintable():
                return []  # no job can have it, and not every database takes such a text
            return store.jobs(
                jobs.database,
                application=application,
                state=state,
                before=None if before is None else job_id(before),
                limit=limit,
            )

        return [JobInfo.of(job) for job in await desk.ask(request, look)]

    @router.get(JOBS + "/{job}", summary="A job as it stands")
    async def get_job(request: Request, job: str) -> JobInfo:
        return JobInfo.of(await desk.ask(request, _job, job))

    @router.get(JOBS + "/{job}/items", summary="Its pictures by number, and what became of each")
    async def list_job_items(
        request: Request,
        job: str,
        state: State | None = None,
        after: Annotated[int, Query(ge=-1, le=MOST_NUMBER)] = -1,
        limit: Limit = 100,
    ) -> list[ItemInfo]:
        def look(jobs: Opened) -> list[wire.Item]:
            return store.items(jobs.database, job_id(job), state=state, after=after, limit=limit)

        return [ItemInfo.of(item) for item in await desk.ask(request, look)]


def _add_events(router: APIRouter, desk: Desk) -> None:
    @router.get(
        JOBS + "/{job}/events",
        summary="A job as it goes on, as server-sent events; it ends with the job",
        description=f"`{sent_events.LAST_EVENT}` goes on after that event; 204 when there is nothing more to come.",
        response_class=Response,
        responses={
            200: {"content": sent_events.described("JobEvent")},
            204: {"description": "The job has ended, and its last event was seen."},
        },
    )
    async def follow_job(request: Request, job: str) -> Response:
        after = sent_events.last_seen(request.headers.get(sent_events.LAST_EVENT))
        now = await desk.ask(request, _job, job)
        if now.state.ended and now.last_event <= after:
            return Response(status_code=204)
        _, watch = await desk.open()

        def goes_on() -> bool:  # a stream must not hold up the end of the service
            return desk.host.state == "ready"

        return sent_events.answer(_told(watch, job, after), goes_on)


async def _told(watch: Watch, job: str, after: int) -> AsyncGenerator[bytes, None]:
    async for event in watch.follow(job, after=after):
        yield sent_events.event(event.kind, event.model_dump_json(), event.id)


def _job(jobs: Opened, job: str) -> wire.Job:
    return store.job(jobs.database, job_id(job))
