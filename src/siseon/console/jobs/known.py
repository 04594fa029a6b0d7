"""Jobs as ``/v1/jobs`` tells them."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, JsonValue, TypeAdapter

State = Literal["queued", "running", "done", "failed", "cancelled"]
ENDED: frozenset[State] = frozenset({"done", "failed", "cancelled"})


class Failed(BaseModel):
    """Why something failed."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    code: str
    message: str
    hint: str | None = None


class File(BaseModel):
    """One file of what is made of all results."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    name: str
    nbytes: int
    media_type: str
    path: str


class Conclusion(BaseModel):
    """What is made of all results together."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    state: Literal["pending", "waiting", "running", "done", "failed"]
    revision: int
    made_at: datetime | None
    failure: Failed | None
    files: tuple[File, ...]


class Job(BaseModel):
    """A job as it stands."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str
    application: str
    state: State
    workers: int
    total: int
    done: int
    failed: int
    cancelled: int
    created_at: datetime
    rate_per_s: float | None
    left_s: float | None
    options: dict[str, JsonValue]
    files: dict[str, str]
    conclusion: Conclusion | None
    results: str
    events: str
    last_event: int


class Item(BaseModel):
    """One input of a job."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    number: int
    input: str
    state: State
    attempt: int
    failure: Failed | None
    result: str | None
    files: tuple[str, ...]
    picture: str | None
    unedited: tuple[str, ...]


class Served(BaseModel):
    """A pipeline that the service runs itself."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    name: str


JOBS = TypeAdapter(tuple[Job, ...])
JOB = TypeAdapter(Job)
ITEMS = TypeAdapter(tuple[Item, ...])
SERVED = TypeAdapter(tuple[Served, ...])
