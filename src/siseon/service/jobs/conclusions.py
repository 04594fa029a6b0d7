"""The operations on what is made of all results of a job together: its files, and what a person corrects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from fastapi import APIRouter, Request, Response
from pydantic import JsonValue

from siseon.contracts import Encoded, FailureCode, InputError, JobError
from siseon.jobs import store
from siseon.jobs.artifact_names import upload_name, uploads_of_submission
from siseon.jobs.artifacts import Artifacts
from siseon.jobs.concluding import kept_file
from siseon.jobs.opening import Opened
from siseon.jobs.order import Order, check_file_option
from siseon.jobs.store.concluding import restate
from siseon.jobs.submitting import expect
from siseon.jobs.wire import ConclusionFile, Job
from siseon.service.jobs.desk import Desk
from siseon.service.jobs.names import job_id
from siseon.service.jobs.request import JOBS
from siseon.service.jobs.results import FILE
from siseon.service.jobs.sent_files import sent_file
from siseon.service.jobs.views import ConclusionInfo, JobInfo
from siseon.service.uploads import media_type_of, read_body
from siseon.settings import Settings

CONCLUSION = JOBS + "/{job}/conclusion"
OPTION = JOBS + "/{job}/files/{option}"
SUFFIXES = {"application/json": ".json", "text/csv": ".csv"}
"""By the declared type; what else comes is TOML."""
BODY = {
    "required": True,
    "content": {
        kind: {"schema": {"type": "string", "format": "binary"}} for kind in (*SUFFIXES, "application/toml")
    },
}


CONDITIONS = [
    {
        "name": name,
        "in": "header",
        "required": False,
        "schema": {"type": "string"},
        "description": description,
    }
    for name, description in (
        (
            "If-Match",
            "The `ETag` of the file that is changed: where another one stands there by now, nothing is "
            "done (`superseded`).",
        ),
        ("If-None-Match", "`*`: only where there is none yet."),
    )
]


def add_conclusion_routes(router: APIRouter, desk: Desk) -> None:
    """All of them."""
    settings = desk.host.settings

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
            return (
                jobs.artifacts,
                file,
                jobs.artifacts.size(file.artifact),
            )  # as it is, whatever was told of it

        artifacts, file, size = await desk.ask(request, look)
        return await sent_file(request, artifacts, file.artifact, file.name, size)

    @router.put(
        OPTION,
        summary="Give a job a file: the corrections of people, say; what is made of all results is made again",
        description="The body is the file: TOML, or JSON or CSV with that Content-Type. No picture is looked at again. "
        "The same bytes once more change nothing.",
        openapi_extra={"requestBody": BODY, "parameters": CONDITIONS},
        status_code=202,
    )
    async def put_job_file(request: Request, job: str, option: str) -> JobInfo:
        kind = media_type_of(request.headers)
        file = Encoded(await read_body(request), f"{option[:80]}{SUFFIXES.get(kind, '.toml')}")

        expected = _expected(request)

        def change(jobs: Opened) -> Job:
            return _given(jobs, settings, job_id(job), option, file, expected)

        with desk.requests.counted("correct"):
            return JobInfo.of(await desk.ask(request, change))

    @router.get(OPTION, summary="That file", response_class=Response, responses=FILE)
    async def get_job_file(request: Request, job: str, option: str) -> Response:
        def look(jobs: Opened) -> tuple[Artifacts, str, Encoded]:
            told = _of_option(store.job(jobs.database, job_id(job)), option)
            return jobs.artifacts, told.partition(" ")[0], kept_file(jobs.artifacts, told)

        artifacts, artifact, file = await desk.ask(request, look)
        return await sent_file(request, artifacts, artifact, file.name, len(file.data))

    @router.delete(
        OPTION,
        summary="Take it away again; what is made of all results is made again",
        openapi_extra={"parameters": CONDITIONS},
    )
    async def remove_job_file(request: Request, job: str, option: str) -> JobInfo:
        expected = _expected(request)

        def change(jobs: Opened) -> Job:
            _of_option(store.job(jobs.database, job_id(job)), option)
            return restate(jobs.database, job, lambda options: _stated(options, option, None, expected))

        with desk.requests.counted("correct"):
            return JobInfo.of(await desk.ask(request, change))


def _expected(request: Request) -> str | None:
    """What must stand there: an artifact; nothing, where it is empty; None: whatever does."""
    if request.headers.get("if-none-match", "").strip() == "*":
        return ""
    told = request.headers.get("if-match", "").strip()
    return None if told in ("", "*") else told.strip('"')


def _given(
    jobs: Opened, settings: Settings, id_: str, option: str, file: Encoded, expected: str | None
) -> Job:
    """The job with a file in place of the one that it had."""
    job = store.job(jobs.database, id_)
    check_file_option(job.application, option, file)
    order = Order.of(job.options)
    others = {name: kept_file(jobs.artifacts, told) for name, told in order.files.items() if name != option}
    expect(job.application, order, settings, set(), {**others, option: file})
    folder = order.uploads or uploads_of_submission()
    artifact = upload_name(folder, file.data)
    told = f"{artifact} {file.name}"
    if order.files.get(option) == told:
        return job
    jobs.artifacts.put(artifact, file.data)
    return restate(jobs.database, id_, lambda options: _stated(options, option, told, expected, folder))


def _stated(
    options: JsonValue, option: str, told: str | None, expected: str | None, folder: str | None = None
) -> Mapping[str, JsonValue]:
    """The options of a job's row with that file, or without it; within the transaction that writes them."""
    order = Order.of(options)
    stands = order.files.get(option, "").partition(" ")[0]
    if expected is not None and expected != stands:
        raise JobError(
            f"somebody else has changed {option[:80]} meanwhile",
            code=FailureCode.superseded,
            hint="fetch what stands there now, and change that",
        )
    files = {name: other for name, other in order.files.items() if name != option}
    if told is not None:
        files[option] = told
    changed = order.model_copy(update={"files": files, "uploads": order.uploads or folder})
    return cast("Mapping[str, JsonValue]", changed.model_dump(mode="json", exclude_defaults=True))


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


def _of_option(job: Job, option: str) -> str:
    told = Order.of(job.options).files.get(option)
    if told is None:
        raise InputError(
            f"job {job.id} has no file {option[:80]!r}",
            code=FailureCode.not_found,
            hint=f"PUT {JOBS}/{job.id}/files/{option[:80]} gives it one",
        )
    return told
