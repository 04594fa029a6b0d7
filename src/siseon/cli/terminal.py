"""How the command line speaks: results on stdout, everything about the work on stderr."""

from __future__ import annotations

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from siseon.contracts import SiseonError

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False)


def show_failure(error: SiseonError, subject: str = "") -> None:
    """One failure: what it concerns, its code, its message and the remedy."""
    where = f"[bold]{escape(subject)}[/bold]: " if subject else ""
    stage = f" [dim](stage {escape(error.stage)})[/dim]" if error.stage else ""
    err.print(f"[red]✗[/red] {where}[red]{error.code}[/red]  {escape(error.message)}{stage}", soft_wrap=True)
    if error.hint:
        err.print(f"  [dim]→ {escape(error.hint)}[/dim]", soft_wrap=True)


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
