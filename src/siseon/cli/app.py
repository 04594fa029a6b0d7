"""The commands and where they live; one is imported when somebody calls it, or asks for the help of all."""

from __future__ import annotations

from importlib import import_module
from typing import Annotated, Any, NamedTuple

import typer
from typer.main import get_command, get_group

from siseon import __version__
from siseon.cli.commands import Commands, in_paragraphs


class Place(NamedTuple):
    """Where a command is, below ``siseon.cli``: a function, or an ``app`` with commands of its own."""

    module: str
    name: str = "app"
    of_applications: bool = False
    """Whether its help tells of applications."""


PLACES = {
    "run": Place("run", "run", of_applications=True),
    "serve": Place("serve", "serve", of_applications=True),
    "worker": Place("worker", "worker", of_applications=True),
    "profile": Place("profile", "profile", of_applications=True),
    "plan": Place("plan", "plan", of_applications=True),
    "init": Place("init", "init"),
    "openapi": Place("openapi", "openapi"),
    "review": Place("review", "review"),
    "doctor": Place("doctor", "doctor"),
    "demo": Place("run", "demo"),
    "evaluate": Place("evaluate"),
    "jobs": Place("jobs"),
    "streams": Place("streams"),
    "gauges": Place("gauges"),
    "oilspill": Place("oilspill"),
    "people": Place("people"),
    "models": Place("models"),
}
"""In the order of the help."""


class Root(Commands):
    """All of them."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Their names."""
        return list(PLACES)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command of that name, or None."""
        if cmd_name not in self.commands and cmd_name in PLACES:
            self.commands[cmd_name] = in_paragraphs(_made(cmd_name, PLACES[cmd_name]))
        return self.commands.get(cmd_name)


def _made(name: str, place: Place) -> Any:
    made: Any
    found = getattr(import_module(f"siseon.cli.{place.module}"), place.name)
    if isinstance(found, typer.Typer):
        made = get_group(found)
    else:
        alone = typer.Typer(add_completion=False)
        if place.of_applications:
            from siseon.cli.applications import ApplicationCommand

            alone.command(cls=ApplicationCommand)(found)
        else:
            alone.command()(found)
        made = get_command(alone)
    made.name = name
    return made


app = typer.Typer(
    name="siseon",
    cls=Root,
    help="Vision models as services people can trust: read and translate text, inspect photos, read gauges, "
    "map oil on water, follow people; at once, as jobs, over HTTP or live; with every step measured.",
    no_args_is_help=True,
    epilog="Exit code of every command: 0: done, 1: it could not be done, 2: the command is wrong, 128 + n: signal n "
    "ended it; `serve` and `worker` end with 0 when they are told to stop.",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"siseon {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    pass
