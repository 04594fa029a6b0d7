"""``siseon jobs results``: what a job has made, on this disk."""

from __future__ import annotations

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
    from siseon.jobs.wire import Item

PAGE = 100


def results(
    id_: Id,
    out: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="For results.jsonl and the pictures.")
    ] = None,
    force: Force = False,
) -> None:
    """Results of a job so far: a JSON document a line, to stdout, or with the pictures into a folder.

    Exit code: 0: every picture was answered, 1: some failed or are not done.
    """
    from siseon.cli.outputs import RESULTS
    from siseon.cli.stated import stated_settings
    from siseon.cli.terminal import err, safe
    from siseon.cli.written import Written
    from siseon.jobs import store
    from siseon.jobs.opening import opened
    from siseon.jobs.wire import State
    from siseon.media.files import name_text

    done = 0
    with opened(stated_settings()) as jobs:
        job = store.job(jobs.database, id_)
        if out is None:
            for item in _items(jobs, id_):
                done += item.state is State.done
                typer.echo(_line(jobs, item))
        else:
            out.mkdir(parents=True, exist_ok=True)
            written = Written([], force=force)
            with written.lines(out / RESULTS) as lines:
                for item in _items(jobs, id_):
                    done += item.state is State.done
                    _write(jobs, item, lines, written, out)
            err.print(f"{done} of {job.total} pictures  →  {safe(name_text(out))}", soft_wrap=True)
    if done < job.total:
        raise typer.Exit(1)


def _items(jobs: Opened, job: str) -> Iterator[Item]:
    """Those that have ended well or badly, by number."""
    from siseon.jobs import store
    from siseon.jobs.wire import State

    after = -1
    while page := store.items(jobs.database, job, after=after, limit=PAGE):
        for item in page:
            if item.state in (State.done, State.failed):
                yield item
        after = page[-1].number


def _line(jobs: Opened, item: Item) -> bytes:
    """As ``siseon run`` writes it."""
    import orjson

    from siseon.jobs.answers import result_of
    from siseon.jobs.inputs import place
    from siseon.jobs.wire import State

    head = {"input": place(item.input).at if place(item.input).kind != "upload" else place(item.input).name}
    if item.state is State.done:
        return orjson.dumps({**head, "result": orjson.Fragment(result_of(jobs.artifacts, item))})
    failure = None if item.failure is None else item.failure.model_dump(mode="json")
    return orjson.dumps({**head, "failure": failure})


def _write(jobs: Opened, item: Item, lines: Lines, written: Written, folder: Path) -> None:
    from siseon.jobs.answers import pictures_of
    from siseon.jobs.inputs import place

    lines.write(_line(jobs, item) + b"\n")
    for name, data in pictures_of(jobs.artifacts, item):
        written.picture(folder, place(item.input).name, Path(name).suffix, data)
