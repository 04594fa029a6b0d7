"""``siseon jobs watch``: a job as it goes on, with a bar on a terminal and a line now and then elsewhere."""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from siseon.cli.event_loop import run as run_loop

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from rich.progress import Progress, TaskID

    from siseon.applications.steps import Step
    from siseon.jobs.opening import Opened
    from siseon.jobs.wire import Event, Job

Id = Annotated[str, typer.Argument(metavar="ID", help="Of the job; `siseon jobs list` shows them.")]

LOOK_S = 2.0
"""Seconds between two looks at whether somebody works on it."""
STEPS = 60
"""Characters of what is told of the steps behind a bar."""
SHOWN_FAILURES = 10
"""Failures of items that are shown one by one; `siseon jobs dead` shows all."""


def watch(
    id_: Id,
    json: Annotated[
        bool, typer.Option("--json", help="Print every event from the first, a JSON document a line.")
    ] = False,
    after: Annotated[int, typer.Option(min=0, help="With --json: begin after the event of this id.")] = 0,
) -> None:
    """Follow a job until it has ended. Ctrl-C ends the watching, not the job.

    Exit code: 0: every picture was answered, 1: some failed, or the job was cancelled.
    """
    from siseon.cli.stated import stated_settings
    from siseon.jobs.opening import opened

    with opened(stated_settings()) as jobs:
        code = run_loop(_events(jobs, id_, after)) if json else followed(jobs, id_)
    raise typer.Exit(code)


def followed(jobs: Opened, job: str) -> int:
    """Show a job on stderr until it has ended; the exit code that tells how.

    Raises:
        JobError: ``job_not_found``.
        StoreError: the database is away.
    """
    return run_loop(_shown(jobs, job))


async def _events(jobs: Opened, job: str, after: int) -> int:
    from siseon.cli.terminal import out
    from siseon.jobs import store
    from siseon.jobs.watch import Watch

    async with Watch(jobs.database) as watching, _absence_told(jobs, job):
        async for event in watching.follow(job, after=after):
            out.print(event.model_dump_json(), markup=False)
            out.file.flush()
    return _code(store.job(jobs.database, job))


async def _shown(jobs: Opened, job: str) -> int:
    from siseon.cli.terminal import err
    from siseon.jobs import store
    from siseon.jobs.watch import Watch

    now = store.job(jobs.database, job)
    with _bar() as bar:
        view = _View(bar, bar.add_task(now.application, total=now.total, state="", rate=""), now)
        async with Watch(jobs.database) as watching, _absence_told(jobs, job):
            async for event in watching.follow(job, after=now.last_event):
                view.show(event)
    ended = store.job(jobs.database, job)
    err.print(_summary(ended), soft_wrap=True)
    return _code(ended)


def tell_absence(job: Job) -> bool:
    """Say on stderr that a job waits for a worker, if it does."""
    from siseon.cli.terminal import err, safe
    from siseon.jobs.wire import no_worker

    alone = not job.state.ended and not job.workers
    if alone:
        err.print(f"[yellow]![/yellow] {safe(no_worker(job.application))}", soft_wrap=True)
    return alone


@asynccontextmanager
async def _absence_told(jobs: Opened, job: str) -> AsyncIterator[None]:
    """Inside, say so each time that no worker is left for a job."""
    from siseon.contracts import SiseonError
    from siseon.jobs import store

    async def look() -> None:
        told = False
        while True:
            try:
                now = await asyncio.to_thread(store.job, jobs.database, job)
                told = not now.workers and (told or tell_absence(now))
            except SiseonError:  # whoever follows it hears of that
                pass
            await asyncio.sleep(LOOK_S)

    looking = asyncio.create_task(look())
    try:
        yield
    finally:
        looking.cancel()
        await asyncio.wait([looking])


