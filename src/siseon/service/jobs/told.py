"""What a job's events say, kind by kind: for the OpenAPI document, and so for clients in typed languages."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from siseon.applications.steps import Step
from siseon.contracts import Failure


class _Said(BaseModel):
    model_config = ConfigDict(use_attribute_docstrings=True)


class _Event(_Said):
    job: str
    id: int
    """Counts from 1 within the job, without gaps."""
    at: datetime


class Waiting(_Said):
    """What was queued."""

    items: int


class Nothing(_Said):
    """There is no more to say."""


class Made(_Said):
    """What an item has made."""

    artifacts: list[str]
    """Names below ``/v1/artifacts/``."""
    steps: list[Step]
    """Of the work behind it, where its application tells of them."""


class Failed(_Said):
    """Why an item failed."""

    failure: Failure


class TriedAgain(Failed):
    """Why an attempt failed, and when the next one follows."""

    after_s: float


class Progress(_Said):
    """How far the job is."""

    done: int
    failed: int
    total: int
    rate_per_s: float | None
    """Items ended per second, of late."""
    left_s: float | None
    """Seconds to its end at that rate."""


class JobQueued(_Event):
    """It was accepted, or items of it are tried again."""

    kind: Literal["queued"]
    number: None
    data: Waiting


class JobStarted(_Event):
    """A worker has the first item."""

    kind: Literal["started"]
    number: None
    data: Nothing


class ItemDone(_Event):
    """An item has its result."""

    kind: Literal["item_done"]
    number: int
    data: Made


class ItemFailed(_Event):
    """An item failed for good."""

    kind: Literal["item_failed"]
    number: int
    data: Failed


class ItemRetried(_Event):
    """An attempt failed, and another one follows."""

    kind: Literal["item_retried"]
    number: int
    data: TriedAgain


class Revision(_Said):
    """Of what is made of all results together."""

    revision: int


class Concluding(Revision):
    """How far it is."""

    steps: list[Step]
    """One, where its application tells of them; none when a worker begins."""


class Concluded(Revision):
    """What was made."""

    files: list[str]
    """Names below ``/v1/jobs/{job}/conclusion/``."""


class NotConcluded(_Said):
    """Why it was not made, and when it is tried again; None: not by itself."""

    failure: Failure
    after_s: float | None


class JobConcluding(_Event):
    """All items have ended; a worker makes what there is to make of all results together."""

    kind: Literal["concluding"]
    number: None
    data: Concluding


class JobConcluded(_Event):
    """It is made."""

    kind: Literal["concluded"]
    number: None
    data: Concluded


class ConclusionFailed(_Event):
    """It could not be made."""

    kind: Literal["conclusion_failed"]
    number: None
    data: NotConcluded


class JobProgress(_Event):
    """Every few seconds while items end."""

    kind: Literal["progress"]
    number: None
    data: Progress


class JobEnded(_Event):
    """Nothing more happens by itself; ``result``: at least one item is done."""

    kind: Literal["result", "failed", "cancelled"]
    number: None
    data: Progress


JobEvent = Annotated[
    JobQueued
    | JobStarted
    | ItemDone
    | ItemFailed
    | ItemRetried
    | JobConcluding
    | JobConcluded
    | ConclusionFailed
    | JobProgress
    | JobEnded,
    Field(discriminator="kind"),
]
JOB_EVENT: TypeAdapter[JobEvent] = TypeAdapter(JobEvent)
