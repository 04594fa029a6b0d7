"""``siseon people``: one video, with the words that those know who come from other tools, else as ``siseon run``; and
what is kept of it: deleted when its time is over, and the log of what was done."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from siseon.cli.applications import Force, Set
from siseon.cli.commands import Commands
from siseon.cli.run import carry_out

if TYPE_CHECKING:
    from datetime import datetime

app = typer.Typer(cls=Commands)

Folder = Annotated[Path, typer.Argument(help="That was given as --output-path or --out.")]


@app.callback(invoke_without_command=True)
def people(
    context: typer.Context,
    video_path: Annotated[
        Path | None, typer.Option("--video-path", metavar="PATH", help="The video.")
    ] = None,
    output_path: Annotated[
        Path | None,
        typer.Option("--output-path", metavar="FOLDER", help="Folder for all that is made of it."),
    ] = None,
    reid: Annotated[
        bool,
        typer.Option(
            "--reid/--no-reid", help="Whether somebody who comes back is the same person, by looks."
        ),
    ] = True,
    show_id: Annotated[
        bool, typer.Option("--show-id/--no-show-id", help="Whether people have their number in the video.")
    ] = True,
    profile: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="For what costs most, function by function; the first ten are shown."
        ),
    ] = None,
    set_: Set = None,
    force: Force = False,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on where a run that was ended has stopped.")
    ] = False,
) -> None:
    """Find the people of a video: who is there when, doing what.

    The same as siseon run people VIDEO --out FOLDER; all options of the application are told by siseon run people
    --help.
    """
    if context.invoked_subcommand is not None:
        return
    for name, value in (("--video-path", video_path), ("--output-path", output_path)):
        if value is None:
            context.fail(f"Missing option {name!r}.")
    if resume and force:
        raise typer.BadParameter("it keeps what --force replaces", param_hint="--resume")
    choices = [f"reid={str(reid).lower()}", f"show_id={str(show_id).lower()}", *(set_ or [])]
    with ExitStack() as stack:
        if profile is not None:
            stack.enter_context(_profiled(profile, force=force))
        carry_out(
            "people", [str(video_path)], choices, out=output_path, force=force, resume=resume, lines=True
        )


@contextmanager
def _profiled(path: Path, *, force: bool) -> Iterator[None]:
    """Around a run, even one that fails: its costs into a file, the greatest shown."""
    from siseon.cli.costs import TOP, Costs
    from siseon.cli.terminal import err
    from siseon.cli.written import Written

    with Written([], force=force).lines(path) as file, Costs() as costs:
        try:
            yield
        finally:
            told = list(costs.lines())
            for line in told[: TOP + 1]:
                err.print(line, markup=False, highlight=False, soft_wrap=True)
            file.write("\n".join([*told, ""]).encode())


@app.command("purge")
def purge(
    folders: Annotated[list[Path], typer.Argument(help="Given as --output-path or --out.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be deleted.")] = False,
    at_once: Annotated[
        bool, typer.Option("--now", help="Everything, whatever time it has left: on somebody's demand, say.")
    ] = False,
) -> None:
    """Delete results whose time is over: files that a run has made, as it has made them, and nothing else.

    The time is that of the option `retention`, from the end of the run. The log stays, and says what was deleted.

    Exit code: 0: nothing is left whose time is over, 1: something is, which is told.
    """
    from siseon.applications.accounts import who
    from siseon.applications.people.privacy.purge import purge as delete
    from siseon.cli.terminal import err, out, safe
    from siseon.media.files import name_text

    whole = True
    for folder in folders:
        done = delete(folder, by=who(), dry_run=dry_run, at_once=at_once)
        for path in done.deleted:
            out.print(f"{'would delete' if dry_run else 'deleted'} {safe(name_text(folder / path))}")
        for path, due in done.later:
            out.print(f"kept {safe(name_text(folder / path))}: {_until(due)}")
        for path, reason in done.left:
            err.print(
                f"[yellow]![/yellow] {safe(name_text(folder / path))} stays: {safe(reason)}", soft_wrap=True
            )
        whole = whole and not done.left
    if not whole:
        raise typer.Exit(1)


@app.command("audit")
def audit(
    folder: Folder,
    last: Annotated[
        str | None,
        typer.Option(metavar="DIGEST", help="Printed here before: whether the log still has that line."),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print the lines as JSON documents.")] = False,
) -> None:
    """Show the log of a folder, and whether it is as it was written.

    Keep the digest of the last line elsewhere: with --last it shows later whether the end of the log was cut off.

    Exit code: 0: it is as it was written, 1: it is not.
    """
    from siseon.applications.people.privacy.audit import read_log
    from siseon.cli.terminal import err, out, safe

    log = read_log(folder)
    for entry in log.entries:
        if json:
            out.print(entry.model_dump_json(), markup=False)
        else:
            out.print(
                f"{entry.number}  {entry.at:%Y-%m-%d %H:%M:%S} UTC  {safe(entry.what)}  {safe(entry.by)}"
            )
    for fault in log.faults:
        err.print(f"[red]✗[/red] line {fault.line}: {fault.reason}", soft_wrap=True)
    gone = last is not None and last not in log.digests
    if gone:
        err.print("[red]✗[/red] the line of that digest is not there: the log was cut off, or written anew")
    if log.digests:
        err.print(f"{len(log.digests)} lines, the last one is {log.digests[-1]}", soft_wrap=True)
    if log.faults or gone:
        raise typer.Exit(1)


def _until(due: datetime | None) -> str:
    return "for no time that was said" if due is None else f"until {due:%Y-%m-%d %H:%M} UTC"
