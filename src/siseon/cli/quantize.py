"""``siseon models quantize``: a network in int8 out of one in float, on photos of your own, if it is worth it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from siseon.cli.numbers import finite
from siseon.cli.wrong import of_the_command

if TYPE_CHECKING:
    from collections.abc import Sequence

    from siseon.applications.inspection.quantize import Report, Target
    from siseon.contracts import ModelError, SiseonError
    from siseon.models import ModelManager

SHOWN = 3
"""Photos that cannot be read that are named."""


def quantize(
    name: Annotated[str, typer.Argument(help="A detector or a classifier, see `siseon models list`.")],
    photos: Annotated[
        Path, typer.Option(help="Folder of photos as the network will see them; a hundred or more.")
    ],
    coco: Annotated[
        Path | None,
        typer.Option(help="COCO annotations of them; an instances*.json in the folder by default."),
    ] = None,
    crops_of: Annotated[
        str | None,
        typer.Option(help="For a classifier of `inspection`: the detector whose finds it is to see."),
    ] = None,
    to: Annotated[
        Path | None, typer.Option(help="Folder for it; the first of SISEON_MODEL_PATH by default.")
    ] = None,
    called: Annotated[
        str | None, typer.Option("--name", help="Of the new model; NAME-int8 by default.")
    ] = None,
    may_lose: Annotated[
        float | None,
        typer.Option(
            min=0.0,
            max=1.0,
            callback=finite,
            help="AP or top-1 that it may lose; 0.01 by default where there are labels.",
        ),
    ] = None,
    most: Annotated[int, typer.Option(help="Photos that are read of a larger folder.")] = 200,
    force: Annotated[bool, typer.Option("--force", help="Replace a model of that name.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Make a detector or classifier int8: smaller, and often faster on a CPU.

    Half of the photos calibrate the ranges and choose which layers stay in float, the other half judges. Accuracy is AP
    against COCO labels; for a classifier the share of right classes, where each photo lies in a folder named after its
    class. Without labels the float network's own answers stand for the truth. Nothing is written where accuracy falls
    too far or the new network is no faster on this machine.

    Exit code: 0: the model is there, 1: it was refused or could not be made, 2: the command is wrong.
    """
    from siseon.applications.build import bounds, manager
    from siseon.applications.inspection.quantize import SUFFIX, Wanted, check, quantize_model, read_photos
    from siseon.cli.stated import stated_settings
    from siseon.cli.terminal import safe, told_steps
    from siseon.contracts import InputError

    settings = stated_settings()
    models = manager(settings)
    with of_the_command():
        model = models[name]
        check(model)
        if crops_of is not None and model.card.task != "classify":
            raise InputError(
                f"--crops-of is for a classifier, {name!r} is a model of the task {model.card.task}"
            )
        target = _target(models, to, called or name + SUFFIX, force)
        wanted = Wanted(photos, coco, most, None if crops_of is None else models[crops_of])
    with told_steps(safe(name)) as told:
        read = read_photos(model, wanted, told, bounds(settings))
        report = quantize_model(model, read, target, told, may_lose=may_lose)
    _show_left_out(read.left_out)
    _show(report, json=json)
    if report.refused:
        raise _refused(name, report)
    _show_use(target, models.search_path, "detector" if model.card.task == "detect" else "classifier")


def _target(models: ModelManager, to: Path | None, name: str, force: bool) -> Target:
    from siseon.applications.inspection.quantize import Target
    from siseon.contracts import FailureCode, InputError

    folder = to or next(iter(models.search_path), None)
    if folder is None:
        raise InputError(
            "there is no folder for the model", hint="give one with --to, or set SISEON_MODEL_PATH"
        )
    target = Target(folder, name, force)
    if target.name in models.cards and not target.home.exists():
        raise InputError(
            f"{target.name!r} is another model's name",
            code=FailureCode.model_exists,
            hint="give another with --name",
        )
    target.check()
    return target


def _show_left_out(failures: Sequence[SiseonError]) -> None:
    from siseon.cli.terminal import err, safe

    for failure in failures[:SHOWN]:
        err.print(f"[yellow]![/yellow] left out: {safe(failure.message)}", soft_wrap=True)
    if len(failures) > SHOWN:
        err.print(f"  and {len(failures) - SHOWN} more photos")


def _show_use(target: Target, search_path: Sequence[Path], option: str) -> None:
    """Where it is, and the command that uses it."""
    from siseon.cli.terminal import err, safe

    path = os.pathsep.join(map(str, (target.folder, *search_path)))
    found = "" if target.folder in search_path else f"SISEON_MODEL_PATH={safe(path)} "
    err.print(f"[green]✓[/green] {safe(target.home)}", soft_wrap=True)
    use = f"{found}siseon run inspection PHOTOS --set {option}={safe(target.name)}"
    err.print(f"to use it: {use}", soft_wrap=True)


def _refused(name: str, report: Report) -> ModelError:
    from siseon.contracts import FailureCode, ModelError

    if report.speed and not report.speed.is_faster:
        hint = "measured once more with nothing beside it, the figure is surer; some networks gain nothing from int8"
    else:
        hint = "the float network stays what it was; more photos, or another --may-lose, may change that"
    return ModelError(
        f"{name} in int8 is refused: {report.refused}", code=FailureCode.quantization_refused, hint=hint
    )


def _show(report: Report, *, json: bool) -> None:
    if json:
        import orjson

        typer.echo(orjson.dumps(report.document(), option=orjson.OPT_INDENT_2).decode())
    else:
        _show_table(report)


def _show_table(report: Report) -> None:
    from rich import box
    from rich.table import Table

    from siseon.cli.terminal import out, safe

    chosen, held = report.photos
    grid = Table("", "float", "int8", box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    if report.held_out:
        grid.add_row(f"{report.mark}, {held} photos held out", *_marks(report.held_out))
    if report.chosen_with:
        grid.add_row(f"{report.mark}, {chosen} photos to choose with", *_marks(report.chosen_with))
    if speed := report.speed:
        grid.add_row("ms a picture, the network alone", f"{speed.first_ms:.2f}", f"{speed.second_ms:.2f}")
        grid.add_row(
            "faster: median of the rounds, range",
            "",
            f"{speed.ratio:.2f} × ({speed.low:.2f}-{speed.high:.2f})",
        )
    other = f"{'un' if report.signed else ''}signed: {report.other_ratio:.2f} ×"
    grid.add_row("weights", "", f"{'' if report.signed else 'un'}signed ({other})")
    grid.add_row("MB", f"{report.float_bytes / 1e6:.2f}", f"{report.int8_bytes / 1e6:.2f}")
    kept = f"{len(report.kept_float)} of {report.layers}"
    grid.add_row("layers in float", f"{report.layers} of {report.layers}", kept)
    out.print(grid)
    if report.kept_float:
        out.print(f"in float: {safe(', '.join(report.kept_float))}")
    if not report.labelled:
        out.print("no labels: the float network's own answers stand for the truth")


def _marks(pair: tuple[float, float]) -> tuple[str, str]:
    return f"{pair[0]:.3f}", f"{pair[1]:.3f}"
