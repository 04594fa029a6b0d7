"""``siseon oilspill``: what flights need before their frames are read."""

import typer

from siseon.cli.commands import Commands
from siseon.cli.oilspill import template

app = typer.Typer(
    cls=Commands, help="Describe a turret's overlay before its frames are read.", no_args_is_help=True
)


@app.callback()
def _oilspill() -> None:
    pass


app.command("template")(template.template)
