"""``/run-script/{file_id}`` and ``/get-image/{file_id}/…``: the addresses of an earlier oil spill service.

A run is a job over the pictures of a folder: it survives a restart, and workers do it (``docs/oilspill-mapping.md``).
"""

from __future__ import annotations

import re
import secrets
from pathlib import Path, PurePosixPath
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Request, Response
from fastapi import Path as InPath
from pydantic import BaseModel, ConfigDict, TypeAdapter

from siseon.applications.oilspill.compat.folder import FILE_ID, checked_id
from siseon.applications.oilspill.contracts import OilSpillResult
from siseon.contracts import Failure, FailureCode, InputError, JobError, StageTiming
from siseon.jobs import store
from siseon.jobs.answers import MOST_BYTES, picture_names, result_of
from siseon.jobs.artifact_names import media_type
from siseon.jobs.concluding import conclusion
from siseon.jobs.inputs import in_folder, of_file, place
from siseon.jobs.opening import Opened
from siseon.jobs.submitting import submit
from siseon.jobs.wire import Item, Job, State, no_worker
from siseon.service.compat import OILSPILL
from siseon.service.jobs.desk import Desk
from siseon.service.jobs.request import JOBS
from siseon.service.jobs.results import SANDBOXED
from siseon.service.problems import RESPONSES

RUN = "/run-script/{file_id}"
KINDS = {"Inference": ".jpg", "Mask": ".png", "Georeference/Tif": ".tif"}
"""Folders of the earlier system, and the suffix of what is made for each picture."""
OF_ALL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
"""Name of a file that is made of all pictures together."""
STEPS = {
    "inference": ("see_the_sea",),
    "metadata": ("read_file", "cut", "recognize_text", "facts", "gather"),
    "georeference": ("place.georeference",),
    "oilshape": ("place.outline",),
}
"""Each of the four by the stages that it consists of, or the part of one."""
LOOKED_AT = 20
"""Pictures of which the times of steps are the mean."""
TIMINGS = TypeAdapter(list[StageTiming])

FileId = Annotated[str, InPath(pattern=f"^{FILE_ID.pattern}$", description="Name of a folder of pictures.")]


class StepInfo(BaseModel):
    """One of the four steps."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    name: str
    done: int
    """Pictures that it is done with."""
    total: int
    mean_ms: float | None
    """Per picture, of the first ones; None before there is one."""


class RunInfo(BaseModel):
    """The newest run over a folder."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    file_id: str
    job: str
    state: State
    total: int
    """Pictures."""
    done: int
    failed: int
    workers: int
    """That take such jobs; while there are none, nothing goes on."""
    hint: str | None
    """What to do where nothing goes on."""
    left_s: float | None
    steps: list[StepInfo]
    failures: list[Failure]
    """Of the first pictures that failed."""
    events: str
    """Path at which it is followed."""
    results: str
    """Path of the archive of everything that was made."""


def run_script_routes(desk: Desk) -> APIRouter:
    """All of them."""
    router = APIRouter(
        tags=["oil spill service"],
        responses=RESPONSES,
        generate_unique_id_function=lambda route: f"earlier_{route.name}",
    )
    settings = desk.host.settings

    @router.post(RUN, summary="Run the four steps over the pictures of a folder", status_code=202)
    async def run_script(request: Request, file_id: FileId) -> RunInfo:
        def begin(jobs: Opened) -> RunInfo:
            job = _newest(jobs, checked_id(file_id))
            if job is None or job.state.ended:
                references = in_folder(settings.jobs_folder, file_id, settings.jobs_items)
                job = submit(
                    jobs,
                    OILSPILL,
                    references,
                    queue_items=settings.jobs_queue_items,
                    pictures=True,
                    key=f"{_key(file_id)}{secrets.token_hex(8)}",
                    settings=settings,
                )
                desk.requests.items.of(OILSPILL).add(job.total)
            return _info(jobs, file_id, job)

        with desk.requests.counted("submit"):
            return await desk.ask(request, begin)

    @router.get(RUN, summary="How far the newest run over a folder is")
    async def get_run(request: Request, file_id: FileId) -> RunInfo:
        def look(jobs: Opened) -> RunInfo:
            return _info(jobs, file_id, _known(jobs, file_id))

        return await desk.ask(request, look)

    @router.get(
        "/get-image/{file_id}/{path:path}",
        summary="What the newest run has made of a picture, or of all together",
        description="`Inference/NAME.jpg`, `Mask/NAME.png` and `Georeference/Tif/NAME.tif` of a picture `NAME`; of all"
        " together the files that end the archive of results, `flight.shp.zip` for example.",
        response_class=Response,
        responses={200: {"content": {"image/*": {"schema": {"type": "string", "format": "binary"}}}}},
    )
    async def get_image(request: Request, file_id: FileId, path: str) -> Response:
        def read(jobs: Opened) -> tuple[bytes, str]:
            job = _known(jobs, file_id)
            for kind, suffix in KINDS.items():
                if path.startswith(f"{kind}/"):
                    name = path.removeprefix(f"{kind}/")
                    return _of_picture(jobs, _item(jobs, job, settings.jobs_folder, file_id, name), suffix)
            return _of_all(jobs, job, path)

        body, kind = await desk.ask(request, read)
        return Response(body, media_type=kind, headers=SANDBOXED)

    def _of_all(jobs: Opened, job: Job, name: str) -> tuple[bytes, str]:
        if OF_ALL.fullmatch(name) is not None:
            for file in conclusion(jobs, job.id):
                if file.name == name:
                    return file.path.read_bytes(), media_type(name)
        raise _nothing(f"{', '.join(KINDS)}, or a file that is made of all pictures once the run has ended")

    return router


