"""The commands and where they live."""

from __future__ import annotations

from typing import Annotated

import typer

from siseon import __version__
from siseon.cli import (
    doctor,
    evaluate,
    gauges,
    init,
    jobs,
    models,
    oilspill,
    openapi,
    people,
    plan,
    profile,
    review,
    run,
    serve,
    streams,
    worker,
)
from siseon.cli.applications import ApplicationCommand
from siseon.cli.commands import Commands

app = typer.Typer(
    name="siseon",
    cls=Commands,
    help="Vision models as services people can trust: read and translate text, inspect photos, read gauges, "
    "map oil on water, follow people; at once, as jobs, over HTTP or live; with every step measured.",
    no_args_is_help=True,
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


app.command("run", cls=ApplicationCommand)(run.run)
app.command("serve", cls=ApplicationCommand)(serve.serve)
app.command("worker", cls=ApplicationCommand)(worker.worker)
app.command("profile", cls=ApplicationCommand)(profile.profile)
app.command("plan", cls=ApplicationCommand)(plan.plan)
app.add_typer(evaluate.app, name="evaluate")
app.add_typer(jobs.app, name="jobs")
app.add_typer(streams.app, name="streams")
app.add_typer(gauges.app, name="gauges")
app.add_typer(oilspill.app, name="oilspill")
app.add_typer(people.app, name="people")
app.add_typer(models.app, name="models")
app.command("init")(init.init)
app.command("openapi")(openapi.openapi)
app.command("review")(review.review)
app.command("doctor")(doctor.doctor)
app.command("demo")(run.demo)
