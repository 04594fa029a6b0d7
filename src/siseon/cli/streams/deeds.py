"""``siseon streams acknowledge``, ``reset``, ``shelve`` and ``unshelve``: what an operator does about an alarm."""

from __future__ import annotations

import getpass
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Callable

    from siseon.jobs.database import Database
    from siseon.streams.alarms.wire import AlarmTold

Alarm = Annotated[str, typer.Argument(metavar="ALARM", help="STREAM.TAG.KIND, as the list shows it.")]
By = Annotated[str | None, typer.Option(help="Who does it; your user name without it.")]
Note = Annotated[str | None, typer.Option(help="What the log tells beside it.")]
Seconds = Annotated[int, typer.Option(min=1, help="For how long; seven days at most.")]


def acknowledge(alarm: Alarm, by: By = None, note: Note = None) -> None:
    """Say that you have seen an alarm."""
    from siseon.streams.alarms import store

    _do(lambda database, who: store.acknowledge(database, alarm, who, note), by)


def reset(alarm: Alarm, by: By = None, note: Note = None) -> None:
    """Take the latch off an alarm whose values are back."""
    from siseon.streams.alarms import store

    _do(lambda database, who: store.reset(database, alarm, who, note), by)


def shelve(alarm: Alarm, seconds: Seconds = 3600, by: By = None, note: Note = None) -> None:
    """Hear nothing of an alarm for a time; what happens meanwhile is in the log."""
    from siseon.contracts import InputError
    from siseon.streams.alarms import store
    from siseon.streams.alarms.rules import LONGEST_S

    if seconds > LONGEST_S:
        raise InputError(f"--seconds {seconds} is more than seven days", hint=f"{LONGEST_S:.0f} at most")
    _do(lambda database, who: store.shelve(database, alarm, seconds, who, note), by)


def unshelve(alarm: Alarm, by: By = None, note: Note = None) -> None:
    """Hear of an alarm again."""
    from siseon.streams.alarms import store

    _do(lambda database, who: store.unshelve(database, alarm, who, note), by)


def _do(deed: Callable[[Database, str], AlarmTold], by: str | None) -> None:
    from siseon.cli.stated import stated_settings
    from siseon.cli.terminal import err, safe
    from siseon.jobs.database import Database
    from siseon.jobs.libraries import check

    check()
    with Database(stated_settings().jobs_database_url) as database:
        told = deed(database, by or getpass.getuser())
    whom = f", acknowledged by {safe(told.acknowledged_by)}" if told.acknowledged_by else ""
    until = f" until {told.shelved_until:%Y-%m-%d %H:%M:%S} UTC" if told.shelved_until else ""
    err.print(f"{safe(told.id)}: {told.state}{until}{whom}", soft_wrap=True)
