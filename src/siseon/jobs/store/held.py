"""The row of a job, locked: counts and state are changed on it, events are told to it, and ``save`` writes all of it.

One rule keeps every transaction right: hold the row of the job before touching its items, several in the order of ids.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from pydantic import JsonValue
from sqlalchemy import Connection, bindparam, insert, select, update

from siseon.contracts import FailureCode, JobError
from siseon.jobs import schema
from siseon.jobs.json_text import to_text
from siseon.jobs.store.rows import write_rows
from siseon.jobs.wire import EventKind, State

PROGRESS_S = 0.5
"""Seconds between two progress events of a job, its last one aside."""
NEWEST = 0.3
"""Weight of the newest interval in the rate: it follows a change within a few seconds and does not jump."""

_ENDS = {
    State.done: EventKind.result,
    State.failed: EventKind.failed,
    State.cancelled: EventKind.cancelled,
}


@dataclass
class HeldJob:
    """What changes of a job's row; the fields have the names of its columns."""

    id: str
    application: str
    options: str
    priority: int
    webhook: str | None
    state: State
    total: int
    unfolded: int
    done: int
    failed: int
    cancelled: int
    started_at: float | None
    finished_at: float | None
    served_at: float
    last_event: int
    progress_at: float | None
    progress_ended: int
    rate: float | None
    concludes: int
    news: list[dict[str, object]] = field(default_factory=list)
    outbox: list[dict[str, object]] = field(default_factory=list)
    conclude_at: float | None = None
    """When what is made of all results is to be made, where that was just decided."""

    @property
    def ended(self) -> int:
        """Items to which nothing more happens."""
        return self.done + self.failed + self.cancelled

    def tell(
        self, kind: EventKind, now: float, number: int | None = None, data: dict[str, JsonValue] | None = None
    ) -> None:
        """Append an event."""
        self.last_event += 1
        self.news.append(
            {
                "job": self.id,
                "id": self.last_event,
                "kind": kind.value,
                "at": now,
                "number": number,
                "data": to_text(data or {}),
            }
        )

    def begin(self, now: float) -> None:
        """Items of it are given out."""
        self.served_at = now
        if self.state is State.queued:
            self.state = State.running
            self.started_at = self.started_at or now
            self.progress_at, self.progress_ended = now, self.ended
            self.tell(EventKind.started, now)

    def advance(self, now: float) -> None:
        """Items of it have ended: tell the progress, and the end when those were the last."""
        over = self.ended == self.total
        since = now - (self.progress_at if self.progress_at is not None else now)
        if over or since >= PROGRESS_S:
            if since > 0:
                newest = (self.ended - self.progress_ended) / since
                self.rate = newest if self.rate is None else NEWEST * newest + (1 - NEWEST) * self.rate
            self.progress_at, self.progress_ended = now, self.ended
            self.tell(EventKind.progress, now, data=self._progress())
        if over and self.concludes and self.done:
            self.conclude(now)
        elif over:
            self.end(State.done if self.done else State.failed, now)

    def conclude(self, now: float) -> None:
        """Something is to be made of all its results: until then it has not ended."""
        self.state, self.finished_at, self.conclude_at = State.running, None, now

    def end(self, state: State, now: float) -> None:
        """Nothing more happens to it by itself; who asked for a webhook will get one."""
        self.state, self.finished_at = state, now
        self.tell(_ENDS[state], now, data=self._progress())
        if self.webhook is not None:
            self.outbox.append(
                {"job": self.id, "event": self.last_event, "url": self.webhook, "due_at": now, "tries": 0}
            )

    def _progress(self) -> dict[str, JsonValue]:
        left = self.total - self.ended
        return {
            "done": self.done,
            "failed": self.failed,
            "total": self.total,
            "rate_per_s": self.rate,
            "left_s": left / self.rate if self.rate else None,
        }


_LOCKED = [name for name in HeldJob.__dataclass_fields__ if name not in ("news", "outbox", "conclude_at")]
_STATED = ("id", "application", "options", "priority", "webhook", "concludes")
_SAVED = [name for name in _LOCKED if name not in _STATED]
_UPDATE = (
    update(schema.jobs)
    .where(schema.jobs.c.id == bindparam("its_id"))
    .values({name: bindparam(name) for name in _SAVED})
)
_ROWS = (
    select(*(schema.jobs.c[name] for name in _LOCKED))
    .where(schema.jobs.c.id.in_(bindparam("ids", expanding=True)), schema.jobs.c.removed_at.is_(None))
    .order_by(schema.jobs.c.id)
)
_HELD = _ROWS.with_for_update()
_HELD_UNLESS_LOCKED = _ROWS.with_for_update(skip_locked=True)
_NEWS = insert(schema.events)
_OUTBOX = insert(schema.outbox)


def hold(connection: Connection, ids: Iterable[str], *, skip_locked: bool = False) -> list[HeldJob]:
    """The rows of those of the jobs that exist, locked until the transaction ends, in the order of ids.

    Args:
        connection: one that writes.
        ids: of jobs.
        skip_locked: leave out those that another transaction holds.
    """
    wanted = sorted(set(ids))
    if not wanted:
        return []
    found = connection.execute(_HELD_UNLESS_LOCKED if skip_locked else _HELD, {"ids": wanted})
    return [HeldJob(**{**row, "state": State(row["state"])}) for row in found.mappings()]


def hold_one(connection: Connection, job: str) -> HeldJob:
    """The row of one.

    Raises:
        JobError: ``job_not_found``.
    """
    for found in hold(connection, [job]):
        return found
    raise unknown(job)


def save(connection: Connection, jobs: Iterable[HeldJob]) -> None:
    """Write what changed, and the events."""
    held = list(jobs)
    if not held:
        return
    rows = [{"its_id": job.id, **{name: getattr(job, name) for name in _SAVED}} for job in held]
    write_rows(connection, _UPDATE, rows)
    news = [each for job in held for each in job.news]
    if news:
        write_rows(connection, _NEWS, news)
    outbox = [each for job in held for each in job.outbox]
    if outbox:
        write_rows(connection, _OUTBOX, outbox)
    for job in held:
        if job.conclude_at is not None:
            _ask_for_conclusion(connection, job.id, job.conclude_at)


def _ask_for_conclusion(connection: Connection, job: str, now: float) -> None:
    """Another revision, due now; whoever makes the one before makes it for nobody."""
    columns = schema.conclusions.c
    again = {
        "revision": columns.revision + 1,
        "failures": 0,
        "due_at": now,
        "worker": None,
        "failure": None,
    }
    changed = connection.execute(update(schema.conclusions).where(columns.job == job).values(again))
    if not changed.rowcount:
        first = {"job": job, "revision": 1, "tries": 0, "failures": 0, "due_at": now}
        connection.execute(insert(schema.conclusions), first)


def forget_conclusion(connection: Connection, job: str) -> None:
    """Nobody makes anything of all results now: the job was ended, or more of them come."""
    its = schema.conclusions.c.job == job
    connection.execute(update(schema.conclusions).where(its).values(due_at=None, worker=None))


def unknown(job: str) -> JobError:
    """No job has that id."""
    return JobError(
        f"there is no job {job[:64]!r}", code=FailureCode.job_not_found, hint="siseon jobs list shows them"
    )
