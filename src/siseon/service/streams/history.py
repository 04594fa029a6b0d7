"""What a stream's figures were: pages as JSON, or a whole span as CSV."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict

from siseon.jobs.database import Database
from siseon.service.streams.asking import within
from siseon.service.streams.paths import ONE
from siseon.streams import kept
from siseon.streams.alarms.rules import Tag
from siseon.streams.center import Center
from siseon.streams.history import store
from siseon.streams.history.store import Point, Span, seconds
from siseon.streams.history.table import lines

MOST = 10_000
"""Points in one page."""
MOST_LINES = 1_000_000
"""Of one table."""
PAGE = 2000
"""Points of a table that are in memory at once."""
CURSOR = r"^[0-9]{1,11}(\.[0-9]{1,9})?,[a-z][a-z0-9_]{0,62}$"
"""Seconds since 1970, and the tag, of the last point of a page."""
CSV = "text/csv; charset=utf-8; header=present"


class HistoryPage(BaseModel):
    """A part of a history, in the order of time."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    points: list[Point]
    next: str | None
    """What ``after`` is for the page behind it; None: there is none yet."""


def add_history_routes(router: APIRouter, center: Center) -> None:
    """The one there is."""

    @router.get(
        ONE + "/history",
        summary="What its figures were: a page as JSON, or a whole span as CSV",
        description="Times are ISO 8601, in UTC where they name no zone.",
        response_model=HistoryPage,
        responses={200: {"content": {"text/csv": {"schema": {"type": "string"}}}}},
    )
    async def get_history(
        request: Request,
        name: str,
        tag: Annotated[list[Tag] | None, Query(max_length=100)] = None,
        begin: Annotated[datetime | None, Query(alias="from")] = None,
        end: Annotated[datetime | None, Query(alias="to")] = None,
        after: Annotated[str | None, Query(pattern=CURSOR)] = None,
        limit: Annotated[int | None, Query(ge=1, le=MOST_LINES)] = None,
        form: Annotated[Literal["json", "csv"], Query(alias="format")] = "json",
    ) -> Response | HistoryPage:
        span = Span(tuple(tag or ()), seconds(begin), seconds(end))
        behind = None if after is None else _behind(after)

        def look(database: Database, most: int) -> list[Point]:
            kept.find(database, name)
            return store.read(database, name, span, after=behind, limit=most)

        if form == "csv":
            most = limit or MOST_LINES
            first = await within(request, center, center.ask(look, min(PAGE, most)))
            table = _table(center, name, span, first, most)
            headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
            return StreamingResponse(table, media_type=CSV, headers=headers)
        most = min(limit or 1000, MOST)
        points = await within(request, center, center.ask(look, most))
        return HistoryPage(points=points, next=_cursor(points[-1]) if len(points) == most else None)


async def _table(
    center: Center, name: str, span: Span, points: list[Point], most: int
) -> AsyncIterator[bytes]:
    """A database that goes away meanwhile breaks the answer off: half a table must not look like a whole one."""
    yield lines(points, heads=True).encode()
    left = most - len(points)
    while len(points) == PAGE and left > 0:
        behind = (points[-1].at.timestamp(), points[-1].tag)
        points = await center.ask(store.read, name, span, after=behind, limit=min(PAGE, left))
        left -= len(points)
        yield lines(points).encode()


def _cursor(point: Point) -> str:
    return f"{point.at.timestamp()!r},{point.tag}"


def _behind(cursor: str) -> tuple[float, str]:
    at, _, tag = cursor.partition(",")
    return float(at), tag
