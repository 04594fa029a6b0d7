"""``siseon streams add``, ``list`` and ``remove``: cameras by name, their passwords off the command line."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from siseon.cli.applications import Set
from siseon.cli.streams.modbus import Registers, registers_of
from siseon.cli.streams.watching import Application, Fps, Timeout, Udp, expect_no_picture
from siseon.cli.wrong import of_the_command

if TYPE_CHECKING:
    from siseon.jobs.database import Database
    from siseon.streams.ownership import Standing
    from siseon.streams.wire import StateTold

Name = Annotated[str, typer.Argument(metavar="NAME", help="Letters, digits, - and _.")]


def add(
    name: Name,
    source: Annotated[
        str,
        typer.Argument(metavar="SOURCE", help="rtsp://, http(s):// or a video file; - reads it from stdin."),
    ],
    application: Application = "text",
    fps: Fps = None,
    set_: Set = None,
    udp: Udp = False,
    timeout: Timeout = 5.0,
    modbus: Registers = None,
) -> None:
    """Keep a camera or a video file by a name, with its application; `siseon streams watch NAME` watches it.

    It is kept in the database of jobs (SISEON_JOBS_DATABASE), password included; a file becomes its owner's alone then.
    """
    from siseon.applications.build import options
    from siseon.applications.registry import find
    from siseon.cli.chosen import pairs
    from siseon.cli.extras import need

    need("jobs", "streams")
    from siseon.cli.stated import stated_settings
    from siseon.cli.terminal import err
    from siseon.jobs.database import Database
    from siseon.streams import kept
    from siseon.streams.kept_options import KeptOptions

    settings = stated_settings()
    stated = pairs(set_ or [])
    with of_the_command():
        options(application, find(application), settings, stated)
    if source == "-":
        source = typer.get_text_stream("stdin").readline().strip()
    expect_no_picture(source, application)
    how = KeptOptions(
        fps=fps,
        transport="udp" if udp else "tcp",
        timeout_s=timeout,
        set=stated,
        modbus=registers_of(modbus or []),
    )
    with Database(settings.jobs_database_url) as database:
        was_open = kept.add(database, name, source, application, how)
    if was_open:
        err.print(
            "the file of the database holds a password now: others can read it no longer", soft_wrap=True
        )
    err.print(
        f"[green]kept[/green] for {application}  →  a service that serves it runs it: siseon serve {application}; "
        f"or here: siseon streams watch {name}",
        soft_wrap=True,
    )


def list_(
    json: Annotated[bool, typer.Option("--json", help="Print JSON documents, one a line.")] = False,
) -> None:
    """The streams that are kept, without what is secret in their addresses; their states where a service runs them.

    Alarms: how many of a stream's are not normal, of those that it has.
    """
    import orjson

    from siseon.cli.stated import stated_settings
    from siseon.cli.terminal import out
    from siseon.jobs.database import Database
    from siseon.jobs.libraries import check
    from siseon.streams.ownership import standings, told_states

    check()
    with Database(stated_settings().jobs_database_url) as database:
        told, raised = told_states(database), _raised(database)
        found = [Row(one, told.get(one.kept.name), raised[one.kept.name]) for one in standings(database)]
    if json:
        for one in found:
            out.print(orjson.dumps(_document(one)).decode(), markup=False, soft_wrap=True)
    elif found:
        _table(found)
    else:
        typer.echo(f"no streams in {database.place}: `siseon streams add` keeps one", err=True)


def remove(name: Name) -> None:
    """Keep a stream no longer."""
    from siseon.cli.stated import stated_settings
    from siseon.cli.terminal import err
    from siseon.jobs.database import Database
    from siseon.jobs.libraries import check
    from siseon.streams import kept

    check()
    with Database(stated_settings().jobs_database_url) as database:
        kept.remove(database, name)
    err.print(f"removed {name}")


class Row(NamedTuple):
    """A stream, as it is listed."""

    standing: Standing
    told: StateTold | None
    raised: int
    """Alarms that are not normal."""


def _raised(database: Database) -> Counter[str]:
    """How many alarms are not normal, by their streams."""
    from siseon.streams.alarms import looking
    from siseon.streams.alarms.standing import State

    raised: Counter[str] = Counter()
    states, after = [state for state in State if state is not State.normal], ""
    while page := looking.listed(database, states=states, after=after):
        raised.update(one.stream for one in page)
        after = page[-1].id
    return raised


def _document(one: Row) -> dict[str, object]:
    kept = one.standing.kept
    return {
        "name": kept.name,
        "address": str(kept.address),
        "application": kept.application,
        "options": kept.options.shown.model_dump(mode="json"),
        "created_at": kept.created_at.isoformat(),
        "calibrated": one.standing.is_calibrated,
        "alarms_not_normal": one.raised,
        "state": None if one.told is None else one.told.model_dump(mode="json"),
    }


def _table(found: list[Row]) -> None:
    from siseon.cli.terminal import safe, show_rows

    rows = []
    for one in found:
        kept = one.standing.kept
        how = kept.options
        words = [
            *(["udp"] if how.transport == "udp" else []),
            *(f"{key}={value}" for key, value in how.set.items()),
        ]
        rows.append(
            (
                kept.name,
                _state(one.told),
                safe(kept.address),
                safe(kept.application),
                "all" if how.fps is None else f"{how.fps:g}",
                "yes" if one.standing.is_calibrated else "no",
                f"{one.raised} of {len(how.alarms)}" if how.alarms else "",
                safe(" ".join(words)),
            )
        )
    heads = ("name", "state", "address", "application", "fps", "calibrated", "alarms", "options")
    show_rows(heads, rows)


def _state(told: StateTold | None) -> str:
    """With its cause; nothing where no service runs the stream."""
    if told is None:
        return ""
    return f"{told.state}: {told.cause}" if told.cause else str(told.state)
