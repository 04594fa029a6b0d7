"""Remove jobs that ended long ago. Their artifacts go first: a row may name one that is gone; none is left behind."""

from __future__ import annotations

from sqlalchemy import delete, select, update

from siseon.contracts import FailureCode, JobError
from siseon.jobs import schema
from siseon.jobs.database import Database
from siseon.jobs.store.held import hold

SLICE = 5000
"""Rows that go in one transaction: nobody waits long for a large job to be removed."""


def expired(database: Database, older_than_s: float, *, limit: int = 100) -> list[str]:
    """Ids of jobs that ended more than so many seconds ago, oldest first; also those whose removal was cut short."""
    columns = schema.jobs.c
    with database.read() as connection:
        before = database.now(connection) - older_than_s
        query = select(columns.id).where(columns.finished_at <= before).order_by(columns.finished_at)
        return list(connection.execute(query.limit(limit)).scalars())


def remove(database: Database, job: str) -> None:
    """Remove a job that has ended, after its artifacts; one that is gone already is no error.

    Raises:
        JobError: ``job_not_finished``.
    """
    _hide(database, job)
    while _remove_slice(database, job):
        pass


def _hide(database: Database, job: str) -> None:
    """From here on nobody sees it, so nobody can queue again what is half gone."""
    with database.write() as connection:
        for held in hold(connection, [job]):
            if not held.state.ended:
                raise JobError(
                    f"job {job} is {held.state}", code=FailureCode.job_not_finished, hint="cancel it first"
                )
            hidden = update(schema.jobs).where(schema.jobs.c.id == job)
            connection.execute(hidden.values(removed_at=database.now(connection), key=None))


def _remove_slice(database: Database, job: str) -> bool:
    """Whether there is more of it."""
    with database.write() as connection:
        for table, number in ((schema.events, "id"), (schema.items, "number"), (schema.chunks, "first")):
            some = select(table.c[number]).where(table.c.job == job).limit(SLICE)
            gone = connection.execute(delete(table).where(table.c.job == job, table.c[number].in_(some)))
            if gone.rowcount == SLICE:
                return True
        connection.execute(delete(schema.jobs).where(schema.jobs.c.id == job))
    return False
