"""``siseon streams alarms``: what stands, and what happens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from siseon.jobs.database import Database
    from siseon.streams.alarms.rules import Kind
    from siseon.streams.alarms.wire import AlarmEvent, AlarmTold

Json = Annotated[bool, typer.Option("--json", help="Print JSON documents, one a line.")]
EVERY_S = 0.5
"""Between two looks at the log."""
COLOURS = {"raised": "red", "realarmed": "red", "returned": "green", "removed": "dim"}


def alarms(
    stream: Annotated[str | None, typer.Option(help="Those of this stream alone.")] = None,
    all_: Annotated[bool, typer.Option("--all", help="Also those that are normal.")] = False,
    watch: Annotated[bool, typer.Option("--watch", help="What happens from now on; Ctrl-C ends it.")] = False,
    json: Json = False,
) -> None:
    """The alarms that are not normal, or with --watch what happens to alarms as it happens. Times are UTC.

    Rules are stated with `PATCH /v1/streams/NAME`; `siseon serve` watches for them.
    """
    from siseon.cli.stated import stated_settings
    from siseon.cli.terminal import err, out, safe
    from siseon.jobs.database import Database
    from siseon.jobs.libraries import check
    from siseon.streams.alarms import looking
    from siseon.streams.alarms.standing import State

    check()
    states = () if all_ else tuple(state for state in State if state is not State.normal)
    with Database(stated_settings().jobs_database_url) as database:
        if watch:
            _watch(database, stream, json=json)
            return
        found = looking.listed(database, stream=stream, states=states)
        if json:
            for one in found:
                out.print(one.model_dump_json(), markup=False, soft_wrap=True)
            return
        if found:
            _show(found)
        else:
            typer.echo(f"no alarms in {database.place}", err=True)
        for one in looking.listed(database, stream=stream):  # one that is never raised is normal
            if one.warning is not None:
                err.print(f"[yellow]![/yellow] {safe(one.id)}: {safe(one.warning)}", soft_wrap=True)


def _watch(database: Database, stream: str | None, *, json: bool) -> None:
    import time

    from siseon.cli.terminal import out
    from siseon.streams.alarms import looking

    last = looking.last_event(database)
    while True:
        for event in looking.events(database, stream=stream, after=last):
            out.print(event.model_dump_json() if json else _line(event), markup=not json, soft_wrap=True)
            out.file.flush()
            last = event.id
        time.sleep(EVERY_S)


def _line(event: AlarmEvent) -> str:
    from siseon.cli.terminal import safe

    value = ""
    if event.compared is not None:
        value = f"  {_figure(event.compared, event.alarm_kind, event.unit)} (limit {event.limit:g})"
    whom = f"  by {safe(event.by)}" if event.by else ""
    note = f": {safe(event.note)}" if event.note else ""
    missed = f"  [bold]{event.missed} not told before it[/bold]" if event.missed else ""
    colour = COLOURS.get(event.kind, "cyan")
    return (
        f"[dim]{event.at:%Y-%m-%d %H:%M:%S}[/dim] [{colour}]{event.kind}[/{colour}] "
        f"{safe(event.alarm)} [dim]{event.priority}, now {event.state}[/dim]{value}{whom}{note}{missed}"
    )


def _figure(compared: float, kind: Kind, unit: str | None) -> str:
    """What was held against a limit, with its unit."""
    from siseon.cli.terminal import safe

    if kind == "stale":
        return f"{compared:.0f} s"
    if unit is None:
        return f"{compared:g}"
    return safe(f"{compared:g} {unit}{'/s' if kind == 'rate_of_change' else ''}")


def _show(found: list[AlarmTold]) -> None:
    from siseon.cli.terminal import safe, show_rows

    rows = []
    for one in found:
        value = "" if one.compared is None else _figure(one.compared, one.rule.kind, one.unit)
        since = f"{one.changed_at:%Y-%m-%d %H:%M:%S}"
        seen = safe(one.acknowledged_by or "")
        rows.append((safe(one.id), str(one.state), one.rule.priority, value, since, seen))
    show_rows(("alarm", "state", "priority", "value", "since", "acknowledged by"), rows)
