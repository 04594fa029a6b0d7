"""Jobs and items as clients see them: what they stated, where things stand, and where results are fetched."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict, JsonValue

from siseon.contracts import Failure
from siseon.jobs import wire
from siseon.jobs.answers import picture_names, told_input
from siseon.jobs.order import Order
from siseon.jobs.wire import State
from siseon.service.jobs.request import ARTIFACTS, JOBS


class JobInfo(BaseModel):
    """A job as it stands."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    id: str
    application: str
    options: dict[str, JsonValue]
    """What was chosen of the application."""
    pictures: bool
    """Whether each picture is kept with what was found drawn on it."""
    key: str | None
    """The idempotency key that it came with."""
    priority: int
    state: State
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
    """Seconds to its end at that rate."""
    last_event: int
    """Id of its newest event."""
    events: str
    """Path at which it is followed."""
    results: str
    """Path of the archive of all results so far."""

    @classmethod
    def of(cls, job: wire.Job) -> JobInfo:
        """The view of one."""
        order = Order.of(job.options)
        return cls(
            **job.model_dump(exclude={"options"}),
            options=order.choices,
            pictures=order.pictures,
            events=f"{JOBS}/{job.id}/events",
            results=f"{JOBS}/{job.id}/results.zip",
        )


class ItemInfo(BaseModel):
    """One picture of a job, and what became of it."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    number: int
    """From 0, in the order of the inputs."""
    input: str
    """The URL, path, artifact or name that it came with."""
    state: State
    attempt: int
    """How often it was given to a worker."""
    failures: int
    failure: Failure | None
    """The last one, also of an item that is tried again."""
    result: str | None
    """Path of its result, once it is done."""
    files: list[str]
    """Paths of the pictures that it made."""
    started_at: datetime | None
    finished_at: datetime | None

    @classmethod
    def of(cls, item: wire.Item) -> ItemInfo:
        """The view of one."""
        done = item.state is State.done
        return cls(
            **item.model_dump(
                include={"number", "state", "attempt", "failures", "failure", "started_at", "finished_at"}
            ),
            input=told_input(item.input),
            result=f"{JOBS}/{item.job}/items/{item.number}/result" if done else None,
            files=[f"{ARTIFACTS}/{name}" for name in picture_names(item)],
        )
