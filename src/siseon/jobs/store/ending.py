"""Cancel a job: from then on no outcome of it counts; workers that hold items of it soon find out (``lease.py``)."""

from __future__ import annotations

from sqlalchemy import update

from siseon.jobs import schema, wire
from siseon.jobs.database import Database
from siseon.jobs.store.held import forget_conclusion, hold_one, save
from siseon.jobs.store.looking import job_of
from siseon.jobs.wire import State


def cancel(database: Database, job: str) -> wire.Job:
    """End a job; one that has ended stays as it is. What was done stays done.

    Raises:
        JobError: ``job_not_found``.
    """
    with database.write() as connection:
        held = hold_one(connection, job)
        if not held.state.ended:
            now = database.now(connection)
            columns = schema.items.c
            going = columns.state.in_([State.queued.value, State.running.value])
            connection.execute(
                update(schema.items)
                .where(columns.job == job, going)
                .values(state=State.cancelled.value, worker=None, finished_at=now)
            )
            forget_conclusion(connection, job)
            held.cancelled = held.total - held.done - held.failed
            held.end(State.cancelled, now)
            save(connection, [held])
        return job_of(database, connection, job)
