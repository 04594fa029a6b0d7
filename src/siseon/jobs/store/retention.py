"""Remove jobs that ended long ago: hidden first, then their artifacts go, then their rows."""

from __future__ import annotations

from collections.abc import Callable

from pydantic import JsonValue
from sqlalchemy import delete, select, update

from siseon.contracts import FailureCode, JobError
from siseon.jobs import schema
from siseon.jobs.database import Database
from siseon.jobs.json_text import from_text
from siseon.jobs.wire import State

SLICE = 5000
"""Rows that go in one transaction: nobody waits long for a large job to be removed."""


def expired(database: Database, older_than_s: float, *, limit: int = 100) -> list[str]:
    """Ids of jobs that ended more than so many seconds ago, oldest first; also those whose removal was cut short."""
    columns = schema.jobs.c
    with database.read() as connection:
        before = database.now(connection) - older_than_s
        query = select(columns.id).where(columns.finished_at <= before).order_by(columns.finished_at)
        return list(connection.execute(query.limit(limit)).scalars())


def hide(database: Database, job: str) -> JsonValue:
    """From here on nobody sees it, so nobody can queue again what is half gone. Its webhooks are sent no more.

    Its key stays taken until its row goes.

    Returns: its options, which tell where its artifacts are; None when it is gone already.

    Raises:
        JobError: ``job_not_finished``.
    """
    columns = schema.jobs.c
    its = columns.id == job
    with database.write() as connection:
        query = select(columns.state, columns.options).where(its).with_for_update()
        row = connection.execute(query).one_or_none()
        if row is None:
            return None
        if not State(row.state).ended:
            raise JobError(
                f"job {job} is {row.state}", code=FailureCode.job_not_finished, hint="cancel it first"
            )
        connection.execute(update(schema.jobs).where(its).values(removed_at=database.now(connection)))
        connection.execute(delete(schema.outbox).where(schema.outbox.c.job == job))
        return from_text(row.options)


def remove(database: Database, job: str, between: Callable[[], object] = lambda: None) -> None:
    """Remove the rows of a job that has ended, after its artifacts; one that is gone already is no error.

    ``between`` is called between two transactions, and may end it by raising; called again it goes on.

    Raises:
        JobError: ``job_not_finished``.
        SiseonError: what ``between`` raises.
    """
    hide(database, job)
    while _remove_slice(database, job):
        between()


def _remove_slice(database: Database, job: str) -> bool:
    """Whether there is more of it."""
    with database.write() as connection:
        for table, number in ((schema.events, "id"), (schema.items, "number"), (schema.chunks, "first")):
            its, at = table.c.job == job, table.c[number]
            # Two statements: as one, PostgreSQL may look for the slice again at each of its rows.
            last = connection.execute(
                select(at).where(its).order_by(at).offset(SLICE - 1).limit(1)
            ).scalar_one_or_none()
            if last is not None:
                connection.execute(delete(table).where(its, at <= last))
                return True
            connection.execute(delete(table).where(its))
        connection.execute(delete(schema.jobs).where(schema.jobs.c.id == job))
    return False
