"""What is made of all results of a job together: asked for with its last item or a correction, taken by one worker at a
time, and the end of the job."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from pydantic import JsonValue
from sqlalchemy import Connection, Row, Update, select, update

from siseon.contracts import Failure, FailureCode, JobError, SiseonError
from siseon.jobs import schema, wire
from siseon.jobs.database import Database
from siseon.jobs.json_text import from_text, to_text
from siseon.jobs.store.held import HeldJob, hold_one, save
from siseon.jobs.store.looking import job_of
from siseon.jobs.wire import ConclusionFile, EventKind, State

FAILURES = 3
"""So often a revision may fail with a failure that may pass, or the worker that makes it die."""
PAUSES_S = (5.0, 30.0)
"""Before each further try."""


@dataclass(frozen=True)
class Concluding:
    """One attempt in a worker's hands; ``revision`` and ``attempt`` are its fence."""

    job: str
    revision: int
    attempt: int
    """Of all revisions."""


def take(database: Database, worker: str, applications: Iterable[str], *, hold_s: float) -> Concluding | None:
    """What is to be made now, for ``hold_s`` seconds; a worker that is not heard of for so long has died with it."""
    columns, of_jobs = schema.conclusions.c, schema.jobs.c
    query = (
        select(columns.job)
        .join_from(schema.conclusions, schema.jobs, of_jobs.id == columns.job)
        .where(schema.DUE, of_jobs.application.in_(sorted(set(applications))), of_jobs.removed_at.is_(None))
        .order_by(columns.due_at)
        .limit(1)
    )
    with database.read() as connection:  # nearly always there is nothing
        due, now = schema.has_come(columns.due_at), database.now(connection)
        found = connection.execute(query.where(due), {"now": now}).scalar_one_or_none()
    if found is None:
        return None
    with database.write() as connection:
        try:
            job = hold_one(connection, found)
        except JobError:
            return None
        now = database.now(connection)
        still = select(schema.conclusions).where(columns.job == found, due)
        row = connection.execute(still, {"now": now}).one_or_none()
        if row is None or job.state.ended:
            return None
        if row.worker is not None and _has_died_too_often(connection, job, row, now):
            return None
        attempt = row.tries + 1
        values = {"tries": attempt, "worker": worker, "due_at": now + hold_s}
        if row.worker is not None:
            values["failures"] = row.failures + 1
        connection.execute(update(schema.conclusions).where(columns.job == found).values(values))
        job.tell(EventKind.concluding, now, data={"revision": row.revision, "steps": []})
        save(connection, [job])
        return Concluding(found, row.revision, attempt)


def keep(database: Database, one: Concluding, *, hold_s: float) -> bool:
    """Go on with it for ``hold_s`` seconds more; False: it is nobody's business any more, or another worker's."""
    with database.write() as connection:
        due_at = database.now(connection) + hold_s
        return bool(connection.execute(_its(one).values(due_at=due_at)).rowcount)


def tell(database: Database, one: Concluding, step: dict[str, JsonValue]) -> None:
    """How far it is, for those who watch."""
    with database.write() as connection:
        due_at = schema.conclusions.c.due_at
        job = _settled(connection, one, {"due_at": due_at})
        if job is not None:
            data: dict[str, JsonValue] = {"revision": one.revision, "steps": [step]}
            job.tell(EventKind.concluding, database.now(connection), data=data)
            save(connection, [job])


def hand_back(database: Database, one: Concluding) -> None:
    """Another worker makes it: this one is stopped."""
    with database.write() as connection:
        connection.execute(_its(one).values(due_at=database.now(connection), worker=None))


def concluded(database: Database, one: Concluding, files: Sequence[ConclusionFile]) -> bool:
    """It is made, and the job has ended; False: it does not count, and its files belong to nobody."""
    told: list[JsonValue] = [file.model_dump(mode="json") for file in files]
    with database.write() as connection:
        now = database.now(connection)
        values = {"files": to_text(told), "due_at": None, "worker": None, "failure": None, "made_at": now}
        job = _settled(connection, one, values)
        if job is None:
            return False
        names: list[JsonValue] = [file.name for file in files]
        job.tell(EventKind.concluded, now, data={"revision": one.revision, "files": names})
        job.end(State.done, now)
        save(connection, [job])
        return True


