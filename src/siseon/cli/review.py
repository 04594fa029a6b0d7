"""``siseon review``: contract and response-shape violations of a vision service, worst first."""

from __future__ import annotations

import importlib
import sys
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from siseon.cli.event_loop import run as run_loop
from siseon.cli.numbers import finite
from siseon.cli.wrong import of_the_command

if TYPE_CHECKING:
    from siseon.engine import Pipeline
    from siseon.review import Hints, Options, Photo, Report, Violation
    from siseon.review.service import FunctionService, Service

COLOURS = {"breaking": "bold red", "wrong": "red", "risky": "yellow", "advice": "cyan"}


def review(
    target: Annotated[str, typer.Argument(help="A URL, or module:attribute of an ASGI app or a pipeline.")],
    path: Annotated[str | None, typer.Option(help="Path of the operation, /detect for example.")] = None,
    field: Annotated[str | None, typer.Option(help="Field that takes the picture.")] = None,
    format: Annotated[str | None, typer.Option(help="How it is sent: multipart, raw or json-url.")] = None,
    health: Annotated[str | None, typer.Option(help="Path of the health probe.")] = None,
    header: Annotated[
        list[str] | None, typer.Option(metavar="NAME:VALUE", help="Sent with every request; repeatable.")
    ] = None,
    photo: Annotated[
        Path | None, typer.Option(help="A photo with objects that the service knows; else a scene is drawn.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Folder for the files that the commands send.")] = None,
    timeout: Annotated[
        float, typer.Option(min=0.1, callback=finite, help="Seconds allowed for one request.")
    ] = 30.0,
    upload_mb: Annotated[
        int, typer.Option(min=1, help="Length of the endless upload: more than the service should take.")
    ] = 96,
    json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Send a contract suite to a vision service and print what breaks, worst first, with commands that show it.

    What is not given is read from the service's OpenAPI document.

    Exit code: 0: no violation is breaking or wrong, 1: one is, or the service cannot be asked, 2: the command is wrong.
    """
    from pydantic import TypeAdapter, ValidationError

    from siseon.contracts import InputError
    from siseon.review import Hints, Options
    from siseon.review.operation import Envelope

    with of_the_command():
        try:
            kind = TypeAdapter(Envelope | None).validate_python(format)
        except ValidationError:
            names = ", ".join(Envelope)
            raise InputError(f"--format {format!r} is not known", hint=f"use one of: {names}") from None
        if photo is not None and out is not None and photo.resolve().parent == out.resolve():
            raise InputError(
                "--out is the folder of --photo", hint="name another folder: files are replaced in it"
            )
        hints = Hints(path, field, kind, health, _headers(header or []), timeout)
    options = Options(_photo(photo) if photo else None, out, upload_mb << 20)
    report = run_loop(_review(target, hints, options))
    if json:
        typer.echo(report.model_dump_json(indent=2))
    else:
        _show(report, out)
    if report.failed:
        raise typer.Exit(1)


def _photo(path: Path) -> Photo:
    from siseon.media.decode import decode
    from siseon.media.files import expect_regular, read_file
    from siseon.review import Photo

    expect_regular(path)
    data = read_file(path).data
    return Photo(data, decode(data, source=str(path)).pixels)


async def _review(target: str, hints: Hints, options: Options) -> Report:
    from siseon.cli.terminal import told_steps
    from siseon.review import review as run

    async with _opened(target, hints) as service:
        with told_steps("review") as told:
            return await run(service, options, told)


def _opened(target: str, hints: Hints) -> AbstractAsyncContextManager[Service]:
    from siseon.cli.chosen import models
    from siseon.contracts import InputError, SiseonError
    from siseon.engine import Pipeline
    from siseon.review import at_url, in_process

    if "://" in target:
        return at_url(target, hints)
    found = _imported(target)
    if isinstance(found, type) and issubclass(found, Pipeline):
        kind: Any = found
        try:
            pipeline = kind(models())
        except SiseonError:
            raise
        except Exception as error:
            raise InputError(f"{target} cannot be made: {error}", hint="name an instance of it") from error
        return _running(pipeline, target, hints)
    if isinstance(found, Pipeline):
        return _running(found, target, hints)
    if not callable(found):
        raise InputError(f"{target} is a {type(found).__name__}, neither an ASGI app nor a pipeline")
    return in_process(found, target, hints)


@asynccontextmanager
async def _running(pipeline: Pipeline[Any, Any], label: str, hints: Hints) -> AsyncIterator[FunctionService]:
    """A pipeline without a service around it, between its start and its stop."""
    from siseon.applications.registry import usable
    from siseon.review import FunctionService

    name = next((name for name, one in usable().items() if type(pipeline) is one.kind), None)
    command = f"siseon run {name} {{file}} --json -" if name else f"siseon review {label} --out review"
    async with pipeline:
        yield FunctionService(pipeline, label=label, command=command, timeout_s=hints.timeout_s)


def _imported(target: str) -> object:
    from siseon.contracts import InputError

    module, colon, attribute = target.partition(":")
    if not colon or not attribute.isidentifier():  # of localhost:8000, say, it is a port
        raise InputError(
            f"{target!r} is neither a URL nor module:attribute", hint="http://… or package.module:app"
        )
    sys.path.insert(0, "")  # as uvicorn does: modules of the current folder
    try:
        return getattr(importlib.import_module(module), attribute)
    except (Exception, SystemExit) as error:
        raise InputError(f"{target} cannot be imported: {type(error).__name__}: {error}") from error


def _headers(words: list[str]) -> dict[str, str]:
    from siseon.contracts import InputError

    pairs = [word.partition(":") for word in words]
    if wrong := next((word for word, pair in zip(words, pairs, strict=True) if not pair[1]), None):
        raise InputError(f"--header {wrong!r} has no colon", hint="use NAME:VALUE")
    return {name.strip(): value.strip() for name, _, value in pairs}


def _show(report: Report, out: Path | None) -> None:
    from rich.markup import escape
    from rich.table import Table

    from siseon.cli.terminal import out as console

    worst = report.first_breaking
    if worst is not None:
        console.print(
            f"[bold red]First breaking bug:[/bold red] {escape(worst.message)}  [dim]({worst.check})[/dim]"
        )
    counts = f"{report.requests} requests, {report.checks} checks, {report.seconds:.1f} s"
    s = "" if len(report.violations) == 1 else "s"
    console.print(f"[bold]{escape(report.target)}[/bold]: {len(report.violations)} violation{s}; {counts}")
    if report.violations:
        table = Table("", "severity", "check", "what is wrong", "cases", width=min(console.width, 120))
        for number, violation in enumerate(report.violations, 1):
            severity = f"[{COLOURS[violation.severity]}]{violation.severity}[/]"
            cells = (violation.check, escape(violation.message), str(len(violation.cases)))
            table.add_row(str(number), severity, *cells)
        console.print(table)
    for number, violation in enumerate(report.violations, 1):
        _show_one(number, violation)
    for note in report.not_judged:
        console.print(f"[dim]not judged: {escape(note)}[/dim]")
    if report.violations and out is None:
        console.print("[dim]--out FOLDER writes the files that the commands send[/dim]")


def _show_one(number: int, violation: Violation) -> None:
    from rich.markup import escape

    from siseon.cli.terminal import out as console

    console.print(f"[bold]{number}[/bold] {escape(violation.proves)}")
    if len(violation.cases) > 1:
        console.print(f"  [dim]cases: {escape(', '.join(violation.cases))}[/dim]")
    if violation.answer:
        console.print(f"  [dim]answer: {escape(violation.answer)}[/dim]")
    console.print(f"  {escape(violation.reproduce)}")
