"""``siseon models``: which models there are, where their weights lie, and how to get them."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from siseon.cli.commands import Commands
from siseon.cli.quantize import quantize
from siseon.cli.wrong import of_the_command

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.progress import Progress, TaskID

    from siseon.models import Model, ModelCard, ModelManager

app = typer.Typer(
    cls=Commands, help="List, inspect, pull, verify, add and quantize models.", no_args_is_help=True
)

Names = Annotated[list[str], typer.Argument(help="Names of models, see `siseon models list`.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]

LEGEND = "to pull: `siseon models pull NAME`; to bring: put the file into a folder on SISEON_MODEL_PATH"
"""What the words of ``how`` mean."""


@app.command("list")
def list_(json: Json = False) -> None:
    """All known models and whether their weights are here."""
    from siseon.cli.chosen import models as manager
    from siseon.cli.terminal import show_failure
    from siseon.contracts import SiseonError

    damaged: list[SiseonError] = []
    models = manager(damaged.append).list()
    if json:
        _print_json([_facts(card, path) for card, path in models])
    else:
        _show(models)
    for error in damaged:
        show_failure(error)
    if damaged:
        raise typer.Exit(1)


def _show(models: Sequence[tuple[ModelCard, Path | None]]) -> None:
    from rich import box
    from rich.table import Table

    from siseon.cli.terminal import out, safe

    grid = Table(box=box.SIMPLE_HEAD, padding=0, show_edge=False, pad_edge=False)
    for head in ("name", "task", "version", "licence", "weights"):
        grid.add_column(head, no_wrap=True, max_width=10 if head == "version" else None)  # fits 80 columns
    for card, path in sorted(models, key=lambda entry: (entry[0].task, entry[0].name)):
        where = "[green]here[/green]" if path else f"[dim]{how(card)}[/dim]"
        grid.add_row(card.name, card.task, card.version, safe(card.licence), where)
    out.print(grid)
    out.print(LEGEND)


@app.command("info")
def info(name: Annotated[str, typer.Argument(help="Name of a model.")], json: Json = False) -> None:
    """One model's card: files, hashes, sources, licence, input and output."""
    from siseon.cli.chosen import models as manager
    from siseon.cli.terminal import out, safe

    models = manager()
    (model,) = _named(models, [name])
    card = model.card
    path = next(path for known, path in models.list() if known.name == name)
    if json:
        _print_json(_facts(card, path))
        return
    out.print(f"[bold]{card.name}[/bold] {safe(card.version)}   {card.task}   {safe(card.licence)}")
    if card.description:
        out.print(safe(card.description))
    out.print(f"origin   {safe(card.origin or 'not stated')}")
    for file in card.files:
        out.print(f"file     {safe(file.name)}")
        out.print(f"sha256   {file.sha256 or 'none published: the first pull pins it'}")
        for source in file.sources:
            out.print(f"source   {safe(source.url or f'package {source.package}: {source.path}')}")
    out.print(f"weights  {safe(path or 'not on this machine')}")
    out.print(f"input    {safe(card.input.model_dump_json(exclude_defaults=True))}")
    out.print(f"output   {safe(card.output.model_dump_json(exclude_defaults=True))}")


@app.command("pull")
def pull(names: Names) -> None:
    """Fetch weights over HTTPS into the cache; resumes, verifies the hash, replaces nothing half.

    One that cannot be fetched is told, and the others follow.
    """
    from rich.progress import BarColumn, DownloadColumn, TextColumn, TransferSpeedColumn
    from rich.progress import Progress as Bar

    from siseon.cli.chosen import models as manager
    from siseon.cli.terminal import err, out, safe, show_failure
    from siseon.contracts import SiseonError
    from siseon.models.pull import pull as fetch

    models, failed = manager(), False
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    for name, model in zip(names, _named(models, names), strict=True):
        try:
            with Bar(*columns, console=err, transient=True, disable=not err.is_terminal) as bar:
                task = bar.add_task(name, total=None)
                for pulled in fetch(model.card, models.cache_dir, progress=partial(_advance, bar, task)):
                    pinned = "  (no published hash: pinned to what was pulled)" if pulled.pinned else ""
                    out.print(
                        f"[green]✓[/green] {safe(name)}: {safe(pulled.path)}  sha256 {pulled.sha256}{pinned}"
                    )
        except SiseonError as error:
            failed = True
            show_failure(error, name)
    if failed:
        raise typer.Exit(1)