def _key(file_id: str) -> str:
    return f"run-script/{file_id}/"


def _newest(jobs: Opened, file_id: str) -> Job | None:
    found = store.jobs(jobs.database, application=OILSPILL, key=_key(file_id), limit=1)
    return found[0] if found else None


def _known(jobs: Opened, file_id: str) -> Job:
    job = _newest(jobs, checked_id(file_id))
    if job is None:
        raise JobError(
            f"there was no run over {file_id!r}",
            code=FailureCode.job_not_found,
            hint=f"POST {RUN.format(file_id=file_id)}",
        )
    return job


def _info(jobs: Opened, file_id: str, job: Job) -> RunInfo:
    waits = not job.workers and not job.state.ended
    failed = store.items(jobs.database, job.id, state=State.failed, limit=LOOKED_AT) if job.failed else []
    means = _means(jobs, job)
    return RunInfo(
        file_id=file_id,
        job=job.id,
        state=job.state,
        total=job.total,
        done=job.done,
        failed=job.failed,
        workers=job.workers,
        hint=no_worker(OILSPILL) if waits else None,
        left_s=job.left_s,
        steps=[
            StepInfo(name=name, done=job.done, total=job.total, mean_ms=means.get(name)) for name in STEPS
        ],
        failures=[item.failure for item in failed if item.failure is not None],
        events=f"{JOBS}/{job.id}/events",
        results=f"{JOBS}/{job.id}/results.zip",
    )


def _means(jobs: Opened, job: Job) -> dict[str, float]:
    """Milliseconds of each step for one picture."""
    items = store.items(jobs.database, job.id, state=State.done, limit=LOOKED_AT) if job.done else []
    times: dict[str, float] = {}
    for item in items:
        for timing in TIMINGS.validate_python(_result(jobs, item)["timings"]):
            times[timing.stage] = times.get(timing.stage, 0.0) + timing.compute_ms
            for part, milliseconds in timing.parts_ms.items():
                place = f"{timing.stage}.{part}"
                times[place] = times.get(place, 0.0) + milliseconds
    return {
        name: round(sum(times.get(stage, 0.0) for stage in stages) / len(items), 1)
        for name, stages in STEPS.items()
        if items
    }


def _item(jobs: Opened, job: Job, root: Path | None, file_id: str, name: str) -> Item:
    """The item of a picture, which may be called by its own name or with the suffix of what was made of it."""
    if root is not None and name.isprintable() and PurePosixPath(name).name:
        bare = PurePosixPath(name).with_suffix("").as_posix()
        begins = f"{of_file(root.resolve() / file_id / bare, bare)}."
        found = {place(item.input).name: item for item in store.items_of(jobs.database, job.id, begins)}
        alike = [item for other, item in found.items() if other.rpartition(".")[0] == bare]
        if name in found or alike:
            return found.get(name) or alike[0]
    if not job.state.ended:
        raise JobError(
            "no picture of that name has been looked at yet",
            code=FailureCode.job_not_finished,
            hint=f"GET {RUN.format(file_id=file_id)} for how far the run is",
        )
    raise _nothing("GET the items of the job for the names of its pictures")


def _of_picture(jobs: Opened, item: Item, suffix: str) -> tuple[bytes, str]:
    if item.state is State.failed and item.failure is not None:
        raise JobError(
            f"the picture failed: {item.failure.message}",
            code=FailureCode.job_item_failed,
            hint=item.failure.hint,
        )
    if item.state is not State.done:
        raise JobError(
            f"the picture is {item.state}", code=FailureCode.job_not_finished, hint="ask again later"
        )
    for artifact in picture_names(item):
        if artifact.endswith(suffix):
            return jobs.artifacts.read(artifact, MOST_BYTES), media_type(artifact)
    why = OilSpillResult.model_validate(_result(jobs, item)["data"]).no_position
    raise _nothing(f"it is not on the map: {why}")


def _result(jobs: Opened, item: Item) -> dict[str, Any]:
    found: dict[str, Any] = orjson.loads(result_of(jobs.artifacts, item))
    return found


def _nothing(hint: str) -> InputError:
    return InputError("there is no such file", code=FailureCode.not_found, hint=hint)
