"""Jobs and items as clients see them: what they stated, where things stand, and where results are fetched."""

from __future__ import annotations

from pydantic import JsonValue

from siseon.jobs import wire
from siseon.jobs.answers import picture_names, told_input
from siseon.jobs.order import Order
from siseon.jobs.wire import State
from siseon.service.jobs.request import ARTIFACTS, JOBS


class JobInfo(wire.JobStanding):
    """A job as it stands."""

    options: dict[str, JsonValue]
    """What was chosen of the application."""
    pictures: bool
    """Whether each picture is kept with what was found drawn on it."""
    events: str
    """Path at which it is followed."""
    results: str
    """Path of the archive of all results so far."""

    @classmethod
    def of(cls, job: wire.Job) -> JobInfo:
        """The view of one."""
        order = Order.of(job.options)
        return cls(
            **{name: getattr(job, name) for name in wire.JobStanding.model_fields},
            options=order.choices,
            pictures=order.pictures,
            events=f"{JOBS}/{job.id}/events",
            results=f"{JOBS}/{job.id}/results.zip",
        )


class ItemInfo(wire.ItemStanding):
    """One picture of a job, and what became of it. Its ``input`` is as it came: a URL, path, artifact or name."""

    result: str | None
    """Path of its result, once it is done."""
    files: list[str]
    """Paths of the pictures that it made."""

    @classmethod
    def of(cls, item: wire.Item) -> ItemInfo:
        """The view of one."""
        done = item.state is State.done
        return cls(
            **{name: getattr(item, name) for name in wire.ItemStanding.model_fields if name != "input"},
            input=told_input(item.input),
            result=f"{JOBS}/{item.job}/items/{item.number}/result" if done else None,
            files=[f"{ARTIFACTS}/{name}" for name in picture_names(item)],
        )
