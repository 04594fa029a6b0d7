"""Accept a job from a face: what came with it is kept first, then the one row that names it is written.

Pictures are kept one by one, so that a face never holds all of them. A submission that is refused, or cut off, takes
its pictures with it; what a crash leaves behind is found by ``retention.py``.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence

from pydantic import JsonValue

from siseon.contracts import Encoded, SiseonError
from siseon.jobs import store
from siseon.jobs.artifacts import upload_name, uploads_of
from siseon.jobs.inputs import of_upload
from siseon.jobs.opening import Opened
from siseon.jobs.order import Order
from siseon.jobs.webhooks import check
from siseon.jobs.wire import Job


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

    Raises:
        InputError: there is no such application or choice, an input, key or priority is out of bounds, or a place for
            artifacts cannot be written to.
        CapacityError: ``queue_full``.
        JobError: ``key_reused``.
        StoreError: it may have been accepted or not: with a key it can be sent again.
    """
    order = Order(choices=dict(choices or {}), pictures=pictures)
    order.chosen(application)  # refused now, not by each item
    if webhook is not None:
        check(webhook, secret)
    folder = uploads_of(key or secrets.token_hex(16))
    names: list[str] = []
    kept: list[str] = []
    try:
        for picture in uploads:
            name = upload_name(folder, picture.data)
            jobs.artifacts.put(name, picture.data)
            names.append(name)
            kept.append(of_upload(name, picture.name))
        if kept:
            order = order.model_copy(update={"uploads": folder})
        new = store.NewJob(
            application=application,
            inputs=[*references, *kept],
            options=order.model_dump(mode="json", exclude_defaults=True),
            key=key,
            priority=priority,
            webhook=webhook,
        )
        return store.submit(jobs.database, new, queue_items=queue_items)
    except SiseonError:
        if key is None:  # with a key they may belong to the job that has it
            jobs.artifacts.delete(names)
        raise
