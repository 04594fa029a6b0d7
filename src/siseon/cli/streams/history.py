"""``siseon streams history``: what a stream's figures were."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from siseon.jobs.database import Database
    from siseon.streams.history.store import Point, Span

FORMS = ["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
TIME = "YYYY-MM-DD[THH:MM[:SS]]"
PAGE = 2000
"""Points that are in memory at once."""


def history(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Of a stream that is kept.")],
    tag: Annotated[list[str] | None, typer.Option(help="Of this figure alone; may be repeated.")] = None,
    begin: Annotated[
        datetime | None, typer.Option("--from", metavar=TIME, formats=FORMS, help="The first moment, in UTC.")
    ] = None,
    end: Annotated[
        datetime | None, typer.Option("--to", metavar=TIME, formats=FORMS, help="Before this, in UTC.")
    ] = None,
    csv: Annotated[bool, typer.Option("--csv", help="A table with a line of heads.")] = False,
) -> None:
    """What a stream's figures were, the oldest first: JSON documents, one a line, or CSV."""
    from siseon.cli.stated import stated_settings
    from siseon.cli.terminal import err, out
    from siseon.jobs.database import Database
    from siseon.jobs.libraries import check
    from siseon.streams import kept
    from siseon.streams.history.store import Span, seconds
    from siseon.streams.history.table import lines

    check()
    span = Span(tuple(tag or ()), seconds(begin), seconds(end))
    with Database(stated_settings().jobs_database_url) as database:
        kept.find(database, name)
        heads, found = csv, False
        for page in _pages(database, name, span):
            rows = lines(page, heads=heads) if csv else "".join(f"{one.model_dump_json()}\n" for one in page)
            out.file.write(rows)
            heads, found = False, True
        if heads:
            out.file.write(lines((), heads=True))
    out.file.flush()
    if not found:
        err.print(_none_of(name, span), soft_wrap=True)


def _none_of(name: str, span: Span) -> str:
    from siseon.cli.terminal import safe
    from siseon.streams.history.store import Span

    if span == Span():
        return f"there are no figures of {safe(name)} yet: a service that runs the stream keeps them"
    return f"there are no figures of {safe(name)} that fit"


def _pages(database: Database, name: str, span: Span) -> Iterator[list[Point]]:
    from siseon.streams.history import store

    behind = None
    while page := store.read(database, name, span, after=behind, limit=PAGE):
        yield page
        behind = (page[-1].at.timestamp(), page[-1].tag)
