"""Take what became of items: each counts once, from the worker that holds it, for the attempt that it holds."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from pydantic import JsonValue
from sqlalchemy import Connection, Row, bindparam, select, update

from siseon.contracts import ContractViolation, Failure, FailureCode
from siseon.jobs import schema
from siseon.jobs.database import Database
from siseon.jobs.json_text import to_text
from siseon.jobs.store.giving_back import give_back
from siseon.jobs.store.held import HeldJob, hold, save
from siseon.jobs.store.rows import write_rows
from siseon.jobs.wire import EventKind, State

FAILURES = 3
"""So often an item may fail with a failure that may pass."""
BACKOFF_S = 1.0
"""Before the second attempt; four times as long before each further one."""
PLACE_PAUSES_S = (5.0, 30.0, 120.0, 300.0, 600.0)
"""Before each further attempt where a place for files is full or away: that is no fault of the item's, takes somebody
minutes to mend, and must not make dead letters of all items that wait meanwhile."""


@dataclass(frozen=True)
class Done:
    """It worked. ``result`` is JSON; ``artifacts`` are written already, under names of this attempt; ``steps`` are for
    those who watch."""

    result: str
    artifacts: tuple[str, ...] = ()
    steps: tuple[dict[str, JsonValue], ...] = ()

    def __post_init__(self) -> None:
        for text in (self.result, *self.artifacts):
            if "\0" in text or not _is_unicode(text):
                raise ContractViolation("a result holds NUL or half a character", hint="mend the application")


@dataclass(frozen=True)
class Failed:
    """It did not; a failure that is ``retryable`` is tried again, see ``_pause``."""

    failure: Failure

    def told(self) -> dict[str, JsonValue]:
        """As JSON, whatever its texts are made of."""
        fields = self.failure.model_dump()
        return {name: _unicode(value) if isinstance(value, str) else value for name, value in fields.items()}


class Finished(NamedTuple):
    """The outcome of one attempt of an item."""

    job: str
    number: int
    attempt: int
    outcome: Done | Failed


class Fence(NamedTuple):
    """What tells one attempt of an item from all others."""

    job: str
    number: int
    attempt: int


_columns = schema.items.c
_ROWS = select(_columns.number, _columns.state, _columns.worker, _columns.attempt, _columns.failures).where(
    _columns.job == bindparam("its_job"), schema.IS_NUMBERED
)
_FINISH = (
    update(schema.items)
    .where(_columns.job == bindparam("its_job"), _columns.number == bindparam("its_number"))
    .values(
        {
            name: bindparam(f"new_{name}")
            for name in (
                "state",
                "worker",
                "failures",
                "deliveries",
                "ready_at",
                "carried_at",
                "result",
                "artifacts",
                "failure",
                "finished_at",
            )
        }
    )
)


def finish(database: Database, worker: str, finished: Sequence[Finished]) -> set[Fence]:
    """Write outcomes down.

    Returns: those that count, now or by an earlier call whose answer was lost. What the others left behind (artifacts)
        belongs to nobody.

    Raises:
        StoreError: it is not known which count; call again.
    """
    by_job: dict[str, dict[int, Finished]] = {}
    for each in finished:
        by_job.setdefault(each.job, {})[each.number] = each
    counted: set[Fence] = set()
    with database.write() as connection:
        now = database.now(connection)
        jobs = hold(connection, by_job)
        changes: list[dict[str, object]] = []
        for job in jobs:
            wanted = by_job[job.id]
            for row in _rows(connection, job.id, wanted):
                outcome = wanted[row.number]
                if row.worker != worker or row.attempt != outcome.attempt:
                    continue
                counted.add(Fence(*outcome[:3]))
                if row.state == State.running:
                    changes.append(_change(job, row, outcome.outcome, now))
            if job.news:
                job.advance(now)
        if changes:
            write_rows(connection, _FINISH, changes)
        save(connection, (job for job in jobs if job.news))
    return counted


def release(
    database: Database, worker: str, items: Iterable[tuple[str, int]], *, in_order: bool = True
) -> int:
    """Hand back items (job, number); ``in_order``, they are queued as if they had never been given out.

    Returns: how many the worker still held.
    """
    only: dict[str, set[int]] = {}
    for job, number in items:
        only.setdefault(job, set()).add(number)
    if not only:
        return 0
    with database.write() as connection:
        return give_back(connection, worker, database.now(connection), in_order=in_order, only=only)


def _rows(
    connection: Connection, job: str, numbers: Collection[int]
) -> Sequence[Row[int, str, str | None, int, int]]:
    return connection.execute(_ROWS, {"its_job": job, **schema.numbered(numbers)}).all()


def _change(
    job: HeldJob, row: Row[int, str, str | None, int, int], outcome: Done | Failed, now: float
) -> dict[str, object]:
    """The columns of an item that has ended or is queued again; counts and events go to the job."""
    change: dict[str, object] = {
        "its_job": job.id,
        "its_number": row.number,
        "new_state": State.done.value,
        # A finished one keeps its worker: should the answer be lost, the second call is known by it.
        "new_worker": row.worker,
        "new_failures": row.failures,
        "new_deliveries": 0,
        "new_ready_at": now,
        "new_carried_at": None,
        "new_result": None,
        "new_artifacts": None,
        "new_failure": None,
        "new_finished_at": now,
    }
    if isinstance(outcome, Done):
        job.done += 1
        artifacts: list[JsonValue] = list(outcome.artifacts)
        told: dict[str, JsonValue] = {"artifacts": artifacts, "steps": list(outcome.steps)}
        job.tell(EventKind.item_done, now, row.number, told)
        return {
            **change,
            "new_result": outcome.result,
            "new_artifacts": to_text(outcome.artifacts) if artifacts else None,
        }
    failures = row.failures + 1
    failure = outcome.told()
    change |= {"new_failures": failures, "new_failure": to_text(failure)}
    after = _pause(outcome.failure, failures)
    if after is None:
        job.failed += 1
        job.tell(EventKind.item_failed, now, row.number, {"failure": failure})
        return {**change, "new_state": State.failed.value}
    job.tell(EventKind.item_retried, now, row.number, {"failure": failure, "after_s": after})
    return {
        **change,
        "new_state": State.queued.value,
        "new_worker": None,
        "new_ready_at": now + after,
        "new_finished_at": None,
    }


def _pause(failure: Failure, failures: int) -> float | None:
    """Seconds until the next attempt of an item that has failed so often; None: there is none."""
    if not failure.retryable:
        return None
    if failure.code is FailureCode.storage_failed:
        return PLACE_PAUSES_S[failures - 1] if failures <= len(PLACE_PAUSES_S) else None
    return BACKOFF_S * 4 ** (failures - 1) if failures < FAILURES else None


def _unicode(text: str) -> str:
    return text.encode("utf-8", "replace").decode().replace("\0", "?")


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
