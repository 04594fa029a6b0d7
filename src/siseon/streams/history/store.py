"""The history in the database: a row for each figure that was written, by stream, time and tag."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict
from sqlalchemy import ColumnElement, Connection, Insert, and_, delete, func, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from siseon.contracts.measurement import Quality
from siseon.jobs.database import Database
from siseon.jobs.stream_tables import history, streams
from siseon.streams.history.options import HistoryOptions

SLICE = 5000
"""Rows that go in one transaction."""


class Row(NamedTuple):
    """One of it, in the order of its columns."""

    stream: str
    at: float
    """Seconds since 1970."""
    tag: str
    value: float | None
    unit: str | None
    quality: str
    reason: str | None


class Point(BaseModel):
    """A figure that was seen."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    at: datetime
    """When its frame had come."""
    tag: str
    value: float | None
    unit: str | None
    quality: Quality
    reason: str | None


@dataclass(frozen=True, slots=True)
class Span:
    """Which part of a stream's history."""

    tags: tuple[str, ...] = ()
    """All when empty."""
    begin: float | None = None
    """Seconds since 1970."""
    end: float | None = None
    """Before it."""


def write(database: Database, rows: Sequence[Row]) -> None:
    """Keep them; of two of a tag at one time the first stays.

    Raises:
        StoreError: the database cannot be used.
    """
    values = [row._asdict() for row in rows]
    with database.write() as connection:
        connection.execute(_insert(database), values)


def read(
    database: Database, stream: str, span: Span, *, after: tuple[float, str] | None = None, limit: int
) -> list[Point]:
    """Points in the order of time and tag, those behind the time and tag of ``after``; none of another stream that had
    the name before, whose rows go by and by.

    Raises:
        StoreError: the database cannot be used.
    """
    columns = history.c
    since = select(streams.c.created_at).where(streams.c.name == stream).scalar_subquery()
    its: list[ColumnElement[bool]] = [columns.stream == stream, columns.at >= func.coalesce(since, 0.0)]
    if span.tags:
        its.append(columns.tag.in_(span.tags))
    if span.begin is not None:
        its.append(columns.at >= span.begin)
    if span.end is not None:
        its.append(columns.at < span.end)
    if after is not None:
        at, tag = after
        its += [columns.at >= at, or_(columns.at > at, columns.tag > tag)]
    query = select(history).where(*its).order_by(columns.at, columns.tag).limit(limit)
    with database.read() as connection:
        rows = connection.execute(query).all()
    return [
        Point(
            at=datetime.fromtimestamp(row.at, UTC),
            tag=row.tag,
            value=row.value,
            unit=row.unit,
            quality=row.quality,
            reason=row.reason,
        )
        for row in rows
    ]


def seconds(moment: datetime | None) -> float | None:
    """Of a span's ends, since 1970: in UTC where no zone is named."""
    if moment is None:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def trim(database: Database, stream: str, options: HistoryOptions) -> bool:
    """Remove a slice of what a stream has kept long enough; whether there may be more of it.

    Raises:
        StoreError: the database cannot be used.
    """
    columns = history.c
    with database.write() as connection:
        its = columns.stream == stream
        before = database.now(connection) - options.days * 86400
        newest = select(columns.at).where(its).order_by(columns.at.desc()).offset(options.rows).limit(1)
        beyond = connection.execute(newest).scalar_one_or_none()
        old = columns.at < before if beyond is None else or_(columns.at < before, columns.at <= beyond)
        return _remove_slice(connection, and_(its, old))


def forget(database: Database) -> bool:
    """Remove a slice of the history of a stream that is kept no more; whether there may be more of it.

    Raises:
        StoreError: the database cannot be used.
    """
    columns = history.c
    known: set[str] = set()
    with database.read() as connection:
        wanted = set(connection.execute(select(streams.c.name)).scalars())
        stream: str | None = ""
        while stream is not None:  # from one to the next over the index: all rows are not looked at
            query = select(columns.stream).where(columns.stream > stream).order_by(columns.stream).limit(1)
            stream = connection.execute(query).scalar_one_or_none()
            known |= {stream} if stream is not None else set()
    strays = sorted(known - wanted)
    if not strays:
        return False
    with database.write() as connection:
        more = _remove_slice(connection, columns.stream == strays[0])
    return more or len(strays) > 1


def _remove_slice(connection: Connection, which: ColumnElement[bool]) -> bool:
    columns = history.c
    # Two statements: as one, PostgreSQL may look for the slice again at each of its rows.
    query = select(columns.at).where(which).order_by(columns.at).offset(SLICE - 1).limit(1)
    last = connection.execute(query).scalar_one_or_none()
    connection.execute(delete(history).where(which if last is None else and_(which, columns.at <= last)))
    return last is not None


def _insert(database: Database) -> Insert:
    if database.sqlite:
        return sqlite.insert(history).on_conflict_do_nothing()
    return postgresql.insert(history).on_conflict_do_nothing()
