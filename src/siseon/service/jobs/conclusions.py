"""The operations on what is made of all results of a job together."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from siseon.contracts import FailureCode, InputError, JobError
from siseon.jobs import store
from siseon.jobs.artifacts import Artifacts
from siseon.jobs.opening import Opened
from siseon.jobs.wire import ConclusionFile, Job
from siseon.service.jobs.desk import Desk
from siseon.service.jobs.names import job_id
from siseon.service.jobs.request import JOBS
from siseon.service.jobs.results import FILE
from siseon.service.jobs.sent_files import sent_file
from siseon.service.jobs.views import ConclusionInfo

CONCLUSION = JOBS + "/{job}/conclusion"


def add_conclusion_routes(router: APIRouter, desk: Desk) -> None:
    """Both of them."""

    @router.get(CONCLUSION, summary="What is made of all results together: how it stands, and its files")
    async def get_conclusion(request: Request, job: str) -> ConclusionInfo:
        def look(jobs: Opened) -> ConclusionInfo:
            found = store.job(jobs.database, job_id(job)).conclusion
            if found is None:
                raise _none(job)
            return ConclusionInfo.of(job, found)

        return await desk.ask(request, look)

    @router.get(
        CONCLUSION + "/{name}",
        summary="One file of it, whole or in parts: a timeline, a report, a video with what was found",
        response_class=Response,
        responses=FILE,
    )
    async def get_conclusion_file(request: Request, job: str, name: str) -> Response:
        def look(jobs: Opened) -> tuple[Artifacts, ConclusionFile, int]:
            file = _named(store.job(jobs.database, job_id(job)), name)
            size = jobs.artifacts.size(file.artifact)  # as it is, whatever was told of it
            return jobs.artifacts, file, size

        artifacts, file, size = await desk.ask(request, look)
        return await sent_file(request, artifacts, file.artifact, file.name, size)


def _named(job: Job, name: str) -> ConclusionFile:
    if job.conclusion is None:
        raise _none(job.id)
    for file in job.conclusion.files:
        if file.name == name:
            return file
    if not job.conclusion.files and job.conclusion.failure is None:
        raise JobError(
            f"nothing is made of all results of job {job.id} yet",
            code=FailureCode.job_not_finished,
            hint="follow the job, or ask again later",
        )
    raise InputError(
        f"there is no file {name[:80]!r} among those made of all results",
        code=FailureCode.not_found,
        hint=f"there are: {', '.join(file.name for file in job.conclusion.files)}"
        if job.conclusion.files
        else "they could not be made: the job tells why",
    )


def _none(job: str) -> InputError:
    return InputError(
        f"nothing is made of all results of job {job[:26]} together", code=FailureCode.not_found
    )
