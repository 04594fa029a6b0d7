"""``siseon streams acknowledge``, ``reset``, ``shelve`` and ``unshelve``: what an operator does about an alarm."""

from __future__ import annotations

import getpass
from typing import TYPE_CHECKING, Annotated

import typer

from siseon.cli.wrong import of_the_command

if TYPE_CHECKING:
    from collections.abc import Callable

    from siseon.jobs.database import Database
    from siseon.streams.alarms.wire import AlarmTold, Deed

Alarm = Annotated[str, typer.Argument(metavar="ALARM", help="STREAM.TAG.KIND, as the list shows it.")]
By = Annotated[str | None, typer.Option(help="Who does it; your user name without it.")]
Note = Annotated[str | None, typer.Option(help="What the log tells beside it.")]
Seconds = Annotated[int, typer.Option(min=1, help="For how long; seven days at most.")]


def acknowledge(alarm: Alarm, by: By = None, note: Note = None) -> None:
    """Say that you have seen an alarm."""
    from siseon.streams.alarms import store

    _do(lambda database, deed: store.acknowledge(database, alarm, deed.by, deed.note), by, note)


def reset(alarm: Alarm, by: By = None, note: Note = None) -> None:
    """Take the latch off an alarm whose values are back."""
    from siseon.streams.alarms import store

    _do(lambda database, deed: store.reset(database, alarm, deed.by, deed.note), by, note)


def shelve(alarm: Alarm, seconds: Seconds = 3600, by: By = None, note: Note = None) -> None:
    """Hear nothing of an alarm for a time; what happens meanwhile is in the log."""
    from siseon.contracts import InputError
    from siseon.streams.alarms import store
    from siseon.streams.alarms.rules import LONGEST_S

    if seconds > LONGEST_S:
        with of_the_command():
            raise InputError(f"--seconds {seconds} is more than seven days", hint=f"{LONGEST_S:.0f} at most")
    _do(lambda database, deed: store.shelve(database, alarm, seconds, deed.by, deed.note), by, note)


def unshelve(alarm: Alarm, by: By = None, note: Note = None) -> None:
    """Hear of an alarm again."""
    from siseon.streams.alarms import store

    _do(lambda database, deed: store.unshelve(database, alarm, deed.by, deed.note), by, note)


def _do(work: Callable[[Database, Deed], AlarmTold], by: str | None, note: str | None) -> None:
    from siseon.cli.stated import stated_settings
    from siseon.cli.terminal import err, safe
    from siseon.jobs.database import Database
    from siseon.jobs.libraries import check

    check()
    deed = _deed(by, note)
    with Database(stated_settings().jobs_database_url) as database:
        told = work(database, deed)
    whom = f", acknowledged by {safe(told.acknowledged_by)}" if told.acknowledged_by else ""
    until = f" until {told.shelved_until:%Y-%m-%d %H:%M:%S} UTC" if told.shelved_until else ""
    err.print(f"{safe(told.id)}: {told.state}{until}{whom}", soft_wrap=True)


@of_the_command()
def _deed(by: str | None, note: str | None) -> Deed:
    """What is asked for, by the rules that hold over HTTP too.

    Raises:
        InputError: a name or a note that cannot be kept; nobody's name is known.
    """
    from pydantic import ValidationError

    from siseon.contracts import InputError
    from siseon.contracts.words import words_of
    from siseon.streams.alarms.wire import Deed

    try:
        return Deed(by=getpass.getuser() if by is None else by, note=note)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise InputError(f"--{first['loc'][0]}: {words_of(first)}") from None
    except (KeyError, OSError):  # a user without a name, as in a container
        raise InputError("your user has no name here", hint="say who you are: --by NAME") from None
