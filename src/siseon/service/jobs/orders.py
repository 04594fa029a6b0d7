"""From a request to a job: JSON, or a form of files with that JSON as its field ``job``."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from fastapi import Request
from pydantic import TypeAdapter

from siseon.applications.registry import find
from siseon.contracts import Encoded, FailureCode, InputError
from siseon.jobs.arriving import new_folder
from siseon.jobs.cutting import Film
from siseon.jobs.inputs import in_folder, of_artifact, of_url
from siseon.jobs.opening import Opened
from siseon.jobs.order import Order, check_file_option
from siseon.jobs.submitting import submit
from siseon.jobs.wire import Job
from siseon.service.forms import FORM
from siseon.service.hangup import while_connected
from siseon.service.jobs.fetched import fetched
from siseon.service.jobs.incoming import HINT, Arrived, FormBounds, Incoming
from siseon.service.jobs.request import JobRequest
from siseon.service.parsing import beside, parse_json
from siseon.service.uploads import from_base64, media_type_of, read_body
from siseon.settings import Settings

KEY_HEADER = "Idempotency-Key"
MAX_KEY = 200
VALUES_AN_INPUT = 2
BESIDE_INPUTS = 40_000
"""Values of a body that are no URLs."""
PIECE_BYTES = 256 << 10
"""Of a form, that go to the disk at once."""

ADAPTER = TypeAdapter(JobRequest)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request asks for, and what came with it."""

    order: JobRequest
    files: list[Arrived] = field(default_factory=list)
    options: dict[str, Encoded] = field(default_factory=dict)
    """Options of the application that are files."""

    @property
    def videos(self) -> list[Film]:
        """Of its files."""
        return [Film(file.path, file.name, file.sha256) for file in self.files if file.is_video]


@asynccontextmanager
async def received(request: Request, jobs: Opened, settings: Settings) -> AsyncIterator[Asked]:
    """What is asked for; files that came, or were fetched, lie on this disk as long as the block lasts.

    Raises:
        InputError: the request is neither form nor JSON, is damaged, or asks for too much.
        Cancelled: the client went away before it had sent all, or while its videos were fetched.
    """
    kind = media_type_of(request.headers)
    if kind == FORM:
        async with _form(request, jobs, settings) as asked:
            yield asked
        return
    if kind != "application/json":
        raise InputError(
            f"a job is a form or JSON, not {kind[:60] or 'a body without a type'}",
            code=FailureCode.unsupported_media,
            hint=HINT,
        )
    body = await read_body(request)
    order = await beside(len(body), _parsed, body, settings)
    if find(order.application).parts is None:
        yield Asked(order)
        return
    async with _folder(jobs, settings, 0) as folder:
        asked = Asked(order)
        await _fetch(request, asked, folder, settings)
        yield asked


def _parsed(body: bytes, settings: Settings) -> JobRequest:
    return parse_json(body, ADAPTER, BESIDE_INPUTS + VALUES_AN_INPUT * settings.jobs_items)


@asynccontextmanager
async def _folder(jobs: Opened, settings: Settings, declared: int) -> AsyncIterator[Path]:
    """For files of one request; it goes with all that is left in it."""
    folder = await asyncio.to_thread(new_folder, jobs.artifacts.folder or settings.cache_dir, declared)
    try:
        yield folder
    finally:
        await asyncio.shield(asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True))


async def _fetch(request: Request, asked: Asked, folder: Path, settings: Settings) -> None:
    """Its videos that are named by URL, for an application that looks at videos."""
    urls = asked.order.of_videos()
    if urls:
        Order(choices=asked.order.options).options(asked.order.application, settings)
        asked.files.extend(await while_connected(request, fetched(urls, folder, settings, asked.files)))


@asynccontextmanager
async def _form(request: Request, jobs: Opened, settings: Settings) -> AsyncIterator[Asked]:
    declared = int(request.headers.get("content-length", "0"))
    async with _folder(jobs, settings, declared) as folder:
        asked = await _taken_apart(request, folder, settings)
        if find(asked.order.application).parts is not None:
            await _fetch(request, asked, folder, settings)
        yield asked


async def _taken_apart(request: Request, folder: Path, settings: Settings) -> Asked:
    """What a form says, and its files."""
    orders: list[JobRequest] = []

    def hear(body: bytes) -> bool | None:
        """Refuse what cannot be a job before its videos have come."""
        order = _parsed(body, settings)
        orders.append(order)
        application = find(order.application)
        Order(choices=order.options).options(order.application, settings)
        return True if application.parts is not None else None

    form: Incoming | None = None
    try:
        bounds = FormBounds(settings.max_upload_bytes, settings.jobs_video_bytes, settings.batch_items)
        form = Incoming(request.headers.get("content-type", ""), folder, bounds, hear)
        held = bytearray()
        async for piece in request.stream():
            held += piece
            if len(held) >= PIECE_BYTES:
                await asyncio.to_thread(form.feed, bytes(held))
                held.clear()
        await asyncio.to_thread(form.feed, bytes(held))
        form.end()
        options = {name: Encoded(data, called) for name, (called, data) in form.others.items()}
        for name, file in options.items():
            check_file_option(orders[0].application, name, file)
        return Asked(orders[0], form.files, options)
    finally:
        if form is not None:
            form.close()


def accept(jobs: Opened, asked: Asked, key: str | None, settings: Settings) -> Job:
    """The job of a request. Blocks.

    Raises:
        SiseonError: as ``submitting.submit``.
    """
    if key is not None and not 0 < len(key) <= MAX_KEY:
        raise InputError(
            f"{KEY_HEADER} has {len(key)} characters", hint=f"1 to {MAX_KEY}, a UUID for example"
        )
    order = asked.order
    videos = find(order.application).parts is not None
    references = [] if videos else [of_url(url) for url in order.urls]
    uploads: list[Encoded] = []
    for each in order.inputs:
        if videos and each.url is not None:
            continue  # it was fetched
        if each.url is not None:
            references.append(of_url(each.url))
        elif each.artifact is not None:
            references.append(of_artifact(each.artifact))
        elif each.folder is not None:
            references += in_folder(settings.jobs_folder, each.folder, settings.jobs_items)
        else:
            uploads.append(from_base64(each.base64 or "", each.name, settings.max_upload_bytes))
    pictures = [file for file in asked.files if not file.is_video]
    if videos and (references or uploads):
        raise InputError(
            f"{order.application} looks at videos, which come as files of a form, or by URL",
            code=FailureCode.unsupported_media,
            hint=f"""curl -F 'job={{"application": "{order.application}"}}' -F files=@clip.mp4""",
        )
    count = len(references) + len(uploads) + len(asked.files)
    if not 0 < count <= settings.jobs_items:
        raise InputError(f"the job has {count} pictures", hint=f"send 1 to {settings.jobs_items}")
    secret = settings.jobs_webhook_secret
    return submit(
        jobs,
        order.application,
        references,
        _all(uploads, pictures),
        queue_items=settings.jobs_queue_items,
        choices=order.options,
        pictures=order.pictures,
        key=key,
        priority=order.priority,
        webhook=order.webhook,
        secret=secret.get_secret_value() if secret else None,
        settings=settings,
        films=asked.videos,
        every_s=order.every_s,
        files=asked.options,
    )


def _all(uploads: list[Encoded], pictures: list[Arrived]) -> Iterator[Encoded]:
    """One picture of a form in memory at a time."""
    yield from uploads
    for file in pictures:
        yield Encoded(file.path.read_bytes(), file.name)
