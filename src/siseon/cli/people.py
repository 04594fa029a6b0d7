"""``siseon people``: one video, with the words that those know who come from other tools; else as ``siseon run``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from siseon.cli.applications import Force, Set
from siseon.cli.run import carry_out


def people(
    video_path: Annotated[Path, typer.Option("--video-path", metavar="PATH", help="The video.")],
    output_path: Annotated[
        Path, typer.Option("--output-path", metavar="FOLDER", help="Folder for all that is made of it.")
    ],
    reid: Annotated[
        bool,
        typer.Option(
            "--reid/--no-reid", help="Whether somebody who comes back is the same person, by looks."
        ),
    ] = True,
    show_id: Annotated[
        bool, typer.Option("--show-id/--no-show-id", help="Whether people have their number in the video.")
    ] = True,
    set_: Set = None,
    force: Force = False,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on where a run that was ended has stopped.")
    ] = False,
) -> None:
    """Find the people of a video: who is there when, doing what.

    The same as siseon run people VIDEO --out FOLDER; all options of the application are told there.
    """
    choices = [f"reid={str(reid).lower()}", f"show_id={str(show_id).lower()}", *(set_ or [])]
    if resume and force:
        raise typer.BadParameter("it keeps what --force replaces", param_hint="--resume")
    carry_out("people", [str(video_path)], choices, out=output_path, force=force, resume=resume, lines=True)
