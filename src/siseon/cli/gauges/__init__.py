"""``siseon gauges``: what instruments need before they are read."""

from __future__ import annotations

import typer

from siseon.cli.commands import Commands
from siseon.cli.gauges import calibrate

app = typer.Typer(cls=Commands, help="Calibrate a camera before an instrument.", no_args_is_help=True)


@app.callback()
def _gauges() -> None:
    pass


app.command("calibrate")(calibrate.calibrate)
