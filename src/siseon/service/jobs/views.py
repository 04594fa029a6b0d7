"""Jobs and items as clients see them: what they stated, where things stand, and where results are fetched."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict, JsonValue

from siseon.contracts import Failure
from siseon.jobs import wire
from siseon.jobs.answers import picture_names, told_input
from siseon.jobs.artifact_names import media_type
from siseon.jobs.editing import input_is_kept, made_first, revision
from siseon.jobs.order import Order
from siseon.jobs.wire import State
from siseon.service.jobs.request import ARTIFACTS, JOBS


class ConclusionFileInfo(BaseModel):
    """One file of it."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    name: str
    nbytes: int
    media_type: str
    path: str
    """At which it is fetched, in parts too (``Range``)."""


class ConclusionInfo(BaseModel):
    """What is made of all results together, as a worker makes it once the last one is there."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    state: wire.ConclusionState
    revision: int
    """Counts how often it was asked for: by the last result, and by each correction."""
    failure: Failure | None
    """Why the last try failed."""
    made_at: datetime | None
    files: list[ConclusionFileInfo]
    """As they were made last; while it is made again, those of before."""

    @classmethod
    def of(cls, job: str, standing: wire.ConclusionStanding) -> ConclusionInfo:
        """The view of one."""
        return cls(
            state=standing.state,
            revision=standing.revision,
            failure=standing.failure,
            made_at=standing.made_at,
            files=[
                ConclusionFileInfo(
                    name=file.name,
                    nbytes=file.nbytes,
                    media_type=media_type(file.name),
                    path=f"{JOBS}/{job}/conclusion/{quote(file.name)}",
                )
                for file in standing.files
            ],
        )


class JobInfo(wire.JobStanding):
    """A job as it stands."""

    options: dict[str, JsonValue]
    """What was chosen of the application."""
    pictures: bool
    """Whether each picture is kept with what was found drawn on it."""
    files: dict[str, str]
    """Its options that are files (`corrections` of people, say), and the path of each."""
    conclusion: ConclusionInfo | None
    """What is made of all results together, where its application makes something of them."""
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
            files={name: f"{JOBS}/{job.id}/files/{name}" for name in order.files},
            conclusion=None if job.conclusion is None else ConclusionInfo.of(job.id, job.conclusion),
            events=f"{JOBS}/{job.id}/events",
            results=f"{JOBS}/{job.id}/results.zip",
        )


class ItemInfo(wire.ItemStanding):
    """One picture of a job, and what became of it. Its ``input`` is as it came: a URL, path, artifact or name."""

    result: str | None
    """Path of its result, once it is done."""
    files: list[str]
    """Paths of the pictures that it made; of an item that was edited, those of the edit."""
    revision: str
    """Names what stands there: another one after each edit. As `If-Match` it says what an edit changes."""
    picture: str | None
    """Path of the picture as it came, where that was kept."""
    unedited: list[str]
    """Paths of its result and its pictures as the worker made them; empty without an edit."""

    @classmethod
    def of(cls, item: wire.Item) -> ItemInfo:
        """The view of one."""
        done = item.state is State.done
        return cls(
            **{name: getattr(item, name) for name in wire.ItemStanding.model_fields if name != "input"},
            input=told_input(item.input),
            result=f"{JOBS}/{item.job}/items/{item.number}/result" if done else None,
            files=[f"{ARTIFACTS}/{name}" for name in picture_names(item)],
            revision=revision(item),
            picture=f"{JOBS}/{item.job}/items/{item.number}/picture" if input_is_kept(item) else None,
            unedited=[f"{ARTIFACTS}/{name}" for name in made_first(item)],
        )
