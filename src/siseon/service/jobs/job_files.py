"""The operations on files that a job has as options: the corrections of people, say."""

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
from siseon.jobs.wire import Job
from siseon.service.jobs.desk import Desk
from siseon.service.jobs.names import job_id
from siseon.service.jobs.request import JOBS
from siseon.service.jobs.results import FILE
from siseon.service.jobs.sent_files import sent_file
from siseon.service.jobs.views import JobInfo
from siseon.service.uploads import media_type_of, read_body
from siseon.settings import Settings

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


def add_job_file_routes(router: APIRouter, desk: Desk) -> None:
    """All of them."""

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
            return _given(jobs, desk.host.settings, job_id(job), option, file, expected)

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


def _of_option(job: Job, option: str) -> str:
    told = Order.of(job.options).files.get(option)
    if told is None:
        raise InputError(
            f"job {job.id} has no file {option[:80]!r}",
            code=FailureCode.not_found,
            hint=f"PUT {JOBS}/{job.id}/files/{option[:80]} gives it one",
        )
    return told
