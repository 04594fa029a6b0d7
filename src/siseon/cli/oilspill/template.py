"""``siseon oilspill template``: from one frame to a template of its overlay: proposed by its text, drawn, written."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from siseon.cli.applications import Force
from siseon.cli.event_loop import run as run_loop
from siseon.cli.wrong import of_the_command

if TYPE_CHECKING:
    from siseon.applications.text import TextResult
    from siseon.contracts import Image
    from siseon.settings import Settings


def template(
    frame: Annotated[Path, typer.Argument(help="A frame with a readable overlay.")],
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="NAME.toml", help="File for the template; without it it has the frame's name, here."
        ),
    ] = None,
    force: Force = False,
) -> None:
    """Propose the template of an overlay by the text of one frame, for a person to edit.

    Beside NAME.toml is written NAME.drawn.png, which shows each field and what it is taken for. What a figure is of is
    guessed: look at the drawing, correct the file, and take out what is no text.

    Exit code: 0: it was written, 1: nothing was: the frame has no text that could be
    read, 2: the command is wrong.
    """
    from siseon.applications.build import bounds
    from siseon.applications.oilspill.position.overlay.propose import draw, name_of, propose, to_toml
    from siseon.cli.stated import stated_settings
    from siseon.cli.terminal import err, safe
    from siseon.cli.written import Written
    from siseon.contracts import InputError
    from siseon.media.decode import decode
    from siseon.media.encode import encode
    from siseon.media.files import expect_regular, name_text, read_file

    path = Path(f"{frame.stem}.toml") if out is None else out
    if path.suffix != ".toml":
        with of_the_command():
            raise InputError(
                f"{name_text(path)} does not end with .toml", hint="a drawing is written beside it"
            )
    settings = stated_settings()
    expect_regular(frame)
    image = decode(read_file(frame, bounds(settings)).data, source=frame.name, bounds=bounds(settings))
    proposed = propose(
        run_loop(_text_of(image, settings)).lines, image.width, image.height, name_of(path.stem)
    )
    if proposed is None:
        raise InputError(f"{name_text(frame)} has no text that could be read", hint="take a sharper frame")
    written = Written([frame], force=force)
    with ExitStack() as stack:
        file, drawing = (
            stack.enter_context(written.lines(place)) for place in (path, path.with_suffix(".drawn.png"))
        )
        file.write(to_toml(proposed).encode())
        drawing.write(encode(draw(image, proposed), "png"))
    facts = sum(field.fact is not None for field in proposed.fields)
    err.print(
        f"[green]proposed[/green]  {len(proposed.fields)} fields, {facts} of them facts  →  {safe(path)}, drawn in "
        f"{safe(drawing.path)}: look at it, and edit the file",
        soft_wrap=True,
    )


async def _text_of(image: Image, settings: Settings) -> TextResult:
    from siseon.applications.build import bounds, manager
    from siseon.applications.text import Text, TextOptions

    options = TextOptions(other_scripts=("none",))
    async with Text(manager(settings), options, bounds=bounds(settings)) as text:
        return (await text(image)).data
