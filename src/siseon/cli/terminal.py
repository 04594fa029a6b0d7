"""How the command line speaks: results on stdout, everything about the work on stderr."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from rich import box
from rich.columns import Columns
from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from siseon.cli.bars import LINE_S, STEP
from siseon.cli.printable import one_line
from siseon.contracts import SiseonError

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False)

WIDEST = 10_000
"""Columns of a table that is cut nowhere."""


def show_failure(error: SiseonError, subject: str = "") -> None:
    """One failure: what it concerns, its code, its message and the remedy."""
    where = f"[bold]{safe(subject)}[/bold]: " if subject else ""
    stage = f" [dim](stage {safe(error.stage)})[/dim]" if error.stage else ""
    err.print(f"[red]✗[/red] {where}[red]{error.code}[/red]  {safe(error.message)}{stage}", soft_wrap=True)
    if error.hint:
        err.print(f"  [dim]→ {safe(error.hint)}[/dim]", soft_wrap=True)


def safe(text: object) -> str:
    """What came from elsewhere (a path, a card, a failure) as a part of a line with markup."""
    return escape(one_line(str(text)))


def progress() -> Progress:
    """A progress bar on stderr that is silent when stderr is not a terminal."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(bar_width=32),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=err,
        transient=True,
        disable=not err.is_terminal,
    )


@contextmanager
def told_steps(what: str) -> Iterator[Callable[[str, int, int], None]]:
    """Tells, on stderr, the steps of long work by name, number done and number in all: a bar on a terminal, elsewhere
    a line now and then.
    """
    last = time.monotonic()
    with progress() as bar:
        task = bar.add_task(what, total=None)

        def told(step: str, done: int, total: int) -> None:
            nonlocal last
            bar.update(task, description=f"{what}: {safe(step):{STEP}.{STEP}}", completed=done, total=total)
            if bar.disable and time.monotonic() - last >= LINE_S:
                last = time.monotonic()
                err.print(f"{what}: {done} of {total}, {safe(step)}", soft_wrap=True)

        yield told


def show_rows(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A table of cells with markup, on stdout. On a terminal that is too narrow for it, a paragraph a row: the names,
    states and addresses in it are there to be copied, and are not cut in their middle.
    """
    grid = Table(*heads, box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for row in rows:
        grid.add_row(*row)
    width = out.measure(grid, options=out.options.update(width=WIDEST)).maximum
    if width <= out.width or not out.is_terminal:
        grid.width = width
        out.print(grid)
        return
    for first, *others in rows:
        out.print(first, soft_wrap=True)
        words = [f"[dim]{head}[/dim] {cell}" for head, cell in zip(heads[1:], others, strict=True) if cell]
        out.print(Padding(Columns(words, padding=(0, 2)), (0, 0, 0, 2)), soft_wrap=False)


def stage_table(title: str, heads: Sequence[str], *, gap: int) -> Table:
    """An empty table of figures with a row a stage; ``gap``: blanks between columns."""
    grid = Table(
        box=box.SIMPLE_HEAD,
        padding=(0, 0, 0, gap),
        show_edge=False,
        pad_edge=False,
        title=title,
        title_justify="left",
    )
    grid.add_column("stage", overflow="fold")  # a long name takes two lines: no figure and no head is cut
    for head in heads:
        grid.add_column(head, justify="right", no_wrap=True)
    return grid
