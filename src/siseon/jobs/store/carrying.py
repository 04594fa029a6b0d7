"""What a carrier is given: items that are ready, a bounded number ahead, so that priorities keep their meaning."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, or_, update

from siseon.jobs import schema
from siseon.jobs.database import Database
from siseon.jobs.store.claiming import IS_READY, candidates, jobs_with, numbers_of, unfold
from siseon.jobs.store.held import HeldJob, hold, save

AGAIN_S = 30.0
"""Seconds after which an item that a carrier has and nobody took is given to it again: it may have been lost there."""


class Carried(NamedTuple):
    """An item for a carrier."""

    application: str
    job: str
    number: int


_columns = schema.items.c
_IS_FREE = IS_READY & or_(
    _columns.carried_at.is_(None), schema.has_come(_columns.carried_at, schema.NOW - AGAIN_S)
)
_JOBS = jobs_with(_IS_FREE)
_NUMBERS = numbers_of(_IS_FREE)
_CARRIED = (
    update(schema.items)
    .where(_columns.job == bindparam("its_job"), schema.IS_NUMBERED)
    .values(carried_at=schema.NOW)
)


def carry(database: Database, applications: Iterable[str], count: int) -> list[Carried]:
    """Up to ``count`` ready items that no carrier has; they count as carried when this returns.

    Who calls it dies before he has put them: after ``AGAIN_S`` they are found again.
    """
    with database.write() as connection:
        now = database.now(connection)
        wanted = candidates(connection, _JOBS, sorted(set(applications)), now)
        held = hold(connection, wanted, skip_locked=True)
        jobs = [job for job in held if not job.state.ended]  # PostgreSQL: it may have been cancelled since
        jobs.sort(key=lambda job: wanted.index(job.id))
        found: list[Carried] = []
        for left, job in zip(range(len(jobs), 0, -1), jobs, strict=True):
            share = -(-(count - len(found)) // left)
            bound = {"its_job": job.id, "now": now, "count": share}
            numbers = connection.execute(_NUMBERS, bound).scalars().all()
            while len(numbers) < share and unfold(connection, job, now):
                numbers = connection.execute(_NUMBERS, bound).scalars().all()
            _mark(connection, job, numbers, now)
            found += [Carried(job.application, job.id, number) for number in numbers]
        save(connection, jobs)
        return found


def uncarry(database: Database) -> None:
    """A carrier has lost what it had: all that is still queued may be given to it again."""
    with database.write() as connection:
        lost = update(schema.items).where(schema.IS_QUEUED, _columns.carried_at.is_not(None))
        connection.execute(lost.values(carried_at=None))


def _mark(connection: Connection, job: HeldJob, numbers: Sequence[int], now: float) -> None:
    if numbers:
        job.served_at = now
        connection.execute(_CARRIED, {"its_job": job.id, "now": now, **schema.numbered(numbers)})
