"""Look at jobs, items and events; nothing is changed or locked, and no look takes longer because a job is large."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from pydantic import JsonValue
from sqlalchemy import Column, ColumnElement, Connection, Integer, RowMapping, bindparam, func, select

from siseon.contracts import Failure, FailureCode, JobError
from siseon.jobs import schema
from siseon.jobs.database import Database
from siseon.jobs.json_text import from_text
from siseon.jobs.store.held import unknown
from siseon.jobs.store.standing import jobs_of, known_time, time_of
from siseon.jobs.wire import Event, EventKind, Item, Job, State

MOST_ALIKE = 100

_jobs, _items, _chunks, _events = schema.jobs.c, schema.items.c, schema.chunks.c, schema.events.c
_LIMIT = bindparam("most", type_=Integer)
_IS_ITS = (_jobs.id == bindparam("its_id")) & _jobs.removed_at.is_(None)
_JOB = select(schema.jobs).where(_IS_ITS)
_EXTENT = select(_jobs.unfolded, _jobs.total, _jobs.state).where(_IS_ITS)
_LAST_EVENTS = select(_jobs.id, _jobs.last_event).where(
    _jobs.id.in_(bindparam("ids", expanding=True)), _jobs.removed_at.is_(None)
)
_ITEMS = (
    select(schema.items)
    .where(_items.job == bindparam("its_job"), _items.number > bindparam("after"))
    .order_by(_items.number)
    .limit(_LIMIT)
)
_EVENTS = (
    select(schema.events)
    .where(_events.job == bindparam("its_job"), _events.id > bindparam("after"))
    .order_by(_events.id)
    .limit(_LIMIT)
)
_BEGIN = select(func.max(_chunks.first)).where(
    _chunks.job == bindparam("its_job"), _chunks.first <= bindparam("last")
)
_CHUNKS = (
    select(_chunks.first, _chunks.inputs)
    .where(_chunks.job == bindparam("its_job"), _chunks.first.between(bindparam("begin"), bindparam("last")))
    .order_by(_chunks.first)
)


def job(database: Database, job: str) -> Job:
    """One job.

    Raises:
        JobError: ``job_not_found``.
    """
    with database.read() as connection:
        return job_of(database, connection, job)


def jobs(
    database: Database,
    *,
    application: str | None = None,
    state: State | None = None,
    key: str | None = None,
    before: str | None = None,
    limit: int = 100,
) -> list[Job]:
    """The newest first; ``before`` is the id of the last one seen, ``key`` what their keys begin with."""
    columns = schema.jobs.c
    query = select(schema.jobs).where(columns.removed_at.is_(None)).order_by(columns.id.desc()).limit(limit)
    if application is not None:
        query = query.where(columns.application == application)
    if state is not None:
        query = query.where(columns.state == state.value)
    if key is not None:
        query = query.where(_begins(columns.key, key))
    if before is not None:
        query = query.where(columns.id < before)
    with database.read() as connection:
        return jobs_of(database, connection, connection.execute(query).mappings().all())


def items(
    database: Database, job: str, *, state: State | None = None, after: int = -1, limit: int = 100
) -> list[Item]:
    """Items of a job by number; ``after`` is the number of the last one seen.

    Raises:
        JobError: ``job_not_found``.
    """
    with database.read() as connection:
        query = _ITEMS if state is None else _ITEMS.where(_items.state == state.value)
        unfolded, total, job_state = _extent(connection, job)
        rows = connection.execute(query, {"its_job": job, "after": after, "most": limit}).mappings()
        found = [item_of(row) for row in rows]
        waiting = State.cancelled if job_state is State.cancelled else State.queued
        if state in (None, waiting) and len(found) < limit and unfolded < total:
            found += _folded(connection, job, waiting, max(after + 1, unfolded), limit - len(found))
    return found


def items_of(database: Database, job: str, reference: str) -> list[Item]:
    """The first items of a job whose input begins so and which a worker has been given, by number."""
    columns = schema.items.c
    query = select(schema.items).where(columns.job == job, _begins(columns.input, reference))
    with database.read() as connection:
        rows = connection.execute(query.order_by(columns.number).limit(MOST_ALIKE)).mappings()
        return [item_of(row) for row in rows]


def item(database: Database, job: str, number: int) -> Item:
    """One of them.

    Raises:
        JobError: ``job_not_found``: there is no such job, or no such item in it.
    """
    for found in items(database, job, after=number - 1, limit=1):
        if found.number == number:
            return found
    raise JobError(f"job {job} has no item {number}", code=FailureCode.job_not_found)


def events(database: Database, job: str, *, after: int = 0, limit: int = 1000) -> list[Event]:
    """Events of a job in order; ``after`` is the id of the last one seen.

    Raises:
        JobError: ``job_not_found``.
    """
    with database.read() as connection:
        rows = connection.execute(_EVENTS, {"its_job": job, "after": after, "most": limit}).mappings()
        found = [event_of(row) for row in rows]
        if not found:
            _extent(connection, job)
    return found


def last_events(database: Database, jobs: Iterable[str]) -> dict[str, int]:
    """The id of the newest event of each of these jobs that is still there: one question for many watchers."""
    with database.read() as connection:
        found = connection.execute(_LAST_EVENTS, {"ids": list(jobs)})
        return {row.id: row.last_event for row in found}


def job_of(database: Database, connection: Connection, job: str) -> Job:
    """One job, as this transaction sees it.

    Raises:
        JobError: ``job_not_found``.
    """
    rows = connection.execute(_JOB, {"its_id": job}).mappings().all()
    for found in jobs_of(database, connection, rows):
        return found
    raise unknown(job)


def item_of(row: RowMapping) -> Item:
    """An item of its row."""
    failure = from_text(row["failure"])
    return Item(
        job=row["job"],
        number=row["number"],
        input=row["input"],
        state=State(row["state"]),
        attempt=row["attempt"],
        failures=row["failures"],
        deliveries=row["deliveries"],
        result=from_text(row["result"]),
        artifacts=tuple(cast("list[str]", from_text(row["artifacts"]) or [])),
        failure=None if failure is None else Failure.model_validate(failure),
        started_at=time_of(row["started_at"]),
        finished_at=time_of(row["finished_at"]),
    )


def _begins(column: Column[str], text: str) -> ColumnElement[bool]:
    """In capitals and small letters as they are, which LIKE of SQLite does not tell apart."""
    return func.substr(column, 1, len(text)) == text


def _extent(connection: Connection, job: str) -> tuple[int, int, State]:
    for row in connection.execute(_EXTENT, {"its_id": job}):
        return row.unfolded, row.total, State(row.state)
    raise unknown(job)


def _folded(connection: Connection, job: str, state: State, first: int, limit: int) -> list[Item]:
    """Items that have no row yet, from number ``first``."""
    # The chunk that holds the first one begins before it.
    begin = connection.execute(_BEGIN, {"its_job": job, "last": first}).scalar_one_or_none() or 0
    found: list[Item] = []
    for row in connection.execute(_CHUNKS, {"its_job": job, "begin": begin, "last": first + limit}):
        inputs = cast("list[str]", from_text(row.inputs))
        for number in range(max(first, row.first), row.first + len(inputs)):
            if len(found) == limit:
                return found
            found.append(_waiting(job, number, inputs[number - row.first], state))
    return found


def _waiting(job: str, number: int, source: str, state: State) -> Item:
    return Item(
        job=job,
        number=number,
        input=source,
        state=state,
        attempt=0,
        failures=0,
        deliveries=0,
        result=None,
        artifacts=(),
        failure=None,
        started_at=None,
        finished_at=None,
    )


def event_of(row: RowMapping) -> Event:
    """An event of its row."""
    return Event(
        job=row["job"],
        id=row["id"],
        kind=EventKind(row["kind"]),
        at=known_time(row["at"]),
        number=row["number"],
        data=cast("dict[str, JsonValue]", from_text(row["data"])),
    )
