"""``siseon jobs list``, ``cancel``, ``retry``, ``dead`` and ``purge``: looking after jobs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated

import typer

from siseon.cli.jobs.following import Id

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from siseon.jobs.wire import Job, State

Json = Annotated[bool, typer.Option("--json", help="Print JSON documents, one a line.")]
Limit = Annotated[int, typer.Option(min=1, max=10_000, help="How many at most.")]
Application = Annotated[str | None, typer.Option(help="Those of this application alone.")]
UNITS_S = {"s": 1, "m": 60, "h": 3600, "d": 86400}
SPARED = ("priority", "age", "failed", "left")
"""Columns of the list that go first where a terminal is too narrow for all."""
WIDEST = 1000
"""Characters of a line of the list."""
_AGE = re.compile(r"([0-9]{1,9})([smhd])")


def list_(
    application: Application = None,
    state: Annotated[str | None, typer.Option(help="queued, running, done, failed or cancelled.")] = None,
    limit: Limit = 20,
    json: Json = False,
) -> None:
    """The newest jobs."""
    from siseon.cli.stated import stated_settings
    from siseon.cli.terminal import out
    from siseon.jobs import store
    from siseon.jobs.opening import opened

    with opened(stated_settings()) as jobs:
        found = store.jobs(jobs.database, application=application, state=_state(state), limit=limit)
    if json:
        for job in found:
            out.print(job.model_dump_json(), markup=False)
    elif found:
        _table(found)
    else:
        typer.echo("no jobs: `siseon jobs submit` makes one", err=True)


def cancel(id_: Id) -> None:
    """End a job. What is done stays done; running items are stopped within a second."""
    from siseon.cli.stated import stated_settings
    from siseon.cli.terminal import err
    from siseon.jobs import store
    from siseon.jobs.opening import opened

    with opened(stated_settings()) as jobs:
        job = store.cancel(jobs.database, id_)
    err.print(f"{job.state}: {job.done} of {job.total} done, {job.failed} failed, {job.cancelled} cancelled")


def retry(
    id_: Id,
    numbers: Annotated[
        list[int] | None, typer.Argument(min=0, help="Of items, counted from 0; all that failed without any.")
    ] = None,
) -> None:
    """Queue failed items again, with all their attempts before them; a cancelled job goes on as a whole."""
    from siseon.cli.stated import stated_settings
    from siseon.cli.terminal import err
    from siseon.jobs import store
    from siseon.jobs.opening import opened

    with opened(stated_settings()) as jobs:
        job = store.retry(jobs.database, id_, numbers)
    left = job.total - job.done - job.failed
    err.print(f"queued: {left} of {job.total}  →  siseon jobs watch {job.id}", soft_wrap=True)


def dead(
    id_: Annotated[str | None, typer.Argument(metavar="ID", help="Of a job; without one, of all.")] = None,
    application: Application = None,
    limit: Limit = 50,
    json: Json = False,
) -> None:
    """Items that failed for good, with the reason; `siseon jobs retry` queues them again."""
    from siseon.cli.stated import stated_settings
    from siseon.cli.terminal import out, safe
    from siseon.jobs import store
    from siseon.jobs.answers import told_input
    from siseon.jobs.opening import opened
    from siseon.jobs.wire import State

    with opened(stated_settings()) as jobs:
        if id_ is None:
            found = store.dead(jobs.database, application=application, limit=limit)
        else:
            found = store.items(jobs.database, id_, state=State.failed, limit=limit)
    for item in found:
        if json:
            out.print(item.model_dump_json(), markup=False)
            continue
        failure = item.failure
        out.print(f"[bold]{item.job} {item.number}[/bold]  {safe(told_input(item.input))}")
        if failure is not None:
            stage = f" [dim](stage {safe(failure.stage)})[/dim]" if failure.stage else ""
            out.print(f"  [red]{failure.code}[/red]  {safe(failure.message)}{stage}")
            if failure.hint:
                out.print(f"  [dim]→ {safe(failure.hint)}[/dim]")
    if not found and not json:
        typer.echo("nothing has failed for good", err=True)


def purge(
    older_than: Annotated[
        str | None,
        typer.Option(metavar="AGE", help="90m, 12h, 7d; what SISEON_JOBS_KEEP_S says when not given."),
    ] = None,
) -> None:
    """Remove jobs that ended so long ago, their artifacts, and artifacts of which no job knows."""
    from functools import partial

    from siseon.cli.stated import stated_settings
    from siseon.cli.terminal import err
    from siseon.jobs import accounting
    from siseon.jobs.opening import opened, videos_of
    from siseon.jobs.retention import purge as remove
    from siseon.jobs.retention import sweep

    settings = stated_settings()
    seconds = settings.jobs_keep_s if older_than is None else _seconds(older_than)
    with opened(settings) as jobs:
        count = remove(jobs, seconds, partial(accounting.removed, settings))
        strays = sweep(jobs)
        videos_of(jobs, settings).forget()
    beside = f", {strays} artifacts of no job" if strays else ""
    err.print(f"removed {count} job{'' if count == 1 else 's'}{beside}")


def _seconds(age: str) -> float:
    """Of ``12h``.

    Raises:
        BadParameter: it is not an age.
    """
    match = _AGE.fullmatch(age)
    if match is None:
        raise typer.BadParameter(f"{age!r} is not an age: 90m, 12h, 7d", param_hint="--older-than")
    return float(match[1]) * UNITS_S[match[2]]


def _state(word: str | None) -> State | None:
    from siseon.jobs.wire import State

    if word is None or word in list(State):
        return None if word is None else State(word)
    raise typer.BadParameter(f"{word!r}: there are {', '.join(State)}", param_hint="--state")


def _table(jobs: list[Job]) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table

    from siseon.cli.terminal import out, safe

    colours = {"done": "green", "failed": "red", "cancelled": "yellow", "running": "cyan"}
    columns: dict[str, Callable[[Job], str]] = {
        "id": lambda job: job.id,
        "application": lambda job: safe(job.application),
        "state": lambda job: f"[{(colour := colours.get(job.state, 'default'))}]{job.state}[/{colour}]",
        "done": lambda job: f"{job.done}/{job.total}",
        "failed": lambda job: f"[red]{job.failed}[/red]" if job.failed else "",
        "priority": lambda job: str(job.priority) if job.priority else "",
        "age": lambda job: _age(job.created_at),
        "left": _left,
    }
    words = {head: [of(job) for job in jobs] for head, of in columns.items()}
    shown = {head: cells for head, cells in words.items() if any(cells)}  # eighty characters are few
    for spared in (None, *SPARED):  # no value is cut
        shown.pop(str(spared), None)
        grid = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
        for head in shown:
            left = head in ("id", "application", "state")
            grid.add_column(head, no_wrap=True, justify="left" if left else "right")
        for row in zip(*shown.values(), strict=True):
            grid.add_row(*row)
        width = out.measure(grid, options=out.options.update(width=WIDEST)).maximum
        if width <= out.width or not out.is_terminal:
            break
    Console(file=out.file, width=width, highlight=False).print(
        grid
    )  # the other one prints no wider than it is


def _left(job: Job) -> str:
    if not job.state.ended and not job.workers:
        return "[yellow]no worker[/yellow]"
    return "" if job.left_s is None else _short(job.left_s)


def _age(moment: datetime) -> str:
    from datetime import UTC, datetime

    return _short(max(0.0, (datetime.now(UTC) - moment).total_seconds()))


def _short(seconds: float) -> str:
    """The largest unit in which it is at least 1."""
    unit = max(
        (unit for unit, length in UNITS_S.items() if seconds >= length), key=UNITS_S.__getitem__, default="s"
    )
    return f"{seconds / UNITS_S[unit]:.0f} {unit}"
