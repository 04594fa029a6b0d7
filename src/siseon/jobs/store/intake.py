"""Accept a job, once: the same key with the same request is the same job."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pydantic import JsonValue
from sqlalchemy import Connection, bindparam, func, insert, select, text

from siseon.contracts import CapacityError, FailureCode, InputError, JobError, StoreError
from siseon.jobs import schema, wire
from siseon.jobs.database import Database
from siseon.jobs.json_text import to_text
from siseon.jobs.store.held import HeldJob, save
from siseon.jobs.store.looking import job_of
from siseon.jobs.wire import EventKind, State

MOST_ITEMS = 1_000_000
MOST_CHARACTERS = 8192
"""Of one input: a URL is the longest that there is."""
MOST_OPTIONS = 65536
PRIORITIES = range(-100, 101)
CHUNK = 500
"""Inputs in a row until they are claimed: as many as a claim unfolds at once."""
SUBMITTING = 0x5153454A  # the lock of those who submit
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


@dataclass(frozen=True)
class NewJob:
    """What is asked for.

    Args:
        application: that runs the items.
        inputs: references, one an item, in whatever form its worker understands; not empty.
        options: of the application, as JSON.
        key: the same key with the same request is the same job, however often it is sent.
        priority: −100 to 100; a higher one is served first, equal ones in turn.
        webhook: URL that gets the job's end.
        concludes: whether something is made of all results together, which the job then ends with.
        folder: of what came with this submission, as it stands in inputs and options; with another folder of the same
            bytes it is the same request.

    Raises:
        InputError: one of them is out of bounds.
    """

    application: str
    inputs: Sequence[str]
    options: Mapping[str, JsonValue] = field(default_factory=dict)
    key: str | None = None
    priority: int = 0
    webhook: str | None = None
    concludes: bool = False
    folder: str = ""

    def __post_init__(self) -> None:
        if not 0 < len(self.inputs) <= MOST_ITEMS:
            raise InputError(
                f"a job of {len(self.inputs)} inputs", hint=f"a job has 1 to {MOST_ITEMS:,} inputs"
            )
        if max(map(len, self.inputs)) > MOST_CHARACTERS:
            raise InputError(
                f"an input of more than {MOST_CHARACTERS} characters", hint="upload it, and name the upload"
            )
        if self.priority not in PRIORITIES:
            raise InputError(f"priority {self.priority}", hint="priorities are -100 to 100")
        for name, value in (("application", self.application), ("key", self.key), ("webhook", self.webhook)):
            if value is not None and (
                not value or "\0" in value or not value.isprintable() or len(value) > 2048
            ):
                raise InputError(
                    f"the {name} is empty, too long, or not printable", hint=f"give another {name}"
                )


_columns = schema.jobs.c
_LOCKED = text("SELECT pg_advisory_xact_lock(:lock)")
_OF_KEY = select(_columns.id, _columns.digest, _columns.removed_at).where(
    _columns.key == bindparam("its_key")
)
_WAITING = select(
    func.coalesce(func.sum(_columns.total - _columns.done - _columns.failed - _columns.cancelled), 0)
).where(schema.ACTIVE)
_ACCEPTED = insert(schema.jobs)
_CHUNKS = insert(schema.chunks)


def submit(database: Database, new: NewJob, *, queue_items: int) -> wire.Job:
    """Accept a job: when this returns, it survives.

    Args:
        database: where.
        new: what is asked for.
        queue_items: items of all jobs that may wait, these included.

    Raises:
        CapacityError: ``queue_full``.
        JobError: ``key_reused``: the key was sent with another request before.
        InputError: an input or option has no form in the database.
        StoreError: it may have been accepted or not: with a key it can be sent again. Not accepted, where a job of
            that key is being removed.
    """
    options = to_text(new.options)
    if len(options) > MOST_OPTIONS:
        raise InputError("the options are too long", hint=f"at most {MOST_OPTIONS} characters as JSON")
    parts = [to_text(new.inputs[first : first + CHUNK]) for first in range(0, len(new.inputs), CHUNK)]
    if any("\\u0000" in part for part in parts) and any("\0" in each for each in new.inputs):
        raise InputError("an input has a NUL character", hint="name it otherwise")
    digest = _digest(new, options, parts)
    with database.write() as connection:
        if not database.sqlite:  # there all writers wait for each other anyway
            connection.execute(_LOCKED, {"lock": SUBMITTING})
        known = _known(database, connection, new.key, digest)
        if known is not None:
            return known
        _make_room(connection, len(new.inputs), queue_items)
        now = database.now(connection)
        job = _identifier(now)
        connection.execute(_ACCEPTED, _row(new, job, options, digest, now))
        connection.execute(
            _CHUNKS,
            [{"job": job, "first": index * CHUNK, "inputs": part} for index, part in enumerate(parts)],
        )
        _tell(connection, new, job, options, now)
        return job_of(database, connection, job)


def _known(database: Database, connection: Connection, key: str | None, digest: str) -> wire.Job | None:
    if key is None:
        return None
    found = connection.execute(_OF_KEY, {"its_key": key}).one_or_none()
    if found is None:
        return None
    if found.removed_at is not None:
        raise StoreError(f"job {found.id} of that key is being removed", hint="send it again in a moment")
    if found.digest != digest:
        raise JobError(
            f"the key {key[:64]!r} belongs to job {found.id}, which was another request",
            code=FailureCode.key_reused,
            hint="send that request again, or take a new key",
        )
    return job_of(database, connection, found.id)


def _make_room(connection: Connection, wanted: int, most: int) -> None:
    waiting = connection.execute(_WAITING).scalar_one()
    if waiting + wanted > most:
        raise CapacityError(
            f"{waiting} items wait, {wanted} more would pass the bound of {most}",
            code=FailureCode.queue_full,
            hint="try again later; raise SISEON_JOBS_QUEUE_ITEMS; start more workers",
        )


def _row(new: NewJob, job: str, options: str, digest: str, now: float) -> dict[str, object]:
    return {
        "id": job,
        "application": new.application,
        "options": options,
        "priority": new.priority,
        "key": new.key,
        "digest": digest,
        "webhook": new.webhook,
        "state": State.queued.value,
        "total": len(new.inputs),
        "unfolded": 0,
        "done": 0,
        "failed": 0,
        "cancelled": 0,
        "created_at": now,
        "served_at": now,
        "last_event": 0,
        "progress_ended": 0,
        "concludes": int(new.concludes),
    }


def _tell(connection: Connection, new: NewJob, job: str, options: str, now: float) -> None:
    """The first event; the row was made here, so it is held."""
    total = len(new.inputs)
    made = HeldJob(
        id=job,
        application=new.application,
        options=options,
        priority=new.priority,
        webhook=new.webhook,
        state=State.queued,
        total=total,
        unfolded=0,
        done=0,
        failed=0,
        cancelled=0,
        started_at=None,
        finished_at=None,
        served_at=now,
        last_event=0,
        progress_at=None,
        progress_ended=0,
        rate=None,
        concludes=int(new.concludes),
    )
    made.tell(EventKind.queued, now, data={"items": total})
    save(connection, [made])


def _digest(new: NewJob, options: str, parts: Sequence[str]) -> str:
    """Of all that makes a request another one; ``parts`` are always cut at the same places."""
    whole = [to_text([new.application, options, str(new.priority), new.webhook or ""]), *parts]
    digest = hashlib.sha256()
    for part in whole:
        digest.update((part.replace(new.folder, "") if new.folder else part).encode())
    return digest.hexdigest()


def _identifier(now: float) -> str:
    """26 characters: the time in milliseconds, so that ids sort by age, and 80 random bits (the form of a ULID)."""
    number = int(now * 1000) << 80 | secrets.randbits(80)
    return "".join(_ALPHABET[number >> shift & 31] for shift in range(125, -1, -5))
