"""What an application makes of all results of a job together, when its last picture has ended: files that a worker
makes and keeps, in a process of its own (``concluder.py``)."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from functools import partial
from pathlib import PurePath

from pydantic import BaseModel, JsonValue

from siseon.applications import build
from siseon.applications.application import AnyApplication
from siseon.applications.concluding import Answered, Unanswered, concluded, data_of
from siseon.applications.registry import find
from siseon.applications.steps import Step, Tell
from siseon.contracts import Encoded, FailureCode, InputError, MadeFile, SiseonError, StoreError
from siseon.jobs import accounting, store
from siseon.jobs.answers import ended, result_of, told_input
from siseon.jobs.artifact_names import output_name, outputs_of_conclusion
from siseon.jobs.artifacts import Artifacts
from siseon.jobs.inputs import of_disk, of_kept_video, place
from siseon.jobs.opening import Opened, opened, videos_of
from siseon.jobs.order import MOST_FILE_BYTES, Order
from siseon.jobs.store import concluding as store_concluding
from siseon.jobs.store.concluding import Concluding
from siseon.jobs.submitting import files_of_options
from siseon.jobs.videos import Videos
from siseon.jobs.wire import ConclusionFile, Item, State
from siseon.media.bounds import MediaBounds
from siseon.media.film.parts import VideoPart
from siseon.media.nameless import nameless, no_room
from siseon.media.names import free_name, plain_name
from siseon.settings import Settings

TELL_S = 1.0
"""Between two words about a step that goes on."""


def conclusion(jobs: Opened, id_: str) -> Iterator[MadeFile]:
    """Its files, as a worker has made them, one at a time, each to be moved away before the next one; none before.
    Blocks.

    Raises:
        JobError: ``job_not_found``.
        SiseonError: why they could not be made, where there are none; a store that is away.
    """
    found = store.job(jobs.database, id_).conclusion
    if found is None:
        return
    if not found.files and found.failure is not None:
        raise SiseonError(found.failure.message, code=found.failure.code, hint=found.failure.hint)
    for file in found.files:
        with ExitStack() as stack:
            try:
                fetched = stack.enter_context(nameless())
                with fetched.open("wb") as target:
                    target.writelines(jobs.artifacts.pieces(file.artifact))
            except OSError as error:
                raise no_room(error, f"{file.name} cannot be fetched") from None
            yield MadeFile(fetched, file.name)


def make(settings: Settings, one: Concluding) -> list[dict[str, JsonValue]]:
    """Make those files, and keep them as artifacts of this attempt: what ``ConclusionFile`` says of each. Blocks; those
    who watch the job hear how far it is.

    Raises:
        SiseonError: the application's own, ``stage_failed`` for what else it raises, or a store that is away.
    """
    with opened(settings) as jobs:
        job = store.job(jobs.database, one.job)
        application = find(job.application)
        order = Order.of(job.options)
        chosen = order.options(job.application, settings)
        answered = _answered(jobs, application, settings, one.job)
        folder = outputs_of_conclusion(one.job, one.attempt)
        made: list[ConclusionFile] = []
        digests: dict[str, str] = {}
        with files_of_options(_files(jobs, order)) as paths:
            whole = chosen.with_files(paths)
            unanswered = _unanswered(jobs, one.job)
            for file in concluded(
                job.application, application, whole, answered, unanswered, _teller(jobs, one)
            ):
                artifact = output_name(folder, len(made), PurePath(file.name).suffix)
                name = free_name(plain_name(file.name), {other.name for other in made})
                made.append(ConclusionFile(name=name, nbytes=file.nbytes, artifact=artifact))
                digests[name] = _kept(jobs.artifacts, artifact, file)
            inputs = (told_input(item.input) for item in ended(jobs, one.job))
            accounting.concluded(settings, job, whole, inputs, digests)
        return [file.model_dump(mode="json") for file in made]


def _kept(artifacts: Artifacts, artifact: str, file: Encoded | MadeFile) -> str:
    """The SHA-256 of a file, which is kept under that name."""
    if isinstance(file, Encoded):
        artifacts.put(artifact, file.data)
        return hashlib.sha256(file.data).hexdigest()
    with file.path.open("rb") as data:
        digest = hashlib.file_digest(data, "sha256").hexdigest()
    artifacts.adopt(artifact, file.path)
    return digest


def _teller(jobs: Opened, one: Concluding) -> Tell:
    """Tells each step now and then, and its end."""
    last = -TELL_S

    def told(step: Step) -> None:
        nonlocal last
        now = time.monotonic()
        if not step.is_over and now - last < TELL_S:
            return
        last = now
        with suppress(StoreError):  # nobody's work ends since the database is away for a moment
            store_concluding.tell(jobs.database, one, step.model_dump(mode="json"))

    return told


def _files(jobs: Opened, order: Order) -> dict[str, Encoded]:
    return {option: kept_file(jobs.artifacts, told) for option, told in order.files.items()}


def kept_file(artifacts: Artifacts, told: str) -> Encoded:
    """The file of an option, as ``Order.files`` tells it.

    Raises:
        InputError: ``not_found``, ``storage_failed``.
    """
    artifact, _, name = told.partition(" ")
    return Encoded(artifacts.read(artifact, MOST_FILE_BYTES), name)


def _answered(
    jobs: Opened, application: AnyApplication, settings: Settings, id_: str
) -> Iterator[Answered[BaseModel]]:
    bounds, videos = build.bounds(settings), videos_of(jobs, settings)
    for item in ended(jobs, id_):
        if item.state is State.done:
            data = data_of(application, result_of(jobs.artifacts, item))
            yield Answered(told_input(item.input), data, partial(_read, jobs, videos, item, bounds))


def _unanswered(jobs: Opened, id_: str) -> Iterator[Unanswered]:
    for item in ended(jobs, id_):
        if item.state is State.failed and item.failure is not None:
            yield Unanswered(told_input(item.input), item.failure)


def _read(jobs: Opened, videos: Videos, item: Item, bounds: MediaBounds) -> Encoded | VideoPart:
    at = place(item.input)
    match at.kind:
        case "file" | "film" | "part":
            return of_disk(at, bounds)
        case "upload-film" | "upload-part":
            return of_kept_video(at, videos, bounds)
        case "url":
            raise InputError(
                f"{at.name} was fetched and not kept",
                code=FailureCode.file_unreadable,
                hint="upload the pictures with the job where they are needed once more",
            )
    return Encoded(jobs.artifacts.read(at.at, bounds.max_bytes), at.name)
