"""``siseon jobs results``: what a job has made, on this disk."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from siseon.cli.applications import Force
from siseon.cli.jobs.following import Id

if TYPE_CHECKING:
    from collections.abc import Iterator

    from siseon.cli.lines import Lines
    from siseon.cli.written import Written
    from siseon.jobs.opening import Opened
    from siseon.jobs.wire import Item, Job
    from siseon.settings import Settings


def results(
    id_: Id,
    out: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="For results.jsonl and the pictures.")
    ] = None,
    force: Force = False,
) -> None:
    """Results of a job so far: a JSON document a line, to stdout, or with the pictures into a folder.

    Once a job has ended, what its application makes of all results together is written into the folder too.

    Exit code: 0: every picture was answered, 1: some failed or are not done.
    """
    from siseon.applications.registry import find
    from siseon.cli.concluded import keep
    from siseon.cli.outputs import RESULTS
    from siseon.cli.stated import stated_settings
    from siseon.cli.terminal import err, safe
    from siseon.cli.written import Written
    from siseon.jobs import store
    from siseon.jobs.answers import ended, line
    from siseon.jobs.concluding import conclusion
    from siseon.jobs.opening import opened
    from siseon.jobs.wire import State
    from siseon.media.files import name_text

    done = 0
    settings = stated_settings()
    with opened(settings) as jobs:
        job = store.job(jobs.database, id_)
        if out is None:
            for item in ended(jobs, id_):
                done += item.state is State.done
                typer.echo(line(jobs.artifacts, item), nl=False)
        else:
            out.mkdir(parents=True, exist_ok=True)
            written = Written([], force=force)
            with _accounted(job, settings, out) as made, written.lines(out / RESULTS) as lines:
                made.append(out / RESULTS)
                for item in ended(jobs, id_):
                    done += item.state is State.done
                    _write(jobs, item, lines, written, out)
                # Its failure ends the command, all else is written.
                place = keep(conclusion(jobs, id_), out, written, replace=force)
                made += [] if place is None else [place]
            unit = "pictures" if find(job.application).parts is None else "parts"
            err.print(f"{done} of {job.total} {unit}  →  {safe(name_text(out))}", soft_wrap=True)
    if done < job.total:
        raise typer.Exit(1)


@contextmanager
def _accounted(job: Job, settings: Settings, folder: Path) -> Iterator[list[Path]]:
    """Account is kept of the files that are named inside, as far as it came."""
    from siseon.applications.build import options
    from siseon.applications.registry import find
    from siseon.cli.accounts import account

    made: list[Path] = []
    try:
        yield made
    finally:
        application = find(job.application)
        stated = options(job.application, application, settings, {})
        account(application, stated, folder, "fetched", made=made, job=job.id)


def _write(jobs: Opened, item: Item, lines: Lines, written: Written, folder: Path) -> None:
    from siseon.jobs.answers import line, pictures_of
    from siseon.jobs.inputs import place

    lines.write(line(jobs.artifacts, item))
    for name, data in pictures_of(jobs.artifacts, item):
        written.picture(folder, place(item.input).name, Path(name).suffix, data)