class _View:
    """The bar of one job, and what is said beside it."""

    def __init__(self, bar: Progress, task: TaskID, job: Job) -> None:
        self._bar = bar
        self._task = task
        self._done, self._failed, self._total = job.done, job.failed, job.total
        self._shown_failures = 0
        self._told: list[Step] = []
        """What the items' steps say together; in the end, how far the conclusion is."""
        self._said = time.monotonic()
        self._update(str(job.state), job.rate_per_s)

    def show(self, event: Event) -> None:
        """Take in one event."""
        from siseon.jobs.wire import EventKind

        state, rate = "running", None
        match event.kind:
            case EventKind.item_done:
                from siseon.applications.steps import together

                self._done += 1
                self._told = list(together([*self._told, *_steps(event)]).values())
            case EventKind.item_failed:
                self._failed += 1
                self._tell(event, "failed")
            case EventKind.item_retried:
                self._tell(event, "will be tried again")
            case EventKind.progress:
                # What was counted here may have begun in the middle.
                self._done, self._failed = _number(event, "done"), _number(event, "failed")
                found = event.data.get("rate_per_s")
                rate = float(found) if isinstance(found, int | float) else None
            case EventKind.queued:
                state = "queued"
            case EventKind.started:
                pass
            case EventKind.concluding:
                state = "concluding"
                self._told = _steps(event) or self._told
            case EventKind.result:
                state = "done"  # as the job is, in every list
            case _:
                state = str(event.kind)
        self._update(state, rate)

    def _tell(self, event: Event, what: str) -> None:
        from siseon.cli.terminal import err, safe

        self._shown_failures += 1
        if self._shown_failures > SHOWN_FAILURES:
            return
        failure = event.data.get("failure")
        told = failure if isinstance(failure, dict) else {}
        mark = "[red]✗[/red]" if what == "failed" else "[yellow]![/yellow]"
        err.print(
            f"{mark} picture {event.number} {what}: [red]{safe(told.get('code', ''))}[/red]"
            f"  {safe(told.get('message', ''))}",
            soft_wrap=True,
        )

    def _update(self, state: str, rate: float | None) -> None:
        from siseon.cli.bars import LINE_S
        from siseon.cli.steps import line
        from siseon.cli.terminal import err

        if rate is not None:
            self._bar.update(self._task, rate=f"{rate:.1f}/s")
        told = f"[red]{self._failed} failed[/red]" if self._failed else state
        steps = " · ".join(line(one, over=False) for one in self._told)
        shown = f"{told} [dim]{steps[:STEPS]}[/dim]" if steps else told
        self._bar.update(self._task, completed=self._done + self._failed, state=shown)
        if self._bar.disable and time.monotonic() - self._said >= LINE_S:
            self._said = time.monotonic()
            count = f"{self._done + self._failed} of {self._total}, {self._failed} failed"
            err.print(f"{count} · {steps}" if steps else count, soft_wrap=True)


def _bar() -> Progress:
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    from siseon.cli.terminal import err

    return Progress(
        TextColumn("{task.description}"),
        BarColumn(bar_width=32),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeElapsedColumn(),
        TextColumn("[dim]so far,[/dim]"),
        TimeRemainingColumn(compact=True),
        TextColumn("[dim]left[/dim]"),
        TextColumn("{task.fields[state]}"),
        console=err,
        transient=True,
        disable=not err.is_terminal,
    )


def _steps(event: Event) -> list[Step]:
    """What an application told of an item; nothing where another version of siseon says it differently."""
    from pydantic import TypeAdapter, ValidationError

    from siseon.applications.steps import Step

    try:
        return TypeAdapter(list[Step]).validate_python(event.data.get("steps", []))
    except ValidationError:
        return []


def _number(event: Event, name: str) -> int:
    found = event.data.get(name)
    return found if isinstance(found, int) else 0


def _summary(job: Job) -> str:
    colour = {"done": "green", "failed": "red", "cancelled": "yellow"}.get(str(job.state), "default")
    parts = [f"{job.done} of {job.total} done"]
    if job.failed:
        parts.append(f"[red]{job.failed} failed[/red] (siseon jobs dead {job.id})")
    if job.cancelled:
        parts.append(f"{job.cancelled} cancelled")
    if job.started_at and job.finished_at:
        parts.append(f"{(job.finished_at - job.started_at).total_seconds():.1f} s")
    return (
        f"[{colour}]{job.state}[/{colour}]  {', '.join(parts)}  →  siseon jobs results {job.id} --out FOLDER"
    )


def _code(job: Job) -> int:
    return 0 if job.done == job.total else 1
