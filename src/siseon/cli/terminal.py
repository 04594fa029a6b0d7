"""How the command line speaks: results on stdout, everything about the work on stderr."""

from __future__ import annotations

import time
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from rich import box
from rich.columns import Columns
from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from siseon.contracts import SiseonError

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False)

UNPRINTABLE = frozenset({"Cc", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Unicode categories that a terminal shows nothing for, or obeys."""


BIDIRECTIONAL = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Characters that only change the direction of the text around them, so that a name can look like another."""


STEP = 36
"""Characters of a step's name beside a bar: what stands behind it stays in its place."""
WIDEST = 10_000
"""Columns of a table that is cut nowhere."""
LINE_S = 10.0
"""Seconds between two lines of long work where there is no terminal."""


def printable(text: str) -> str:
    """The text as it may go to a terminal: escape sequences, other controls and what is not text are spelt out."""
    return "".join(
        character
        if character == "\n"
        or (unicodedata.category(character) not in UNPRINTABLE and character not in BIDIRECTIONAL)
        else character.encode("unicode_escape").decode()
        for character in text
    )


def show_failure(error: SiseonError, subject: str = "") -> None:
    """One failure: what it concerns, its code, its message and the remedy."""
    where = f"[bold]{safe(subject)}[/bold]: " if subject else ""
    stage = f" [dim](stage {safe(error.stage)})[/dim]" if error.stage else ""
    err.print(f"[red]✗[/red] {where}[red]{error.code}[/red]  {safe(error.message)}{stage}", soft_wrap=True)
    if error.hint:
        err.print(f"  [dim]→ {safe(error.hint)}[/dim]", soft_wrap=True)


def one_line(text: str) -> str:
    """The same as a part of a line: a name with line breaks must not look like lines of ours."""
    return printable(text).replace("\n", "\\n")


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
    grid.add_column("stage", no_wrap=True)
    for head in heads:
        grid.add_column(head, justify="right", no_wrap=True)
    return grid
