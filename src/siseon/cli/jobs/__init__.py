"""``siseon jobs``: work that must survive, submitted, followed and looked after from a terminal."""

from __future__ import annotations

import typer

from siseon.cli.applications import ApplicationCommand
from siseon.cli.commands import Commands
from siseon.cli.jobs import following, keeping, results, submitting

app = typer.Typer(
    cls=Commands,
    help="Work that must survive: submit pictures, watch, get the results; `siseon worker` runs them.",
    no_args_is_help=True,
)


@app.callback()
def _needs_its_libraries() -> None:
    from siseon.jobs.libraries import check

    check()


app.command("submit", cls=ApplicationCommand)(submitting.submit)
app.command("watch")(following.watch)
app.command("list")(keeping.list_)
app.command("results")(results.results)
app.command("cancel")(keeping.cancel)
app.command("retry")(keeping.retry)
app.command("dead")(keeping.dead)
app.command("purge")(keeping.purge)
