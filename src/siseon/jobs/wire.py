"""What is told of a job: the job itself, its items, and the events in which a watcher follows it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, JsonValue

from siseon.contracts import Failure


class State(StrEnum):
    """Of a job and of an item. The last three are ends; ``retry`` alone leads out of ``failed`` and ``cancelled``.

    A job is ``done`` when all its items have ended and one of them is done: how many failed is told beside it. It is
    ``failed`` when none is done.
    """

    queued = "queued"
    running = "running"
    done = "done"
    failed = "failed"
    cancelled = "cancelled"

    @property
    def ended(self) -> bool:
        """Whether nothing more happens by itself."""
        return self in (State.done, State.failed, State.cancelled)


class EventKind(StrEnum):
    """What can happen. ``result``, ``failed`` and ``cancelled`` are the ends of a job."""

    queued = "queued"
    """Accepted, or queued again by ``retry``: ``items``."""
    started = "started"
    """A worker has the first item."""
    item_done = "item_done"
    """``number``, and in ``data`` its ``artifacts``, and of an application that tells of them its ``steps``."""
    item_retried = "item_retried"
    """An attempt of ``number`` failed and another one follows: ``failure``, ``after_s``."""
    item_failed = "item_failed"
    """``number`` failed for good: ``failure``."""
    concluding = "concluding"
    """A worker makes what there is to make of all results together: ``revision``, and now and then ``steps``."""
    concluded = "concluded"
    """It is made: ``revision``, ``files``."""
    conclusion_failed = "conclusion_failed"
    """It could not be: ``failure``, and where it is tried again ``after_s``."""
    progress = "progress"
    """``done``, ``failed``, ``total``, ``rate_per_s``, ``left_s``."""
    result = "result"
    failed = "failed"
    cancelled = "cancelled"


class HookState(StrEnum):
    """Of a job's webhook. A job that is queued again after its end has another one."""

    pending = "pending"
    """The job has not ended."""
    waiting = "waiting"
    """For a worker that sends it, for the first time or again."""
    delivered = "delivered"
    given_up = "given_up"
    """Nothing more is sent: ``failure`` says why."""


class WebhookStanding(BaseModel):
    """What became of a job's webhook."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    state: HookState
    tries: int
    """One that is under way included."""
    delivered_at: datetime | None
    due_at: datetime | None
    """When it is sent next."""
    failure: str | None
    """What the last try met."""


class ConclusionState(StrEnum):
    """Of what is made of all results of a job together."""

    pending = "pending"
    """There are results to come."""
    waiting = "waiting"
    """For a worker, for the first time or again."""
    running = "running"
    done = "done"
    failed = "failed"
    """Nothing more happens by itself; ``retry``, or another correction, has it made again."""


class ConclusionFile(BaseModel):
    """One file of it."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    name: str
    nbytes: int
    artifact: str


class ConclusionStanding(BaseModel):
    """How it stands."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    state: ConclusionState
    revision: int
    """Counts how often it was asked for: by the last result, and by each correction."""
    failure: Failure | None
    """Why the last try failed."""
    made_at: datetime | None
    files: tuple[ConclusionFile, ...]
    """As they were made last; while it is made again, those of before."""


class JobStanding(BaseModel):
    """How a job stands: what is told of it everywhere."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    id: str
    application: str
    priority: int
    key: str | None
    """The idempotency key that it came with."""
    state: State
    workers: int
    """With a lease, that take this application: while there are none, nobody works on the job."""
    total: int
    done: int
    failed: int
    cancelled: int
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    rate_per_s: float | None
    """Items ended per second, of late."""
    left_s: float | None
    """Seconds to its end at that rate; unknown while nobody works on it."""
    webhook: WebhookStanding | None
    last_event: int
    """Id of its newest event."""


def no_worker(application: str) -> str:
    """Why its jobs go on waiting, and what to do about it."""
    return f"no worker for {application!r} is running: siseon worker --applications {application}"


class Job(JobStanding):
    """A job as it stands in the database."""

    options: dict[str, JsonValue]
    """``order.py`` reads them."""
    conclusion: ConclusionStanding | None
    """None: nothing is made of all its results together."""


class ItemStanding(BaseModel):
    """How one input of a job stands."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    number: int
    """From 0, in the order of the inputs."""
    input: str
    state: State
    attempt: int
    """How often it was given to a worker."""
    failures: int
    failure: Failure | None
    """The last one, also of an item that is tried again."""
    started_at: datetime | None
    finished_at: datetime | None


class Item(ItemStanding):
    """One input of a job, and what became of it, as it stands in the database."""

    job: str
    deliveries: int
    """How often it was given out since an attempt of it last came to an end: workers that died with it."""
    result: JsonValue
    """What the application answered, None unless done."""
    artifacts: tuple[str, ...]


class Event(BaseModel):
    """Something that happened to a job; ``id`` counts from 1 within the job, without gaps."""

    model_config = ConfigDict(frozen=True)

    job: str
    id: int
    kind: EventKind
    at: datetime
    number: int | None
    """The item, where it is about one."""
    data: dict[str, JsonValue]
