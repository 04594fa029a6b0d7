"""From a request to a job: JSON, or a form of files with that JSON as its field ``job``."""

from __future__ import annotations

from typing import Annotated, Self

from fastapi import Request
from pydantic import BaseModel, ConfigDict, Field, JsonValue, TypeAdapter, model_validator

from siseon.contracts import Encoded, FailureCode, InputError
from siseon.jobs.inputs import in_folder, of_artifact, of_url
from siseon.jobs.opening import Opened
from siseon.jobs.submitting import submit
from siseon.jobs.wire import Job
from siseon.service.forms import FORM
from siseon.service.parsing import beside, parse_json
from siseon.service.uploads import (
    MAX_NAME,
    bounded,
    from_base64,
    media_type_of,
    picture_of,
    read_body,
    read_form,
)
from siseon.settings import Settings

KEY_HEADER = "Idempotency-Key"
MAX_KEY = 200
MAX_URL = 4096
PLAIN_INPUTS = 5000
"""Inputs that are more than a URL: each becomes an object."""
VALUES_AN_INPUT = 2
BESIDE_INPUTS = 40_000
"""Values of a body that are no URLs."""

Url = Annotated[str, Field(max_length=MAX_URL)]


class JobInput(BaseModel):
    """One input; a folder stands for all pictures below it."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    url: Url | None = None
    """An http(s) address of a public server."""
    base64: str | None = None
    """The file, encoded."""
    name: str | None = Field(default=None, max_length=MAX_NAME)
    """Of a picture in base64; becomes the image_id."""
    folder: str | None = Field(default=None, max_length=MAX_URL)
    """Below the folder that the service's owner has opened."""
    artifact: str | None = Field(default=None, max_length=MAX_NAME)
    """Of another job: ``out/JOB/000000-1/0.jpg``."""

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        if sum(each is not None for each in (self.url, self.base64, self.folder, self.artifact)) != 1:
            raise ValueError("give one of url, base64, folder and artifact")
        return self


class JobRequest(BaseModel):
    """What is asked for."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    application: str = Field(min_length=1, max_length=100)
    """That runs the pictures; `GET /v1/pipelines` names those that this service runs itself."""
    urls: list[Url] = Field(default_factory=list)
    """Pictures by URL, the shortest form for many."""
    inputs: list[JobInput] = Field(default_factory=list, max_length=PLAIN_INPUTS)
    """Pictures in other forms; they come after ``urls``, and files of the form after them."""
    options: dict[str, JsonValue] = Field(default_factory=dict)
    """What a request may choose of the application."""
    pictures: bool = False
    """Whether each picture is kept with what was found drawn on it."""
    priority: int = Field(default=0, ge=-100, le=100)
    """Of the jobs that wait, those with a higher one are served first."""
    webhook: Url | None = None
    """URL that is told the end of the job."""


ADAPTER = TypeAdapter(JobRequest)
SCHEMA = "#/components/schemas/JobRequest"
BODY = {
    "required": True,
    "content": {
        "application/json": {"schema": {"$ref": SCHEMA}},
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["job"],
                "properties": {
                    "job": {"$ref": SCHEMA},
                    "files": {"type": "array", "items": {"type": "string", "format": "binary"}},
                },
            },
            "encoding": {"job": {"contentType": "application/json"}},
        },
    },
}


async def read_order(request: Request, settings: Settings) -> tuple[JobRequest, list[Encoded]]:
    """What is asked for, and the pictures that came in files.

    Raises:
        InputError: the request is neither form nor JSON, is damaged, or asks for too much.
    """
    body = await read_body(request)
    values = BESIDE_INPUTS + VALUES_AN_INPUT * settings.jobs_items
    kind = media_type_of(request.headers)
    if kind == "application/json":
        return await beside(len(body), parse_json, body, ADAPTER, values), []
    if kind != FORM:
        raise InputError(
            f"a job is a form or JSON, not {kind[:60] or 'a body without a type'}",
            code=FailureCode.unsupported_media,
            hint="""curl -F 'job={"application": "text"}' -F files=@a.jpg -F files=@b.jpg""",
        )
    parts = await read_form(request.headers, body, files=settings.batch_items)
    stated = [part for part in parts if part.name == "job"]
    if len(stated) != 1:
        raise InputError(
            "the form has not one field job",
            hint="""curl -F 'job={"application": "text"}' -F files=@a.jpg -F files=@b.jpg""",
        )
    order = await beside(len(stated[0].data), parse_json, stated[0].data, ADAPTER, values)
    files = [part for part in parts if part.name == "files" and part.filename is not None]
    return order, [bounded(picture_of(part), settings.max_upload_bytes) for part in files]


def accept(jobs: Opened, order: JobRequest, files: list[Encoded], key: str | None, settings: Settings) -> Job:
    """The job of a request. Blocks.

    Raises:
        SiseonError: as ``submitting.submit``.
    """
    if key is not None and not 0 < len(key) <= MAX_KEY:
        raise InputError(
            f"{KEY_HEADER} has {len(key)} characters", hint=f"1 to {MAX_KEY}, a UUID for example"
        )
    references = [of_url(url) for url in order.urls]
    uploads: list[Encoded] = []
    for each in order.inputs:
        if each.url is not None:
            references.append(of_url(each.url))
        elif each.artifact is not None:
            references.append(of_artifact(each.artifact))
        elif each.folder is not None:
            references += in_folder(settings.jobs_folder, each.folder, settings.jobs_items)
        else:
            uploads.append(from_base64(each.base64 or "", each.name, settings.max_upload_bytes))
    count = len(references) + len(uploads) + len(files)
    if not 0 < count <= settings.jobs_items:
        raise InputError(f"the job has {count} pictures", hint=f"send 1 to {settings.jobs_items}")
    secret = settings.jobs_webhook_secret
    return submit(
        jobs,
        order.application,
        references,
        [*uploads, *files],
        queue_items=settings.jobs_queue_items,
        choices=order.options,
        pictures=order.pictures,
        key=key,
        priority=order.priority,
        webhook=order.webhook,
        secret=secret.get_secret_value() if secret else None,
    )
