"""Give items to a worker: by priority, equal ones in turn, and what may be poison alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from pydantic import JsonValue
from sqlalchemy import ColumnElement, Connection, exists, insert, literal, or_, select, update

from siseon.jobs import schema
from siseon.jobs.database import Database
from siseon.jobs.json_text import from_text
from siseon.jobs.store.held import HeldJob, hold, save
from siseon.jobs.store.leases import must_live
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
        wanted = candidates(connection, names, is_ready(now))
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
            chosen = schema.numbered(wanted[job.id])
            found += _give(connection, job, worker, chosen, len(wanted[job.id]), now)
        save(connection, (job for job in jobs if job.served_at == now))
        return found


def held(database: Database, worker: str) -> set[tuple[str, int, int]]:
    """(job, number, attempt) of what the worker still holds; the rest was cancelled or given to another one."""
    columns = schema.items.c
    query = select(columns.job, columns.number, columns.attempt)
    query = query.where(columns.worker == worker, schema.IS_RUNNING)
    with database.read() as connection:
        return {(row.job, row.number, row.attempt) for row in connection.execute(query)}


def unfold(connection: Connection, job: HeldJob, now: float) -> int:
    """Give the next inputs of a job, which is held, rows of their own; 0 when all have one."""
    columns = schema.chunks.c
    query = select(columns.inputs).where(columns.job == job.id, columns.first == job.unfolded)
    inputs = cast("list[str]", from_text(connection.execute(query).scalar_one_or_none()) or [])
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
        connection.execute(insert(schema.items), rows)
        job.unfolded += len(inputs)
    return len(inputs)


def candidates(connection: Connection, applications: Sequence[str], ready: ColumnElement[bool]) -> list[str]:
    """Jobs with something to give: of the highest priority, those first that were served the longest ago."""
    columns, of_items = schema.jobs.c, schema.items.c
    waiting = exists().where(of_items.job == columns.id, ready)
    query = (
        select(columns.id, columns.priority)
        .where(
            schema.ACTIVE,
            columns.application.in_(applications),
            or_(columns.unfolded < columns.total, waiting),
        )
        .order_by(columns.priority.desc(), columns.served_at, columns.id)
        .limit(SHARED)
    )
    found = connection.execute(query).all()
    return [row.id for row in found if row.priority == found[0].priority]


def is_ready(now: float) -> ColumnElement[bool]:
    """Of a row of ``items``: it may be given out now, beside others."""
    columns = schema.items.c
    return schema.IS_QUEUED & schema.has_come(columns.ready_at, now) & ~schema.IS_SUSPECT


def _of_job(connection: Connection, job: HeldJob, worker: str, count: int, now: float) -> list[Claimed]:
    found: list[Claimed] = []
    while len(found) < count and not job.state.ended:
        found += _give(connection, job, worker, literal(True), count - len(found), now)
        if len(found) < count and not unfold(connection, job, now):
            break
    return found


def _give(
    connection: Connection,
    job: HeldJob,
    worker: str,
    chosen: ColumnElement[bool],
    count: int,
    now: float,
    ready: ColumnElement[bool] | None = None,
) -> list[Claimed]:
    columns = schema.items.c
    its = columns.job == job.id
    # Two statements, since the job is held: as one, PostgreSQL may ask for the numbers again for every item of the job.
    ready_ones = select(columns.number).where(its, is_ready(now) if ready is None else ready, chosen)
    numbers = connection.execute(ready_ones.order_by(columns.number).limit(count)).scalars().all()
    if not numbers:
        return []
    given = (
        update(schema.items)
        .where(its, schema.numbered(numbers))
        .values(
            state=State.running.value,
            worker=worker,
            attempt=columns.attempt + 1,
            deliveries=columns.deliveries + 1,
            started_at=now,
        )
        .returning(columns.number, columns.input, columns.attempt, columns.failures, columns.deliveries)
    )
    rows = sorted(connection.execute(given).all())
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
    columns, of_jobs = schema.items.c, schema.jobs.c
    suspect = schema.IS_QUEUED & schema.IS_SUSPECT & schema.has_come(columns.ready_at, now)
    query = (
        select(columns.job, columns.number, columns.ready_at)
        .join_from(schema.items, schema.jobs, of_jobs.id == columns.job)
        .where(suspect, of_jobs.application.in_(applications))
        .order_by(columns.ready_at)
        .limit(1)
    )
    found = connection.execute(query).one_or_none()
    if found is None:
        return None
    held_now = exists().where(columns.worker == worker, schema.IS_RUNNING)
    if connection.execute(select(held_now)).scalar_one():
        return [] if now - found.ready_at > PATIENCE_S else None
    jobs = hold(connection, [found.job])
    given = [
        each
        for job in jobs
        for each in _give(connection, job, worker, columns.number == found.number, 1, now, suspect)
    ]
    save(connection, jobs)
    return given or None