def not_concluded(database: Database, one: Concluding, failure: Failure) -> bool:
    """It could not be made; False: that does not count. What may pass is tried again, or else the job ends without."""
    with database.write() as connection:
        now = database.now(connection)
        failures = _failures(connection, one) + 1
        again_s = PAUSES_S[failures - 1] if failure.retryable and failures < FAILURES else None
        due_at = None if again_s is None else now + again_s
        told = to_text(failure.model_dump(mode="json"))
        values = {"due_at": due_at, "worker": None, "failures": failures, "failure": told}
        job = _settled(connection, one, values)
        if job is None:
            return False
        _tell_failure(job, failure, now, again_s)
        save(connection, [job])
        return True


def restate(database: Database, job: str, change: Callable[[JsonValue], Mapping[str, JsonValue]]) -> wire.Job:
    """Change the options of a job, and have what is made of all its results made again; no item runs again.

    Raises:
        JobError: ``job_not_found``; ``job_not_finished``: it was cancelled, nothing of it is done, or nothing is made
            of its results.
        SiseonError: what ``change`` raises.
    """
    with database.write() as connection:
        held = hold_one(connection, job)
        over = held.ended == held.total
        if not held.concludes or (over and not held.done) or held.state is State.cancelled:
            raise JobError(
                f"job {job} is {held.state}: there is nothing to make of its results",
                code=FailureCode.job_not_finished,
                hint="retry what failed or was cancelled first",
            )
        options = to_text(change(from_text(held.options)))
        connection.execute(update(schema.jobs).where(schema.jobs.c.id == job).values(options=options))
        if over:
            now = database.now(connection)
            held.conclude(now)
            held.tell(EventKind.queued, now, data={"items": 0})
            save(connection, [held])
        return job_of(database, connection, job)


def _its(one: Concluding) -> Update:
    columns = schema.conclusions.c
    its = columns.job == one.job, columns.revision == one.revision, columns.tries == one.attempt
    return update(schema.conclusions).where(*its, columns.worker.is_not(None))


def _settled(connection: Connection, one: Concluding, values: Mapping[str, object]) -> HeldJob | None:
    """The job, once its row of conclusions is changed; None: this attempt does not count."""
    try:
        job = hold_one(connection, one.job)
    except JobError:
        return None
    if job.state.ended or not connection.execute(_its(one).values(values)).rowcount:
        return None
    return job


def _failures(connection: Connection, one: Concluding) -> int:
    columns = schema.conclusions.c
    found = connection.execute(select(columns.failures).where(columns.job == one.job)).scalar_one_or_none()
    return found or 0


def _has_died_too_often(
    connection: Connection, job: HeldJob, row: Row[tuple[object, ...]], now: float
) -> bool:
    """Whether workers died with it so often that nobody takes it any more; the job ends without it then."""
    if row.failures + 1 < FAILURES:
        return False
    failure = SiseonError(
        f"{FAILURES} workers died with it",
        code=FailureCode.worker_died,
        hint="their logs tell how; retry has it made again",
    ).failure()
    values = {"due_at": None, "worker": None, "failure": to_text(failure.model_dump(mode="json"))}
    connection.execute(update(schema.conclusions).where(schema.conclusions.c.job == job.id).values(values))
    _tell_failure(job, failure, now, None)
    save(connection, [job])
    return True


def _tell_failure(job: HeldJob, failure: Failure, now: float, again_s: float | None) -> None:
    data: dict[str, JsonValue] = {"failure": failure.model_dump(mode="json"), "after_s": again_s}
    job.tell(EventKind.conclusion_failed, now, data=data)
    if again_s is None:
        job.end(State.done, now)
