"""Give items to a worker: by priority, equal ones in turn, and what may be poison alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import cast

from pydantic import JsonValue
from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Select,
    bindparam,
    exists,
    insert,
    or_,
    select,
    update,
)

from siseon.jobs import schema
from siseon.jobs.database import Database
from siseon.jobs.json_text import from_text
from siseon.jobs.store.held import HeldJob, hold, save
from siseon.jobs.store.leases import must_live
from siseon.jobs.store.rows import write_rows
from siseon.jobs.wire import State

SHARED = 8
"""Jobs that one claim serves: more of them would each get too little to batch."""
PATIENCE_S = 5.0
"""Seconds after which workers take nothing else until one of them has taken an item that must run alone."""


@dataclass(frozen=True)
class Claimed:
    """An item in a worker's hands. ``attempt`` is its fence: the outcome of an older one no longer counts."""

    job: str
    number: int
    application: str
    options: Mapping[str, JsonValue]
    priority: int
    input: str
    attempt: int
    failures: int
    alone: bool
    """Workers have died with it: nothing else may run beside it."""


_columns = schema.items.c
_ITS_JOB = _columns.job == bindparam("its_job")
_IS_DUE = schema.IS_QUEUED & schema.has_come(_columns.ready_at)
_IS_SUSPECT = _IS_DUE & schema.IS_SUSPECT
IS_READY = _IS_DUE & ~schema.IS_SUSPECT
"""Of a row of ``items``: it may be given out ``now``, beside others."""


def jobs_with(ready: ColumnElement[bool]) -> Select[str, int]:
    """Jobs with such items to give, by priority, then those first that were served the longest ago: ``applications``
    are bound, and ``now``."""
    columns = schema.jobs.c
    return (
        select(columns.id, columns.priority)
        .where(
            schema.ACTIVE,
            columns.application.in_(bindparam("applications", expanding=True)),
            or_(columns.unfolded < columns.total, exists().where(schema.items.c.job == columns.id, ready)),
        )
        .order_by(columns.priority.desc(), columns.served_at, columns.id)
        .limit(SHARED)
    )


def numbers_of(ready: ColumnElement[bool]) -> Select[int]:
    """The first such items of a job: ``its_job`` is bound, ``count`` and ``now``."""
    first = select(_columns.number).where(_ITS_JOB, ready).order_by(_columns.number)
    return first.limit(bindparam("count", type_=Integer))


_JOBS = jobs_with(IS_READY)
_NEXT = numbers_of(IS_READY)
_READY = numbers_of(IS_READY & schema.IS_NUMBERED)
_ALONE = numbers_of(_IS_SUSPECT & (_columns.number == bindparam("its_number")))
_GIVEN = (
    update(schema.items)
    .where(_ITS_JOB, schema.IS_NUMBERED)
    .values(
        state=State.running.value,
        worker=bindparam("given_to"),
        attempt=_columns.attempt + 1,
        deliveries=_columns.deliveries + 1,
        started_at=schema.NOW,
    )
    .returning(_columns.number, _columns.input, _columns.attempt, _columns.failures, _columns.deliveries)
)
_CHUNK = select(schema.chunks.c.inputs).where(
    schema.chunks.c.job == bindparam("its_job"), schema.chunks.c.first == bindparam("its_first")
)
_UNFOLDED = insert(schema.items)
_ITS_WORKER = _columns.worker == bindparam("its_worker")
_HELD = select(_columns.job, _columns.number, _columns.attempt).where(_ITS_WORKER, schema.IS_RUNNING)
_HOLDS_ANY = select(exists().where(_ITS_WORKER, schema.IS_RUNNING))
_OLDEST_SUSPECT = (
    select(_columns.job, _columns.number, _columns.ready_at)
    .join_from(schema.items, schema.jobs, schema.jobs.c.id == _columns.job)
    .where(_IS_SUSPECT, schema.jobs.c.application.in_(bindparam("applications", expanding=True)))
    .order_by(_columns.ready_at)
    .limit(1)
)


