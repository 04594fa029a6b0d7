"""How much waits: for those who watch over a service, not over a job."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from sqlalchemy import func, select

from siseon.jobs import schema
from siseon.jobs.database import Database
from siseon.jobs.store.leases import serving


@dataclass
class Waiting:
    """Items of one application."""

    queued: int = 0
    """Also those whose next attempt is not due yet."""
    running: int = 0
    """Leased to workers."""
    dead: int = 0
    """Failed for good, of jobs that are still kept."""


@dataclass
class Depth:
    """What there is to do, and who does it."""

    applications: dict[str, Waiting] = field(default_factory=lambda: defaultdict(Waiting))
    workers: int = 0
    """With a lease that has not run out."""


def depth(database: Database) -> Depth:
    """The depth now. It costs a row for each job that is not finished or has dead letters and for each leased item,
    however many items jobs have.

    Raises:
        StoreError: the database cannot be used.
    """
    jobs, items, workers = schema.jobs.c, schema.items.c, schema.workers.c
    still = jobs.total - jobs.done - jobs.failed - jobs.cancelled
    going = select(jobs.application, func.sum(still)).where(schema.ACTIVE).group_by(jobs.application)
    leased = (
        select(jobs.application, func.count())
        .join_from(schema.items, schema.jobs, jobs.id == items.job)
        .where(schema.IS_RUNNING)
        .group_by(jobs.application)
    )
    dead = select(jobs.application, func.sum(jobs.failed)).where(schema.HAS_DEAD).group_by(jobs.application)
    found = Depth()
    with database.read() as connection:
        living = select(func.count()).where(workers.expires_at > database.now(connection))
        found.workers = connection.execute(living).scalar_one()
        for application, count in connection.execute(leased):
            found.applications[application].running = count
        for application, count in connection.execute(going):
            one = found.applications[application]
            one.queued = max(0, count - one.running)  # PostgreSQL: a claim may come between the two questions
        for application, count in connection.execute(dead):
            found.applications[application].dead = count
    return found


def unserved(database: Database) -> list[str]:
    """Applications with jobs that go on, and no worker that takes them.

    Raises:
        StoreError: the database cannot be used.
    """
    with database.read() as connection:
        served = serving(connection, database.now(connection))
        going = select(schema.jobs.c.application).where(schema.ACTIVE).distinct()
        return sorted(set(connection.execute(going).scalars()) - served.keys())
