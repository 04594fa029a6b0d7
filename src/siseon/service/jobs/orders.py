"""From a request to a job: JSON, or a form of files with that JSON as its field ``job``."""

from __future__ import annotations

from fastapi import Request
from pydantic import TypeAdapter

from siseon.contracts import Encoded, FailureCode, InputError
from siseon.jobs.inputs import in_folder, of_artifact, of_url
from siseon.jobs.opening import Opened
from siseon.jobs.submitting import submit
from siseon.jobs.wire import Job
from siseon.service.forms import FORM
from siseon.service.jobs.request import JobRequest
from siseon.service.parsing import beside, parse_json
from siseon.service.uploads import (
    bounded,
    from_base64,
    media_type_of,
    picture_of,
    read_body,
    read_form,
    refuse_unread,
)
from siseon.settings import Settings

KEY_HEADER = "Idempotency-Key"
MAX_KEY = 200
VALUES_AN_INPUT = 2
BESIDE_INPUTS = 40_000
"""Values of a body that are no URLs."""

ADAPTER = TypeAdapter(JobRequest)


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
    refuse_unread(parts, files="files", fields=("job",))
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
        settings=settings,
    )
