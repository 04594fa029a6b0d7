"""``siseon evaluate``: accuracy on labelled pictures of your own."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="Measure accuracy on labelled pictures.", no_args_is_help=True)


@app.command("inspection")
def inspection(
    coco: Annotated[
        Path, typer.Option(help="COCO annotations (instances_*.json).", exists=True, dir_okay=False)
    ],
    images: Annotated[
        Path, typer.Option(help="Folder of the images that it names.", exists=True, file_okay=False)
    ],
    set_: Annotated[
        list[str] | None,
        typer.Option(
            "--set", metavar="detector=NAME", help="The detector to measure; yolox-nano by default."
        ),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Average precision of a detector by COCO's rules (pycocotools, scores from 0.01, NMS IoU 0.65)."""
    import asyncio

    from siseon.applications.inspection.evaluate import evaluate
    from siseon.cli.build import choices, manager
    from siseon.cli.terminal import progress
    from siseon.contracts import InputError

    chosen = choices(set_ or [])
    detector = str(chosen.pop("detector", "yolox-nano"))
    if chosen:
        raise InputError(
            f"--set {next(iter(chosen))} sets nothing here", hint="only detector=NAME is measured"
        )
    with progress() as bar:
        task = bar.add_task("pictures", total=None)
        figures = asyncio.run(
            evaluate(manager(), coco, images, detector=detector, progress=lambda: bar.update(task, advance=1))
        )
    _show(f"{detector} on {coco}", figures, json)


@app.command("text")
def text(
    folder: Annotated[
        Path, typer.Argument(help="Folder of pictures with a truth.json.", exists=True, file_okay=False)
    ],
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Character error rate by script, against the lines in truth.json."""
    import asyncio

    from siseon.applications.text.evaluate import evaluate
    from siseon.cli.build import manager

    rows = asyncio.run(evaluate(manager(), folder))
    if json:
        import orjson

        typer.echo(orjson.dumps(rows, option=orjson.OPT_INDENT_2 | orjson.OPT_SERIALIZE_DATACLASS).decode())
        return
    from rich import box
    from rich.table import Table

    from siseon.cli.terminal import out

    grid = Table(box=box.SIMPLE_HEAD)
    for head in (
        "script",
        "pictures",
        "characters",
        "errors",
        "error rate",
        "lines refused",
    ):
        grid.add_column(head, justify="left" if head == "script" else "right", no_wrap=True)
    for row in rows:
        grid.add_row(
            row.script,
            str(row.pictures),
            str(row.characters),
            str(row.errors),
            f"{row.rate:.1%}",
            str(row.refused),
        )
    out.print(grid)


def _show(title: str, figures: dict[str, float], json: bool) -> None:
    if json:
        import orjson

        typer.echo(orjson.dumps(figures, option=orjson.OPT_INDENT_2).decode())
        return
    from rich import box
    from rich.table import Table

    from siseon.cli.terminal import out

    grid = Table(box=box.SIMPLE_HEAD, title=title, title_justify="left")
    for name in figures:
        grid.add_column(name, justify="right")
    grid.add_row(*(f"{value:.3f}" for value in figures.values()))
    out.print(grid)
