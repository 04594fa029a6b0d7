"""What time brings, without waiting for it: others see that a worker which was killed is dead."""

from __future__ import annotations

from sqlalchemy import update

from siseon.jobs import schema
from siseon.jobs.database import Database


def let_leases_end(url: str) -> None:
    """As long after the last beat of the workers that are registered as a lease lasts."""
    with Database(url) as database, database.write() as connection:
        connection.execute(update(schema.workers).values(expires_at=database.now(connection)))


def let_lease_end(database: Database, process: int) -> None:
    """As long after the last beat of the workers of one process."""
    its = schema.workers.c.id.like(f"%-{process}-%")
    with database.write() as connection:
        connection.execute(update(schema.workers).where(its).values(expires_at=database.now(connection)))


def let_holds_end(url: str) -> None:
    """As long after the last sign of life of who makes something of all results as it is waited for one."""
    with Database(url) as database, database.write() as connection:
        columns = schema.conclusions.c
        held = columns.worker.is_not(None)
        connection.execute(update(schema.conclusions).where(held).values(due_at=database.now(connection)))
