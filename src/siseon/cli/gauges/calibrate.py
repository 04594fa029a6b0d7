"""``siseon gauges calibrate``: from a photo to a calibration: proposed by sight, drawn, asked for, checked, written."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from siseon.cli.applications import Force
from siseon.cli.wrong import of_the_command

if TYPE_CHECKING:
    from siseon.applications.gauges.calibration import Calibration
    from siseon.applications.gauges.draft import Draft
    from siseon.cli.lines import Lines
    from siseon.contracts import Image
    from siseon.settings import Settings

Points = Annotated[
    list[str] | None,
    typer.Option(metavar="X,Y", help="A point on one circle around the centre; at least four times."),
]
Marks = Annotated[
    list[str] | None,
    typer.Option(metavar="X,Y=VALUE", help="A mark of the scale and its value; at least twice."),
]


def calibrate(
    photo: Annotated[Path, typer.Argument(help="A picture of the camera that is to be read.")],
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="NAME.json", help="File for the calibration; without it it has the photo's name, here."
        ),
    ] = None,
    centre: Annotated[
        str | None, typer.Option(metavar="X,Y", help="What the needle turns around, in pixels of the photo.")
    ] = None,
    rim: Points = None,
    scale: Marks = None,
    direction: Annotated[
        str | None,
        typer.Option(
            help="clockwise or counterclockwise: in which values rise, where two marks do not tell."
        ),
    ] = None,
    turn: Annotated[
        float | None,
        typer.Option(
            help="What a whole turn counts, on a dial without ends: 10 on the small dials of a meter.",
        ),
    ] = None,
    unit: Annotated[str | None, typer.Option(help="Of the values, as it is written.")] = None,
    which: Annotated[
        int | None,
        typer.Option(
            min=1, metavar="N", help="Which of several dials, from the left; without it the largest."
        ),
    ] = None,
    low: Annotated[float | None, typer.Option(help="Readings below are marked.")] = None,
    high: Annotated[float | None, typer.Option(help="Readings above are marked.")] = None,
    force: Force = False,
) -> None:
    """Calibrate a camera before an instrument, by one of its photos.

    What the options leave out is proposed where the dial is found by sight, and asked for where it is not, or is not
    right. Without a terminal a proposal is taken where the reading by sight bears it out; else, and where something is
    missing, it is a failure that names the points to give.

    Beside NAME.json are written NAME.reference.png, which later pictures are laid on, and NAME.drawn.png to look at.

    Exit code: 0: it was written, 1: nothing was, or its own photo is not read by it, 2: the command is wrong.
    """
    from siseon.applications.build import bounds
    from siseon.applications.gauges.draft import Draft
    from siseon.cli.gauges.points import mark, point
    from siseon.cli.stated import stated_settings
    from siseon.media.decode import decode
    from siseon.media.files import expect_regular, read_file

    stated = Draft(
        centre=None if centre is None else point(centre),
        rim=tuple(point(text) for text in rim or ()),
        scale=tuple(mark(text) for text in scale or ()),
        direction=direction,
        turn=turn,
        unit=unit,
        low=low,
        high=high,
    )
    with of_the_command():
        stated.check()  # before a photo is looked at and somebody asked: what was stated is not asked for again
    if which is not None and not stated.missing:
        raise typer.BadParameter("all points are stated: no dial is looked for", param_hint="--which")
    path = _place(photo, out)
    settings = stated_settings()
    expect_regular(photo)
    image = decode(read_file(photo, bounds(settings)).data, source=photo.name, bounds=bounds(settings))
    with _taken(photo, path, force) as files:
        read = _calibrated(image, stated, which, settings, files)
    if not read:
        raise typer.Exit(1)


class Files(NamedTuple):
    """What is written."""

    calibration: Lines
    reference: Lines
    drawing: Lines


def _place(photo: Path, out: Path | None) -> Path:
    """Of the calibration."""
    from siseon.contracts import InputError
    from siseon.media.files import name_text

    path = Path(f"{photo.stem}.json") if out is None else out
    if path.suffix != ".json":
        with of_the_command():
            raise InputError(
                f"{name_text(path)} does not end with .json", hint="pictures are written beside it"
            )
    return path


@contextmanager
def _taken(photo: Path, path: Path, force: bool) -> Iterator[Files]:
    """What is written, empty again where it fails. Taken before anything is asked: nobody is to point at a dial for a
    file that cannot be written."""
    from siseon.cli.written import Written

    written = Written([photo], force=force)
    with ExitStack() as stack:
        places = path, path.with_suffix(".reference.png"), path.with_suffix(".drawn.png")
        files = Files(*(stack.enter_context(written.lines(place)) for place in places))
        try:
            yield files
        except BaseException:
            for file in files:
                file.clear()
            raise


def _calibrated(image: Image, stated: Draft, which: int | None, settings: Settings, files: Files) -> bool:
    """Write all of them; whether the photo is read by the calibration."""
    from siseon.applications.gauges.show import draw_calibration, line
    from siseon.cli.gauges.proposing import completed, reading_of
    from siseon.cli.terminal import err, out, safe
    from siseon.media.encode import encode

    def check(draft: Draft) -> Calibration:
        return draft.calibration(image.width, image.height, files.reference.path.name)

    def redraw(one: Calibration) -> Path:
        files.drawing.clear()
        files.drawing.write(encode(draw_calibration(image, one, reading_of(image, one, settings)), "png"))
        return files.drawing.place

    calibration = check(completed(image, stated, settings, check, redraw, which))
    reading = reading_of(image, calibration, settings)
    redraw(calibration)
    files.reference.write(encode(image, "png"))
    files.calibration.write(calibration.model_dump_json(indent=2, exclude_none=True).encode() + b"\n")
    out.print(line(reading), markup=False)
    if reading.value is None:
        err.print("[yellow]![/yellow] its own photo is not read by it: look at the drawing", soft_wrap=True)
    err.print(
        f"[green]calibrated[/green]  →  {safe(files.calibration.path)}, drawn in {safe(files.drawing.path)}",
        soft_wrap=True,
    )
    return reading.value is not None
