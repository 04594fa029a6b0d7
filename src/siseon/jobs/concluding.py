"""What an application makes of all results of a job together, when its last picture has ended."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from pydantic import BaseModel

from siseon.applications import build
from siseon.applications.application import AnyApplication
from siseon.applications.concluding import Answered, concluded, data_of
from siseon.applications.registry import find
from siseon.applications.steps import Tell, untold
from siseon.contracts import Encoded, FailureCode, InputError
from siseon.jobs import store
from siseon.jobs.answers import ended, result_of, told_input
from siseon.jobs.inputs import of_disk, place
from siseon.jobs.opening import Opened
from siseon.jobs.order import Order
from siseon.jobs.wire import Item, State
from siseon.media.bounds import MediaBounds
from siseon.media.film.parts import VideoPart
from siseon.settings import Settings


def conclusion(jobs: Opened, settings: Settings, id_: str, tell: Tell = untold) -> Iterator[Encoded]:
    """Those files, made now and one at a time; none before the job has ended. Blocks; ``tell`` hears how far it is.

    Raises:
        JobError: ``job_not_found``.
        SiseonError: the application's own, ``stage_failed`` for what else it raises, or a store that is away.
    """
    job = store.job(jobs.database, id_)
    application = find(job.application)
    if application.conclude is None or not job.state.ended or not job.done:
        return
    options = build.options(job.application, application, settings, {})
    chosen = options.chosen(Order.of(job.options).chosen(job.application))
    answered = _answered(jobs, application, build.bounds(settings), id_)
    yield from concluded(job.application, application, chosen, answered, tell)


def _answered(
    jobs: Opened, application: AnyApplication, bounds: MediaBounds, id_: str
) -> Iterator[Answered[BaseModel]]:
    for item in ended(jobs, id_):
        if item.state is State.done:
            data = data_of(application, result_of(jobs.artifacts, item))
            yield Answered(told_input(item.input), data, partial(_read, jobs, item, bounds))


def _read(jobs: Opened, item: Item, bounds: MediaBounds) -> Encoded | VideoPart:
    at = place(item.input)
    match at.kind:
        case "file" | "film" | "part":
            return of_disk(at, bounds)
        case "url":
            raise InputError(
                f"{at.name} was fetched and not kept",
                code=FailureCode.file_unreadable,
                hint="upload the pictures with the job where they are needed once more",
            )
    return Encoded(jobs.artifacts.read(at.at, bounds.max_bytes), at.name)
