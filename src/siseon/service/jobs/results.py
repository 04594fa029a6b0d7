"""The operations that fetch what a job has made: one result, all of them, one picture."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import StreamingResponse

from siseon.contracts import FailureCode, JobError
from siseon.jobs import store
from siseon.jobs.answers import result_of
from siseon.jobs.artifacts import Artifacts
from siseon.jobs.editing import revision
from siseon.jobs.opening import Opened
from siseon.jobs.wire import State
from siseon.service.jobs.archive import archive
from siseon.service.jobs.desk import Desk
from siseon.service.jobs.names import artifact_name, item_number, job_id
from siseon.service.jobs.request import ARTIFACTS, JOBS
from siseon.service.jobs.sent_files import sent_file

SANDBOXED = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox"}
"""With a file that strangers had a hand in."""
BYTES = {"schema": {"type": "string", "format": "binary"}}
FILE: dict[int | str, dict[str, Any]] = {
    200: {"content": {"*/*": BYTES}},
    206: {"description": "The part that `Range` asks for.", "content": {"*/*": BYTES}},
    304: {"description": "What the client has is the same (`If-None-Match`)."},
    416: {"description": "`Range` asks for what is not in it."},
}
ANY_RESULT = {"$ref": "#/components/schemas/AnyResult"}


def add_result_routes(router: APIRouter, desk: Desk) -> None:
    """All of them."""

    @router.get(
        JOBS + "/{job}/items/{number}/result",
        summary="The result of one picture, as its pipeline would have answered",
        description="What a pipeline has found that this service does not serve is described where it is served.",
        responses={200: {"content": {"application/json": {"schema": ANY_RESULT}}}},
        response_class=Response,
    )
    async def get_job_result(request: Request, job: str, number: int) -> Response:
        body, tag = await desk.ask(request, _result, job, number)
        return Response(body, media_type="application/json", headers={"ETag": f'"{tag}"'})

    @router.get(
        JOBS + "/{job}/results.zip",
        summary="All results so far, with the pictures that were made, as one archive",
        response_class=Response,
        responses={200: {"content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}}}},
    )
    async def get_job_results(request: Request, job: str) -> Response:
        await desk.ask(request, _there, job)
        jobs, _ = await desk.open()
        headers = {"Content-Disposition": f'attachment; filename="{job}.zip"'}
        return StreamingResponse(archive(jobs, job), media_type="application/zip", headers=headers)

    @router.get(
        ARTIFACTS + "/{name:path}",
        summary="A picture or another file that a job has made, or that came with one",
        response_class=Response,
        responses=FILE,
    )
    async def get_artifact(request: Request, name: str) -> Response:
        def measure(jobs: Opened) -> tuple[Artifacts, int]:
            return jobs.artifacts, jobs.artifacts.size(artifact_name(name))

        artifacts, size = await desk.ask(request, measure)
        return await sent_file(request, artifacts, name, name.rpartition("/")[2], size)


def _there(jobs: Opened, job: str) -> None:
    store.job(jobs.database, job_id(job))


def _result(jobs: Opened, job: str, number: int) -> tuple[bytes, str]:
    item = store.item(jobs.database, job_id(job), item_number(job, number))
    if item.state is State.failed and item.failure is not None:
        raise JobError(
            f"item {number} failed: {item.failure.code}, {item.failure.message}",
            code=FailureCode.job_item_failed,
            hint=item.failure.hint,
            stage=item.failure.stage,
        )
    if item.state is not State.done:
        raise JobError(
            f"item {number} of job {job} is {item.state}",
            code=FailureCode.job_not_finished,
            hint="follow the job, or ask again later",
        )
    return result_of(jobs.artifacts, item), revision(item)
