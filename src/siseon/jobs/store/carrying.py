"""What a carrier is given: items that are ready, a bounded number ahead, so that priorities keep their meaning."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import Connection, or_, select, update

from siseon.jobs import schema
from siseon.jobs.database import Database
from siseon.jobs.store.claiming import candidates, is_ready, unfold
from siseon.jobs.store.held import HeldJob, hold, save

AGAIN_S = 30.0
"""Seconds after which an item that a carrier has and nobody took is given to it again: it may have been lost there."""


class Carried(NamedTuple):
    """An item for a carrier."""

    application: str
    job: str
    number: int


def carry(database: Database, applications: Iterable[str], count: int) -> list[Carried]:
    """Up to ``count`` ready items that no carrier has; they count as carried when this returns.

    Who calls it dies before he has put them: after ``AGAIN_S`` they are found again.
    """
    columns = schema.items.c
    with database.write() as connection:
        now = database.now(connection)
        free = is_ready(now) & or_(
            columns.carried_at.is_(None), schema.has_come(columns.carried_at, now - AGAIN_S)
        )
        wanted = candidates(connection, sorted(set(applications)), free)
        held = hold(connection, wanted, skip_locked=True)
        jobs = [job for job in held if not job.state.ended]  # PostgreSQL: it may have been cancelled since
        jobs.sort(key=lambda job: wanted.index(job.id))
        found: list[Carried] = []
        for left, job in zip(range(len(jobs), 0, -1), jobs, strict=True):
            share = -(-(count - len(found)) // left)
            query = select(columns.number).where(columns.job == job.id, free).order_by(columns.number)
            numbers = list(connection.execute(query.limit(share)).scalars())
            while len(numbers) < share and unfold(connection, job, now):
                numbers = list(connection.execute(query.limit(share)).scalars())
            _mark(connection, job, numbers, now)
            found += [Carried(job.application, job.id, number) for number in numbers]
        save(connection, jobs)
        return found


def uncarry(database: Database) -> None:
    """A carrier has lost what it had: all that is still queued may be given to it again."""
    columns = schema.items.c
    with database.write() as connection:
        lost = update(schema.items).where(schema.IS_QUEUED, columns.carried_at.is_not(None))
        connection.execute(lost.values(carried_at=None))


def _mark(connection: Connection, job: HeldJob, numbers: list[int], now: float) -> None:
    if numbers:
        job.served_at = now
        columns = schema.items.c
        marked = update(schema.items).where(columns.job == job.id, schema.numbered(numbers))
        connection.execute(marked.values(carried_at=now))
