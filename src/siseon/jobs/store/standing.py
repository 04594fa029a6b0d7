"""A row of a job, and what is told of it beside: who works on its application, and what became of its webhook."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import cast

from pydantic import JsonValue
from sqlalchemy import Connection, RowMapping, bindparam, select

from siseon.contracts import Failure
from siseon.jobs import schema
from siseon.jobs.database import Database
from siseon.jobs.json_text import from_text
from siseon.jobs.store.leases import serving
from siseon.jobs.wire import (
    ConclusionFile,
    ConclusionStanding,
    ConclusionState,
    HookState,
    Job,
    State,
    WebhookStanding,
)

_CONCLUSIONS = select(schema.conclusions).where(
    schema.conclusions.c.job.in_(bindparam("jobs", expanding=True))
)
_HOOKS = (
    select(schema.outbox)
    .where(schema.outbox.c.job.in_(bindparam("jobs", expanding=True)))
    .order_by(schema.outbox.c.event)
)


def jobs_of(database: Database, connection: Connection, rows: Sequence[RowMapping]) -> list[Job]:
    """The jobs of these rows, as this transaction sees them."""
    workers = serving(connection, database.now(connection)) if rows else {}
    hooks = _hooks(connection, [row["id"] for row in rows if row["webhook"] is not None])
    conclusions = _conclusions(connection, [row["id"] for row in rows if row["concludes"]])
    return [_job(row, workers.get(row["application"], 0), hooks, conclusions) for row in rows]


def known_time(seconds: float) -> datetime:
    """Of seconds since 1970."""
    return datetime.fromtimestamp(seconds, UTC)


def time_of(seconds: float | None) -> datetime | None:
    """The same of what may not have come yet."""
    return None if seconds is None else known_time(seconds)


def _job(
    row: RowMapping,
    workers: int,
    hooks: Mapping[str, WebhookStanding],
    conclusions: Mapping[str, ConclusionStanding],
) -> Job:
    state = State(row["state"])
    ended = row["done"] + row["failed"] + row["cancelled"]
    rate = row["rate"]
    goes_on = rate and workers and not state.ended
    return Job(
        id=row["id"],
        application=row["application"],
        options=cast("dict[str, JsonValue]", from_text(row["options"])),
        priority=row["priority"],
        key=row["key"],
        state=state,
        workers=workers,
        total=row["total"],
        done=row["done"],
        failed=row["failed"],
        cancelled=row["cancelled"],
        created_at=known_time(row["created_at"]),
        started_at=time_of(row["started_at"]),
        finished_at=time_of(row["finished_at"]),
        rate_per_s=rate,
        left_s=(row["total"] - ended) / rate if goes_on else None,
        webhook=None if row["webhook"] is None else hooks.get(row["id"], _PENDING),
        last_event=row["last_event"],
        conclusion=conclusions.get(row["id"], _NOT_YET) if row["concludes"] else None,
    )


_PENDING = WebhookStanding(state=HookState.pending, tries=0, delivered_at=None, due_at=None, failure=None)

_NOT_YET = ConclusionStanding(state=ConclusionState.pending, revision=0, failure=None, made_at=None, files=())


def _conclusions(connection: Connection, jobs: Sequence[str]) -> dict[str, ConclusionStanding]:
    if not jobs:
        return {}
    found = connection.execute(_CONCLUSIONS, {"jobs": jobs}).mappings()
    return {row["job"]: _conclusion(row) for row in found}


def _conclusion(row: RowMapping) -> ConclusionStanding:
    failure = from_text(row["failure"])
    files = cast("list[JsonValue]", from_text(row["files"]) or [])
    if row["due_at"] is not None:
        state = ConclusionState.waiting if row["worker"] is None else ConclusionState.running
    elif failure is not None:
        state = ConclusionState.failed
    else:
        state = ConclusionState.pending if row["files"] is None else ConclusionState.done
    return ConclusionStanding(
        state=state,
        revision=row["revision"],
        failure=None if failure is None else Failure.model_validate(failure),
        made_at=time_of(row["made_at"]),
        files=tuple(ConclusionFile.model_validate(file) for file in files),
    )


def _hooks(connection: Connection, jobs: Sequence[str]) -> dict[str, WebhookStanding]:
    """The webhook of the newest end of each of these jobs that has come to one."""
    if not jobs:
        return {}
    return {row["job"]: _hook(row) for row in connection.execute(_HOOKS, {"jobs": jobs}).mappings()}


def _hook(row: RowMapping) -> WebhookStanding:
    if row["delivered_at"] is not None:
        state = HookState.delivered
    else:
        state = HookState.given_up if row["due_at"] is None else HookState.waiting
    return WebhookStanding(
        state=state,
        tries=row["tries"],
        delivered_at=time_of(row["delivered_at"]),
        due_at=time_of(row["due_at"]),
        failure=row["failure"],
    )
