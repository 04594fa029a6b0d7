"""Dead letters: items that failed for good, for a person to inspect, and to queue again."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from sqlalchemy import ColumnElement, Connection, and_, or_, select, update

from siseon.contracts import InputError
from siseon.jobs import schema, wire
from siseon.jobs.database import Database
from siseon.jobs.store.held import HeldJob, forget_conclusion, hold_one, save
from siseon.jobs.store.looking import item_of, job_of
from siseon.jobs.wire import EventKind, State

TOLD = 10
"""Numbers of items in a message."""
NAMED = 10_000
"""Items that one statement names."""


def dead(
    database: Database,
    *,
    application: str | None = None,
    after: tuple[str, int] | None = None,
    limit: int = 100,
) -> list[wire.Item]:
    """Failed items of all jobs, oldest job first; ``after`` is (job, number) of the last one seen."""
    columns = schema.items.c
    query = select(schema.items).where(schema.IS_FAILED)
    query = query.join(schema.jobs, schema.jobs.c.id == columns.job)
    query = query.where(schema.jobs.c.removed_at.is_(None))
    if application is not None:
        query = query.where(schema.jobs.c.application == application)
    if after is not None:
        later = and_(columns.job == after[0], columns.number > after[1])
        query = query.where(or_(columns.job > after[0], later))
    query = query.order_by(columns.job, columns.number).limit(limit)
    with database.read() as connection:
        return [item_of(row) for row in connection.execute(query).mappings()]


def retry(database: Database, job: str, numbers: Collection[int] | None = None) -> wire.Job:
    """Queue failed items again, all of them or these, with all their attempts before them; a cancelled job goes on.
    Where none failed, what could not be made of all results together is made again.

    Raises:
        JobError: ``job_not_found``.
        InputError: there is nothing to try again, or parts of a cancelled job are named.
    """
    with database.write() as connection:
        held = hold_one(connection, job)
        if held.state is State.cancelled and numbers is not None:
            raise InputError("a cancelled job is tried again as a whole", hint="name no items")
        now = database.now(connection)
        columns = schema.items.c
        its = (columns.job == job, columns.state.in_([State.failed.value, State.cancelled.value]))
        queued = {
            "state": State.queued.value,
            "failures": 0,
            "deliveries": 0,
            "ready_at": now,
            "carried_at": None,
            "worker": None,
            "finished_at": None,
        }
        again = 0
        for chosen in _parts(numbers):
            again += connection.execute(update(schema.items).where(*its, *chosen).values(queued)).rowcount
        if held.state is State.cancelled:
            again = held.cancelled + held.failed  # those without a row of their own too
        if again:
            forget_conclusion(connection, job)
            held.failed -= again - held.cancelled
            held.cancelled = 0
            held.state, held.finished_at = State.queued, None
        elif held.state.ended and numbers is None and _lacks_conclusion(connection, held):
            held.conclude(now)
        else:
            raise _none_failed(connection, job, numbers)
        held.tell(EventKind.queued, now, data={"items": again})
        save(connection, [held])
        return job_of(database, connection, job)


def _lacks_conclusion(connection: Connection, job: HeldJob) -> bool:
    """Whether what is made of all results was not: it failed, or the job was cancelled before."""
    columns = schema.conclusions.c
    row = connection.execute(
        select(columns.files, columns.failure).where(columns.job == job.id)
    ).one_or_none()
    return bool(job.concludes and job.done) and (row is None or row.files is None or row.failure is not None)


def _none_failed(connection: Connection, job: str, numbers: Collection[int] | None) -> InputError:
    columns = schema.items.c
    query = select(columns.number).where(columns.job == job, schema.IS_FAILED).order_by(columns.number)
    failed = ", ".join(map(str, connection.execute(query.limit(TOLD)).scalars()))
    if numbers is None or not failed:
        return InputError(f"job {job} has no failed items", hint="siseon jobs dead shows those of all jobs")
    named = ", ".join(map(str, sorted(numbers)[:TOLD]))
    return InputError(f"of job {job} these items have not failed: {named}", hint=f"those have: {failed}")


def _parts(numbers: Collection[int] | None) -> Iterator[list[ColumnElement[bool]]]:
    """Conditions that together mean these items; neither database takes any number of values in a statement."""
    if numbers is None:
        yield []
        return
    ordered = sorted(set(numbers))
    for start in range(0, len(ordered), NAMED):
        yield [schema.items.c.number.in_(ordered[start : start + NAMED])]
