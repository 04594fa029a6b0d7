"""Accept a job from a face: what came with it is kept first, then the one row that names it is written.

Pictures are kept one by one, so that a face never holds all of them. A submission that is refused, cut off, or known
already by its key takes its pictures with it; what a crash or a lost answer leaves behind is found by ``retention.py``.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence, Set
from types import TracebackType
from typing import Self

from pydantic import JsonValue

from siseon.applications import build
from siseon.applications.registry import find
from siseon.contracts import Encoded, FailureCode, InputError, SiseonError
from siseon.jobs import store
from siseon.jobs.artifacts import Artifacts, upload_name, uploads_of_submission
from siseon.jobs.inputs import of_upload, place
from siseon.jobs.opening import Opened
from siseon.jobs.order import Order
from siseon.jobs.webhooks import check
from siseon.jobs.wire import Job
from siseon.settings import Settings

log = logging.getLogger("siseon.jobs")


def submit(
    jobs: Opened,
    application: str,
    references: Sequence[str],
    uploads: Iterable[Encoded] = (),
    *,
    queue_items: int,
    choices: Mapping[str, JsonValue] | None = None,
    pictures: bool = False,
    key: str | None = None,
    priority: int = 0,
    webhook: str | None = None,
    secret: str | None = None,
    settings: Settings | None = None,
) -> Job:
    """Accept a job; when this returns, it survives. Blocks.

    Args:
        jobs: where.
        application: that runs the items.
        references: to pictures that lie somewhere already.
        uploads: pictures that are kept with the job; they come after ``references``.
        queue_items: items of all jobs that may wait, these included.
        choices: of the application.
        pictures: whether each result is drawn on its picture too.
        key: the same key with the same request is the same job.
        priority: −100 to 100.
        webhook: URL that is told the end of the job.
        secret: with which webhooks are signed; without one there is none.
        settings: by whose options of the application the names of the pictures are looked at first.

    Raises:
        InputError: there is no such application or choice, it cannot tell the pictures apart, an input, key or priority
            is out of bounds, or a place for artifacts cannot be written to.
        CapacityError: ``queue_full``.
        JobError: ``key_reused``.
        StoreError: it may have been accepted or not: with a key it can be sent again.
    """
    order = Order(choices=dict(choices or {}), pictures=pictures)
    order.chosen(application)  # refused now, not by each item
    if webhook is not None:
        check(webhook, secret)
    with _Kept(jobs.artifacts) as kept:
        uploaded = [kept.put(picture) for picture in uploads]
        if uploaded:
            order = order.model_copy(update={"uploads": kept.folder})
        if settings is not None:
            _expect(application, settings, {*references, *uploaded})
        new = store.NewJob(
            application=application,
            inputs=[*references, *uploaded],
            options=order.model_dump(mode="json", exclude_defaults=True),
            key=key,
            priority=priority,
            webhook=webhook,
            folder=kept.folder,
        )
        kept.asked = True
        job = store.submit(jobs.database, new, queue_items=queue_items)
        kept.named = Order.of(job.options).uploads == kept.folder
        return job


def _expect(name: str, settings: Settings, references: Set[str]) -> None:
    application = find(name)
    if application.expect is not None:
        names = [place(reference).name for reference in sorted(references)]
        build.expect(name, application, build.options(name, application, settings, {}), names)


class _Kept:
    """What has come with one submission, in a folder of its own; it goes again unless a job has it, or may have it."""

    def __init__(self, artifacts: Artifacts) -> None:
        self.folder = uploads_of_submission()
        self.asked = False
        """From here on a job may have it: the answer that says so may be lost."""
        self.named = False
        self._artifacts = artifacts
        self._names: list[str] = []

    def put(self, picture: Encoded) -> str:
        """Keep one; the reference to it."""
        name = upload_name(self.folder, picture.data)
        self._names.append(name)
        self._artifacts.put(name, picture.data)
        return of_upload(name, picture.name)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        refused = isinstance(error, SiseonError) and error.code is not FailureCode.store_unavailable
        unknown = self.asked and error is not None and not refused
        if self.named or unknown:
            return
        try:
            self._artifacts.delete(self._names)
        except InputError as failure:  # what was refused, and why, is what its sender must hear
            log.warning("what came with no job stays for now", extra={"reason": failure.message})