def claim(database: Database, worker: str, applications: Iterable[str], count: int) -> list[Claimed]:
    """Up to ``count`` items that are ready, for as long as the worker's lease is extended.

    Raises:
        LeaseLost: the worker must begin anew.
        StoreError: what it got, if anything, it does not know; ``held`` tells.
    """
    names = sorted(set(applications))
    with database.write() as connection:
        now = database.now(connection)
        must_live(connection, worker)
        suspect = _suspect(connection, worker, names, now)
        if suspect is not None:
            return suspect
        wanted = candidates(connection, _JOBS, names, now)
        jobs = hold(connection, wanted, skip_locked=True) or hold(connection, wanted[:1])
        jobs.sort(key=lambda job: wanted.index(job.id))
        found: list[Claimed] = []
        have_more: list[HeldJob] = []
        for left, job in zip(range(len(jobs), 0, -1), jobs, strict=True):
            share = -(-(count - len(found)) // left)
            given = _of_job(connection, job, worker, share, now)
            found += given
            if len(given) == share:
                have_more.append(job)
        for job in have_more:  # what later ones did not have
            if len(found) < count:
                found += _of_job(connection, job, worker, count - len(found), now)
        save(connection, (job for job in jobs if job.served_at == now))
        return found


def alone(database: Database, worker: str, applications: Iterable[str]) -> list[Claimed] | None:
    """What must run alone, for a worker that takes the others from a carrier.

    Returns: None when there is nothing of the kind for it; an empty list when it should take nothing else until it is
        idle or another worker has taken it.

    Raises:
        LeaseLost: the worker must begin anew.
        StoreError: as with ``claim``.
    """
    with database.write() as connection:
        now = database.now(connection)
        must_live(connection, worker)
        return _suspect(connection, worker, sorted(set(applications)), now)


def take(database: Database, worker: str, keys: Iterable[tuple[str, int]]) -> list[Claimed]:
    """Those of these items (job, number) that are ready and need not run alone: what a carrier brought.

    Raises:
        LeaseLost: the worker must begin anew.
        StoreError: as with ``claim``.
    """
    wanted: dict[str, list[int]] = {}
    for key, number in keys:
        wanted.setdefault(key, []).append(number)
    with database.write() as connection:
        now = database.now(connection)
        must_live(connection, worker)
        found: list[Claimed] = []
        jobs = [job for job in hold(connection, wanted) if not job.state.ended]
        for job in jobs:
            numbers = wanted[job.id]
            found += _give(connection, job, worker, _READY, len(numbers), now, **schema.numbered(numbers))
        save(connection, (job for job in jobs if job.served_at == now))
        return found


def held(database: Database, worker: str) -> set[tuple[str, int, int]]:
    """(job, number, attempt) of what the worker still holds; the rest was cancelled or given to another one."""
    with database.read() as connection:
        found = connection.execute(_HELD, {"its_worker": worker})
        return {(row.job, row.number, row.attempt) for row in found}


def unfold(connection: Connection, job: HeldJob, now: float) -> int:
    """Give the next inputs of a job, which is held, rows of their own; 0 when all have one."""
    chunk = connection.execute(_CHUNK, {"its_job": job.id, "its_first": job.unfolded})
    inputs = cast("list[str]", from_text(chunk.scalar_one_or_none()) or [])
    if inputs:
        common = {
            "job": job.id,
            "state": State.queued.value,
            "attempt": 0,
            "failures": 0,
            "deliveries": 0,
            "ready_at": now,
        }
        rows = [{**common, "number": job.unfolded + at, "input": each} for at, each in enumerate(inputs)]
        write_rows(connection, _UNFOLDED, rows)
        job.unfolded += len(inputs)
    return len(inputs)


def candidates(
    connection: Connection, query: Select[str, int], applications: Sequence[str], now: float
) -> list[str]:
    """Jobs with something to give, by a query of ``jobs_with``: only those of the highest priority."""
    found = connection.execute(query, {"applications": applications, "now": now}).all()
    return [row.id for row in found if row.priority == found[0].priority]


def _of_job(connection: Connection, job: HeldJob, worker: str, count: int, now: float) -> list[Claimed]:
    found: list[Claimed] = []
    while len(found) < count and not job.state.ended:
        found += _give(connection, job, worker, _NEXT, count - len(found), now)
        if len(found) < count and not unfold(connection, job, now):
            break
    return found


def _give(
    connection: Connection,
    job: HeldJob,
    worker: str,
    query: Select[int],
    count: int,
    now: float,
    **bound: object,
) -> list[Claimed]:
    # Two statements, since the job is held: as one, PostgreSQL may ask for the numbers again for every item of the job.
    its = {"its_job": job.id, "now": now}
    numbers = connection.execute(query, {**its, "count": count, **bound}).scalars().all()
    if not numbers:
        return []
    given = {**its, "given_to": worker, **schema.numbered(numbers)}
    rows = sorted(connection.execute(_GIVEN, given).all(), key=attrgetter("number"))
    job.begin(now)
    options = cast("dict[str, JsonValue]", from_text(job.options))
    return [
        Claimed(
            job=job.id,
            number=row.number,
            application=job.application,
            options=options,
            priority=job.priority,
            input=row.input,
            attempt=row.attempt,
            failures=row.failures,
            alone=row.deliveries > schema.SUSPECT,
        )
        for row in rows
    ]


def _suspect(
    connection: Connection, worker: str, applications: Sequence[str], now: float
) -> list[Claimed] | None:
    """An item that must run alone for a worker that holds nothing; nothing at all for one that should first be idle."""
    bound = {"applications": applications, "now": now}
    found = connection.execute(_OLDEST_SUSPECT, bound).one_or_none()
    if found is None:
        return None
    if connection.execute(_HOLDS_ANY, {"its_worker": worker}).scalar_one():
        return [] if now - found.ready_at > PATIENCE_S else None
    jobs = hold(connection, [found.job])
    given = [
        each
        for job in jobs
        for each in _give(connection, job, worker, _ALONE, 1, now, its_number=found.number)
    ]
    save(connection, jobs)
    return given or None
