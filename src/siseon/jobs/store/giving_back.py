"""Items that come back without an outcome, and when that has happened too often.

A delivery is not a failure: the worker died, perhaps of something else. After ``schema.SUSPECT`` of them an item is
given out alone, so that what it may do it does to itself; after ``ALONE`` more it is what kills workers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import Connection, bindparam, select, update

from siseon.contracts import Failure, FailureCode
from siseon.jobs import schema
from siseon.jobs.store.held import HeldJob, hold, save
from siseon.jobs.wire import EventKind, State

ALONE = 3
"""So often alone: a healthy one may be hit by another death, three times alone it is not."""

_columns = schema.items.c
_RUNNING = select(_columns.job, _columns.number, _columns.deliveries).where(
    _columns.worker == bindparam("its_worker"), schema.IS_RUNNING
)
_CONCERNED = _RUNNING.with_only_columns(_columns.job).distinct()
_BACK = (
    update(schema.items)
    .where(schema.items.c.job == bindparam("its_job"), schema.items.c.number == bindparam("its_number"))
    .values(
        state=State.queued.value,
        worker=None,
        carried_at=None,
        ready_at=bindparam("at"),
        deliveries=bindparam("counted"),
    )
)
_DEAD = (
    update(schema.items)
    .where(schema.items.c.job == bindparam("its_job"), schema.items.c.number == bindparam("its_number"))
    .values(
        state=State.failed.value, worker=None, finished_at=bindparam("at"), failure=bindparam("failure_text")
    )
)


def give_back(
    connection: Connection,
    worker: str,
    now: float,
    *,
    in_order: bool,
    only: Mapping[str, Iterable[int]] | None = None,
) -> int:
    """Queue again what ``worker`` holds (``only`` these numbers by job), or fail it.

    Args:
        connection: one that writes.
        worker: that has them no more.
        now: by the database's clock.
        in_order: the worker says so itself; then it is not counted as a delivery.
        only: all that it holds when None.

    Returns: how many items came back.
    """
    its = {"its_worker": worker}
    concerned = connection.execute(_CONCERNED, its).scalars().all()
    jobs = {job.id: job for job in hold(connection, concerned if only is None else only)}
    # What is running was read before the jobs were held: read again what is so now.
    back: list[dict[str, object]] = []
    dead: list[dict[str, object]] = []
    for row in connection.execute(_RUNNING, its).all():
        key = {"its_job": row.job, "its_number": row.number, "at": now}
        if row.job not in jobs or (only is not None and row.number not in only[row.job]):
            continue
        if in_order or row.deliveries < schema.SUSPECT + ALONE:
            back.append({**key, "counted": row.deliveries - in_order})
        else:
            failure = _kills_workers(row.deliveries)
            dead.append({**key, "failure_text": failure.model_dump_json()})
            _tell(jobs[row.job], row.number, failure, now)
    if back:
        connection.execute(_BACK, back)
    if dead:
        connection.execute(_DEAD, dead)
        for job in jobs.values():
            if job.news:
                job.advance(now)
    save(connection, (job for job in jobs.values() if job.news))
    return len(back)


def _tell(job: HeldJob, number: int, failure: Failure, now: float) -> None:
    job.failed += 1
    job.tell(EventKind.item_failed, now, number, {"failure": failure.model_dump(mode="json")})


def _kills_workers(deliveries: int) -> Failure:
    return Failure(
        code=FailureCode.worker_died,
        message=f"{deliveries} workers died or stood still with it, the last {ALONE} while they ran nothing else",
        hint="look at its input; `siseon jobs retry` queues it again",
        retryable=FailureCode.worker_died.retryable,
    )
