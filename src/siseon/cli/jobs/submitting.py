"""``siseon jobs submit``: pictures become a job."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from siseon.cli.applications import Every, Name, To, stated
from siseon.cli.wrong import of_the_command

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from siseon.contracts import Encoded
    from siseon.jobs.wire import Job
    from siseon.media.bounds import MediaBounds
    from siseon.media.items import Cut, Item

Inputs = Annotated[
    list[str],
    typer.Argument(
        help="Pictures, videos, folders, patterns, http(s) addresses, or artifacts of another job."
    ),
]
Choice = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="NAME=VALUE", help="What a request may choose of the application; repeatable."
    ),
]


def submit(
    application: Name,
    inputs: Inputs,
    set_: Choice = None,
    to: To = None,
    every: Every = 2.0,
    pictures: Annotated[
        bool, typer.Option("--pictures", help="Keep each picture with what was found drawn on it.")
    ] = False,
    upload: Annotated[
        bool,
        typer.Option("--upload", help="Keep the files with the job, for workers that cannot read them here."),
    ] = False,
    key: Annotated[
        str | None,
        typer.Option(help="Submitted again with the same key it is the same job, not another one."),
    ] = None,
    priority: Annotated[
        int, typer.Option(min=-100, max=100, help="A job of a higher one is served first.")
    ] = 0,
    webhook: Annotated[str | None, typer.Option(metavar="URL", help="Is told the end of the job.")] = None,
    watch: Annotated[bool, typer.Option("--watch", help="Follow the job until it has ended.")] = False,
) -> None:
    """Submit pictures as a job, and print its id. When this returns the job is on the disk.

    Workers read the files where they are, unless --upload keeps copies with the job.
    """
    from siseon.applications.build import bounds, options
    from siseon.applications.registry import find
    from siseon.cli.chosen import pairs
    from siseon.cli.jobs.following import followed, tell_absence
    from siseon.cli.stated import stated_settings
    from siseon.cli.terminal import out
    from siseon.jobs.arriving import copied
    from siseon.jobs.opening import opened
    from siseon.jobs.order import Order
    from siseon.jobs.submitting import submit as accept

    settings = stated_settings()
    secret = settings.jobs_webhook_secret
    with of_the_command():
        kind = find(application)
        choices = dict(pairs(stated(application, set_, to)))
        own = options(application, kind, settings, {})
        Order(choices=dict(choices)).options(application, settings)
    cut = kind.parts and partial(kind.parts, own, bounds(settings))
    kept = upload and cut is not None  # videos as they are; of others their pictures are kept
    elsewhere, items = _sorted(inputs, every, None if kept else cut, whole=kept)
    with opened(settings) as jobs, copied(items if kept else (), jobs.artifacts) as films:
        job = accept(
            jobs,
            application,
            [*elsewhere, *([] if upload else map(_reference, items))],
            _read(items, bounds(settings)) if upload and not kept else (),
            films=films,
            queue_items=settings.jobs_queue_items,
            choices=choices,
            pictures=pictures,
            key=key,
            priority=priority,
            webhook=webhook,
            secret=secret.get_secret_value() if secret else None,
            settings=settings,
        )
        out.print(job.id)
        if watch:
            raise typer.Exit(followed(jobs, job.id))
        tell_absence(job)
        _tell_accepted(job, "picture" if kind.parts is None else "part")


def _tell_accepted(job: Job, unit: str) -> None:
    from siseon.cli.terminal import err

    pictured = f"{job.total} {unit}{'' if job.total == 1 else 's'}"
    err.print(f"[dim]accepted: {pictured}; follow with:  siseon jobs watch {job.id}[/dim]", soft_wrap=True)


def _sorted(
    words: Sequence[str], every_s: float, cut: Cut | None, *, whole: bool
) -> tuple[list[str], list[Item]]:
    """References to what lies elsewhere, and files of this machine; ``whole``: videos as they are.

    Raises:
        InputError: a word that means nothing; a job is submitted as a whole or not at all.
        DependencyMissing: a video needs PyAV.
    """
    from siseon.contracts import InputError
    from siseon.jobs.artifact_names import is_name
    from siseon.jobs.inputs import of_artifact, of_url
    from siseon.media.files import STDIN
    from siseon.media.items import found_by, in_parts, shown, told_apart

    elsewhere: list[str] = []
    files: list[Item] = []
    for word in words:
        if word.startswith(("http://", "https://")):
            elsewhere.append(of_url(word))
        elif is_name(word):
            elsewhere.append(of_artifact(word))
        else:
            files += found_by(word)
    if any(item.path == STDIN for item in files):
        raise InputError("a job outlives its stdin", hint="name a file")
    return elsewhere, [
        one
        for item in told_apart(files)
        for one in ([item] if whole else shown(item, every_s) if cut is None else in_parts(item, cut))
    ]


def _reference(item: Item) -> str:
    """Of a file that is there: one that is missing is told now, not by a worker.

    Raises:
        InputError: ``file_unreadable``.
    """
    from siseon.jobs.inputs import check_file, of_file, of_film, of_part

    check_file(item.path)
    if item.part is not None:
        return of_part(item.path, item.name, item.part)
    return of_file(item.path, item.name) if item.second is None else of_film(item.path, item.name)


def _read(items: Sequence[Item], bounds: MediaBounds) -> Iterator[Encoded]:
    """Each file as it is asked for: all of them would not fit into memory."""
    from siseon.cli.terminal import progress
    from siseon.jobs.inputs import check_file

    with progress() as bar:
        for item in bar.track(items, description="upload"):
            check_file(item.path)
            yield item.read(bounds)