@app.command("verify")
def verify(
    names: Annotated[list[str] | None, typer.Argument(help="Models; all that are here by default.")] = None,
) -> None:
    """Hash the weights that are here and hold them against their cards."""
    from siseon.cli.chosen import models as manager
    from siseon.cli.terminal import out, safe, show_failure
    from siseon.contracts import SiseonError
    from siseon.models.find import locate

    wrong: list[SiseonError] = []
    models = manager(wrong.append)
    here = [card.name for card, path in models.list() if path is not None]
    for error in wrong:
        show_failure(error)
    for name, model in zip(names or here, _named(models, names or here), strict=True):
        try:
            for found in locate(model.card, models.search_path, models.cache_dir):
                out.print(f"[green]✓[/green] {safe(name)}: {safe(found.path)}  sha256 {found.sha256}")
        except SiseonError as error:
            wrong.append(error)
            show_failure(error, name)
    if wrong:
        raise typer.Exit(1)


@app.command("add")
def add(
    file: Annotated[Path, typer.Argument(help="An ONNX network.")],
    like: Annotated[str, typer.Option(help="A known model of the same family, see `siseon models list`.")],
    name: Annotated[str | None, typer.Option(help="Of the new model; the file's name by default.")] = None,
    labels: Annotated[Path | None, typer.Option(help="Text file with a class name a line.")] = None,
    licence: Annotated[
        str | None, typer.Option(help="SPDX expression of the weights, MIT for example.")
    ] = None,
    to: Annotated[
        Path | None, typer.Option(help="Folder for it; the first of SISEON_MODEL_PATH by default.")
    ] = None,
) -> None:
    """Read a network that you bring, propose its card, and put both where models are looked for.

    Look the card over: colours and normalisation are those of the model that it is like, for no file tells them.
    """
    from siseon.cli.chosen import models as manager
    from siseon.cli.terminal import err, out, safe
    from siseon.models.add import add_model, names_from
    from siseon.models.card import NOT_STATED

    models = manager()
    (model,) = _named(models, [like])
    path = add_model(
        file,
        model.card,
        name=name,
        labels=names_from(labels) if labels else (),
        licence=licence or NOT_STATED,
        folder=to or next(iter(models.search_path), None),
    )
    typer.echo(path.read_text(encoding="utf-8"), nl=False)
    err.print(f"[green]✓[/green] {safe(path)}")
    if licence is None:
        err.print(f"licence {NOT_STATED}: state it in the card before you give the model to anybody")
    if path.parent.parent not in models.search_path:
        out.print(f"to use it: SISEON_MODEL_PATH={safe(path.parent.parent)}")


app.command("quantize")(quantize)


@of_the_command()
def _named(models: ModelManager, names: Sequence[str]) -> list[Model]:
    """All of them, or none: one that is misspelt is told before anything is done."""
    return [models[name] for name in names]


def _advance(bar: Progress, task: TaskID, done: int, total: int | None) -> None:
    bar.update(task, completed=done, total=total)


def how(card: ModelCard) -> str:
    """How weights that are not here are got, in two words."""
    return "to pull" if any(source.url for file in card.files for source in file.sources) else "to bring"


def _facts(card: ModelCard, path: Path | None) -> dict[str, object]:
    return {**card.model_dump(mode="json"), "path": None if path is None else str(path)}


def _print_json(value: object) -> None:
    import orjson

    typer.echo(orjson.dumps(value, option=orjson.OPT_INDENT_2).decode())
