"""``siseon streams``: cameras and files, live, through an application."""

from __future__ import annotations

import typer

from siseon.cli.applications import ApplicationCommand
from siseon.cli.commands import Commands
from siseon.cli.streams import alarms, deeds, history, keeping, modbus, watching

app = typer.Typer(
    cls=Commands,
    help="Cameras and video files, live: frames through an application, as they come.",
    no_args_is_help=True,
)


app.command("watch", cls=ApplicationCommand)(watching.watch)
app.command("add", cls=ApplicationCommand)(keeping.add)
app.command("list")(keeping.list_)
app.command("remove")(keeping.remove)
app.command("alarms")(alarms.alarms)
app.command("acknowledge")(deeds.acknowledge)
app.command("reset")(deeds.reset)
app.command("shelve")(deeds.shelve)
app.command("unshelve")(deeds.unshelve)
app.command("history")(history.history)
app.command("modbus")(modbus.modbus)
